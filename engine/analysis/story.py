"""The story of a run in ten lines: what was noticed, found, decided and done, by which desk and when. Desks, never names; no blame.

A line comes from an event; of too many the ten that mattered most are kept, in order of time.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypedDict

from engine.arguments import Args, Phrase, SaidText, Sentence, msgid, phrase
from engine.commands import servers_of
from engine.events import Happened
from engine.evidence.telling import tell
from engine.firm.places import told_place
from engine.firm.score import Score
from engine.firm.second_act import act_said
from engine.scenario.scenario import Scenario
from engine.scenario.wordings import REJECT, cause_text, reply_text, wording

_LINES = 10
_BOOKKEEPING = ("authorise.ask", "duty.do")  # levers that a replay may stop at, and a story has no room for


class Line(NamedTuple):
    """A line and how much it matters (more is more)."""

    step: int
    weight: int
    desk: str  # "" for the exchanges and the day itself
    text: Sentence
    kind: str  # of the lever whose effect it tells, or of the event


class StoryEntry(TypedDict):
    """A line as it is kept. `kind`: of the lever or the event that it tells, or "fate"."""

    at: str
    desk: str
    text: Sentence
    kind: str


class Teller:
    """Goes through a run's events once, and makes the lines."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.label, self.servers = scenario.fleet.name, scenario.fleet.servers
        self.before = ""  # kind of the event before, or of the command that it was about
        self.lines: list[Line] = []
        self.given: dict[int, tuple[str, Args]] = {}  # seq -> desk and args of a command under way
        self.told: set[str] = set()  # what is told but once, and was

    def names(self, found: list[int]) -> Sentence:
        """Servers, for people."""
        if len(found) == self.servers:
            return phrase("all servers")
        if len(found) > 2:
            return phrase("{count} servers", count=len(found))
        names = [self.label.format(n=n) for n in found]
        return phrase("{first} and {second}", first=names[0], second=names[1]) if len(names) == 2 else "".join(names)

    def add(self, event: Happened, weight: int, desk: str, text: Sentence, *, once: str = "", kind: str = "") -> None:
        """Add a line; with `once` only the first of that name. `kind`: of its lever, where it is not the event's own."""
        if once in self.told:
            return
        if once:
            self.told.add(once)
        self.lines.append(Line(event.step, weight, desk, text, kind or event.kind))

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
        lever = self.scenario.kinds.get(event.data["command"])
        if lever is None or lever.story is None or lever.talk is not talk:
            return
        told, system = lever.story, self.scenario.told.system
        text = told.text(args) if callable(told.text) else self._filled(told.text, args)
        once = told.once.format_map({**args, "servers": servers_of(args), "system": system})
        self.add(event, told.weight, desk, text, once=once, kind=event.data["command"])

    def _filled(self, text: str, args: Args) -> Phrase:
        """A lever's words, with what they name."""
        values: dict[str, object] = {**args, "servers": self.names(servers_of(args)), "what": self._word(args), "system": self.scenario.told.system}
        return phrase(text, **{name: values[name] for name in wording(text).names})

    def _word(self, args: Args) -> Sentence:
        """What the risk manager's word was asked for or given for."""
        what = args.get("what", "")
        return self.scenario.told.phrase(self.scenario.kinds[what].word) if what in self.scenario.kinds else what


def _by_id(text: str) -> SaidText:
    return {"text": text, "values": {}}


_FIRST_SIGN = {"log": msgid("Read the first sign of it in a log."), "complaint": msgid("Read the first complaint about an order.")}


def _noticed(teller: Teller, event: Happened) -> None:
    if teller.before == "evidence.shared":
        text = phrase("Showed the others the first sign that something is wrong.")
    elif how := _FIRST_SIGN.get(event.data.get("how", "")):
        text = phrase(how)
    elif teller.before != "call.answer":
        text = phrase("Opened the first mail of its kind: {words}", words=_by_id(REJECT))
    else:
        return  # what was said in a call is a line of its own
    teller.add(event, 82, event.data["desk"], text)


def _declared(teller: Teller, event: Happened) -> None:
    cause, place = event.data["cause"], told_place(teller.scenario, event.data["place"])
    words = _by_id(cause_text(cause))
    text = phrase("Declared: {words} ({place}).", words=words, place=place) if place else phrase("Declared: {words}.", words=words)
    teller.add(event, 86, event.data["desk"], text, once=f"declared {cause} {place}")


def _opened(teller: Teller, event: Happened) -> None:
    teller.add(event, 58, "", phrase("The opening bell."), once="bell")


def _cut(teller: Teller, event: Happened) -> None:
    teller.add(event, 93, "", phrase("The exchanges disconnected what was still sending."), once="cut")


def _readmitted(teller: Teller, event: Happened) -> None:
    teller.add(event, 44, "", phrase("The exchanges let the firm in again."), once="readmitted")


def _busted(teller: Teller, event: Happened) -> None:
    relief = event.data["relief_usd"]
    text = phrase("The exchange found nothing to cancel.")
    if relief > 0:
        text = phrase("The exchange cancelled executions far from the open: {dollars} less lost.", dollars=relief)
    teller.add(event, 58, "", text)


def _sold(teller: Teller, event: Happened) -> None:
    data = event.data
    if data["gross_usd"] > 0:
        sale = msgid("{bank} took what was left, {dollars}, at a discount of {part:.1f} %: {cost}.")
        text = phrase(sale, bank=data["bank"], dollars=data["gross_usd"], part=data["discount_pct"], cost=data["cost_usd"])
        teller.add(event, 78, "", text, once="sold")


