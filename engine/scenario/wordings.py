"""Every text of a scenario that can be said in a run, by its id: what state, events and sights hold in place of its words.

An id is the kind, the entry's own id, and which part of it: `mail:swift.subject`, `call:exchange.opening`, `reply:exchange.error`.
"""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.scenario.evidence_models import Params, PlannedAlert

if TYPE_CHECKING:
    from engine.scenario.evidence_texts import EvidenceTexts
    from engine.scenario.inject_texts import InjectText

NO_PARAMS: Params = {}
REJECT = "reject.subject"  # of the router's reject mails, whichever layout they have


class Wording(NamedTuple):
    """A text, the parameters of its own, and the placeholders that it has, each once."""

    text: str
    params: Params
    names: tuple[str, ...]


def wording(text: str, params: Params = NO_PARAMS) -> Wording:
    """A text whose placeholders were checked."""
    names = dict.fromkeys(name for _, name, _, _ in Formatter().parse(text) if name)
    return Wording(text, params, tuple(names))


def cause_text(cause: str) -> str:
    """The id of a cause's label."""
    return f"cause:{cause}"


def reply_text(reply: str) -> str:
    """The id of what a desk answers a call with."""
    return f"reply:{reply}"


def fault_text(fault: str, part: Literal["story", "epilogue", "brief"]) -> str:
    """The id of what a debrief tells of a fault."""
    return f"fault:{fault}.{part}"


def act_text(act: str, part: Literal["story", "epilogue"] = "story") -> str:
    """The id of what a debrief tells of what came beside it."""
    return f"act:{act}.{part}"


def duty_text(duty: str, part: Literal["label", "otherwise"] = "label") -> str:
    """The id of what a duty is called, or of what comes of it where nobody does it."""
    return f"duty:{duty}.{part}"


def log_text(kind: str, *, reason: bool = False) -> str:
    """The id of a line of a log."""
    return f"log:{kind}.reason" if reason else f"log:{kind}"


def literal(text: str) -> str:
    """A text without placeholders, as one that may have some is written."""
    return text.replace("{", "{{").replace("}", "}}")


def wordings_of(texts: "EvidenceTexts") -> dict[str, Wording]:
    """By id. Raises ValueError where two texts have the same."""
    found: dict[str, Wording] = {}
    for name, text, params in _every(texts):
        if name in found:
            raise ValueError(f"{name}: expected an id that no other text has")
        found[name] = wording(text, params)
    return found


def _every(texts: "EvidenceTexts") -> Iterator[tuple[str, str, Params]]:
    for planned in texts.planned:
        if isinstance(planned, PlannedAlert):
            yield f"planned:{planned.id}", planned.text, planned.params
        else:
            yield f"planned:{planned.id}.subject", planned.subject, planned.params
            yield f"planned:{planned.id}.body", planned.body, planned.params
    plain: list[tuple[str, str]] = [(REJECT, literal(texts.reject_subject))]
    # A machine that refuses an order names the moment to the millisecond.
    plain += [(f"reject:{layout.id}.body", layout.body.replace("{clock}", "{clock_ms}")) for layout in texts.rejects]
    for mail in texts.mails:
        plain += [(f"mail:{mail.id}.subject", mail.subject), (f"mail:{mail.id}.body", mail.body)]
    plain += [(f"call:{call.id}.opening", call.opening) for call in texts.calls]
    plain += [(reply_text(key), literal(text)) for key, text in texts.replies.items()]
    plain += [(f"headline:{headline.id}", headline.text) for headline in texts.headlines]
    plain += [(f"hint:{hint.id}", hint.text) for hint in texts.hints]
    plain += [(f"alert:{name}", text) for name, text in texts.standing]
    plain += [(f"quote:{name}", text) for name, text in texts.quotes]
    for kind, line in texts.logs.items():
        plain += [(log_text(kind), line.text)] + ([(log_text(kind, reason=True), line.with_reason)] if line.with_reason else [])
    for inject in texts.injects:
        plain += _of_inject(inject)
    yield from ((name, text, NO_PARAMS) for name, text in plain)


def _of_inject(inject: "InjectText") -> Iterator[tuple[str, str]]:
    yield from ((f"inject:{inject.id}.title", literal(inject.title)), (f"inject:{inject.id}.effect", inject.effect))
    for place, mail in enumerate(inject.mail):
        yield f"inject:{inject.id}.mail.{place}.subject", mail.subject
        yield f"inject:{inject.id}.mail.{place}.body", mail.body
    for place, alert in enumerate(inject.alert):
        yield f"inject:{inject.id}.alert.{place}", alert.text
    spoken: Mapping[str, str | None] = {
        "text": inject.text or None,
        "opening": inject.opening or (inject.call.opening if inject.call else None),
        "headline": inject.headline,
    }
    yield from ((f"inject:{inject.id}.{part}", text) for part, text in spoken.items() if text)
