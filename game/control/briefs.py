"""What a desk is, in the words of the lobby and the start page."""

from typing import Any, NamedTuple

from django.utils.translation import gettext, gettext_noop

import engine
from game.models import contents
from game.people.desks import ORDER
from game.spoken import tell


class Brief(NamedTuple):
    """One desk. `line` is what the others are told of it; `you`, `aim` and one of `first` (before the bell) and `late` (after it) are the
    three sentences of its first screen.
    """

    icon: str
    line: str
    you: str
    aim: str
    first: str
    late: str
    sees: str
    can: str
    blind: str
    reading: tuple[str, ...]  # what to ask of the answers of its checks, at the help levels assisted and guided
    hands: str
    practice: str


BRIEFS = {
    "operator": Brief(
        "activity",
        gettext_noop("Sees rates, logs and mail. Stops and starts servers."),
        gettext_noop("You work for {firm}, and you run the {many} servers that carry every order."),
        gettext_noop("Keep client orders flowing, and if something goes wrong, stop it fast: minutes cost millions."),
        gettext_noop("Before the bell at {open}, read your inbox and look over the servers, then tell your team what you see."),
        gettext_noop("The market is open: look at the rates and the newest mail, then ask your team what they know."),
        gettext_noop(
            "The floor's inbox and alerts, total order and execution rates, the state of {many} servers, and a server's log when you ask for it."
        ),
        gettext_noop(
            "Stop and start a server, set rules that turn mail into alerts; with the {risk}'s approval, stop more or all, and disconnect {system}."
        ),
        gettext_noop("Releases, checksums, positions and money."),
        (
            gettext_noop("Is it one server or all of them? And since when?"),
            gettext_noop("A mail names an order: whose log has it, what became of it there, and is it in any log of yours?"),
            gettext_noop("When order numbers repeat, what do they share: a server, a broker, a stock?"),
            gettext_noop("When orders get no answer, do they share an exchange?"),
        ),
        gettext_noop("Two hands: two things at a time."),
        gettext_noop("Stop practice server 3. Arm a dangerous action first, then send it by saying how sure you are."),
    ),
    "risk": Brief(
        "scale",
        gettext_noop("Sees positions and profit, with a delay. Sets limits, approves stops, makes the calls."),
        gettext_noop(
            "You work for {firm}, and you answer for its money: only you see what it holds, and only you can approve stopping it all."
        ),
        gettext_noop("Keep clients served, and don't let one bad morning cost more than the firm has."),
        gettext_noop("Before the bell at {open}, read your mail and agree with your team who may stop what; then watch the position and the phone."),
        gettext_noop("The market is open: look at the position and the phone, then ask your team what they know."),
        gettext_noop(
            "The position monitor (delayed when trading is heavy), profit at mid, limits, {stocks} stocks, the tape, finance mail, and the phone."
        ),
        gettext_noop("Set caps and collars, hold brokers and stocks, approve or refuse, sell down the position, call the exchange, raise capital."),
        gettext_noop("Servers, releases and order rates."),
        (
            gettext_noop("When gross grows, does the market's volume grow with it, or only your share?"),
            gettext_noop("A loss at mid: is it in a stock or two, or a little in all of them? And since when?"),
            gettext_noop("Clients' fills sit in the account until they are allocated: a high figure early is not a loss."),
        ),
        gettext_noop("One hand: one thing at a time. The phone needs none."),
        gettext_noop("The {operator} of the practice asks for your approval. Without it no one may stop everything."),
    ),
    "deployer": Brief(
        "package",
        gettext_noop("Knows releases and copies. Checks, copies, rolls back."),
        gettext_noop("You work for {firm}, and you install the software on its {many} servers: only you see what each one should run."),
        gettext_noop("Make sure that what runs is what should run, and if something goes wrong, put it right fast: minutes cost millions."),
        gettext_noop("Before the bell at {open}, read your tickets and the record of the copies, and check what you would not take on trust."),
        gettext_noop("The market is open: ask your team what they see, then check the servers they name."),
        gettext_noop(
            "Which release each server is recorded to run, diffs, the change calendar, your tickets, and what checksums and comparisons showed."
        ),
        gettext_noop(
            "Take a checksum, compare config and reference data, copy, load and restart, roll back; with the {risk}'s approval, more than "
            "two servers in five minutes, and clear the flag."
        ),
        gettext_noop("Money, positions and order rates."),
        (
            gettext_noop("There are three hashes: on record, on disk, in the process. Which of them differ?"),
            gettext_noop("A checksum is of the release alone. Config and reference data have hashes of their own, and are compared on their own."),
            gettext_noop("A change ticket may explain a difference. One without a ticket is a lead and not yet an answer."),
        ),
        gettext_noop("Two hands: two things at a time."),
        gettext_noop("Take a checksum of practice server 2. It keeps a hand busy for a while, then shows what is really there."),
    ),
}


WEEK_FIRST = gettext_noop("The clock stands while you plan: choose what your desk does tonight, then let the evening start.")
LESSON_AIM = gettext_noop("Bring a new release into service one small step at a time, so that a mistake stays small.")
LESSON_FIRST = gettext_noop("Follow the guide on your desk: it says what comes next, and at whose desk.")


