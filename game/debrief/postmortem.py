"""A blameless postmortem, drafted from a run: Markdown for a team to go on with. It names desks and never people.

It is made of what the result tells (game/views/debrief.py composes it), so that it says nothing that the result does not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext

import engine
from game.debrief.report.words import DASH, MINUS, share, short
from game.models import incident_log
from game.spoken import tell

Told = dict[str, Any]
WORTH_A_WORD_USD = 100_000  # a decision that changed less was neither luck nor skill
_MOST = 6
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_EMPTY_ROWS = 3


def escaped(text: str) -> str:
    """Text that people typed, as Markdown shows it: in one line, and no markup of its own."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def usd(amount: float) -> str:
    """Dollars as a sentence has them."""
    return f"{MINUS if amount < 0 else ''}${short(amount)}"


def factors(one: Told) -> Iterator[str]:
    """What contributed: barriers that stood open or had a hole, and objectives that the log did not show."""
    hole = gettext("A barrier had a hole: %(label)s. It would have stopped: %(stops)s")
    left = gettext("A barrier was left open: %(label)s. It would have stopped: %(stops)s")
    for barrier in (one["week"] or {}).get("slices", ()):
        if barrier["state"] != "closed":
            yield (hole if barrier["state"] == "hole" else left) % {"label": barrier["label"], "stops": barrier["stops"]}
    for objective in one["objectives"]:
        for line in [line for line in objective["shown"] if not line["met"]][:2]:
            yield f"{objective['title']}: {line['said']}"


def went_well(one: Told) -> Iterator[str]:
    """Decisions that saved most, by evidence, and objectives that the log shows every time."""
    for row in _saved(one["worth"]["decisions"]):
        if row["confidence"] != "guessing":
            yield gettext("%(at)s, %(words)s: saved %(usd)s.") % {"at": row["at"], "words": row["words"], "usd": usd(row["worth_usd"])}
    for objective in one["objectives"]:
        if objective["outcome"] == "met":
            yield f"{objective['title']}: {objective['words']}."


def luck(one: Told) -> Iterator[str]:
    """What could as well have gone otherwise: guesses that were right, minutes that made the difference, and what others ended."""
    guess = gettext("%(at)s, %(words)s: a guess, and it saved %(usd)s.")
    late = gettext("%(at)s, %(words)s: five minutes later it would have cost %(usd)s more.")
    for row in _saved(one["worth"]["decisions"]):
        told, later = {"at": row["at"], "words": row["words"]}, (row["later"] or {}).get("usd") or 0
        if row["confidence"] == "guessing":
            yield guess % {**told, "usd": usd(row["worth_usd"])}
        if later <= -WORTH_A_WORD_USD:
            yield late % {**told, "usd": usd(-later)}
    if one["first"]["how"] == "cut":
        yield gettext("The exchanges ended it, and not the firm.")
    if one["first"]["assistant"]:
        yield gettext("An assistant noticed it first.")


def _saved(decisions: Iterable[Told]) -> list[Told]:
    found = [row for row in decisions if row["worth_usd"] is not None and row["worth_usd"] >= WORTH_A_WORD_USD]
    return sorted(found, key=lambda row: -row["worth_usd"])[:_MOST]


def draft(told: Told, one: Told, questions: Sequence[str]) -> str:
    """The draft of one team. `told`: what a report tells of its exercise; `one`: of the team; `questions`: what the run suggests to ask."""
    return "\n".join(_lines(told, one, questions)).rstrip() + "\n"


def _lines(told: Told, one: Told, questions: Sequence[str]) -> Iterator[str]:
    heading = gettext("Postmortem: %(title)s, %(team)s") % {"title": told["title"], "team": one["name"]}
    yield f"# {escaped(heading)}"
    yield ""
    made = gettext("A draft, made from the log of a simulated run (%(code)s, played %(played)s). It tells of the work and of desks, not of people.")
    yield made % {"code": told["code"], "played": told["played"]}
    yield from _section(gettext("Impact"), _impact(one))
    yield from _section(gettext("What happened"), one["first"]["sentences"], bullet=False)
    yield from _section(gettext("Timeline"), ())
    heads = told["words"]["desks"]
    yield from _table(
        (gettext("At"), gettext("Desk"), gettext("What")),
        ((line["at"], heads.get(line["desk"], DASH), line["text"]) for line in one["story"]),
    )
    if one["log"]["entries"]:
        yield from _section(gettext("What the incident log has"), (f"{row['at']} {incident_log.in_a_line(row)}" for row in one["log"]["entries"]))
        yield from _section(gettext("The incident log beside what happened"), (_beside(row) for row in one["log"]["beside"]))
    yield from _section(gettext("Who knew what, when"), ())
    yield from _knew(one["ledger"]["rows"], heads)
    fault = [told["fault"]["story"]] if told["fault"] else []
    yield from _section(gettext("Contributing factors"), _or_nothing([*fault, *factors(one)]))
    yield from _section(gettext("What went well"), _or_nothing(went_well(one)))
    yield from _section(gettext("Where luck helped"), _or_nothing(luck(one)))
    yield from _section(gettext("To discuss"), questions)
    yield from _section(gettext("Actions: one change, one owner, one date"), ())
    rows = [(row["change"], row["owner"], row["due"], became(row)) for row in one["actions"]] or [("",) * 4] * _EMPTY_ROWS
    yield from _table((gettext("Change"), gettext("Owner"), gettext("Date"), gettext("What became of it")), rows)


def _beside(row: Told) -> str:
    return f"{row['label']} {row['at']}: {row['written']}"


def became(row: Told) -> str:
    """What was said of an action thirty days later."""
    return ": ".join(part for part in (row["state"], row["said"]) if part)


def _impact(one: Told) -> Iterator[str]:
    yield gettext("The day cost %(usd)s.") % {"usd": usd(one["loss_usd"])}
    for part in one["parts"]:
        yield f"{part['label']}: {usd(part['usd'])}"
    if one["saved_usd"] is not None and one["saved_of_usd"]:
        yield gettext("On the same market the run beside it lost %(usd)s.") % {"usd": usd(one["saved_of_usd"])}
    if one["service_kept"] is not None:
        yield gettext("Client orders routed within a minute: %(share)s.") % {"share": share(one["service_kept"])}
    for moment in one["moments"]:
        yield f"{moment['label']}: {tell(None, engine.retold(moment['at']))} ({moment['of']})"
    firm = gettext("The firm")
    yield f"{firm}: {one['fate']['word']}, {one['fate']['of']}."


def _knew(rows: Sequence[Told], heads: dict[str, str]) -> Iterator[str]:
    if not rows:
        yield gettext("Nothing was shared on the bridge: each desk kept what it saw to itself.")
        return
    yield from _table(
        (gettext("Seen"), gettext("By"), gettext("Evidence"), gettext("Shared after"), gettext("Read after"), gettext("Next decision")),
        (
            (
                row["seen"], heads[row["desk"]], row["title"], row["shared_after"],
                ", ".join(f"{heads[read['desk']]} {read['after']}" for read in row["read"]) or gettext("nobody opened it"),
                row["acted"]["words"] if row["acted"] else DASH,
            )
            for row in rows
        ),
    )  # fmt: skip


def _or_nothing(lines: Iterable[str]) -> list[str]:
    return [*lines] or [gettext("The log shows nothing of it.")]


def _section(title: str, lines: Iterable[str], *, bullet: bool = True) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield from (f"{'* ' if bullet else ''}{escaped(str(line))}" for line in lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(escaped(str(value)) for value in row)} |"
