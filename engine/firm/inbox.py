"""What has reached the desks: mails, calls, alerts and headlines, what of it was opened, and the hints that stand."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from engine.arguments import SaidText
from engine.events import event
from engine.evidence.evidence import Alert, AlertRow, Call, CallRow, HintRow, Mail, MailRow
from engine.evidence.telling import said, tell
from engine.market_time import STEPS_PER_SECOND
from engine.scenario.scenario import Scenario

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


class Ringing(CallRow):
    """A call that has rung: who it is from, what became of it, and the key of the reply."""

    caller_key: str
    state: str
    answer: str | None


class _Headline(TypedDict):
    """A headline."""

    step: int
    text: SaidText


class _Rule(TypedDict):
    """Words of the mails that become alerts."""

    match: str
    step: int


@dataclass(slots=True)
class Inbox:
    """All that was delivered so far; JSON-able fields but for `mails`, which is by id."""

    mails: dict[int, MailRow] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)  # mail -> step at which it was opened
    calls: list[Ringing] = field(default_factory=list)
    alerts: list[AlertRow] = field(default_factory=list)
    headlines: list[_Headline] = field(default_factory=list)
    hints: list[HintRow] = field(default_factory=list)  # those that stand now
    rules: list[_Rule] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able; the rows are the part's own."""
        return {
            "mails": list(self.mails.values()),
            "opened": self.opened,
            "calls": self.calls,
            "alerts": self.alerts,
            "headlines": self.headlines,
            "hints": self.hints,
            "rules": self.rules,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Inbox":
        """What `to_dict` gave."""
        return cls(**{**data, "mails": {mail["id"]: mail for mail in data["mails"]}})

    def pages(self, scenario: Scenario, mail: Mail) -> bool:
        """Whether a rule speaks of a mail: it is compared with the scenario's own words, in whatever language anybody reads them."""
        if not self.rules:
            return False
        words = "\n".join((mail.sender, tell(scenario, mail.subject), tell(scenario, mail.body))).casefold()
        return any(rule["match"].casefold() in words for rule in self.rules)


def deliver(sim: "Simulation", item: Mail | Call | Alert) -> None:
    """Put a mail, call or alert where its desk finds it."""
    if isinstance(item, Mail):
        sim.inbox.mails[item.id] = item.to_dict()
        _page_on(sim, item)
        sim.events.append(event(item.step, "mail.arrived", (item.desk,), mail=item.id, sender=item.sender, subject=item.subject))
    elif isinstance(item, Call):
        caller = item.replies[0].split(".")[0]
        sim.inbox.calls.append({**item.to_dict(), "caller_key": caller, "state": "ringing", "answer": None})
        sim.tell("call.rang", (item.desk,), call=item.id, caller=item.caller, opening=item.opening)
    else:
        sim.inbox.alerts.append(item.to_dict())
        sim.tell("alert.raised", (item.desk,), text=item.text)


def _page_on(sim: "Simulation", mail: Mail) -> None:
    """A mail to the operator that a rule speaks of becomes an alert."""
    unheard = sim.safeguards.has_hole("mail.page") and mail.sender == sim.scenario.evidence.reject_sender
    if mail.desk == "operator" and not unheard and sim.inbox.pages(sim.scenario, mail):
        text = said(sim.scenario.evidence.wordings, "alert:mail_paged", {"sender": mail.sender, "subject": mail.subject})
        deliver(sim, Alert(mail.step, "operator", text))


def quiet_s(sim: "Simulation", desk: str) -> int:
    """For how many seconds nobody has written to a desk or rung it up; machines are nobody."""
    mails = (mail["step"] for mail in reversed(sim.inbox.mails.values()) if mail["desk"] == desk and mail["group"] == "people")
    calls = (call["step"] for call in reversed(sim.inbox.calls) if call["desk"] == desk)
    return (sim.now - max(next(mails, 0), next(calls, 0))) // STEPS_PER_SECOND


def alert(sim: "Simulation", desk: str, name: str, **values: int | str) -> None:
    """Raise one of the scenario's standing alerts at a desk now, with what fills it."""
    deliver(sim, Alert(sim.now, desk, said(sim.scenario.evidence.wordings, f"alert:{name}", values)))


def has_alerted(sim: "Simulation", words: str) -> bool:
    """Whether an alert of the day has these words of the scenario's."""
    return any(words in tell(sim.scenario, row["text"]) for row in sim.inbox.alerts if row["step"] >= 0)


def headline(sim: "Simulation", text: SaidText) -> None:
    """Put a headline on everybody's ticker."""
    sim.inbox.headlines.append({"step": sim.now, "text": text})
    sim.tell("headline", text=text)
