"""Log lines in the words of the scenario."""

from collections.abc import Mapping

from engine.scenario.evidence_models import LOG_KINDS, LogLine

EMPTY: dict[str, object] = {"order": 0, "broker": "-", "exchange": "-", "symbol": "-", "side": "-", "qty": 0, "filled": 0, "price": "-", "reason": ""}


def log_text(record: Mapping[str, object], logs: Mapping[str, LogLine]) -> tuple[str, str]:
    """(level, text) of one record: {"kind", "order", "broker", "exchange", "symbol", "side", "qty", "filled", "price", "reason"}.

    `qty` is the parent's quantity in shares and `filled` what its children have executed so far; a field that is
    absent prints as nothing known. `logs` is `EvidenceTexts.logs`. Raises ValueError for a kind that is not in LOG_KINDS.
    """
    kind = str(record.get("kind"))
    if kind not in LOG_KINDS:
        raise ValueError(f"log record of kind {kind!r}: expected one of {', '.join(LOG_KINDS)}")
    line = logs[kind]
    values = {**EMPTY, **record}
    values["side"] = str(values["side"]).upper()
    text = line.with_reason if values["reason"] and line.with_reason else line.text
    return line.level, text.format_map(values)
