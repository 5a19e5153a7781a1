"""Accounts and groups in the admin. A new account is a facilitator's; whoever is no superuser cannot make one more powerful than that."""

from typing import Any

from axes.utils import reset
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from game.people.accounts import may_run_exercises

admin.site.unregister([User, Group])
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # it takes none when it runs
    """Accounts: who may facilitate, who is of the staff, and whose sign-in is locked."""

    form, add_form, change_password_form = UserChangeForm, UserCreationForm, AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "exercise_count", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    actions = ("unlock",)
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        found: QuerySet[User] = super().get_queryset(request)
        return found.annotate(exercise_number=Count("exercises"))

    @admin.display(description="Exercises", ordering="exercise_number")
    def exercise_count(self, user: Any) -> int:
        return int(user.exercise_number)

    @admin.action(description="Unlock sign-in", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Forget the wrong passwords of these accounts."""
        for user in queryset:
            reset(username=user.get_username())
            self.message_user(request, gettext("%(user)s may sign in again from anywhere.") % {"user": user}, messages.SUCCESS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, *(() if request.user.is_superuser else POWERS))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._reaches(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._reaches(request, obj)

    def _reaches(self, request: HttpRequest, obj: Any) -> bool:
        """No account of the staff is changed, nor its password, but by a superuser."""
        return obj is None or bool(request.user.is_superuser) or not obj.is_staff

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            may_run_exercises(form.instance)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Groups: `facilitators` is the one that counts."""
