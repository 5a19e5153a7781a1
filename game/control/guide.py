"""The facilitator's guide: two agendas, what to say in each phase, what to ask afterwards, and what helps when something goes wrong."""

from collections.abc import Callable
from typing import Any, NamedTuple

import engine
from game.models import contents


class Part(NamedTuple):
    """A line of an agenda."""

    minutes: int
    title: str
    what: str
    debrief: bool = False


class Phase(NamedTuple):
    """What to say and to watch for while the market is there."""

    title: str
    when: str
    say: tuple[str, ...]
    watch: str


class Trouble(NamedTuple):
    """Something that goes wrong, and what helps."""

    what: str
    then: str


_DAY = (
    Part(3, "Pre-market", "{start} to {open} at 30x. The mails come in. Say nothing about them."),
    Part(9, "The opening bell", "{open} to {bell_end} at 5x. Walk about, listen, note what you hear with its market time."),
    Part(6, "Unwind and evening", "To {close} at 90x, then bids and capital. Hands off the keyboards when it is over."),
)
AGENDAS = {
    60: (
        Part(4, "Welcome", "What it is, that it happened, that nobody is marked. The projector shows address and code."),
        Part(8, "Join and practice", "A code and a name, a desk each, the brief on one page. Everybody tries one lever in the lobby."),
        *_DAY,
        Part(2, "Before anybody talks", "Each writes down alone: what did I think was happening at {after}, and what made me think so?"),
        Part(4, "The results", "Reveal the board, slowly. Losses avoided first, the grade after it."),
        Part(3, "Reactions", "One sentence from everybody. No explanations yet.", True),
        Part(6, "What happened", "Each team tells its morning along the loss curve, seat by seat.", True),
        Part(5, "Who knew what, when", "Where was the first sign, and how long did it take to the desk that could act on it?", True),
        Part(5, "What it was worth", "The decisions in dollars. Which one would you bring forward by five minutes?", True),
        Part(5, "At home", "Which slices are open in our shop? One change, one name, one date.", True),
    ),
    90: (
        Part(5, "Welcome", "What it is, that it happened, that nobody is marked. The projector shows address and code."),
        Part(9, "Join and practice", "A code and a name, a desk each, the brief on one page. Everybody tries one lever in the lobby."),
        Part(14, "The week", "{Evenings} at 60x, each after a planning pause. About a third of what is optional fits: let them choose."),
        *_DAY,
        Part(3, "Before anybody talks", "Each writes down alone: what did I think was happening at {after}, and what made me think so?"),
        Part(5, "The results", "Reveal the board, slowly. Losses avoided first, the grade after it."),
        Part(4, "Reactions", "One sentence from everybody. No explanations yet.", True),
        Part(9, "What happened", "Each team tells its week and its morning along the loss curve, seat by seat.", True),
        Part(8, "Who knew what, when", "Where was the first sign, and how long did it take to the desk that could act on it?", True),
        Part(7, "What it was worth", "The decisions in dollars. Which one would you bring forward by five minutes?", True),
        Part(8, "At home", "Which slices are open in our shop? One change, one name, one date.", True),
    ),
}
PHASES = (
    Phase(
        "The week",
        "{week}, evenings",
        (
            "You have a release to bring to {many} servers by {weekday}. Your hands do not reach for everything you would like to do.",
            "What is ticked off is what you say is so. Nobody checks it for you.",
        ),
        "Who asks for a second pair of eyes? Who takes the tool's word for it?",
    ),
    Phase(
        "Pre-market",
        "{start} to {open}",
        (
            "The market opens at {open}. Get to know your screen; ask your team what they see.",
            "An emergency change needs the {risk}'s approval.",
        ),
        "{mails} mails say that something is refused. Does anybody open one, and does anybody else hear of it?",
    ),
    Phase(
        "The opening bell",
        "{open} to {bell_end}",
        (
            "The market is open.",
            "What do you see that the others cannot see?",
        ),
        "Say the first sentence, then nothing; the second only when the room goes quiet. "
        "How long from the first sign to the first word on the bridge? Who waits for certainty, and what does each minute cost? "
        "Do they roll back before they know what the old release does?",
    ),
    Phase(
        "Unwind and evening",
        "{bell_end} to {block}",
        ("It has stopped, or it was stopped. What do you own now, and who has to be told?",),
        "Do they keep what they need to understand it later? Do clients hear it from them, or from the press?",
    ),
    Phase(
        "Debrief",
        "as long as the room wants",
        (
            "Nobody here caused this. The room had what it needed to find it; we look at what kept it from doing so.",
            "We speak of desks, not of names, unless you want to.",
        ),
        "Who has not spoken yet? Ask what they saw, not why they did not do something.",
    ),
)
PROMPTS = (
    (
        "Noticing",
        (
            "What was the first thing that looked odd, and what did you tell yourself about it?",
            "Which of your screens was wrong, or late? How could you have known?",
        ),
    ),
    ("Telling", ("What did you assume the others knew?", "Which sentence on the bridge changed what somebody did?")),
    ("Deciding", ("You were sure, and wrong: what made it look certain?", "What would have made it easier to stop everything two minutes earlier?")),
    ("Preventing", ("Which barrier did you pay for and never test?", 'What in our own deployments says "done" whether or not it is?')),
)
TROUBLES = (
    Trouble(
        "Somebody lost their phone, or its battery died",
        'On any other device: the join page, the code, and the resume word from the lobby. Without the word: "New link" on the seat '
        "in the control room.",
    ),
    Trouble(
        'A screen says "Not live" or "Slower line"',
        "Open /check/ on that device: it says what its browser or its network stops, and what to do. The slower line plays like the socket, a "
        "moment later. Open it in the room on the day before.",
    ),
    Trouble("Somebody left for good", "Vacate the seat: the assistant plays it. Or move a player from a crowded seat there."),
    Trouble("Somebody comes late", "The code still works: they are given the seat that needs somebody most, also while the market runs."),
    Trouble(
        "A team is stuck",
        "Its row says so. Observe its desks first. Then ask, do not tell: what does each of you see? A call or a mail from the deck "
        "may do it without you.",
    ),
    Trouble("A team is overwhelmed", "Slow that team down, or pause it alone. Time to think is not cheating; say that you did it, in the debrief."),
    Trouble("The room must stop for a moment", "Pause. Every screen shows it, nothing is lost, and nothing that was planned fires early or late."),
    Trouble(
        "A run failed",
        'Its row says why, the others go on. "Try again" takes it up from its last checkpoint and its log. If it fails twice, let '
        "that team watch another one, and keep the run: its log tells what happened.",
    ),
    Trouble(
        "The projector gives too much away",
        "Set the loss counter to two minutes late, or hide it until the end. Freeze the board before the last ten minutes.",
    ),
    Trouble("A room that knows the story", "Draw the scenario: then stopping everything at {open} is a bet."),
    Trouble(
        "Your own browser or laptop closes",
        'The exercise goes on. Sign in again, or start "manage.py play" again: it goes on where it stopped, and prints a new link.',
    ),
)


