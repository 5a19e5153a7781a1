"""What somebody competent does about what comes beside the morning's own fault: as the caller said, and with evidence where it is asked for."""

from engine.autopilots.parts import Eyes, Habit, Move, in_words
from engine.sights.cards import Call

ANSWERS = (  # on the telephone
    "client_out.work", "client_out_more.prints", "reporter.press", "press_office.facts", "examiner.shown", "sent_again.gateway", "no_answer.again",
    "half_price.pull",
)  # fmt: skip
_POINTS_AT_PINS = ("client_out_more.prints", "press_office.facts", "examiner.shown")  # answers that are worth what the team has shared
_ENOUGH = 2
_BACK = "10:11"  # when a stock that was withdrawn is traded again: the desk has taken its offers back by then


def show_on_call(eyes: Eyes) -> Move | None:
    """Somebody waits for evidence on the line: the position and the limits are soon shared."""
    call = eyes.ringing()
    if call is None or all(reply["key"] not in _POINTS_AT_PINS for reply in call["replies"]) or len(eyes.bridge(kind="pin")) >= _ENOUGH:
        return None
    what = next((what for what, words in (("pnl", "Position"), ("limits", "Limits")) if not eyes.pinned(words)), None)
    return Move("evidence.share", {"what": what, "id": 0}) if what else None


def _answered(eyes: Eyes, reply: str) -> Call | None:
    """The call to which this desk has answered so."""
    return next((call for call in eyes.sight["calls"]["calls"] if call["answer"] and call["answer"]["key"] == reply), None)


def _begins_with(call: Call) -> str:
    """What a caller names first: an exchange or a stock."""
    return in_words(call["opening"]).replace(",", " ").split()[0]


def open_anew(eyes: Eyes) -> Move | None:
    """As was agreed with the exchange."""
    call = _answered(eyes, "no_answer.again")
    if call is None or eyes.done("exchange.relogon", call["at"]) or not eyes.free:
        return None
    return Move("exchange.relogon", {"exchange": _begins_with(call)}, "likely", "It answers nothing.")


def pull_stock(eyes: Eyes) -> Move | None:
    """As was agreed with the desk that quotes it."""
    call = _answered(eyes, "half_price.pull")
    if call is None or eyes.done("stocks.withdraw", call["at"]) or not eyes.free:
        return None
    return Move("stocks.withdraw", {"symbols": [_begins_with(call)]}, "likely", "Half the price is no price.")


def readmit_stock(eyes: Eyes) -> Move | None:
    """By then the offers are gone: clients may trade it again."""
    call = _answered(eyes, "half_price.pull")
    if call is None or not eyes.past(_BACK) or not eyes.free:
        return None
    if not eyes.done("stocks.withdraw", call["at"]) or eyes.done("stocks.readmit", call["at"]):
        return None
    return Move("stocks.readmit", {"symbols": [_begins_with(call)]}, "likely", "What we offered is gone.")


BESIDE: dict[str, tuple[Habit, ...]] = {"deployer": (), "operator": (open_anew,), "risk": (show_on_call, pull_stock, readmit_stock)}
