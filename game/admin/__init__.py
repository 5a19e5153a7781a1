"""The admin: exercises, runs with their log, who may facilitate. What happened, happened: nothing here can change a run, and what
has started is not changed at all.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.actions import delete_selected
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Count
from django.forms import Field, Select
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

import engine
from game.admin import accounts
from game.control import schedule
from game.debrief import exports, person
from game.models import Command, Event, Exercise, Ghost, Holding, Player, RuleBroken, Run, Seat, Team, contents, packing
from game.models.defaults import AUTOPILOTS, Defaults
from game.spoken import tell_row

__all__ = ["accounts"]
STATES = {"lobby": "info", "running": "success", "paused": "warning", "ended": ""}


class ScenarioTold(SimpleListFilter):
    """By scenario, as it may be told: what was drawn stays under "drawn" until its exercise has ended."""

    title = parameter_name = "scenario"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((name, name) for name in engine.scenario_ids()), ("drawn", gettext("drawn, not told yet"))]

    def queryset(self, request: HttpRequest, queryset: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
        found = Exercise.objects.filter(schedule.SECRET if self.value() == "drawn" else ~schedule.SECRET & models.Q(scenario=self.value()))
        if self.value() is None:
            return queryset
        return queryset.filter(**{"pk__in" if queryset.model is Exercise else "team__exercise__in": found})


class ReadOnly(ModelAdmin):
    """Lists and details for every member of the staff, no forms."""

    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Not by a scenario, which Django would let an address ask for whatever the filters are: see ScenarioTold."""
        if "scenario" in lookup:
            return lookup == ScenarioTold.parameter_name and ScenarioTold in self.list_filter
        return bool(super().lookup_allowed(lookup, value, request))


def link(address: str, label: object, *args: object, query: str = "") -> SafeString:
    """A link to a page of this site."""
    return format_html('<a class="text-primary-600 dark:text-primary-300 underline" href="{}{}">{}</a>', reverse(address, args=args), query, label)


