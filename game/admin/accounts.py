"""Accounts and groups in the admin. A new account is a facilitator's; whoever is no superuser cannot make one more powerful than that."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from axes.utils import reset
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from game.people import second_factor
from game.people.accounts import may_run_exercises

admin.site.unregister([User, Group])
# The keys of apps are nobody's to read, and a provider is said by the environment.
admin.site.unregister([StaticDevice, TOTPDevice, EmailAddress, SocialAccount, SocialApp, SocialToken])
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # it takes none when it runs
    """Accounts: who may facilitate, who is of the staff, and whose sign-in is locked."""

    form, add_form, change_password_form = UserChangeForm, UserCreationForm, AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "two_step", "exercise_count", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    actions = ("unlock", "reset_two_step")
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        found: QuerySet[User] = super().get_queryset(request)
        return found.annotate(exercise_number=Count("exercises"), has_app=Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)))

    @admin.display(description="Two-step sign-in", boolean=True, ordering="has_app")
    def two_step(self, user: Any) -> bool:
        return bool(user.has_app)

    @admin.display(description="Exercises", ordering="exercise_number")
    def exercise_count(self, user: Any) -> int:
        return int(user.exercise_number)

    @admin.action(description="Unlock sign-in", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Forget the wrong passwords of these accounts."""
        for user in queryset:
            reset(username=user.get_username())
            self.message_user(request, gettext("%(user)s may sign in again from anywhere.") % {"user": user}, messages.SUCCESS)

    @admin.action(description="Reset two-step sign-in", permissions=["change"])
    def reset_two_step(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Forget the authenticator apps and recovery codes of these accounts, of those that whoever asks may change."""
        for user in queryset:
            if not self.has_change_permission(request, user):
                self.message_user(request, gettext("%(user)s is of the staff: only a superuser can do this.") % {"user": user}, messages.ERROR)
            elif second_factor.turn_off(user):
                self.log_change(request, user, "Reset two-step sign-in")
                self.message_user(request, gettext("%(user)s signs in with the password alone again.") % {"user": user}, messages.SUCCESS)

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
