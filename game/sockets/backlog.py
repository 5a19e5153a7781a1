"""A limit to what waits between a socket and its consumer, and the memory that a crowd of messages took, given back.

Daphne takes in whatever comes, however far behind the consumer is: two hundred thousand messages took a web process to 660 MB. It stayed there.
A screen and what it refers to go round in a circle, which Python finds when it looks through everything, and beside all that a web process
loads at its start it hardly ever does; then glibc keeps the free pages between those in use until it is asked.
"""

import asyncio
import ctypes
import gc
import threading
import time
from typing import Any

import structlog

from game.sockets.proxy import App, Scope

log = structlog.get_logger(__name__)

MOST = 200  # messages; a page sends some five a second
GIVES_BACK_S = 20.0
FLOODED = 1008  # the close code: against our policy


class Backlog:
    """Ends the line of whoever is so far ahead of its consumer, and forgets what comes after."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        filling = asyncio.create_task(self._fill(scope, waiting, receive, send))
        try:
            await self.app(scope, waiting.get, send)
        finally:
            filling.cancel()

    async def _fill(self, scope: Scope, waiting: "asyncio.Queue[dict[str, Any]]", receive: Any, send: Any) -> None:
        flooded = False
        while True:
            message = await receive()
            flood = message["type"] == "websocket.receive" and (flooded or waiting.qsize() >= MOST)
            if flood and not flooded:
                flooded = True
                log.warning("a line that flooded was ended", path=scope["path"][:80], address=scope["client"][0])
                await send({"type": "websocket.close", "code": FLOODED})
            elif not flood:
                waiting.put_nowait(message)


def give_back() -> None:
    """Look for what nobody refers to any more and hand free pages back, now and then, for as long as this process lives. What is there now
    stays out of it, so that a look takes some milliseconds.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", lambda _: 0)  # glibc's; other allocators do it by themselves
    threading.Thread(target=_give_back, args=(trim,), name="give-back", daemon=True).start()


def _give_back(trim: Any) -> None:
    while True:
        time.sleep(GIVES_BACK_S)
        gc.collect()
        trim(0)  # some ten milliseconds beside the interpreter, not in it
