"""What a desk is, in the words of the lobby and the start page."""

from typing import Any, NamedTuple

import engine
from game.models import contents
from game.people.desks import ORDER


class Brief(NamedTuple):
    """One desk. `line` is what the others are told of it."""

    icon: str
    line: str
    sees: str
    can: str
    blind: str
    shown: str  # besides, at the help levels assisted and guided, unless the seed draws what is wrong
    reading: tuple[str, ...]  # what the answers of its checks mean, at those levels
    hands: str
    practice: str


BRIEFS = {
    "operator": Brief(
        "activity",
        "Sees rates, logs and mail. Stops and starts servers.",
        "The floor's inbox and alerts, total order and execution rates, the state of {many} servers, and a server's log when you ask for it.",
        "Stop and start a server, set rules that turn mail into alerts; with the {risk}'s word stop more than two or all, and disconnect {system}.",
        "Releases, checksums, positions and money.",
        "Each server's own rates.",
        (
            "One server far above the rest points at that server; all of them high, at the release, a broker or the market.",
            "An order refused, or filled beyond its size, is wrong on the server whose line it is. An order in no log of yours was somebody else's.",
            "The same order number again and again, always from one broker, is the broker's doing.",
            "Sent and not acknowledged is between you and that exchange.",
        ),
        "Two hands: two things at a time.",
        "Stop practice server 3. A lever that can hurt is armed first, then sent by saying how sure you are.",
    ),
    "risk": Brief(
        "scale",
        "Sees positions and profit, late. Sets limits, gives the word to stop, phones.",
        "The position monitor, late when trading is heavy, profit at mid, limits, {stocks} stocks, the tape, finance mail, and the phone.",
        "Set caps and collars, hold brokers and stocks, give or refuse your word, sell the position down, call the exchange, raise capital.",
        "Servers, releases and order rates.",
        "What the position would bring if it were sold now.",
        (
            "Gross that grows every minute is somebody's orders. A busy market moves prices and your share of it stays what it was.",
            "A loss at mid within a minute of the bell, in a stock or two, is a wrong price; a little in every stock is not.",
            "Clients' fills sit in the account until they are allocated: a high figure early is not a loss.",
        ),
        "One hand: one thing at a time. The phone takes none.",
        "The {operator} of the practice asks for your word. Without it nobody may stop everything.",
    ),
    "deployer": Brief(
        "package",
        "Knows releases and copies. Checks, copies, rolls back.",
        "Which release each server is recorded to run, diffs, the change calendar, your tickets, and what checksums and comparisons showed.",
        "Take a checksum, compare config and reference data, copy, load and restart, roll back; with the {risk}'s word more than two servers in five "
        "minutes, and have the flag cleared.",
        "Money, positions and order rates.",
        "Every server's checksum, always fresh.",
        (
            "Another hash on disk than the one on record: the copy went wrong. The right one on disk and another running: not restarted.",
            "A checksum is of the release alone. Config and reference data have hashes of their own, and are compared on their own.",
            "A change ticket may explain a difference. One without a ticket is a lead and not yet an answer.",
        ),
        "Two hands: two things at a time.",
        "Take a checksum of practice server 2. It takes a hand for a while, and then says what is really there.",
    ),
}


def named(desk: str, words: dict[str, Any]) -> dict[str, str]:
    """A desk's name, titles and icon, where its page's `words` are those of a scenario."""
    titles = words["desks"][desk]
    return {"desk": desk, "title": titles["head"], "short": titles["short_head"], "icon": BRIEFS[desk].icon}


def all_named(words: dict[str, Any]) -> list[dict[str, str]]:
    """Every desk, in the order of its seats."""
    return [named(desk, words) for desk in ORDER]


def brief(desk: str, help_level: str, scenario: "engine.Scenario") -> dict[str, Any]:
    """A desk's brief for a template, in a scenario's words."""
    words = {"system": scenario.told.system, "many": scenario.fleet.many, "stocks": len(scenario.symbols)}
    words |= {name: scenario.told.title(name) for name in engine.DESKS}
    one = {name: text.format_map(words) for name, text in BRIEFS[desk]._asdict().items() if isinstance(text, str)}
    shown = one["shown"] if help_level != "2012" and not scenario.faults.deck else ""
    return {**named(desk, contents.words_in(scenario)), **one, "shown": shown, "reading": reading(desk, help_level)}


def reading(desk: str, help_level: str) -> tuple[str, ...]:
    """What the answers of a desk's checks mean, where it is told."""
    return BRIEFS[desk].reading if help_level != "2012" else ()


class Row(NamedTuple):
    """A lever on a desk's page: what it is called and how long it takes."""

    label: str
    time: str
    phone: bool  # takes no hand


def levers(desk: str, scenario: "engine.Scenario") -> dict[str, list[Row]]:
    """What a desk can do in a scenario that takes time or the phone: `day`, and `week` for what is done on its evenings alone."""
    found: dict[str, list[Row]] = {"day": [], "week": []}
    for kind, lever in engine.KINDS.items():
        numbers = scenario.levers.get(kind)
        if desk not in lever.desks or lever.talk or numbers is None:
            continue
        # Before the bell nothing longer than an hour may begin, and after it nothing is built.
        only_week = numbers.phases == ("deployment",) or numbers.minutes > LONGEST_ON_THE_DAY or kind in ("control.test", "control.mend")
        time = _time(numbers) if not only_week else _minutes(numbers.evening or numbers.minutes)
        if kind == "control.mend":
            time = "as long as building it"
        found["week" if only_week else "day"].append(Row(lever.named(scenario), time, numbers.hands == 0))
    return {part: sorted(rows) for part, rows in found.items()}


LONGEST_ON_THE_DAY = 60


def _time(numbers: Any) -> str:
    """Minutes of market time on the day, and where it differs before the bell or when it was built in the week."""
    text = _minutes(numbers.minutes)
    if numbers.shared > 1:
        return f"{text}, {_minutes(numbers.minutes / numbers.shared)} with both hands"
    if numbers.only_built:
        return f"{text}, if built"
    if numbers.built is not None:
        return f"{_minutes(numbers.built)} if built, else {text}"
    return f"{text} ({_minutes(numbers.premarket)} before the bell)" if numbers.premarket is not None else text


def _minutes(minutes: float) -> str:
    if minutes == 0:
        return "at once"
    if minutes < 1:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:g} min" if minutes < 120 else f"{minutes / 60:g} h"
