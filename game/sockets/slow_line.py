"""A socket's line for networks that let no WebSocket through: an answer that does not end carries it down, short posts carry it up.

Only the carrier differs. Behind it is the socket's own application, told of a socket: origin, cookies, rights, window, limits and signs of life
are judged where a socket's are, once. `POST /line/<path of a socket>` opens a line and is answered with an event stream: `id`, then one event a
message, `close` with its code at the end. `POST /line/` sends: the header `Line` names it, each row of the body is a message.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.core.signing import BadSignature, Signer

from game.live.broker import BROKER_GONE
from game.sockets.doors import header
from game.sockets.protocol import MESSAGE_BYTES
from game.sockets.proxy import Scope

log = structlog.get_logger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ROOT = "/line/"
WAITING = 64  # messages that a consumer has not come to yet: whoever sends more is told to wait
POST_BYTES = 4 * MESSAGE_BYTES
BREATH_S = 15.0  # a comment so often, that nobody on the way takes the line for dead
SILENT_S = 50.0  # as long as Daphne waits for a socket's pong: 20 s between two pings, and 30
FAREWELL_S = 10.0  # for a consumer to end in
STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
_signer = Signer(salt="line")
_lines: dict[str, "SlowLine"] = {}


class SlowLine:
    """One line: what its consumer has not taken yet, and the answer that what it says is written to."""

    def __init__(self, origin: str, channel: str, send: Send) -> None:
        self.origin, self.channel, self._send = origin, channel, send
        self.up: asyncio.Queue[dict[str, Any]] = asyncio.Queue(WAITING)
        self.up.put_nowait({"type": "websocket.connect"})
        self.heard_at = time.monotonic()
        self.open = False
        self.closed = asyncio.Event()

    async def down(self, message: dict[str, Any]) -> None:
        """What the consumer says to its socket, into the answer."""
        if message["type"] == "websocket.accept":
            self.open = True
            await self._send({"type": "http.response.start", "status": 200, "headers": STREAM})
            await self._write(f"event: id\ndata: {_signer.sign(self.channel)}\n\n")
        elif message["type"] == "websocket.send":
            await self._write(f"data: {message['text']}\n\n")
        elif message["type"] == "websocket.close":
            if self.open:
                await self._write(f"event: close\ndata: {message.get('code') or 1000}\n\n")
            self.closed.set()

    async def breathe(self) -> None:
        """Write now and then, until nothing has come up for too long."""
        while time.monotonic() - self.heard_at < SILENT_S:
            await asyncio.sleep(BREATH_S)
            if self.open:
                await self._write(":\n\n")

    async def hear(self, origin: str, messages: list[str]) -> bool:
        """Pass messages on to the consumer; false when they come from another page than the one that opened the line, or it is full."""
        if origin != self.origin:
            return False
        self.heard_at = time.monotonic()
        if len(messages) > WAITING - self.up.qsize():
            return False
        for text in messages:
            self.up.put_nowait({"type": "websocket.receive", "text": text})
        return True

    async def hear_from_afar(self) -> None:
        """The same for posts that reached another web process."""
        while True:
            message = await get_channel_layer().receive(self.channel)
            await self.hear(message["origin"], message["messages"])

    async def _write(self, text: str) -> None:
        await self._send({"type": "http.response.body", "body": text.encode(), "more_body": True})


class SlowLines:
    """Lines beside the pages: everything under /line/ is theirs."""

    def __init__(self, pages: Application, sockets: Application) -> None:
        self.pages, self.sockets = pages, sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope["root_path"])
        if not path.startswith(ROOT):
            await self.pages(scope, receive, send)
        elif scope["method"] != "POST":
            await _answer(send, 405)
        elif path == ROOT:
            await _take(scope, receive, send)
        else:
            await self._carry(scope, f"/{path.removeprefix(ROOT)}", receive, send)

    async def _carry(self, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        """Open a line, and hold it until one of both sides lets go."""
        # Named as consumers' channels are: of those that listen in a process one reads for all, and only what is named as its own is.
        line = SlowLine(header(scope, b"origin"), await get_channel_layer().new_channel(), send)
        told = {**scope, "type": "websocket", "path": scope["root_path"] + path, "subprotocols": []}
        told["scheme"] = "wss" if scope["scheme"] == "https" else "ws"
        consumer = asyncio.ensure_future(self.sockets(told, line.up.get, line.down))
        others = [
            asyncio.ensure_future(task)
            for task in (_gone(receive), line.closed.wait(), line.breathe(), line.hear_from_afar())
        ]
        _lines[line.channel] = line
        try:
            await asyncio.wait([consumer, *others], return_when=asyncio.FIRST_COMPLETED)
        finally:
            del _lines[line.channel]
            for task in others:
                task.cancel()
            await _farewell(line, consumer)
        if line.open:
            with suppress(Exception):  # whoever read it has gone
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await _answer(send, 403)


async def _farewell(line: SlowLine, consumer: "asyncio.Future[None]") -> None:
    """Let a consumer end as one whose socket was cut does."""
    if not consumer.done():
        while line.up.full():  # what it has not come to any more
            line.up.get_nowait()
        line.up.put_nowait({"type": "websocket.disconnect", "code": 1006})
        await asyncio.wait([consumer], timeout=FAREWELL_S)
        consumer.cancel()
    with suppress(asyncio.CancelledError):
        if consumer.done() and (problem := consumer.exception()) and line.open:
            log.error("a screen on the slower line stumbled", exc_info=problem)


async def _gone(receive: Receive) -> None:
    """Wait until the browser has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _take(scope: Scope, receive: Receive, send: Send) -> None:
    """Messages for a line of this process, or of another one: then nobody here knows whether it still stands, and its browser sees it end."""
    body = await _body(receive)
    try:
        channel = _signer.unsign(header(scope, b"line"))
    except BadSignature:
        return await _answer(send, 404)
    if body is None:
        return await _answer(send, 413)
    messages, origin = [one for one in body.decode("utf-8", "replace").split("\n") if one], header(scope, b"origin")
    line = _lines.get(channel)
    if line is not None:
        if await line.hear(origin, messages):
            return await _answer(send, 204)
        return await _answer(send, 429 if origin == line.origin else 403)
    try:
        await get_channel_layer().send(channel, {"type": "line.up", "origin": origin, "messages": messages})
    except BROKER_GONE:
        return await _answer(send, 503)
    return await _answer(send, 204)


async def _body(receive: Receive) -> bytes | None:
    """What was posted; None where that is too much."""
    body = b""
    while True:
        part = await receive()
        body += bytes(part.get("body", b""))
        if len(body) > POST_BYTES:
            return None
        if not part.get("more_body"):
            return body


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0"), (b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b""})
