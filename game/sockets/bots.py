"""The socket of a program: a desk that a facilitator gave to it.

It plays by frames, as a browser does, or by looks: its screen as text and cards with the numbers of its moves, one look at a time, and an
answer to each. In an exercise whose clock waits for programs (game.live.programs) only the second kind is waited for: the first owes nothing.
"""

import asyncio
import uuid
from typing import Any, NamedTuple

import orjson
from django.utils.translation import gettext

import engine
from game.live.db_threads import in_rows
from game.live.loudspeaker import to_json
from game.live.words import Reader
from game.models import Exercise, Run
from game.people.access import Place, place_of_bot
from game.sockets import protocol
from game.sockets.desk_consumers import SeatConsumer
from game.sockets.doors import header
from game.sockets.public import FRAMES, LOOKS, spoken

OTHER_VERSION = 4406  # close code


class Shown(NamedTuple):
    """A look that waits for its move."""

    step: int
    screen: engine.DeskScreen


class BotConsumer(SeatConsumer):
    """A desk that a facilitator gave to a program: its token instead of a cookie, and a version of the protocol that both speak."""

    catalogue: engine.Catalogue | None = None
    shown: Shown | None = None
    by_looks = False
    state, waits_s = "", 0
    next_step = engine.EARLIEST

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        self.spoken = spoken(self.scope["subprotocols"])
        await super().accept(self.spoken or None, headers)

    async def enter(self) -> bool:
        if self.spoken is None:
            told = gettext("This server speaks %(ours)s, and none of %(offered)s.")
            offered = ", ".join(self.scope["subprotocols"])[:80]
            await self.part(told % {"ours": f"{FRAMES}, {LOOKS}", "offered": offered}, retry=False, code=OTHER_VERSION)
            return False
        self.by_looks = self.spoken == LOOKS
        self.cards: dict[str, Any] = {}
        self.refused: list[str] = []
        if not await super().enter():
            return False
        assert self.seat
        await in_rows(self.seat.owe)(moves=self.by_looks)
        return True

    def find(self, desk: str = "") -> Place | None:
        scheme, _, token = header(self.scope, b"authorization").partition(" ")
        return place_of_bot(token.strip()) if scheme.lower() == "bearer" else None

    def unknown(self) -> str:
        return gettext("This token is no bot's. Ask the facilitator for one: the control room gives it, and takes it back.")

    def hello(self) -> dict[str, Any]:
        hello = super().hello()
        self._stands(hello["exercise"]["state"])
        return hello

    async def control_state(self, event: dict[str, Any]) -> None:
        await super().control_state(event)
        await in_rows(self._stands)(event.get("own", {}).get(str(self.run_id), event["message"])["state"])
        self.wake.set()

    def _stands(self, state: str) -> None:
        """Remember how its market stands, and what its exercise asks of it."""
        assert self.seat
        exercise = Exercise.objects.only("move_s", "start_step").get(pk=self.seat.team.exercise_id)
        own = Run.objects.filter(team=self.seat.team_id).values_list("start_step", flat=True).first()
        self.state, self.waits_s = state, exercise.move_s
        self.next_step = max(self.next_step, exercise.start_step if own is None else own)  # history plays what lies before

    async def _find_run(self) -> None:
        await super()._find_run()
        scenario = self.reader.scenario
        if scenario is not None and self.seat and (self.catalogue is None or self.catalogue.scenario is not scenario):
            self.catalogue = engine.Catalogue(scenario, self.seat.desk, engine.words_of(scenario))
            self.english = Reader(scenario)

    async def show(self) -> None:
        if not self.by_looks:
            await super().show()
        elif self.catalogue is not None:
            changed, step = self.slot.take(), self.slot.step
            self.cards |= {name: orjson.loads(text) for name, (_, text) in self.english.cards(changed).items()}
            if self.shown is None and self.state == "running" and step >= self.next_step and "levers" in self.cards:
                await self._look(self.catalogue, step)

    async def _look(self, catalogue: engine.Catalogue, step: int) -> None:
        refused, self.refused = " ".join(self.refused), []
        screen = engine.DeskScreen(catalogue, dict(self.cards))
        self.shown = Shown(step, screen)
        text = await asyncio.to_thread(screen.text, refused)  # some milliseconds, which other sockets of this process do not wait for
        told = {"step": step, "text": text, "sight": self.cards, "moves": screen.moves, "refused": refused, "waits_s": self.waits_s or None}
        await self.send(to_json({"t": "look", **told}))

    async def hear(self, message: protocol.Incoming) -> None:
        if self.place and self.by_looks and isinstance(message, protocol.MoveMessage):
            await self._move(self.place, message)
        else:
            await super().hear(message)

    async def _move(self, place: Place, message: protocol.MoveMessage) -> None:
        """Give the commands that an answer stands for, and let the clock know that it has come."""
        shown = self.shown
        if shown is None or message.step != shown.step or self.catalogue is None:
            expected = gettext("step: no look of %(step)s waits for a move; the step of the last look was expected.")
            raise protocol.BadMessage(expected % {"step": message.step})
        action = message.model_dump()["action"]
        try:
            moves = shown.screen.read(action)
        except engine.BadAction as problem:
            raise protocol.BadMessage(str(problem)) from problem
        self.shown = None
        if self.state != "running":  # what it says now would be refused: it is asked again when the market goes on
            await self.send(protocol.error(gettext("The market is not running. The look comes again when it goes on.")))
            return
        self.next_step = engine.next_look(self.catalogue.scenario.calendar, shown.step)
        for move in moves:
            if move is None:
                self.refused.append(engine.NOT_NOW)
                continue
            about = {"kind": move.kind, "args": move.args, "confidence": move.confidence, "why": move.why}
            await self.order(place, protocol.CommandMessage.model_validate({"t": "command", "id": uuid.uuid4(), **about}))
        await in_rows(place.seat.has_moved)(shown.step)
        self.wake.set()

    async def answer(self, answer: dict[str, Any]) -> None:
        self._keep_refusal(self.reader.told(answer))
        await super().answer(answer)

    async def note(self, text: str) -> None:
        self._keep_refusal(orjson.loads(self.reader.card(text)))
        await super().note(text)

    def _keep_refusal(self, told: dict[str, Any]) -> None:
        if self.by_looks and told["t"] == "refused":
            self.refused.append(told["reason"])
