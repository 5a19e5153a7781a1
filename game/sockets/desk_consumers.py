"""The sockets of a desk: of who plays it, and of who watches.

Thin: who it is comes from the cookie, what it hears from the hub, what it says goes to the inbox.
"""

from typing import Any

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext, gettext_noop

from game.control.exercise_controls import drive
from game.live.control import exercise_group, run_group, team_group, tell_state, tell_team_from_socket
from game.live.db_threads import in_rows
from game.live.hub import hub
from game.live.loudspeaker import Cards, to_json
from game.live.words import UNKNOWN, Reader, reader_of
from game.models import Exercise, Player, RuleBroken, Run, Seat, planning
from game.people import presence
from game.people.access import Place, facilitates, is_still, place_of
from game.rules import DESKS
from game.sockets import inbox, protocol
from game.sockets.frames import GONE, MOVED, FrameConsumer
from game.sockets.other_desks import Elsewhere
from game.sockets.screens import screens
from game.ways import way

log = structlog.get_logger(__name__)

WATCHING = gettext_noop("You are watching this desk. You can only watch here.")
TOO_MANY = gettext_noop("Too many commands at once: at most %(most)s per second.")


class DeskConsumer(FrameConsumer):
    """A desk of a team's run, as the one who plays it and the one who watches it hear it."""

    seat: Seat | None = None
    run_id: int | None = None
    reader = UNKNOWN  # tells the texts of the run

    async def sit(self, seat: Seat) -> None:
        """Hear this desk from now on, and what is said to its exercise and team."""
        self.seat = seat
        self.groups_joined = (exercise_group(seat.team.exercise_id), team_group(seat.team_id))
        await self._find_run()
        if self.run_id:
            self.groups_joined += (run_group(self.run_id),)

    async def _find_run(self) -> None:
        """Which run it is, and what tells it."""

        def find() -> tuple[int, Reader] | None:
            run = Run.objects.select_related("team__exercise").filter(team_id=self.seat.team_id).first() if self.seat else None
            return None if run is None else (run.pk, reader_of(run))

        if found := await in_rows(find)():
            self.run_id, self.reader = found

    def read(self, cards: Cards) -> Cards:
        return self.reader.cards(cards)

    async def listen(self) -> None:
        if self.run_id and self.seat:
            await hub().join(self.run_id, self.seat.desk, self.slot)

    async def leave(self) -> None:
        if self.run_id and self.seat:
            await hub().leave(self.run_id, self.seat.desk, self.slot)

    async def refill(self) -> None:
        if self.run_id and self.seat:
            await hub().refill(self.run_id, self.seat.desk, self.slot)

    async def control_state(self, event: dict[str, Any]) -> None:
        """The exercise changed its state or speed, or this team's own did."""
        own = event.get("own", {})
        await super().control_state({"message": own.get(str(self.run_id), event["message"])})

    async def state_changed(self) -> None:
        known = self.run_id
        await self._find_run()  # it may go on with other data
        if known is None and self.run_id:
            self.groups_joined += (run_group(self.run_id),)
            await self.group("group_add", run_group(self.run_id))
            await self.listen()


