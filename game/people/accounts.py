"""Accounts of facilitators: Django's users in one group, the account of the laptop, and the forms they sign in with."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy

FACILITATORS = "facilitators"  # the group of everybody who may run exercises of their own; a migration makes it
LOCAL = "local"


def is_facilitator(user: Any) -> bool:
    """Whether this user of a request may use the facilitator's pages: one of the group, or one of the staff."""
    return bool(user.is_active and (user.is_staff or user.groups.filter(name=FACILITATORS).exists()))


def may_run_exercises(user: User) -> None:
    """Put an account into the group."""
    user.groups.add(Group.objects.get_or_create(name=FACILITATORS)[0])


def local_facilitator() -> User:
    """The account that the one-time link of `play` signs in, made on first use. It has no password, so that no form opens it, and is
    a superuser: whoever can start `play` has the database and the key anyway, and so finds the admin open on their laptop too. What
    is changed of it in the admin (switched off, no staff) stays changed.
    """
    user, made = User.objects.get_or_create(username=LOCAL, defaults={"is_staff": True, "is_superuser": True, "first_name": "This machine"})
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        may_run_exercises(user)
    return user


class _Dressed:
    """Fields in our words and look, which say in which of them something is wrong."""

    labels: dict[str, Any]
    fields: Any
    errors: Any
    is_bound: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels[name]  # before the first look at the errors, which binds the fields
            field.widget.attrs["class"] = "input"
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"{name}-error"}


class SignIn(_Dressed, AuthenticationForm):
    """Name and password. Which of the two is wrong is not told."""

    labels = {"username": gettext_lazy("Account name"), "password": gettext_lazy("Password")}
    error_messages = {
        "invalid_login": gettext_lazy("Wrong name or password. Both are case-sensitive."),
        "inactive": gettext_lazy("This account is disabled. Ask whoever created it."),
    }


class NewPassword(_Dressed, PasswordChangeForm):
    """The old password once, the new one twice."""

    labels: dict[str, Any] = {
        "old_password": gettext_lazy("Current password"),
        "new_password1": gettext_lazy("New password"),
        "new_password2": gettext_lazy("Repeat new password"),
    }
    error_messages = {
        "password_incorrect": gettext_lazy("This is not your current password."),
        "password_mismatch": gettext_lazy("The new passwords do not match."),
    }
