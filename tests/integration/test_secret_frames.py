"""What goes over the wire to a desk says only what it may know: every message of a whole day, and the bytes of two days that differ in a secret."""

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import engine
from engine.market.state import ERROR
from game.live.broker import channel, client
from game.live.hub import Slot
from game.live.loudspeaker import Loudspeaker, to_json, unpack
from game.sockets import protocol
from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.world import World
from tests.property.test_indistinguishable import morning, stale_at
from tests.property.test_secrecy import FORBIDDEN, TRUTH, leaks
from tests.small import give
from tests.socket_client import Closed, Socket

DESKS = tuple(FORBIDDEN)
# Where the day is stopped so that people can act; in between it runs at full speed.
STOPS = (
    "08:20",
    "08:50",
    "09:10",
    "09:29",
    *(f"09:{minute}" for minute in range(31, 60, 4)),
    "10:05",
    "10:15",
    "10:20",
    "10:40",
    "11:30",
    "14:00",
    "15:59",
    "18:31",
    "18:41",
    "18:50",
)
# Every key of every message that is no frame: whatever is added to one is looked at here first.
SEAT = {"desk", "holders", "online", "autopilot", "covered", "mine", "away_s", "ready"}
STATE = {"t", "state", "speed", "reason", "planning", "upgrade", "result", "waits", "begins"}
KEYS = {
    "hello": {"t", "protocol", "desk", "team", "name", "player", "resume_word", "owner", "help", "exercise", "seat", "seats", "aides", "result"}
    | SEAT
    | {"role"}
    | {"code", "title"}
    | STATE,
    "state": STATE,
    "team": {"t", "name", "seats", "aides", "role"} | SEAT,
    "received": {"t", "id"},
    "applied": {"t", "id", "step"},
    "refused": {"t", "id", "reason"},
    "noted": {"t", "id"},
    "error": {"t", "reason"},
}

LOOK = {"t", "step", "text", "sight", "moves", "refused", "waits_s"}  # and of a look, whose cards are a frame's


class Person:
    """Somebody at a desk whose hands are an autopilot's and whose eyes are the frames that came."""

    def __init__(self, desk: str, socket: Socket) -> None:
        self.desk, self.socket = desk, socket
        self.pilot = engine.autopilot("competent", desk, engine.words_of(engine.load_scenario("knight-2012")))
        self.cards: dict[str, Any] = {}
        self.messages: list[tuple[str, dict[str, Any]]] = []  # as they came, and read
        self.answers: dict[str, str] = {}
        self.step = days.WEEK
        self.state = ""

    async def listen(self) -> None:
        """Keep everything until the line ends."""
        try:
            while True:
                text = (await self.socket.receive_text()).decode()
                message = json.loads(text)
                self.messages.append((text, message))
                self._take(message)
                if message["t"] == "frame":
                    await self.socket.send({"t": "ack", "seq": message["seq"]})
        except Closed:
            return

    def _take(self, message: dict[str, Any]) -> None:
        if message["t"] == "frame":
            self.step = message["step"]
            self.cards |= {name: card["d"] for name, card in message["cards"].items()}
        elif message["t"] in ("applied", "refused"):
            self.answers[message["id"]] = message["t"]
        elif message["t"] == "state":
            self.state = message["state"]

    async def act(self, moves: list[tuple[str, dict[str, Any]]]) -> None:
        """Give commands, one of them twice and with a reason, send something that is none, and wait for what became of each."""
        ids = [str(uuid.uuid4()) for _ in moves]
        for place, (mine, (kind, args)) in enumerate(zip(ids, moves, strict=True)):
            for _ in range(1 if place else 2):
                await self.socket.send({"t": "command", "id": mine, "kind": kind, "args": args, "confidence": "likely", "why": ""})
        await self.socket.send({"t": "why", "id": ids[0], "text": "Because of what we see."})
        if self.step < days.OPEN:  # too many of them would end the line
            await self.socket.send({"t": "truth", "server": 8})
        await settled(lambda: set(ids) <= set(self.answers), f"{self.desk} is answered: {moves}")

    def symbol(self, number: int) -> str:
        """A stock, where the desk knows any."""
        return str(self.cards.get("symbols", {"symbols": [""] * 9})["symbols"][number])

    def checked(self) -> list[int]:
        """Servers with a checksum, where the desk sees any."""
        return [row["n"] for row in self.cards.get("fleet", {"servers": []})["servers"] if row["checksum"]]

    def moves(self) -> list[tuple[str, dict[str, Any]]]:
        """What its character does now, and what anybody who is curious would: read, look, answer, share."""
        kinds = [(move.kind, move.args) for move in self.pilot(self.cards)]
        for mail in [mail for mail in self.cards["inbox"]["mails"] if mail["body"] is None][:3]:
            kinds.append(("mail.open", {"mail": mail["id"]}))
        opened = [mail["id"] for mail in self.cards["inbox"]["mails"] if mail["body"] is not None]
        kinds += [("evidence.share", {"what": "mail", "id": opened[0]})] if opened else []
        kinds += [
            ("pin.read", {"pin": item["id"]}) for item in self.cards["bridge"]["items"] if item["kind"] == "pin" and self.desk not in item["read"]
        ][:2]
        kinds += [
            ("call.answer", {"call": call["id"], "reply": call["replies"][-1]["key"]})
            for call in self.cards["calls"]["calls"]
            if call["state"] == "ringing"
        ]
        server = 1 + len(self.answers) % 8
        own = {
            "operator": [("log.tail", {"server": server}), ("server.look", {"server": server}), ("evidence.share", {"what": "log", "id": 0})],
            "deployer": [("checksum.run", {"servers": [server]}), *(("evidence.share", {"what": "checksum", "id": n}) for n in self.checked()[-1:])],
            "risk": [("evidence.share", {"what": "pnl", "id": 0}), ("stock.watch", {"symbol": self.symbol(server)})],
        }
        return [*kinds[:5], *own[self.desk], ("server.stop", {"server": 99})]  # the last is refused, at every desk with its own words