@admin.register(Exercise)
class ExerciseAdmin(ReadOnly):
    """Exercises: who runs them can be changed; they are put away, exported, and deleted while nobody plays them."""

    list_display = ("code", "title", "how", "scenario_told", "facilitator", "team_count", "planned_for", "created", "archived")
    list_filter = ("state", "archived", ScenarioTold, "facilitator", "created", "planned_for")
    search_fields = ("code", "title", "facilitator__username", "teams__name", "players__name")
    date_hierarchy = "created"
    list_select_related = ("facilitator",)
    autocomplete_fields = ("facilitator",)
    actions = ("archive_selected", "bring_back_selected", "export_selected", "delete_selected")
    actions_detail = ("export",)
    fields = (
        "facilitator", "code", "title", "state", "scenario_told", "drawn", "seed_told", "noise", "starts", "help_told", "loss_counter", "speeds",
        "planning_s", "move_s", "planned_for", "created", "started_at", "ended_at", "archived", "pages", "desks", "log",
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Exercise | None = None) -> tuple[str, ...]:
        return self.fields[1:]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        says = {"help_told": Exercise._meta.get_field("help").help_text}
        return super().get_form(request, obj, change=change, **{"help_texts": says, **kwargs})

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("game.change_exercise")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("game.delete_exercise")

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Exercise]":
        return super().get_queryset(request).annotate(team_number=Count("teams", distinct=True))

    @display(description="State", ordering="state", label=STATES)
    def how(self, exercise: Exercise) -> tuple[str, str]:
        return exercise.state, exercise.get_state_display()

    @admin.display(description="Scenario")  # an order by it would tell what a drawn one is
    def scenario_told(self, exercise: Exercise) -> str:
        return exercise.scenario_told

    @admin.display(description="Seed")
    def seed_told(self, exercise: Exercise) -> str:
        return exercise.seed_told

    @admin.display(description="Teams", ordering="team_number")
    def team_count(self, exercise: Any) -> int:
        return int(exercise.team_number)

    @admin.display(description="Starts at")
    def starts(self, exercise: Exercise) -> str:
        return f"{exercise.calendar.date(exercise.start_step)} {exercise.calendar.hm(exercise.start_step)}"

    @admin.display(description="Help")
    def help_told(self, exercise: Exercise) -> str:
        known_then = exercise.help == Exercise.Help.AS_IN_2012
        return gettext("As In %(capitalize)s") % {"capitalize": exercise.words["past"].capitalize()} if known_then else exercise.get_help_display()

    @admin.display(description="Pages")
    def pages(self, exercise: Exercise) -> SafeString:
        places = [("result", gettext("Result")), ("projector", gettext("Big screen"))]
        if exercise.owner_id is None:
            places.insert(0, ("facilitator-exercise", gettext("Control room")))
        return format_html_join(" · ", "{}", [(link(name, label, exercise.code),) for name, label in places])

    @admin.display(description="Desks")
    def desks(self, exercise: Exercise) -> SafeString:
        seats = (
            Seat.objects.filter(team__exercise=exercise).select_related("team").prefetch_related("holdings__player").order_by("team__place", "desk")
        )
        rows = [
            (seat.team.name, link("admin:game_seat_change", seat.desk, seat.pk), ", ".join(map(str, seat.holders)) or seat.autopilot or "nobody")
            for seat in seats
        ]
        return format_html_join(SafeString("<br>"), "{}, {}: {}", rows)

    @admin.display(description="Runs")
    def log(self, exercise: Exercise) -> SafeString:
        rows = [(link("admin:game_run_change", run, run.pk), run.get_state_display(), run.calendar.clock(run.step)) for run in exercise.runs()]
        return format_html_join(SafeString("<br>"), "{} ({}, {})", rows) or SafeString(gettext("None yet"))

    @admin.action(description="Archive", permissions=["change"])
    def archive_selected(self, request: HttpRequest, queryset: "models.QuerySet[Exercise]") -> None:
        self._put(request, queryset, away=True)

    @admin.action(description="Restore from archive", permissions=["change"])
    def bring_back_selected(self, request: HttpRequest, queryset: "models.QuerySet[Exercise]") -> None:
        self._put(request, queryset, away=False)

    def _put(self, request: HttpRequest, queryset: "models.QuerySet[Exercise]", *, away: bool) -> None:
        for exercise in queryset:
            try:
                schedule.archive(exercise, away=away)
            except RuleBroken as problem:
                self.message_user(request, str(problem), messages.ERROR)
            else:
                self.message_user(
                    request, gettext("%(exercise)s is %(what)s.") % {"exercise": exercise, "what": "archived" if away else "back"}, messages.SUCCESS
                )

    @admin.action(description="Export as JSON")
    def export_selected(self, request: HttpRequest, queryset: "models.QuerySet[Exercise]") -> Any:
        return exports.as_json(list(queryset))

    @action(description="Export as JSON", url_path="export", icon="download")
    def export(self, request: HttpRequest, object_id: str) -> Any:
        """One exercise with everything that was done in it."""
        exercise = self.get_object(request, object_id)
        return exports.as_json([exercise]) if exercise else self._get_obj_does_not_exist_redirect(request, self.opts, object_id)

    @admin.action(description="Delete", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: "models.QuerySet[Exercise]") -> Any:
        busy = queryset.filter(state__in=schedule.PLAYED).first()
        if busy is None:
            return delete_selected(self, request, queryset)
        self.message_user(
            request, gettext("%(busy)s is being played: end it before it is deleted. Nothing was deleted.") % {"busy": busy}, messages.ERROR
        )
        return None

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The question is Django's; the answer is not: it would delete in one transaction, and hold up every market that runs."""
        exercise = self.get_object(request, object_id)
        allowed = exercise is not None and self.has_delete_permission(request)
        if allowed and exercise.state in schedule.PLAYED:
            self.message_user(request, gettext("%(exercise)s is being played: end it before it is deleted.") % {"exercise": exercise}, messages.ERROR)
            return redirect("admin:game_exercise_change", exercise.pk)
        if not allowed or request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        self.log_deletions(request, Exercise.objects.filter(pk=exercise.pk))
        self.delete_model(request, exercise)
        self.message_user(request, gettext("%(exercise)s is deleted.") % {"exercise": exercise}, messages.SUCCESS)
        return redirect("admin:game_exercise_changelist")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with them, in numbers: the log of a morning has thousands of rows."""
        told = [f"{exercise}: {', '.join(schedule.cascade(exercise))}" for exercise in objs]
        return told, {"exercises": len(told)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Exercise) -> None:
        try:
            schedule.remove(obj)
        except RuleBroken as problem:  # it was started since the page was opened
            raise PermissionDenied(str(problem)) from problem

    def delete_queryset(self, request: HttpRequest, queryset: "models.QuerySet[Exercise]") -> None:
        for exercise in queryset:
            self.delete_model(request, exercise)


STATES = {"running": "success", "failed": "danger", "standing": "warning", "pending": "info", "ended": ""}


@admin.register(Run)
class RunAdmin(ReadOnly):
    """A team's run and the way to its log."""

    list_display = ("team", "exercise", "how", "clock", "loss", "why", "made_by")
    list_filter = ("state", ScenarioTold, "created")
    search_fields = ("team__name", "team__exercise__code", "team__exercise__title")
    list_select_related = ("team__exercise",)
    fields = ("team", "exercise", "state", "why", "clock", "loss", "log", "score", "digest", "made_by", "content", "notes", "epoch", "created")

    @admin.display(description="Exercise", ordering="team__exercise__code")
    def exercise(self, run: Run) -> SafeString:
        return link("admin:game_exercise_change", run.team.exercise, run.team.exercise_id)

    @display(description="State", ordering="state", label=STATES)
    def how(self, run: Run) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @admin.display(description="Clock", ordering="step")
    def clock(self, run: Run) -> str:
        return f"{run.calendar.date(run.step)} {run.calendar.clock(run.step)}"

    @admin.display(description="Loss, $")
    def loss(self, run: Run) -> str:
        if run.team.exercise.kept_secret:
            return ""
        total = (run.score or {}).get("total", run.curve[-1][1] if run.curve else None)
        return "" if total is None else f"{total:,.0f}"

    @admin.display(description="Reason", ordering="reason")
    def why(self, run: Run) -> str:
        return tell_row(run.reason)

    @admin.display(description="Note")
    def notes(self, run: Run) -> str:
        return tell_row(run.note)

    @admin.display(description="Log")
    def log(self, run: Run) -> SafeString:
        packing.unpack(run)
        found = (("admin:game_command_changelist", "commands", run.commands), ("admin:game_event_changelist", "events", run.events))
        rows = [(link(address, f"{rows.count():,} {word}", query=f"?run__id__exact={run.pk}"),) for address, word, rows in found]
        return format_html_join(" · ", "{}", rows)