def _raised(teller: Teller, event: Happened) -> None:
    data = event.data
    given = msgid("{lender} put in {dollars} for {part:.0f} % of the firm.")
    text = phrase(given, lender=data["lender"], dollars=data["amount_usd"], part=data["stake_pct"])
    teller.add(event, 80, "", text)


def _left(teller: Teller, event: Happened) -> None:
    teller.add(event, 76, "", phrase("{broker} sent its orders elsewhere for the rest of the day.", broker=event.data["broker"]))


def _mended(teller: Teller, event: Happened) -> None:
    teller.add(event, 60, "", phrase("{broker} had mended its gateway.", broker=event.data["broker"]))


def _answered(teller: Teller, event: Happened) -> None:
    data = event.data
    weight = 74 if data["reply"].startswith("exchange.") else 50
    text = phrase('Told {caller}: "{words}"', caller=data["caller"], words=_by_id(reply_text(data["reply"])))
    teller.add(event, weight, next(iter(event.audience), ""), text)


def _missed(teller: Teller, event: Happened) -> None:
    teller.add(event, 0, next(iter(event.audience), ""), phrase("Could not take the call from {caller}.", caller=event.data["caller"]))


def _built(teller: Teller, event: Happened) -> None:
    teller.add(event, 54, "", phrase("Built: {clause}.", clause=event.data["label"]), once=event.data["control"])


def _tripped(teller: Teller, event: Happened) -> None:
    amount = event.data["threshold_usd"]
    teller.add(event, 95, "", phrase("The capital threshold of {dollars} stopped all order entry.", dollars=amount), once="tripped")


def _called_in(teller: Teller, event: Happened) -> None:
    teller.add(event, 80, "", phrase("The clearing house called for {dollars} more.", dollars=event.data["short_usd"]))


def _call_judged(teller: Teller, event: Happened) -> None:
    unmet = event.data["unmet_usd"]
    text = phrase("The clearing house's call was met.")
    if unmet:
        text = phrase("The clearing house's call was not met: {dollars} short.", dollars=unmet)
    teller.add(event, 80, "", text)


def _missed_duty(teller: Teller, event: Happened) -> None:
    desk = event.data["desk"]
    teller.add(event, 64, desk, phrase("Went into the opening with duties undone."), once=f"undone {desk}")


def _second_act(teller: Teller, event: Happened) -> None:
    act = act_said(event.data["of"], event.data["place"])
    teller.add(event, 76, "", phrase("Beside it: {clause}", clause=act), once="second act")


def _added(teller: Teller, event: Happened) -> None:
    title = event.data["title"]
    teller.add(event, 57, "", phrase('The facilitator added: "{words}"', words=title), once=f"added {title}")


HAPPENED: dict[str, Callable[[Teller, Happened], None]] = {
    "inject.delivered": _added,
    "act.began": _second_act,
    "deposit.called": _called_in,
    "deposit.judged": _call_judged,
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
    """At most `lines` lines {at: "HH:MM:SS", desk: a desk or "", text, kind}, oldest first, their texts to be told; with a day's score the last
    one tells the fate.

    Events are the run's, in order (anything with step, kind, audience and data); of lines alike in all else the earlier in the log is first.
    """
    teller = Teller(scenario)
    for event in events:
        teller.hear(event)
    told = [line for line in teller.lines if line.weight and line.kind not in _BOOKKEEPING]
    kept = sorted(told, key=lambda line: (-line.weight, line.step, line.desk))[: lines - (score is not None)]
    kept.sort(key=lambda line: (line.step, -line.weight))
    if score is not None:
        kept.append(Line(scenario.calendar.end, 100, "", fate(score, scenario.cash.start_usd), "fate"))
    return [{"at": scenario.calendar.told(line.step, 0), "desk": line.desk, "text": line.text, "kind": line.kind} for line in kept]


def moments(events: Iterable[Happened], scenario: Scenario) -> list[Line]:
    """What happened to a team beside what its desks did, and when its first sign came: places to look at in a run, by time."""
    teller, subject, found, told_of = Teller(scenario), scenario.evidence.reject_subject, list[Line](), False
    for event in events:
        told = len(teller.lines)
        teller.hear(event)
        if event.kind in HAPPENED:
            found += teller.lines[told:]
        elif event.kind == "mail.arrived" and not told_of and tell(scenario, event.data["subject"]) == subject:
            told_of = True
            first = phrase("The first of these mails came: {words}", words=event.data["subject"])
            found.append(Line(event.step, 0, event.audience[0], first, event.kind))
    return sorted(found, key=lambda line: (line.step, line.weight, line.desk))


def fate(score: Score, cash_usd: int) -> Phrase:
    """What became of the firm."""
    lost = {"lost": score["trading"], "cash": cash_usd}
    deposit = (score.get("capital") or {}).get("deposit_usd", 0)
    if deposit and score["trading"] <= cash_usd:
        met = msgid("The firm goes on under new owners, who put in the {dollars} that its deposit with the clearing house was short.")
        unmet = msgid("The firm does not open again: nobody put in the {dollars} that its deposit with the clearing house was short.")
        return phrase(met if score["survives"] else unmet, dollars=deposit)
    if not score["survives"]:
        return phrase("The firm does not open again: {lost} lost in trading, {cash} of cash, and nobody to put in the rest.", **lost)
    if score.get("fate") == "rescued":
        return phrase("The firm goes on under new owners: {lost} lost in trading, more than its {cash} of cash.", **lost)
    if score["trading"] <= 0:
        return phrase("The firm goes on: nothing was lost in trading, and the day cost {cost}.", cost=score["total"])
    return phrase("The firm goes on: {lost} lost in trading, {cash} of cash before.", **lost)
