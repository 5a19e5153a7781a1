"""The story of a run in ten lines: what was noticed, found, decided and done, by which desk and when. Desks, never names; no blame.

A line comes from an event; of too many the ten that mattered most are kept, in order of time.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypedDict

from engine.arguments import Args
from engine.commands import servers_of
from engine.events import Happened
from engine.evidence.telling import tell
from engine.firm.places import told_place
from engine.firm.score import Score
from engine.levers import LEVERS
from engine.money import dollars
from engine.scenario.scenario import Scenario

_LINES = 10
CUT_WORDS = "The exchanges disconnected what was still sending."


class Line(NamedTuple):
    """A line and how much it matters (more is more)."""

    step: int
    weight: int
    desk: str  # "" for the exchanges and the day itself
    text: str


class StoryEntry(TypedDict):
    """A line as it is shown."""

    at: str
    desk: str
    text: str


class Teller:
    """Goes through a run's events once, and makes the lines."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.system, self.label, self.servers = scenario.told.system, scenario.fleet.name, scenario.fleet.servers
        self.reject = scenario.evidence.reject_subject
        self.before = ""  # kind of the event before, or of the command that it was about
        self.causes = {cause.id: cause.label for cause in scenario.diagnosis.cause}
        self.replies = scenario.evidence.replies
        self.lines: list[Line] = []
        self.given: dict[int, tuple[str, Args]] = {}  # seq -> desk and args of a command under way
        self.told: dict[str, int] = {}  # what was told already -> how often

    def names(self, found: list[int]) -> str:
        """Servers, for people."""
        if len(found) == self.servers:
            return "all servers"
        if len(found) > 2:
            return f"{len(found)} servers"
        return " and ".join(self.label.format(n=n) for n in found)

    def add(self, event: Happened, weight: int, desk: str, text: str, *, once: str = "") -> None:
        """Add a line; with `once` only the first of that name."""
        if once:
            self.told[once] = self.told.get(once, 0) + 1
            if self.told[once] > 1:
                return
        self.lines.append(Line(event.step, weight, desk, text))

    def hear(self, event: Happened) -> None:
        """Take in one event."""
        data = event.data
        if event.kind == "command.applied":
            desk = next(iter(event.audience), "")
            self.given[data["seq"]] = (desk, data["args"])
            self._command(event, desk, data["args"], talk=True)
        elif event.kind == "lever.finished":
            desk, args = self.given.get(data["seq"], (next(iter(event.audience), ""), data["args"]))
            self._command(event, desk, args, talk=False)
        elif event.kind in HAPPENED:
            HAPPENED[event.kind](self, event)
        self.before = data["command"] if event.kind == "command.applied" else event.kind

    def _command(self, event: Happened, desk: str, args: Args, *, talk: bool) -> None:
        """The line of a lever: talk is told when it is said, all else when it has taken effect."""
        lever = LEVERS.get(event.data["command"])
        if lever is None or lever.story is None or lever.talk is not talk:
            return
        told = lever.story
        words: dict[str, object] = {
            **args,
            "servers": self.names(servers_of(args)),
            "what": _word(args.get("what"), self.system),
            "system": self.system,
        }
        text = told.text(args) if callable(told.text) else told.text.format_map(words)
        self.add(event, told.weight, desk, text, once=told.once.format_map(words))


def _word(what: str | None, system: str) -> str:
    """What the risk manager's word was asked for or given for."""
    return LEVERS[what].word.replace("{system}", system) if what in LEVERS else str(what)


_FIRST_SIGN = {"log": "Read the first sign of it in a log.", "complaint": "Read the first complaint about an order."}


def _noticed(teller: Teller, event: Happened) -> None:
    if teller.before == "evidence.shared":
        teller.add(event, 82, event.data["desk"], "Showed the others the first sign that something is wrong.")
    elif how := _FIRST_SIGN.get(event.data.get("how", "")):
        teller.add(event, 82, event.data["desk"], how)
    elif teller.before != "call.answer":  # else it was a call, and what was said there is a line of its own
        teller.add(event, 82, event.data["desk"], f"Opened the first mail of its kind: {teller.reject}")


def _declared(teller: Teller, event: Happened) -> None:
    data = event.data
    told = told_place(teller.scenario, data["place"])
    where = f" ({told})" if told else ""
    text = f"Declared: {teller.causes.get(data['cause'], data['cause'])}{where}."
    teller.add(event, 86, data["desk"], text, once=text)


def _opened(teller: Teller, event: Happened) -> None:
    teller.add(event, 58, "", "The opening bell.", once="bell")


def _cut(teller: Teller, event: Happened) -> None:
    teller.add(event, 93, "", CUT_WORDS, once="cut")


def _readmitted(teller: Teller, event: Happened) -> None:
    teller.add(event, 44, "", "The exchanges let the firm in again.", once="readmitted")


def _busted(teller: Teller, event: Happened) -> None:
    relief = event.data["relief_usd"]
    text = f"The exchange cancelled executions far from the open: {dollars(relief)} less lost."
    if relief <= 0:
        text = "The exchange found nothing to cancel."
    teller.add(event, 58, "", text)