@admin.register(Seat)
class SeatAdmin(ReadOnly):
    """Desks. Their autopilot can be chosen until the exercise starts."""

    list_display = ("exercise", "team", "desk", "autopilot", "who", "covered")
    list_display_links = ("desk",)
    list_filter = ("team__exercise__state", "autopilot", "desk")
    search_fields = ("team__name", "team__exercise__code", "team__exercise__title")
    list_select_related = ("team__exercise",)
    fields = ("autopilot", "exercise", "team", "desk", "who", "covered")

    def get_readonly_fields(self, request: HttpRequest, obj: Seat | None = None) -> tuple[str, ...]:
        return self.fields[1:]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("game.change_seat") and (obj is None or obj.team.exercise.state == "lobby")

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Seat]":
        return super().get_queryset(request).prefetch_related("holdings__player").order_by("-team__exercise__created", "team__place", "desk")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        field: Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "autopilot":
            field.widget = choose(("", "nobody"), *AUTOPILOTS)
            field.validators = [*field.validators, known_autopilot]
        return field

    def save_model(self, request: HttpRequest, obj: Seat, form: Any, change: bool) -> None:
        if not Seat.objects.filter(pk=obj.pk, team__exercise__state="lobby").update(autopilot=obj.autopilot):
            raise PermissionDenied(gettext("The exercise has started."))

    @admin.display(description="Exercise", ordering="team__exercise__code")
    def exercise(self, seat: Seat) -> SafeString:
        return link("admin:game_exercise_change", seat.team.exercise, seat.team.exercise_id)

    @admin.display(description="Held by")
    def who(self, seat: Seat) -> str:
        return ", ".join(map(str, seat.holders))