def words_for(scenario: engine.Scenario) -> dict[str, Any]:
    """What the guide's texts are filled with: a scenario's words, dates and counts."""
    words = contents.words_in(scenario)
    evenings = "One evening" if words["evenings"] == "one" else f"{words['evenings'].capitalize()} evenings"
    mails = scenario.flow.premarket_flagged // scenario.fleet.servers
    after = scenario.calendar.hm(scenario.calendar.open + 5 * engine.STEPS_PER_MINUTE)
    return words | {"mails": mails, "Evenings": evenings, "after": after} | {desk: scenario.told.title(desk) for desk in engine.DESKS}


def phases(words: dict[str, Any]) -> list[Phase]:
    """What to say and to watch for."""
    fill = _filler(words)
    return [Phase(one.title, fill(one.when), tuple(map(fill, one.say)), fill(one.watch)) for one in PHASES]


def troubles(words: dict[str, Any]) -> list[Trouble]:
    """What goes wrong, and what helps."""
    fill = _filler(words)
    return [Trouble(one.what, fill(one.then)) for one in TROUBLES]


def agenda(total: int, words: dict[str, Any]) -> list[dict[str, object]]:
    """An agenda with the minute at which each part begins."""
    at, rows, fill = 0, [], _filler(words)
    for part in AGENDAS[total]:
        rows.append({"at": f"{at // 60}:{at % 60:02}", **part._asdict(), "what": fill(part.what)})
        at += part.minutes
    return rows


def _filler(words: dict[str, Any]) -> Callable[[str], str]:
    return lambda text: text.format_map(words)
