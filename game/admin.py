"""A look into the tables, for whoever has an account. Nothing can be changed: what happened, happened."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from game.models import Command, Event, Exercise, Ghost, Holding, Player, Run, Seat, Team


class ReadOnly(ModelAdmin):  # type: ignore[type-arg]
    """Lists and details, no forms."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Exercise)
class ExerciseAdmin(ReadOnly):
    list_display = ("code", "title", "scenario", "seed", "state", "created")


@admin.register(Seat)
class SeatAdmin(ReadOnly):
    list_display = ("team", "desk", "autopilot", "covered")
    exclude = ("link_hash",)


@admin.register(Player)
class PlayerAdmin(ReadOnly):
    list_display = ("name", "exercise", "seen_at", "gone_at")
    exclude = ("token_hash", "word")


@admin.register(Run)
class RunAdmin(ReadOnly):
    list_display = ("team", "state", "step", "epoch", "reason")


@admin.register(Command)
class CommandAdmin(ReadOnly):
    list_display = ("run", "seq", "step", "desk", "kind", "by", "state", "reason")
    list_filter = ("state", "desk", "kind")


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ("run", "number", "step", "kind")
    list_filter = ("kind",)


admin.site.register([Team, Ghost, Holding], ReadOnly)