def choose(*choices: tuple[str, str]) -> Select:
    """A list to choose from, in unfold's look."""
    return UnfoldAdminSelectWidget(choices=choices)


def known_autopilot(name: str) -> None:
    """Raise ValidationError for a name that no autopilot has."""
    if name not in ("", *engine.AUTOPILOTS):
        raise ValidationError(
            gettext("%(name)s is no autopilot: expected one of %(autopilots)s, or nobody.")
            % {"name": f"{name!r}", "autopilots": ", ".join(engine.AUTOPILOTS)}
        )


@admin.register(Defaults)
class DefaultsAdmin(ReadOnly):
    """One row, opened at once."""

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("game.change_defaults")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:game_defaults_change", Defaults.now().pk)


@admin.register(Player)
class PlayerAdmin(ReadOnly):
    """People of an exercise. What brings them back to a seat is not shown."""

    list_display = ("name", "exercise", "seen_at", "gone_at", "created")
    search_fields = ("name", "exercise__code", "exercise__title")
    list_select_related = ("exercise",)
    exclude = ("token_hash", "word", "name_key")
    actions_detail = ("export",)

    @action(description="Export as JSON", url_path="export", icon="download")
    def export(self, request: HttpRequest, object_id: str) -> Any:
        """All that is held about a person, as `manage.py person export` tells it."""
        player = self.get_object(request, object_id)
        if player is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        name = f"opening-bell-{player.exercise.code}-{player.pk}.json"
        return exports.streamed(iter([exports.to_json(person.export(player))]), name, "application/json")


@admin.register(Command)
class CommandAdmin(ReadOnly):
    """A run's log: what was done, in order."""

    list_display = ("run", "seq", "clock", "desk", "kind", "args", "confidence", "by", "state", "refusal")
    list_filter = ("state", "desk", "kind")
    search_fields = ("kind", "by", "reason")
    list_select_related = ("run__team__exercise",)

    @admin.display(description="At", ordering="step")
    def clock(self, command: Command) -> str:
        return "" if command.step is None else f"{command.run.calendar.date(command.step)} {command.run.calendar.clock(command.step)}"

    @admin.display(description="Reason", ordering="reason")
    def refusal(self, command: Command) -> str:
        return tell_row(command.reason, contents.here(command.run.team.exercise.scenario))


@admin.register(Event)
class EventAdmin(ReadOnly):
    """A run's log: what came of it."""

    list_display = ("run", "number", "clock", "kind", "audience", "data")
    list_filter = ("kind",)
    search_fields = ("kind",)
    list_select_related = ("run__team__exercise",)

    @admin.display(description="At", ordering="step")
    def clock(self, event: Event) -> str:
        return f"{event.run.calendar.date(event.step)} {event.run.calendar.clock(event.step)}"


admin.site.register([Team, Holding], ReadOnly)


@admin.register(Ghost)
class GhostAdmin(ReadOnly):
    """History's runs, but none on the market of an exercise that is held: its seed and its loss would tell what was drawn."""

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Ghost]":
        secret = Exercise.objects.filter(schedule.held()).values("seed")
        return super().get_queryset(request).exclude(seed__in=secret)
