"""Log lines in the words of the scenario."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from engine.evidence_models import LOG_KINDS, LogLine
from engine.evidence_texts import load_logs

DEFAULT = Path(__file__).parent / "scenarios" / "knight-2012"
EMPTY: dict[str, object] = {"order": 0, "symbol": "-", "side": "-", "qty": 0, "filled": 0, "price": "-", "reason": ""}


@lru_cache(maxsize=1)
def _default_logs() -> dict[str, LogLine]:
    return load_logs(DEFAULT)


def log_text(record: Mapping[str, object], logs: Mapping[str, LogLine] | None = None) -> tuple[str, str]:
    """(level, text) of one record: {"kind", "order", "symbol", "side", "qty", "filled", "price", "reason"}.

    `qty` is the parent's quantity in shares and `filled` what its children have executed so far; a field that is
    absent prints as nothing known. `logs` is `EvidenceTexts.logs`; without it the record's own scenario speaks.
    Raises ValueError for a kind that is not in LOG_KINDS.
    """
    kind = str(record.get("kind"))
    if kind not in LOG_KINDS:
        raise ValueError(f"log record of kind {kind!r}: expected one of {', '.join(LOG_KINDS)}")
    line = (logs or _default_logs())[kind]
    values = {**EMPTY, **record}
    values["side"] = str(values["side"]).upper()
    text = line.with_reason if values["reason"] and line.with_reason else line.text
    return line.level, text.format_map(values)
