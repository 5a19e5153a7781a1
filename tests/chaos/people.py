"""People at desks, as browsers are: they give commands all the while, come back when the line breaks, and send again what nobody answered.

Each writes down what the server acknowledged and what it showed.
"""

import asyncio
import json
import random
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.socket_client import Closed, Socket

COMMANDS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "deployer": [("checksum.run", {"servers": [1]}), ("server.stop", {"server": 3}), ("flag.clear", {})],
    "operator": [("log.tail", {"server": 8}), ("server.look", {"server": 2}), ("server.stop", {"server": 5}), ("inventory.audit", {})],
    "risk": [("stock.watch", {"symbol": "HKV"}), ("collar.build", {}), ("authorise.give", {"what": "smars.disconnect"})],
}
AGAIN_S = 0.2
SAYS = 0.6  # of what is sent is talk
_FRAME = re.compile(rb'\{"t":"frame","seq":(\d+),"step":(-?\d+),')


@dataclass
class Person:
    """One of them, at a desk of a team."""

    team: str
    desk: str
    cookie: str
    chance: random.Random
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)  # sent, and not answered yet
    acknowledged: set[str] = field(default_factory=set)
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    shown: int | None = None
    frames: int = 0
    lines: int = 0  # how often the line was made
    wrong: list[str] = field(default_factory=list)
    quiet: bool = False  # gives no more commands

    async def live(self, port: int) -> None:
        """Play until cancelled."""
        while True:
            try:
                socket = await Socket.open("127.0.0.1", port, f"/ws/seat/{self.desk}/", self.cookie)
            except (OSError, Closed):
                await asyncio.sleep(AGAIN_S)
                continue
            self.lines += 1
            acts = asyncio.create_task(self._act(socket))
            try:
                await self._hear(socket)
            except (OSError, Closed):
                await asyncio.sleep(AGAIN_S)
            finally:
                acts.cancel()
                socket.break_off()

    async def _act(self, socket: Socket) -> None:
        try:
            for message in list(self.waiting.values()):
                await socket.send(message)
            while True:
                await asyncio.sleep(self.chance.uniform(0.15, 0.8))
                if not self.quiet:
                    await self._give(socket)
        except (OSError, Closed):
            return  # who hears notices, and comes back

    async def _give(self, socket: Socket) -> None:
        key = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        kind, args = self.chance.choice(COMMANDS[self.desk])
        if self.chance.random() < SAYS:
            kind, args = "bridge.say", {"text": f"{self.desk} {len(self.acknowledged)}"}
        self.waiting[key] = {"t": "command", "id": key, "kind": kind, "args": args, "confidence": None, "why": ""}
        await socket.send(self.waiting[key])

    async def _hear(self, socket: Socket) -> None:
        while True:
            text = await socket.receive_text()
            if frame := _FRAME.match(text):
                self._see(int(frame[2]))
                await socket.send({"t": "ack", "seq": int(frame[1])})
                continue
            message = json.loads(text)
            if message["t"] in ("received", "applied", "refused"):
                self._note(message)

    def _see(self, step: int) -> None:
        self.frames += 1
        if self.shown is not None and step < self.shown:
            self.wrong.append(f"{self.team}'s {self.desk} was shown step {step} after {self.shown} (line {self.lines})")
        self.shown = max(step, step if self.shown is None else self.shown)

    def _note(self, message: dict[str, Any]) -> None:
        """Received: acknowledged. Refused without that: it was turned away at the door, and is nowhere."""
        key = message["id"]
        self.waiting.pop(key, None)
        if message["t"] == "received":
            self.acknowledged.add(key)
            return
        if key not in self.acknowledged:
            return
        before = self.outcomes.setdefault(key, message)
        if before != message:
            self.wrong.append(f"{self.team}'s {self.desk} was told {before}, and then {message}")
