"""Who played the fifty logs of the corpus. A log is played once, when the corpus is made; from then on it is data that is played again.

Playbooks and golden logs as they ship, autopilots of every character from the week, the morning and the bell, on several seeds and noises,
with what a facilitator adds; and dice, which give anything to anybody, half of it at once (`instant`) so that every lever has its turn.
"""

import random
from typing import Any, NamedTuple

import engine
from engine import Command, Simulation, load_scenario, sight
from tests import days, golden
from tests.days import clock, date, step_at

DAY, QUIET = "knight-2012", "quiet-open"
WORDS = ("servers.stop_all", "smars.disconnect", "release.copy")
HELP = ("2012", "assisted", "guided")
RELEASES = ("smars-2003", "smars-rlp", "smars-rlp-clean", "smars-rlp-newflag")
CONTROLS = ("standby", "limit", "rate", "collar", "reconcile", "threshold", "hold", "dashboard", "killswitch", "mail.page")
CAUSES = ("old-release", "new-release", "retail-flow", "hardware", "market-data", "broker", "desk-program")
EVIDENCE = ("mail", "call", "alert", "log", "look", "rates", "servers", "checksum", "fleet", "diff", "flag", "terminal", "pnl", "position", "limits")
CARDS = {
    "status_mail": 0, "client_call": 0, "vendor_call": 0, "rumour": 20, "crash": 0, "technician": 15, "other_incident": 10,
    "data_delay": 10, "data_gap": 0, "press_call": 0, "press_wire": 0, "regulator_call": 0, "regulator_letter": 0,
}  # fmt: skip
# A moment is looked at where it lies within a log.
MOMENTS = (
    "27 Jul 18:00", "27 Jul 19:10", "27 Jul 20:59", "30 Jul 18:30", "31 Jul 18:00", "31 Jul 20:15", "08:00", "08:02", "08:40", "09:10", "09:24",
    "09:29:50", "09:30", "09:30:07", "09:31", "09:34", "09:38", "09:46", "09:55", "10:05", "10:14:50", "10:15", "10:19", "11:00", "13:00",
    "15:40", "15:59:50", "18:30", "18:42", "19:00",
)  # fmt: skip
COMMANDS_LOOKED_AT = 8  # of a log: just after they were given


class Play(NamedTuple):
    """How a log came to be. `seats`: autopilots of deployer, operator and risk manager; `book`: a playbook instead; `dice`: chances that a
    desk is given anything at a look of the week, the morning, the bell and later; `injects`: how many a facilitator plays."""

    scenario: str = DAY
    seed: int = 79
    noise: int | None = None
    since: str = "27 Jul 18:00"
    until: str = "09:50"
    seats: str = ""
    book: str = ""
    dice: tuple[float, float, float, float] | None = None
    injects: int = 0
    instant: bool = False
    help: str = ""
    whole: bool = False  # with the pages, the worth of a decision and what a scenario says of itself


BUSY, QUICK, RARE = (0.6, 0.15, 0.08, 0.3), (0.9, 0.3, 0.1, 0.5), (0.1, 0.05, 0.03, 0.1)
TEAMS = ("competent,competent,competent", "novice,novice,novice", "competent,novice,history", "novice,competent,novice", "history,novice,competent")

PLAYS: dict[str, Play] = {
    "history": Play(book="history", since="08:00", until="10:19", whole=True),
    "competent-week": Play(seats=TEAMS[0], injects=4, whole=True),
    "quiet-assisted": Play(QUIET, seed=5, since="08:00", until="09:36", seats="assistant,novice,assistant", help="assisted", whole=True),
    "dice-week-0": Play(seed=1, dice=QUICK, instant=True, injects=6, help="guided"),
    "novice-bell": Play(seed=2, since="09:28", seats=TEAMS[1]),
    "dice-day-0": Play(seed=3, noise=11, since="08:00", dice=BUSY, seats="assistant,assistant,assistant"),
    "quiet-competent": Play(QUIET, seed=6, seats=TEAMS[0]),
    "history-week": Play(book="history", noise=4, until="10:19"),
    "golden-levers": Play(book="golden levers"),
    "golden-day": Play(book="golden day"),
    "golden-quiet": Play(book="golden quiet"),
    "competent-book": Play(book="competent", since="08:00", noise=2),
    "nobody": Play(book="none", since="08:00", until="10:19", seed=8),
    "nobody-with-injects": Play(seed=9, since="08:00", injects=12, seats="assistant,assistant,assistant"),
    "quiet-history": Play(QUIET, book="history", since="08:00", until="10:19"),
    "quiet-rollback": Play(QUIET, book="rollback", since="08:00", until="09:50"),
    "quiet-stop-all": Play(QUIET, book="stop-all", since="08:00", until="11:00"),
    "whole-novice-day": Play(seed=10, since="08:00", until="19:00", seats=TEAMS[1], injects=3),
    "whole-dice-day": Play(seed=11, since="08:00", until="19:00", dice=BUSY),
    "whole-quiet-day": Play(QUIET, seed=12, since="09:28", until="19:00", dice=RARE, seats=TEAMS[2]),
    **{
        f"team-{n}": Play(seed=20 + n, seats=TEAMS[n % 5], noise=n if n % 3 else None, injects=n % 4, help=HELP[n % 3], until="09:40" if n else "10:19")
        for n in range(8)
    },
    **{f"bell-{n}": Play(seed=30 + n, since="09:28", seats=TEAMS[n % 5], injects=n % 3, until="09:42") for n in range(4)},
    **{f"dice-week-{n}": Play(seed=40 + n, dice=QUICK if n % 2 else BUSY, instant=n % 3 != 0, injects=n % 5, until="09:38") for n in range(1, 9)},
    **{f"dice-day-{n}": Play(seed=50 + n, since="08:00", dice=BUSY, instant=n % 2 == 0, seats=TEAMS[n % 5] if n > 3 else "") for n in range(1, 6)},
    **{f"dice-quiet-{n}": Play(QUIET, seed=60 + n, dice=BUSY, instant=n % 2 == 0, help=HELP[n % 3], until="09:40", injects=n) for n in range(1, 6)},
}


