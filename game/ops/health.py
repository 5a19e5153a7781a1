"""What a load balancer or an orchestrator asks a web process: `/healthz`, whether it runs, and `/readyz`, whether a game could be played.

They are answered before Django looks at the host: a probe comes by the address of a container, which no ALLOWED_HOSTS has. So they say
nothing but the names of the parts, and whether each is there.
"""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.db import DatabaseError

from game.live.broker import BROKER_GONE, alive_key, client
from game.live.db_threads import at_once
from game.ops import readiness

log = structlog.get_logger(__name__)

HEALTH, READY = "/healthz", "/readyz"
KEPT_S = 1.0  # an answer: a hundred probes a second cost what one does
WAIT_S = 5.0  # for a part that does not answer


def workers() -> str:
    """Which worker has said nothing lately."""
    try:
        kinds = ("games", "control")
        alive = client().mget([alive_key(kind) for kind in kinds])
    except BROKER_GONE as problem:
        return f"The broker cannot be asked: {problem}"
    silent = [kind for kind, found in zip(kinds, alive, strict=True) if found is None]
    return f"No worker is alive: {', '.join(silent)}." if silent else ""


PARTS: dict[str, Callable[[], str]] = {"database": readiness.database, "broker": readiness.broker, "workers": workers}


class Health:
    """The two addresses, beside the pages. One look at the parts at a time: a part that hangs holds one thread and no more."""

    def __init__(self, pages: Any) -> None:
        self.pages = pages
        self._looked_at = float("-inf")
        self._said = dict[str, str]()
        self._look: asyncio.Future[dict[str, str]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix(scope["root_path"])
        if path == HEALTH:
            await _answer(send, 200, {"process": "ok"})
        elif path == READY:
            found = await self._parts()
            await _answer(send, 200 if set(found.values()) == {"ok"} else 503, found)
        else:
            await self.pages(scope, receive, send)

    async def _parts(self) -> dict[str, str]:
        if self._look is None or (self._look.done() and time.monotonic() - self._looked_at > KEPT_S):
            self._look = asyncio.ensure_future(self._ask())
        try:
            return await asyncio.wait_for(asyncio.shield(self._look), WAIT_S)
        except TimeoutError:
            return dict.fromkeys(PARTS, "no answer")

    async def _ask(self) -> dict[str, str]:
        said = await at_once(_look_at_parts)()
        for name in said:
            if bool(said[name]) != bool(self._said.get(name)):
                log.warning("not ready" if said[name] else "ready again", part=name, reason=said[name][:300])
        self._looked_at, self._said = time.monotonic(), said
        return {name: "missing" if why else "ok" for name, why in said.items()}


def _look_at_parts() -> dict[str, str]:
    """What is wrong with each; "" with nothing."""
    found = {}
    for name, look in PARTS.items():
        try:
            found[name] = look()
        except DatabaseError as problem:
            found[name] = str(problem)
    return found


async def _answer(send: Any, status: int, parts: dict[str, str]) -> None:
    body = json.dumps(parts).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