def _sold(teller: Teller, event: Happened) -> None:
    if event.data["gross_usd"] > 0:
        gross, cost = dollars(event.data["gross_usd"]), dollars(event.data["cost_usd"])
        bank, part = event.data["bank"], event.data["discount_pct"]
        teller.add(event, 78, "", f"{bank} took what was left, {gross}, at a discount of {part:.1f} %: {cost}.", once="sold")


def _raised(teller: Teller, event: Happened) -> None:
    amount, stake = dollars(event.data["amount_usd"]), event.data["stake_pct"]
    teller.add(event, 80, "", f"{event.data['lender']} put in {amount} for {stake:.0f} % of the firm.")


def _left(teller: Teller, event: Happened) -> None:
    teller.add(event, 76, "", f"{event.data['broker']} sent its orders elsewhere for the rest of the day.")


def _mended(teller: Teller, event: Happened) -> None:
    teller.add(event, 60, "", f"{event.data['broker']} had mended its gateway.")


def _answered(teller: Teller, event: Happened) -> None:
    data = event.data
    weight = 74 if data["reply"].startswith("exchange.") else 50
    teller.add(event, weight, next(iter(event.audience), ""), f'Told {data["caller"]}: "{teller.replies.get(data["reply"], data["reply"])}"')


def _missed(teller: Teller, event: Happened) -> None:
    teller.add(event, 46, next(iter(event.audience), ""), f"Could not take the call from {event.data['caller']}.")


def _built(teller: Teller, event: Happened) -> None:
    teller.add(event, 54, "", f"Built: {event.data['label'][0].lower()}{event.data['label'][1:]}.", once=event.data["control"])


def _tripped(teller: Teller, event: Happened) -> None:
    teller.add(event, 95, "", f"The capital threshold of {dollars(event.data['threshold_usd'])} stopped all order entry.", once="tripped")


def _missed_duty(teller: Teller, event: Happened) -> None:
    desk = event.data["desk"]
    teller.add(event, 64, desk, "Went into the opening with duties undone.", once=f"undone {desk}")


def _second_act(teller: Teller, event: Happened) -> None:
    told = teller.scenario.second_act.told(event.data["of"], event.data["place"])
    teller.add(event, 76, "", f"Beside it: {told[:1].lower()}{told[1:]}", once="second act")


def _added(teller: Teller, event: Happened) -> None:
    title = tell(teller.scenario, event.data["title"])
    teller.add(event, 57, "", f'The facilitator added: "{title}"', once=f"added {title}")


HAPPENED: dict[str, Callable[[Teller, Happened], None]] = {
    "inject.delivered": _added,
    "act.began": _second_act,
    "duty.missed": _missed_duty,
    "control.built": _built,
    "threshold.tripped": _tripped,
    "market.opened": _opened,
    "symptom.noticed": _noticed,
    "diagnosis.declared": _declared,
    "call.answered": _answered,
    "call.missed": _missed,
    "broker.left": _left,
    "gateway.mended": _mended,
    "exchange.disconnected": _cut,
    "exchange.readmitted": _readmitted,
    "trades.busted": _busted,
    "block.sold": _sold,
    "capital.raised": _raised,
}


def story(events: Iterable[Happened], scenario: Scenario, score: Score | None = None, *, lines: int = _LINES) -> list[StoryEntry]:
    """At most `lines` lines {at: "HH:MM:SS", desk: a desk or "", text}, oldest first; with a day's score the last one tells the fate.

    Events are the run's, in order (anything with step, kind, audience and data).
    """
    teller = Teller(scenario)
    for event in events:
        teller.hear(event)
    kept = sorted(teller.lines, key=lambda line: (-line.weight, line.step, line.desk, line.text))[: lines - (score is not None)]
    kept.sort(key=lambda line: (line.step, -line.weight, line.text))
    if score is not None:
        kept.append(Line(scenario.calendar.end, 100, "", fate(score, scenario.cash.start_usd)))
    return [{"at": scenario.calendar.told(line.step, 0), "desk": line.desk, "text": line.text} for line in kept]


def moments(events: Iterable[Happened], scenario: Scenario) -> list[Line]:
    """What happened to a team beside what its desks did, and when its first sign came: places to look at in a run, by time."""
    teller, subject, found, told_of = Teller(scenario), scenario.evidence.reject_subject, [], False
    for event in events:
        told = len(teller.lines)
        teller.hear(event)
        if event.kind in HAPPENED:
            found += teller.lines[told:]
        elif event.kind == "mail.arrived" and not told_of and tell(scenario, event.data["subject"]) == subject:
            told_of = True
            found.append(Line(event.step, 0, event.audience[0], f"The first of these mails came: {subject}"))
    return sorted(found)


def fate(score: Score, cash_usd: int) -> str:
    """What became of the firm."""
    lost, cash = dollars(score["trading"]), dollars(cash_usd)
    if not score["survives"]:
        return f"The firm does not open again: {lost} lost in trading, {cash} of cash, and nobody to put in the rest."
    if score.get("fate") == "rescued":
        return f"The firm goes on under new owners: {lost} lost in trading, more than its {cash} of cash."
    if score["trading"] <= 0:
        return f"The firm goes on: nothing was lost in trading, and the day cost {dollars(score['total'])}."
    return f"The firm goes on: {lost} lost in trading, {cash} of cash before."