def played(name: str) -> dict[str, Any]:
    """The log: {name, whole, scenario, seed, noise, start, instant, since, until, commands, moments}; a command is the fields of
    engine.Command in their order, a moment [step, seq] as in engine.Moment: places up to `seq` of that step were given."""
    play = PLAYS[name]
    if play.book.startswith("golden "):
        stored = golden.stored(play.book.removeprefix("golden "))
        log = {key: stored[key] for key in ("scenario", "seed", "start", "instant", "commands")} | {"noise": None, "until": stored["until"][0]}
    else:
        log = _of_a_book(play) if play.book else _of_a_table(play)
    log |= {"name": name, "whole": play.whole, "since": log["start"]}
    return log | {"moments": _moments(log)}


def _of_a_book(play: Play) -> dict[str, Any]:
    found = engine.play(load_scenario(play.scenario), play.book, play.seed, noise=play.noise, since=step_at(play.since), until=step_at(play.until))
    return _log(play, found.sim, found.commands)


def _of_a_table(play: Play) -> dict[str, Any]:
    """Looks are taken as a clock takes them; at each the autopilots and the dice have their turn. Before `since` history plays the day."""
    since, until, rng = step_at(play.since), step_at(play.until), random.Random(play.seed)
    sim = Simulation(load_scenario(play.scenario), play.seed, noise=play.noise, start=min(0, since), instant=play.instant)
    seats = dict(zip(engine.DESKS, play.seats.split(","), strict=True)) if play.seats else {}
    commands = list[Command]()

    def give(desk: str, kind: str, args: dict[str, Any], confidence: str | None = None, why: str = "") -> None:
        commands.append(Command(len(commands) + 1, sim.now, desk, kind, args, confidence, why))
        sim.submit(commands[-1])

    while sim.now < until and not sim.ended:
        if engine.looks_at(sim.calendar, sim.now):
            if not commands and play.help:
                give("facilitator", "help.set", {"level": play.help})
            if sim.now >= since and sum(one.kind == "inject.play" for one in commands) < play.injects:
                give("facilitator", "inject.play", _inject(rng, sim.now, len(commands) + 1))
            for desk, _, move in engine.look(sim, seats if sim.now >= since else dict.fromkeys(engine.DESKS, engine.BEFORE)):
                give(desk, *move)
            if play.dice and sim.now >= since and rng.random() < play.dice[(sim.now >= 0) + (sim.now >= days.OPEN) + (sim.now >= days.BELL_END)]:
                give(*_thrown(rng, sim))
        sim.step(min(engine.next_look(sim.calendar, sim.now), until) - sim.now)
    return _log(play, sim, commands)


def _log(play: Play, sim: Simulation, commands: list[Command]) -> dict[str, Any]:
    rows = [[one.seq, one.step, one.desk, one.kind, one.args, one.confidence, one.why] for one in commands]
    how = {"start": sim.start, "instant": play.instant, "until": sim.now, "commands": rows}
    return {"scenario": play.scenario, "seed": play.seed, "noise": play.noise, **how}


