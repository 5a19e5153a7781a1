"""The facilitator's guide: agendas, what to say in each phase, what to ask afterwards, and what helps when something goes wrong."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.translation import gettext, gettext_noop

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


# Lines that both agendas have, each with minutes of its own: title and what is done.
_WELCOME = (
    gettext_noop("Welcome"),
    gettext_noop("What it is, that it really happened, that no one is graded. The big screen shows address and code."),
)
_JOIN = (
    gettext_noop("Join and practice"),
    gettext_noop("A code and a name, a desk each, the brief on one page. Everyone tries one action in the lobby."),
)
_DAY = (
    Part(3, gettext_noop("Pre-market"), gettext_noop("{start} to {open} at 30x. The mails come in. Do not comment on them.")),
    Part(
        9,
        gettext_noop("The opening bell"),
        gettext_noop("{open} to {bell_end} at 5x. Walk around, listen, and note what you hear with the market time."),
    ),
    Part(6, gettext_noop("Unwind and evening"), gettext_noop("To {close} at 90x, then bids and capital. Hands off keyboards when it is over.")),
)
_ALONE = (
    gettext_noop("Before anyone talks"),
    gettext_noop("Each person writes down: what did I think was happening at {after}, and what made me think so?"),
)
_RESULTS = (
    gettext_noop("The results"),
    gettext_noop("Show them from the control room, step by step: third, second, first, the best decisions, the last picture."),
)
_REACTIONS = (gettext_noop("Reactions"), gettext_noop("One sentence each. No explanations yet."), True)
_LEDGER = (
    gettext_noop("Who knew what, when"),
    gettext_noop("Where was the first sign, and how long did it take to the desk that could act on it?"),
    True,
)
_WORTH = (
    gettext_noop("What it was worth"),
    gettext_noop("The decisions in dollars. Which one would you bring forward by five minutes?"), True,
)
_AT_WORK = (
    gettext_noop("Back at work"),
    gettext_noop("Which barriers are open in our organization? One change, one name, one date."), True,
)
_HAPPENED = gettext_noop("What happened")
_WEEK = Part(
    14,
    gettext_noop("The week"),
    gettext_noop("{Evenings} at 60x, each after a planning pause. Only about a third of the optional work fits: let them choose."),
)
HALF_A_DAY = 210  # two rounds
AGENDAS = {
    45: (
        Part(2, *_WELCOME),
        Part(5, *_JOIN),
        *_DAY,
        Part(1, *_ALONE),
        Part(1, *_RESULTS),
        Part(2, *_REACTIONS),
        Part(5, _HAPPENED, gettext_noop("Each team tells its morning along the loss curve, seat by seat."), True),
        Part(4, *_LEDGER),
        Part(3, *_WORTH),
        Part(4, *_AT_WORK),
    ),
    60: (
        Part(4, *_WELCOME),
        Part(8, *_JOIN),
        *_DAY,
        Part(2, *_ALONE),
        Part(4, *_RESULTS),
        Part(3, *_REACTIONS),
        Part(6, _HAPPENED, gettext_noop("Each team tells its morning along the loss curve, seat by seat."), True),
        Part(5, *_LEDGER),
        Part(5, *_WORTH),
        Part(5, *_AT_WORK),
    ),
    90: (
        Part(5, *_WELCOME),
        Part(9, *_JOIN),
        _WEEK,
        *_DAY,
        Part(3, *_ALONE),
        Part(5, *_RESULTS),
        Part(4, *_REACTIONS),
        Part(9, _HAPPENED, gettext_noop("Each team tells its week and its morning along the loss curve, seat by seat."), True),
        Part(8, *_LEDGER),
        Part(7, *_WORTH),
        Part(8, *_AT_WORK),
    ),
    HALF_A_DAY: (
        Part(5, *_WELCOME),
        Part(15, gettext_noop("Join, questions, practice"), gettext_noop("A code and a name, the questions in the lobby, one action each.")),
        _WEEK,
        *_DAY,
        Part(3, *_ALONE),
        Part(5, *_RESULTS),
        Part(5, *_REACTIONS),
        Part(12, _HAPPENED, gettext_noop("Each team tells its week and its morning along the loss curve, seat by seat."), True),
        Part(10, *_LEDGER),
        Part(8, *_WORTH),
        Part(7, gettext_noop("The next round"), gettext_noop("One thing each team will do otherwise, in a sentence that can be checked."), True),
        Part(15, gettext_noop("Break"), gettext_noop('"Run again, new seed" on the sessions page: the same teams in a lobby of their own.')),
        Part(6, gettext_noop("Change seats"), gettext_noop("Everyone sits at another desk than before. The new code is on the big screen.")),
        _WEEK,
        *_DAY,
        Part(3, *_ALONE),
        Part(10, gettext_noop("Both results"), gettext_noop("Reveal the second, then show each team's two mornings side by side.")),
        Part(4, *_REACTIONS),
        Part(14, gettext_noop("What changed"), gettext_noop("Did they do what they had said? What did it save, and what did it cost?"), True),
        Part(8, *_LEDGER),
        Part(16, *_AT_WORK),
    ),
}
PHASES = (
    Phase(
        gettext_noop("The week"),
        "{week}, evenings",
        (
            gettext_noop(
                "You have a release to bring to {many} servers by {weekday}. You do not have enough hands for everything you would like to do."
            ),
            gettext_noop("Ticking something off means you say it is so. No one checks it for you."),
        ),
        gettext_noop("Who asks for a second pair of eyes? Who takes the tool's word for it?"),
    ),
    Phase(
        "Pre-market",
        "{start} to {open}",
        (
            gettext_noop("The market opens at {open}. Get to know your screen; ask your team what they see."),
            gettext_noop("An emergency change needs the {risk}'s approval."),
        ),
        gettext_noop("{mails} mails say that something is refused. Does anyone open one, and does anyone else hear of it?"),
    ),
    Phase(
        gettext_noop("The opening bell"),
        "{open} to {bell_end}",
        (
            gettext_noop("The market is open."),
            gettext_noop("What do you see that the others cannot see?"),
        ),
        gettext_noop(
            "Say the first sentence, then nothing; the second only when the room goes quiet. How long from the first sign to the first message on "
            "the bridge? Who waits for certainty, and what does each minute cost? Do they roll back before they know what the old release does?"
        ),
    ),
    Phase(
        gettext_noop("Unwind and evening"),
        "{bell_end} to {block}",
        (gettext_noop("It has stopped, or was stopped. What do you own now, and who needs to know?"),),
        gettext_noop("Do they keep what they need to understand it later? Do clients hear it from them, or from the press?"),
    ),
    Phase(
        gettext_noop("Debrief"),
        gettext_noop("as long as needed"),
        (
            gettext_noop("No one here caused this. The room had what it needed to find it; we look at what got in the way."),
            gettext_noop("We speak of desks, not of names, unless you want to."),
        ),
        gettext_noop("Who has not spoken yet? Ask what they saw, not why they did not act."),
    ),
)
PROMPTS = (
    (
        gettext_noop("Noticing"),
        (
            gettext_noop("What was the first thing that looked odd, and what did you tell yourself about it?"),
            gettext_noop("Which of your screens was wrong, or late? How could you have known?"),
        ),
    ),
    (
        gettext_noop("Telling"),
        (gettext_noop("What did you assume the others knew?"), gettext_noop("Which sentence on the bridge changed what somebody did?")),
    ),
    (
        gettext_noop("Deciding"),
        (
            gettext_noop("You were sure, and wrong: what made it look certain?"),
            gettext_noop("What would have made it easier to stop everything two minutes earlier?"),
        ),
    ),
    (
        gettext_noop("Preventing"),
        (
            gettext_noop("Which barrier did you pay for and never test?"),
            gettext_noop('What in our own deployments says "done" whether or not it is?'),
        ),
    ),
)
TROUBLES = (
    Trouble(
        gettext_noop("Someone lost their phone, or its battery died"),
        gettext_noop(
            'On any other device: the join page, the code, and the resume words from the lobby. Without them: "New link" on the seat in the '
            'control room.'
        ),
    ),
    Trouble(
        gettext_noop('A screen says "Not live" or "Slow connection"'),
        gettext_noop(
            "Open /check/ on that device: it says what the browser or the network blocks, and what to do. The slow connection works like the "
            "normal one, a moment later. Check in the room the day before."
        ),
    ),
    Trouble(
        gettext_noop("Someone left for good"), gettext_noop("Free the seat: the assistant plays it. Or move a player there from a crowded seat.")
    ),
    Trouble(
        gettext_noop("Someone arrives late"),
        gettext_noop("The code still works, even while the market runs: they get the seat that needs someone most."),
    ),
    Trouble(
        gettext_noop("A team is stuck"),
        gettext_noop(
            "Its row says so. Watch its desks first. Then ask, do not tell: what does each of you see? A call or a mail from the injects may do "
            "it for you."
        ),
    ),
    Trouble(
        gettext_noop("A team has solved it long before the bell, at 08:40 say"),
        gettext_noop(
            "Let it stand: that is the best end there is. Keep the desks busy with an inject, a call from the exchange or a rumor; a second act "
            "comes all the same where the exercise has one. Ask the team not to tell the others. In the debrief: what made you look, and who else "
            'could have? Then "continue from here" a minute before they found it, for a round in which they did not.'
        ),
    ),
    Trouble(
        gettext_noop("A team is overwhelmed"),
        gettext_noop("Slow that team down, or pause only that team. Time to think is not cheating; mention it in the debrief."),
    ),
    Trouble(
        gettext_noop("The room must stop for a moment"),
        gettext_noop("Pause. Every screen shows it, nothing is lost, and nothing scheduled fires early or late."),
    ),
    Trouble(
        gettext_noop("A run failed"),
        gettext_noop(
            'Its row says why; the other teams continue. "Retry" resumes from its last checkpoint and log. If it fails twice, let that team watch '
            'another, and keep the run: its log tells what happened.'
        ),
    ),
    Trouble(
        gettext_noop("The big screen gives too much away"),
        gettext_noop("Set the loss counter to two minutes late, or hide it until the end. Freeze the board before the last ten minutes."),
    ),
    Trouble(gettext_noop("A room that knows the story"), gettext_noop("Draw the scenario: then stopping everything at {open} is a bet.")),
    Trouble(
        gettext_noop("Your own browser or laptop closes"),
        gettext_noop('The exercise continues. Sign in again, or start "manage.py play" again: it resumes where it stopped, and prints a new link.'),
    ),
)


def words_for(scenario: engine.Scenario) -> dict[str, Any]:
    """What the guide's texts are filled with: a scenario's words, dates and counts."""
    words = contents.words_in(scenario)
    evenings = (
        gettext("One evening") if words["evenings"] == "one" else gettext("%(capitalize)s evenings") % {"capitalize": words["evenings"].capitalize()}
    )
    mails = scenario.flow.premarket_flagged // scenario.fleet.servers
    after = scenario.calendar.hm(scenario.calendar.open + 5 * engine.STEPS_PER_MINUTE)
    return words | {"mails": mails, "Evenings": evenings, "after": after} | {desk: titles["title"] for desk, titles in words["desks"].items()}


def phases(words: dict[str, Any]) -> list[Phase]:
    """What to say and to watch for."""
    fill = _filler(words)
    return [Phase(fill(one.title), fill(one.when), tuple(map(fill, one.say)), fill(one.watch)) for one in PHASES]


def troubles(words: dict[str, Any]) -> list[Trouble]:
    """What goes wrong, and what helps."""
    fill = _filler(words)
    return [Trouble(fill(one.what), fill(one.then)) for one in TROUBLES]


def agenda(total: int, words: dict[str, Any]) -> list[dict[str, object]]:
    """An agenda with the minute at which each part begins."""
    at, rows, fill = 0, [], _filler(words)
    for part in AGENDAS[total]:
        rows.append({"at": f"{at // 60}:{at % 60:02}", **part._asdict(), "title": fill(part.title), "what": fill(part.what)})
        at += part.minutes
    return rows


def _filler(words: dict[str, Any]) -> Callable[[str], str]:
    return lambda text: gettext(text).format_map(words)


def prompts() -> list[tuple[str, list[str]]]:
    """What to ask afterwards, by theme."""
    return [(gettext(theme), [gettext(one) for one in questions]) for theme, questions in PROMPTS]
