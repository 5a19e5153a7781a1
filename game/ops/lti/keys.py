"""Keys of both sides: this server's, by which platforms know it, and a platform's, by which its launches are known.

A platform's keys are kept in its row, for all processes. A launch that is signed by a key which is not among them has them fetched anew at
once, so that a platform may change its key from one minute to the next; only how often that happens is limited.
"""

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

import structlog
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings
from django.utils.crypto import salted_hmac
from jwt import PyJWK
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import PyJWTError

from game.models import LtiKey, LtiPlatform
from game.ops import outbound
from game.people import limiter
from game.tokens import new_token

log = structlog.get_logger(__name__)

BITS = 2048
SET_MOST = 1 << 18  # bytes of a platform's keys
KEPT_FOR = timedelta(hours=1)  # then they are asked for again: a key that was withdrawn is not believed for ever
PARTS = ("kty", "kid", "use", "alg", "n", "e")  # of one, that are kept
_SALT = "opening-bell.lti-key"


class NoKey(Exception):
    """A platform has no such key, or does not tell its keys."""


def own() -> tuple[str, rsa.RSAPrivateKey]:
    """The name and the private half of the key that this server signs with; made when there is none that it can open."""
    for _ in range(2):
        for row in LtiKey.objects.all():
            try:
                pem = _locker().decrypt(row.locked.encode())
            except InvalidToken:  # SECRET_KEY is another one since
                continue
            found = load_pem_private_key(pem, None)
            assert isinstance(found, rsa.RSAPrivateKey), "nothing else is put there"
            return row.name, found
        _make()
    raise AssertionError("a key that was just made can be opened")


def _make() -> None:
    """One more. Of two at once the first stays."""
    newest = LtiKey.objects.first()
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    name = new_token()
    public = {**json.loads(RSAAlgorithm.to_jwk(private.public_key())), "kid": name, "use": "sig", "alg": "RS256"}
    public.pop("key_ops", None)
    locked = _locker().encrypt(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())).decode()
    row = LtiKey(number=newest.number + 1 if newest else 1, name=name, public=public, locked=locked)
    LtiKey.objects.bulk_create([row], ignore_conflicts=True)


def _locker() -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac(_SALT, "", algorithm="sha256").digest()))


def own_set() -> dict[str, Any]:
    """The public halves, as platforms fetch them."""
    own()
    return {"keys": [row.public for row in LtiKey.objects.all()]}


def of_platform(platform: LtiPlatform, name: str, now: datetime) -> rsa.RSAPublicKey:
    """The platform's key of a name. Raises NoKey."""
    platform.refresh_from_db(fields=["keys", "keys_at"])
    fresh = platform.keys_at is not None and now - platform.keys_at < KEPT_FOR
    found = _among(platform.keys, name) if fresh else None
    if found is not None:
        return found
    if fresh and not limiter.take(limiter.PLATFORM_KEYS, str(platform.pk)):
        raise NoKey(f"its keys were fetched {limiter.PLATFORM_KEYS.most} times within a minute, and {name!r} was not one of them")
    fetch(platform, now)
    found = _among(platform.keys, name)
    if found is None:
        raise NoKey(f"it has no key {name!r}")
    return found


def fetch(platform: LtiPlatform, now: datetime) -> None:
    """Ask for its keys. Raises NoKey where there are none."""
    try:
        reply = outbound.ask("GET", platform.keys_url, None, {"accept": "application/json"}, settings.WEBHOOK_NETWORKS, SET_MOST)
    except outbound.NotSent as problem:
        raise NoKey(f"{platform.keys_url}: {problem}") from None
    try:
        told = json.loads(reply.body)
    except ValueError:
        told = None
    if reply.status != 200 or not isinstance(told, dict) or not isinstance(told.get("keys"), list):
        raise NoKey(f"{platform.keys_url} answered {reply.status} and no set of keys")
    found = [{name: one[name] for name in PARTS if isinstance(one.get(name), str)} for one in told["keys"] if isinstance(one, dict)]
    platform.keys, platform.keys_at = {"keys": found}, now
    platform.save(update_fields=["keys", "keys_at"])


def _among(keys: dict[str, Any], name: str) -> rsa.RSAPublicKey | None:
    for one in keys.get("keys", []):
        if one.get("kid") != name or one.get("kty") != "RSA":
            continue
        if one.get("use", "sig") != "sig" or one.get("alg", "RS256") != "RS256":
            continue
        try:
            found = PyJWK(one, "RS256").key
        except PyJWTError:
            log.warning("a platform's key cannot be read", key=name)
            continue
        if isinstance(found, rsa.RSAPublicKey) and found.key_size >= BITS:
            return found
    return None
