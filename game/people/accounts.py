"""Accounts of facilitators: Django's users in one group, the account of the laptop, and the forms they sign in with."""

import re
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext, gettext_lazy

from game.people import second_factor

FACILITATORS = "facilitators"  # the group of everybody who may run exercises of their own; a migration makes it
WRONG_CODE = gettext_lazy("Wrong code, or one that was used before. The app shows a new one every 30 seconds.")
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
    # Django's own is told its length too late to mind it, and PostgreSQL would not count a longer name that was wrong.
    username = UsernameField(max_length=150, widget=forms.TextInput(attrs={"autofocus": True}))


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


class Code(_Dressed, forms.Form):
    """A code of the authenticator app, and where the account has them a recovery code: as it is typed, with its spaces."""

    labels: dict[str, Any] = {"code": gettext_lazy("Code")}
    typed = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
    code = forms.CharField(max_length=20, widget=forms.TextInput(attrs=typed))

    def clean_code(self) -> str:
        code = re.sub(r"\s", "", str(self.cleaned_data["code"]))
        if not re.fullmatch(r"[0-9]{6}|[A-Za-z0-9]{5}-?[A-Za-z0-9]{5}", code):
            raise forms.ValidationError(gettext_lazy("A code is six digits; a recovery code is ten letters and digits."))
        return code


class OwnCode(Code):
    """A code of somebody who is signed in, for what only they may change."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code = super().clean_code()
        if wait := second_factor.wait_s(self.user, code):
            raise forms.ValidationError(gettext("Too many wrong codes. The next one is looked at in %(wait)s s.") % {"wait": wait})
        if not second_factor.takes(self.user, code):
            raise forms.ValidationError(WRONG_CODE)
        return code


class FirstCode(Code):
    """The first code of a new app; it is asked for from then on."""

    labels = {"code": gettext_lazy("Six digits that the app shows")}

    def __init__(self, user: User, key: str, *args: Any, **kwargs: Any) -> None:
        self.user, self.key = user, key
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any] | None:
        if not self.errors and not second_factor.set_up(self.user, self.key, self.cleaned_data["code"]):
            self.add_error("code", gettext_lazy("This is no code of that app. Does the app's clock show the right time?"))
        return self.cleaned_data


class OwnFirstCode(FirstCode):
    """The same from somebody who is signed in, with the password: whoever finds a browser open sets up no app of their own."""

    labels = {"password": gettext_lazy("Current password"), **FirstCode.labels}
    password = forms.CharField(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    field_order = ("code", "password")

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.user.check_password(password):
            raise forms.ValidationError(NewPassword.error_messages["password_incorrect"])
        return password
