"""Lines of a server's log, as texts of the scenario."""

from collections.abc import Mapping

from engine.arguments import SaidText
from engine.evidence.telling import said
from engine.scenario.evidence_models import LOG_KINDS
from engine.scenario.evidence_texts import EvidenceTexts
from engine.scenario.wordings import log_text

_UNKNOWN = dict.fromkeys(("broker", "exchange", "symbol", "side", "price"), "-")
_EMPTY: dict[str, object] = {"order": 0, "qty": 0, "filled": 0, "reason": "", **_UNKNOWN}


def said_line(record: Mapping[str, object], texts: EvidenceTexts) -> tuple[str, SaidText]:
    """(level, text) of one record: {"kind", "order", "broker", "exchange", "symbol", "side", "qty", "filled", "price", "reason"}.

    `qty` is the parent's quantity in shares and `filled` what its children have executed so far; a field that is
    absent is told as nothing known. Raises ValueError for a kind that is not in LOG_KINDS.
    """
    kind = str(record.get("kind"))
    if kind not in LOG_KINDS:
        raise ValueError(f"log record of kind {kind!r}: expected one of {', '.join(LOG_KINDS)}")
    line, values = texts.logs[kind], {**_EMPTY, **record}
    return line.level, said(texts.wordings, log_text(kind, reason=bool(values["reason"] and line.with_reason)), values)
