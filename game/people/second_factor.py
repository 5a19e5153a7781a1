"""The second step of signing in with a password: a code of an authenticator app (TOTP, RFC 6238), or one of ten recovery codes.

Kept by django-otp in rows that all web processes share: the period of the last code that was taken, so that no code is taken twice, and
how many were wrong in a row, after which the next one waits for twice as long. Recovery codes are kept hashed and go with their use.
"""

import math
from base64 import b32encode
from secrets import choice
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

RECOVERY_CODES = 10
DIGITS = 6  # of a code of the app; a recovery code is longer
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read for another
_HALF = 5


def is_set_up(user: User) -> bool:
    """Whether an app makes codes for this account."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def is_asked_of(user: User) -> bool:
    """Whether a right password is not enough for this account: it has an app, or has to get one."""
    return bool(settings.TOTP_REQUIRED) or is_set_up(user)


def new_key() -> str:
    """A key for an app to be set up with: 40 hexadecimal digits."""
    return str(default_key())


def as_text(key: str) -> str:
    """A key as it is typed into an app: letters and digits in fours."""
    text = b32encode(bytes.fromhex(key)).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(user: User, key: str) -> str:
    """A key as an app reads it from a QR code: otpauth://..."""
    return str(TOTPDevice(user=user, key=key).config_url)


def set_up(user: User, key: str, code: str) -> bool:
    """Ask for codes of the app that has this key from now on; false where this code is none of it. It takes the place of any other app."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        right = bool(TOTPDevice.objects.create(user=user, name="app", key=key).verify_token(code))
        if not right:
            transaction.set_rollback(True)
    return right


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes that take the place of those before. This is the only time that they can be read."""
    codes = ["".join(choice(LETTERS) for _ in range(2 * _HALF)) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery")
        StaticToken.objects.bulk_create(StaticToken(device=device, token=_kept(code)) for code in codes)
    return [f"{code[:_HALF]}-{code[_HALF:]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    """How many have not been used."""
    return int(StaticToken.objects.filter(device__user=user).count())


def wait_s(user: User, code: str) -> int:
    """For how many seconds no code of this kind is looked at, because so many were wrong in a row; 0 when one is."""
    device = _device(user, code)
    told = device.verify_is_allowed()[1] if device else None
    return max(1, math.ceil((told["locked_until"] - timezone.now()).total_seconds())) if told else 0


def takes(user: User, code: str) -> bool:
    """Use up a code of the app or a recovery code; false where it is wrong, was used before, or has to wait."""
    with transaction.atomic():
        device = _device(user, code, for_update=True)
        plain = code if isinstance(device, TOTPDevice) else _kept(code.replace("-", "").lower())
        return device is not None and bool(device.verify_token(plain))


def turn_off(user: User) -> bool:
    """Forget the app and the recovery codes of an account: its password is enough again. Whether there was an app."""
    StaticDevice.objects.filter(user=user).delete()
    return bool(TOTPDevice.objects.filter(user=user).delete()[0])


def _device(user: User, code: str, *, for_update: bool = False) -> Any:
    model = TOTPDevice if len(code) == DIGITS and code.isdecimal() else StaticDevice
    found: Any = model.objects.filter(user=user, confirmed=True)
    return (found.select_for_update() if for_update else found).first()


def _kept(code: str) -> str:
    return salted_hmac("opening-bell.recovery", code, algorithm="sha256").hexdigest()[:16]  # what the column holds


class CodeBackend(BaseBackend):
    """Judges a code as Django's own backend judges a password, so that django-axes counts wrong ones and its lock-out is heard. Asked only
    for an account whose password was right a moment ago.
    """

    def authenticate(self, request: HttpRequest | None, username: str | None = None, code: str | None = None, **kwargs: Any) -> User | None:
        user = User.objects.filter(username=username, is_active=True).first() if username and code else None
        return user if user and code and takes(user, code) else None