async def settled(look: Callable[[], Any], what: str, within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not look():
            await asyncio.sleep(0.02)


def test_every_message_of_a_whole_day_says_only_what_its_desk_may_know(world: World):
    """Three people at three desks, over real sockets, from 08:00 to the block sale; a late screen beside each."""
    world.start_all("games-1", "control", "web")
    exercise = new_exercise(speeds=dict.fromkeys(("premarket", "bell", "unwind", "block"), 0.5))
    cookies = {desk: taken_seat(exercise, desk=desk, name=f"Dana {place}")[1] for place, desk in enumerate(DESKS)}
    exercise.start()
    people, late = asyncio.run(day(world, exercise, cookies))
    scenario = engine.load_scenario(exercise.scenario)
    kinds: dict[str, Counter[str]] = {}
    for person in [*people, *late]:
        kinds[person.desk] = kinds.get(person.desk, Counter()) + Counter(message["t"] for _, message in person.messages)
        for text, message in person.messages:
            found = wrong(scenario, person.desk, text, message)
            assert not found, f"{person.desk}, step {person.step}: {found[:3]}"
    told = " ".join(text for person in people for text, _ in person.messages)
    assert "Power Peg" in told and "smars-2003" in told, "there was something to be kept from somebody"
    for desk, counted in kinds.items():
        assert counted["frame"] > 2 * len(STOPS) and all(counted[kind] for kind in KEYS), f"{desk}: {counted}"
    run = exercise.runs().get()
    assert (run.state, run.score["total"] > 0) == ("ended", True)
    pins = [" ".join(item["lines"]) for item in people[0].cards["bridge"]["items"] if item["kind"] == "pin"]
    assert any("smars-rlp" in pin for pin in pins), "a checksum was shared and read"


async def day(world: World, exercise: Any, cookies: dict[str, str]) -> tuple[list[Person], list[Person]]:
    """The people, and those who came late."""

    async def sit(desk: str) -> Person:
        person = Person(desk, await Socket.open("127.0.0.1", world.port, f"/ws/seat/{desk}/", cookies[desk]))
        listening.append(asyncio.create_task(person.listen()))
        await settled(lambda: "inbox" in person.cards, f"the first picture of {desk}")
        return person

    listening: list[asyncio.Task[None]] = []
    people, late = [await sit(desk) for desk in DESKS], []
    for clock in STOPS:
        step = days.step_at(clock)
        await asyncio.to_thread(exercise.advance_to, step)
        await settled(lambda step=step: all(person.step >= step for person in people), f"everybody sees {clock}")
        await asyncio.gather(*(person.act(person.moves()) for person in people))
        if clock == "09:47":
            late = [await sit(desk) for desk in DESKS]
            await people[0].socket.send({"t": "back"})  # tells the whole team who is here
    await asyncio.to_thread(exercise.advance_to, days.END)
    await settled(lambda: all(person.state == "ended" for person in people), "everybody is told of the end")
    for task in listening:
        task.cancel()
    return people, late


def wrong(scenario: engine.Scenario, desk: str, text: str, message: dict[str, Any]) -> list[Any]:
    """What is wrong with a message."""
    if message["t"] == "frame":
        assert set(message) == {"t", "seq", "step", "cards"} and all(set(card) == {"v", "d"} for card in message["cards"].values())
        return leaks(scenario, desk, {name: card["d"] for name, card in message["cards"].items()})
    secret = () if desk == "deployer" else tuple(word for release in scenario.fleet.release for word in (release.name, release.hash))
    if message["t"] == "look":
        assert set(message) == LOOK
        shown = to_json(message["sight"]).lower()  # the text says what the cards say, and what its desk can do
        return leaks(scenario, desk, message["sight"]) + [word for word in secret if word in message["text"].lower() and word not in shown]
    if message["t"] not in KEYS:
        return [f"a message that is not known: {text}"]
    return [key for key in keys(message) if key not in KEYS[message["t"]]] + [word for word in (*TRUTH, *secret) if word in text.lower()]


def keys(value: Any) -> Iterator[str]:
    """Every key at any depth."""
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def test_a_leak_in_a_message_would_be_found():
    scenario = engine.load_scenario("knight-2012")
    for desk, message in (
        ("operator", {"t": "frame", "seq": 1, "step": 1, "cards": {"servers": {"v": 1, "d": {"servers": [{"installed": "x"}]}}}}),
        ("risk", {"t": "refused", "id": "x", "reason": "smars-2003 runs there"}),
        ("deployer", {"t": "refused", "id": "x", "reason": "server 8 is stale"}),
        ("deployer", {"t": "applied", "id": "x", "step": 1, "loss_usd": 5}),
        ("operator", {"t": "truth"}),
        ("risk", dict.fromkeys(LOOK, "") | {"t": "look", "sight": {}, "text": "4. Copy a release: release.copy smars-2003"}),
        ("operator", dict.fromkeys(LOOK, "") | {"t": "look", "sight": {"servers": {"servers": [{"installed": "x"}]}}}),
    ):
        assert wrong(scenario, desk, to_json(message), message), message


class Ear:
    """A desk's line from the clock to the browser: what is published, taken in by a slot, made into frames."""

    def __init__(self, run_id: int, desk: str) -> None:
        self.desk, self.seq = desk, 0
        self.speaker = Loudspeaker(run_id)
        self.slot = Slot(asyncio.Event(), _nothing)
        self.ear = client().pubsub(ignore_subscribe_messages=True)
        self.ear.subscribe(channel(run_id, desk))
        eventually(lambda: self.ear.get_message(timeout=0.05) or self.ear.subscribed, what="the subscription stands")

    def frame(self, sim: engine.Simulation, level: str) -> str:
        """The next frame of this desk, as text."""
        self.speaker.tell(sim.now, {self.desk: engine.sight(sim, self.desk, level)}, {})
        told = eventually(lambda: self.ear.get_message(timeout=0.2), what="a message comes")
        self.slot.offer(unpack(told["data"]))
        self.seq += 1
        return protocol.frame(self.seq, self.slot.step, self.slot.take())


async def _nothing() -> None:
    """No refill is asked for here."""


def copied(sim: engine.Simulation) -> None:
    """Another release lies on two disks, and does not run."""
    for server in (2, 6):
        give(sim, "deployer", "release.copy", servers=[server], release="smars-2003")


def checked(sim: engine.Simulation) -> None:
    """The deployer looks and works."""
    copied(sim)
    give(sim, "deployer", "checksum.run", servers=[3])
    give(sim, "deployer", "release.rollback", servers=[5])


def holding(sim: engine.Simulation) -> None:
    """The firm holds what it did not."""
    sim.machine.position[0, ERROR] += 1_000_000
    sim.machine.cash[0, ERROR] -= 1_000_000 * 200_000


def looked(sim: engine.Simulation) -> None:
    """The operator looks and reads."""
    for kind in ("server.look", "log.tail"):
        give(sim, "operator", kind, server=4)


SECRETS: tuple[tuple[str, str, tuple[int, int], Callable[[engine.Simulation], None] | None], ...] = (
    ("deployer", "which server is stale", (2, 7), None),
    ("operator", "which server is stale", (2, 7), None),
    ("risk", "which server is stale", (2, 7), None),
    ("operator", "what lies on the disks", (4, 4), copied),
    ("risk", "what the deployer does", (4, 4), checked),
    ("operator", "what the firm holds", (4, 4), holding),
    ("deployer", "what the firm holds", (4, 4), holding),
    ("deployer", "what the operator looks at", (4, 4), looked),
)


def test_two_days_that_differ_in_a_secret_give_the_same_bytes(world: World):
    """From before the bell into it, frame by frame, at the least and at the most help."""
    lines = 0
    for desk, secret, stale, act in SECRETS:
        for level in ("2012", "guided"):
            if (desk, level) == ("deployer", "guided") and act is None:
                continue  # the fleet's truth is on its card at this level
            sims = [morning(stale_at(server), days.OPEN - 240) for server in stale]
            ears = [Ear(lines := lines + 1, desk) for _ in sims]
            for beat in range(24):
                for sim in sims:
                    sim.step(20)
                if act is not None and beat == 4:
                    act(sims[1])
                one, other = (ear.frame(sim, level) for ear, sim in zip(ears, sims, strict=True))
                assert one == other, f"{secret} shows at the {desk}'s desk, {level}, step {sims[0].now}"
            assert sims[0].now > days.OPEN


def test_a_secret_that_a_desk_may_know_changes_its_bytes(world: World):
    sims = [morning(stale_at(4), days.OPEN + 60) for _ in range(2)]
    holding(sims[1])
    for sim in sims:
        sim.step(400)
    assert Ear(1, "risk").frame(sims[0], "2012") != Ear(2, "risk").frame(sims[1], "2012")
    assert Ear(3, "operator").frame(sims[0], "2012") == Ear(4, "operator").frame(sims[1], "2012")
