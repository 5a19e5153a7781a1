"""What an answer on the telephone and a ready inject may do, as a scenario writes it: an act in a few words, such as `pace flag.clear 10`.

Here are their names and what stands behind them; `phone` and `injects` carry them out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from engine.commands import LEVERS, worded
from engine.events import DESKS

_Parse = Callable[[list[str]], list[str | int]]


@dataclass(frozen=True, slots=True)
class ActForm:
    """How what stands behind an act's name is read, and whether the act can hurt: a desk arms it first, as it does a lever."""

    parse: _Parse
    dangerous: bool = False


def _nothing(words: list[str]) -> list[str | int]:
    if words:
        raise ValueError("nothing behind it")
    return []


def _number(most: int) -> _Parse:
    def parse(words: list[str]) -> list[str | int]:
        if len(words) != 1 or not words[0].isdigit() or not 1 <= int(words[0]) <= most:
            raise ValueError(f"one whole number from 1 to {most:,} behind it")
        return [int(words[0])]

    return parse


def _choice(*values: str) -> _Parse:
    def parse(words: list[str]) -> list[str | int]:
        if len(words) != 1 or words[0] not in values:
            raise ValueError(f"one of {', '.join(values)} behind it")
        return [*words]

    return parse


def _a_word(words: list[str]) -> list[str | int]:
    return _choice(*worded())(words)


def _choice_and_number(values: tuple[str, ...], most: int) -> _Parse:
    def parse(words: list[str]) -> list[str | int]:
        if len(words) != 2 or words[0] not in values or not words[1].isdigit() or not 1 <= int(words[1]) <= most:
            raise ValueError(f"one of {', '.join(values)} and a whole number from 1 to {most:,} behind it")
        return [words[0], int(words[1])]

    return parse


def _pace(words: list[str]) -> list[str | int]:
    if len(words) != 2 or words[0] not in LEVERS or not words[1].isdigit() or not 1 <= int(words[1]) <= 60:
        raise ValueError("a lever and minutes from 1 to 60 behind it")
    return [words[0], int(words[1])]


def _rule(words: list[str]) -> list[str | int]:
    if not words:
        raise ValueError("the words of the mails behind it")
    return [" ".join(words)]


# Every act there is.
ACTS: dict[str, ActForm] = {
    # the risk manager's word, and what is measured by
    "give": ActForm(_a_word),
    "refuse": ActForm(_a_word),
    "note_gross": ActForm(_nothing),
    # the exchange
    "cut_off": ActForm(_nothing, dangerous=True),
    "intended": ActForm(_nothing),
    "review": ActForm(_nothing),
    "slow_ruling": ActForm(_number(240)),
    "collar": ActForm(_number(5000)),
    "reopen": ActForm(_nothing, dangerous=True),
    # clients
    "away": ActForm(_nothing),
    "gone": ActForm(_nothing, dangerous=True),
    "leave_unless_served": ActForm(_number(120)),
    "hand_back": ActForm(_nothing),
    "rest": ActForm(_number(120)),
    "tell_brokers": ActForm(_nothing),
    "shy": ActForm(_choice_and_number(("5", "10", "20", "30", "40"), 480)),
    # hands, time and money
    "pace": ActForm(_pace),
    "hand": ActForm(_choice(*DESKS)),
    "unavailable": ActForm(_choice_and_number(DESKS, 480)),
    "fee": ActForm(_number(100_000_000)),
    # the evenings
    "reread": ActForm(_nothing),
    "recheck": ActForm(_nothing),
    # the flag, the servers, the mail, the monitor
    "flag_off": ActForm(_nothing, dangerous=True),
    "freeze": ActForm(_number(480)),
    "crash": ActForm(_number(8)),
    "page": ActForm(_rule),
    "filtered": ActForm(_nothing),
    "feed": ActForm(_nothing),
    "late_figures": ActForm(_choice_and_number(("60", "120", "180", "240"), 480)),
}


def parse_act(text: str) -> tuple[str, list[str | int]]:
    """Name and arguments of an act. Raises ValueError that says what was expected."""
    name, *words = text.split() or [""]
    if name not in ACTS:
        raise ValueError(f"an act out of {', '.join(sorted(ACTS))}")
    try:
        return name, ACTS[name].parse(words)
    except ValueError as error:
        raise ValueError(f"{name} with {error}") from None


def dangerous(acts: tuple[str, ...]) -> bool:
    """Whether one of these acts can hurt."""
    return any(ACTS[text.split()[0]].dangerous for text in acts)