def _moments(log: dict[str, Any]) -> list[list[int]]:
    """Those of the clock, with nothing given at that step; some commands, just after they were given; and the end with everything."""
    found = [[step, 0] for step in map(step_at, MOMENTS) if log["start"] <= step <= log["until"]]
    commands = log["commands"]
    every = max(1, len(commands) // COMMANDS_LOOKED_AT)
    found += [[row[1], row[0]] for row in commands[every - 1 :: every] if row[1] <= log["until"]]
    return [*sorted(found), [log["until"], len(commands)]]


def told(moment: list[int]) -> str:
    """A moment as a path names it."""
    step, seq = moment
    return f"{date(step)} {clock(step, ms=step % engine.STEPS_PER_SECOND != 0)}" + (f" after command {seq}" if seq else "")


# The dice


def _inject(rng: random.Random, now: int, number: int) -> dict[str, Any]:
    """Any of the deck, now, later in the day or on a condition."""
    card = rng.choice(sorted(CARDS))
    at = rng.choice((None, now + rng.randrange(40, 4000), step_at("09:33") + rng.randrange(2000)))
    when = {"what": rng.choice(sorted(engine.CONDITIONS)), "above": rng.choice((0, 1, 1_000_000))} if at is None and rng.random() < 0.5 else None
    desks = rng.choice(([], ["risk"], ["operator", "risk"], list(engine.DESKS)))
    text = "They say that it is a squeeze." if card in ("status_mail", "press_wire") else ""
    server = rng.randrange(1, 9) if card == "crash" else 0
    return {"id": number, "card": card, "desks": desks, "server": server, "minutes": CARDS[card], "text": text, "at": at, "when": when}


def _thrown(rng: random.Random, sim: Simulation) -> tuple[str, str, dict[str, Any]]:
    """Any lever by a desk that has it, with arguments that may mean something: desk, kind, args."""
    kind = rng.choice(sorted(engine.KINDS))
    desk = rng.choice(engine.KINDS[kind].desks)
    cards = sight(sim, desk)
    if kind == "evidence.share":
        what = rng.choice(EVIDENCE)
        return desk, kind, {"what": what, "id": _number(rng, cards, "inbox", "mails") if what == "mail" else rng.randrange(3)}
    if kind == "plan.add":
        return desk, kind, {"kind": rng.choice([row["kind"] for row in cards["levers"]["levers"]]), "evening": rng.randrange(3)}
    if kind == "assistant.ask":
        asked = {"kind": "server.look", "args": {"server": rng.randrange(1, 9)}}
        return desk, kind, {"desk": "operator", **rng.choice((asked, {"kind": "servers.stop_all", "args": {}}))}
    if kind == "inject.play":
        return desk, kind, _inject(rng, sim.now, rng.randrange(1000, 9999))
    if kind == "call.answer":
        calls = cards["calls"]["calls"]
        call = rng.choice(calls) if calls else {"id": 1, "replies": [{"key": "floor.order"}]}
        return desk, kind, {"call": call["id"], "reply": rng.choice(call["replies"])["key"] if call["replies"] else ""}
    return desk, kind, {name: _argument(rng, cards, name) for name in engine.KINDS[kind].args}


def _number(rng: random.Random, cards: dict[str, Any], card: str, rows: str) -> int:
    found = [row["id"] for row in cards.get(card, {}).get(rows, ())]
    return int(rng.choice(found)) if found else 1


def _argument(rng: random.Random, cards: dict[str, Any], name: str) -> Any:
    plain: dict[str, tuple[Any, ...]] = {
        "what": WORDS, "release": RELEASES, "control": CONTROLS, "cause": CAUSES, "level": HELP, "style": ("passive", "aggressive"),
        "symbols": ("all", ["ALDV", "AXBR"], ["ZEBU"]), "symbol": ("ALDV", "HADW", "none"), "percent": (0, 1, 2, 10, 20, 100),
        "per_second": (0, 1, 5, 50), "gross_usd": (0, 2_000_000, 365_000_000, 10**9), "usd": (0, 10**6, 10**8), "shares": (0, 500, 5000),
        "bid": ("first", "second"), "offer": ("consortium", "bridge", "rival"), "match": ("Power Peg", "disabled", "no"), "minutes": (0, 5, 20),
        "text": ("We have the same plan.", "Is it us?", "Stop it now."), "sender": ("Tom, chief of staff",), "desks": (["risk"], ["operator", "deployer"]),
        "server": tuple(range(9)), "id": (1, 2, 3), "message": (1, 2), "item": tuple(row["id"] for row in cards.get("checklist", {}).get("items", ())),
        "evening": (0, 1, 2),
    }  # fmt: skip
    if name == "servers":
        return sorted(rng.sample(range(1, 9), rng.choice((1, 2, 7, 8))))
    if name == "mail":
        return _number(rng, cards, "inbox", "mails")
    if name == "pin":
        return _number(rng, cards, "bridge", "items")
    return rng.choice(plain[name] or ("none",))