def named(desk: str, words: dict[str, Any]) -> dict[str, str]:
    """A desk's name, titles and icon, where its page's `words` are those of a scenario."""
    titles = words["desks"][desk]
    return {"desk": desk, "title": titles["head"], "short": titles["short_head"], "icon": BRIEFS[desk].icon}


def all_named(words: dict[str, Any]) -> list[dict[str, str]]:
    """Every desk, in the order of its seats."""
    return [named(desk, words) for desk in ORDER]


def brief(desk: str, scenario: "engine.Scenario", step: int = 0) -> dict[str, Any]:
    """A desk's brief for a template, in a scenario's words. `step`: when its player comes, which decides what to do first."""
    names = contents.words_in(scenario)
    words = {"system": scenario.told.system, "stocks": len(scenario.symbols), **{name: names[name] for name in ("firm", "many", "open")}}
    words |= {name: titles["title"] for name, titles in names["desks"].items()}
    texts = {name: text for name, text in BRIEFS[desk]._asdict().items() if isinstance(text, str)}
    if scenario.guide.step:
        texts |= {"aim": LESSON_AIM, "first": LESSON_FIRST}
    elif step < 0:
        texts["first"] = WEEK_FIRST
    elif step >= scenario.calendar.open:
        texts["first"] = texts["late"]
    one = {name: text if name == "icon" else gettext(text).format_map(words) for name, text in texts.items()}
    return {**named(desk, names), **one, "title_within": names["desks"][desk]["title"]}


def picture(scenario: "engine.Scenario") -> dict[str, Any]:
    """Where the pieces of the picture of the firm stand that a first screen shows: servers in two rows, and a tile a stock, coloured as on a
    day like any other.
    """
    columns = -(-scenario.fleet.servers // 2)
    tiles = [{"x": 116 + n % columns * 176 // columns, "y": 58 + n // columns * 46, "n": n + 1} for n in range(scenario.fleet.servers)]
    wide = -(-len(scenario.symbols) // 7)
    heat = [HEAT[n * 2654435761 % 2**32 % len(HEAT)] for n in range(len(scenario.symbols))]
    stocks = [{"x": round(116 + n % wide * 176 / wide, 1), "y": 190 + n // wide * 8, "heat": one} for n, one in enumerate(heat)]
    return {"servers": tiles, "tile": 176 // columns - 6, "stocks": stocks, "side": round(176 / wide - 1.5, 1)}


HEAT = ("0", "p1", "0", "n1", "p2", "0", "n1", "p1", "0", "n2", "p1")


def reading(desk: str, help_level: str) -> tuple[str, ...]:
    """What to ask of the answers of a desk's checks, where help goes so far."""
    return tuple(map(gettext, BRIEFS[desk].reading)) if help_level != "2012" else ()


class Row(NamedTuple):
    """A lever on a desk's page: what it is called and how long it takes."""

    label: str
    time: str
    phone: bool  # takes no hand


def levers(desk: str, scenario: "engine.Scenario") -> dict[str, list[Row]]:
    """What a desk can do in a scenario that takes time or the phone: `day`, and `week` for what is done on its evenings alone."""
    found: dict[str, list[Row]] = {"day": [], "week": []}
    for kind, lever in scenario.kinds.items():
        numbers = scenario.levers.get(kind)
        if desk not in lever.desks or lever.talk or numbers is None:
            continue
        # Before the bell nothing longer than an hour may begin, and after it nothing is built.
        only_week = numbers.phases == ("deployment",) or numbers.minutes > LONGEST_ON_THE_DAY or kind in ("control.test", "control.mend")
        time = _time(numbers) if not only_week else _minutes(numbers.evening or numbers.minutes)
        if kind == "control.mend":
            time = gettext("as long as building it")
        found["week" if only_week else "day"].append(Row(tell(scenario, lever.named(scenario)), time, numbers.hands == 0))
    return {part: sorted(rows) for part, rows in found.items()}


LONGEST_ON_THE_DAY = 60


def _time(numbers: Any) -> str:
    """Minutes of market time on the day, and where it differs before the bell or when it was built in the week."""
    text = _minutes(numbers.minutes)
    if numbers.shared > 1:
        return gettext("%(text)s, %(minutes)s with both hands") % {"text": text, "minutes": _minutes(numbers.minutes / numbers.shared)}
    if numbers.only_built:
        return gettext("%(text)s, if built") % {"text": text}
    if numbers.built is not None:
        return gettext("%(built)s if built, else %(text)s") % {"built": _minutes(numbers.built), "text": text}
    return (
        gettext("%(text)s (%(premarket)s before the bell)") % {"text": text, "premarket": _minutes(numbers.premarket)}
        if numbers.premarket is not None
        else text
    )


def _minutes(minutes: float) -> str:
    if minutes == 0:
        return gettext("at once")
    if minutes < 1:
        return f"{minutes * 60:.0f} s"
    return gettext("%(minutes)s min") % {"minutes": f"{minutes:g}"} if minutes < 120 else f"{minutes / 60:g} h"