class SeatConsumer(DeskConsumer):
    """A desk."""

    place: Place | None = None
    _budgets: dict[int, inbox.Budget] = {}

    async def enter(self) -> bool:
        self.unanswered: set[str] = set()
        desk = self.scope["url_route"]["kwargs"].get("desk", "")
        if desk in (*DESKS, ""):
            self.place = await in_rows(self.find)(desk)
        if self.place is None:
            await self.part(self.unknown(), retry=False, code=GONE)
            return False
        await self.sit(self.place.seat)
        self.elsewhere = Elsewhere(self.wake, lambda text: self.reader.card(text))
        if await screens.opened(self.place.player, self):
            await self._tell_team()
        return True

    def hello(self) -> dict[str, Any]:
        assert self.place
        self.place.seat.team.exercise.refresh_from_db()
        return protocol.seat_hello(self.place)

    def find(self, desk: str = "") -> Place | None:
        """The desk that whoever opened this socket holds."""
        return place_of(self.scope["cookies"], desk)

    def unknown(self) -> str:
        """Why there is none."""
        return gettext("This browser does not have this seat. Join with the code, or ask the facilitator for a link.")

    @staticmethod
    def too_many() -> str:
        """Why a command was not heard."""
        return gettext(TOO_MANY) % {"most": f"{inbox.RATE:g}"}

    async def _tell_team(self) -> None:
        if self.place:
            await tell_team_from_socket(self.place.seat.team_id)

    async def control_team(self, event: dict[str, Any]) -> None:
        """The people of the team changed; this screen may have lost its seat."""
        if self.place is None:
            return
        if not await in_rows(is_still)(self.place):
            other = await in_rows(self.find)()  # the facilitator moved this player, or left them another seat
            reason = gettext("This seat was opened in another browser, or given to someone else.")
            await self.part(reason, retry=False, code=MOVED, go=way("desk", other.seat.desk) if other else "")
            return
        await self.send(to_json(await in_rows(protocol.team_note)(self.place.seat.team_id, self.place.player.pk)))
        await self._hold_others()

    async def _hold_others(self) -> None:
        """Hear what calls for this player at the other desks."""
        if self.run_id and self.place:
            held = self.place.player.seats.filter(team=self.place.seat.team_id).exclude(pk=self.place.seat.pk)
            await self.elsewhere.hold(self.run_id, await in_rows(lambda: list(held.values_list("desk", flat=True)))())

    async def aside(self) -> None:
        news = self.elsewhere.news()
        if news is not None:
            await self.send(to_json({"t": "elsewhere", "desks": news}))

    async def listen(self) -> None:
        await super().listen()
        await self._hold_others()

    async def leave(self) -> None:
        await super().leave()
        if self.place:
            await self.elsewhere.leave()
        if self.place and await screens.closed(self.place.player.pk, self):
            await self._tell_team()

    async def refill(self) -> None:
        await super().refill()
        if self.place:
            self.elsewhere.again()
        if self.place and self.unanswered:
            for answer in await in_rows(inbox.outcomes)(self.place.seat, list(self.unanswered)):
                await self.answer(answer)

    async def hear(self, message: protocol.Incoming) -> None:
        if self.place is None:
            return
        if isinstance(message, protocol.CommandMessage):
            await self.order(self.place, message)
        elif isinstance(message, protocol.Why):
            await self._why(self.place, message)
        elif isinstance(message, protocol.Drive):
            await self._drive(self.place, message)
        elif isinstance(message, protocol.ReadyMessage):
            await self._ready(self.place, message)
        elif isinstance(message, protocol.Back):
            await self._back(self.place)
        elif isinstance(message, protocol.MoveMessage):
            raise protocol.BadMessage(gettext("A move came and no look was sent; a command was expected."))

    async def _drive(self, place: Place, message: protocol.Drive) -> None:
        def do() -> str:
            exercise = Exercise.objects.get(pk=place.seat.team.exercise_id)
            if exercise.owner_id != place.player.pk or not is_still(place):
                return gettext("The facilitator controls this exercise's clock.")
            try:
                drive(exercise, message.do, message.value, place.player.name)
            except RuleBroken as problem:
                return str(problem)
            return ""

        if reason := await in_rows(do)():
            await self.send(protocol.error(reason))

    async def _ready(self, place: Place, message: protocol.ReadyMessage) -> None:
        def do() -> str:
            if not is_still(place):
                return gettext(inbox.MOVED)
            try:
                planning.say_ready(Player.objects.select_related("exercise").get(pk=place.player.pk), ready=message.on)
            except RuleBroken as problem:
                return str(problem)
            tell_state(Exercise.objects.get(pk=place.seat.team.exercise_id))
            return ""

        if reason := await in_rows(do)():
            await self.send(protocol.error(reason))
        else:
            await self._tell_team()

    async def _back(self, place: Place) -> None:
        def do() -> None:
            if is_still(place):
                presence.seen(place.player.pk)
                for seat in Seat.objects.filter(holdings__player=place.player, covered=True):  # who plays alone comes back to every desk
                    seat.uncover()

        await in_rows(do)()
        await self._tell_team()

    async def order(self, place: Place, message: protocol.CommandMessage) -> None:
        """Give a command of this desk, and answer what became of it so far."""
        client_id = str(message.id)
        if not self._spend(place):
            await self.answer({"t": "refused", "id": client_id, "reason": self.too_many()})
            return
        try:
            answers = await in_rows(inbox.put)(place.holding, place.token_hash, message)
        except DatabaseError:
            log.exception("a command could not be written")
            await self.send(protocol.error(gettext("The command could not be saved. Try again in a moment.")))
            return
        self.unanswered.add(client_id)
        for answer in answers:
            await self.answer(answer)

    async def _why(self, place: Place, message: protocol.Why) -> None:
        if not self._spend(place):
            await self.send(protocol.error(self.too_many()))
            return
        await self.send(to_json(await in_rows(inbox.explain)(place.holding, place.token_hash, message)))

    def _spend(self, place: Place) -> bool:
        return self._budgets.setdefault(place.seat.pk, inbox.Budget()).spend()

    async def answer(self, answer: dict[str, Any]) -> None:
        """Say what became of a command."""
        if answer["t"] != "received":
            self.unanswered.discard(answer["id"])
        await self.send(to_json(self.reader.told(answer)))

    async def note(self, text: str) -> None:
        self.unanswered = {client_id for client_id in self.unanswered if client_id not in text}
        await self.send(self.reader.card(text))


class WatchConsumer(DeskConsumer):
    """A desk as its player sees it, for the facilitator: everything is heard, nothing can be done, nobody is present by it."""

    async def enter(self) -> bool:
        seat = await in_rows(self._allowed)()
        if seat is None:
            await self.part(gettext("Only this exercise's facilitator can watch its desks."), retry=False, code=GONE)
            return False
        await self.sit(seat)
        return True

    def hello(self) -> dict[str, Any]:
        assert self.seat
        self.seat.team.exercise.refresh_from_db()
        return protocol.watch_hello(self.seat)

    def _allowed(self) -> Seat | None:
        where = self.scope["url_route"]["kwargs"]
        seat = Seat.objects.select_related("team__exercise").filter(team=where["team"], desk=where["desk"]).first()
        return seat if seat and facilitates(self.scope["cookies"], seat.team.exercise) else None

    async def tick(self) -> None:
        if self.seat and await in_rows(self._allowed)() is None:
            await self.part(gettext("This browser is no longer signed in as the facilitator."), retry=False, code=MOVED)

    async def control_team(self, event: dict[str, Any]) -> None:
        """The people of the team changed."""
        if self.seat:
            await self.send(to_json(await in_rows(protocol.team_note)(self.seat.team_id, None)))

    async def hear(self, message: protocol.Incoming) -> None:
        if isinstance(message, protocol.CommandMessage):
            await self.send(to_json({"t": "refused", "id": str(message.id), "reason": gettext(WATCHING)}))
        else:
            await self.send(protocol.error(gettext(WATCHING)))

    async def note(self, text: str) -> None:
        """Answers to its player's commands are the player's."""
