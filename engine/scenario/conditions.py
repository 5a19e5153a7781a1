"""What outsiders can notice about a run, as a scenario's texts name it: the view, conditions on it, and placeholders.

A condition is one line of scenario text: `open`, `not served`, `volume_ratio > 2`. `runaway` is deliberately not
among the names: nobody outside the machine could see it, so no text may depend on it.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol

from engine.scenario.module import OWN_KIND


class ConditionView(Protocol):
    """The simulation as evidence may see it at one tick; rates are firm totals over the last minute."""

    @property
    def step(self) -> int: ...
    @property
    def open(self) -> bool: ...
    @property
    def movers(self) -> Sequence[tuple[str, int]]: ...  # largest absolute moves since the open first, basis points
    @property
    def volume_ratio(self) -> float: ...  # last minute over what is normal for that minute
    @property
    def volume_high_s(self) -> int: ...  # for how long it has been above the exchange's call_ratio
    @property
    def surveillance(self) -> bool: ...  # and that for its call_after_s
    @property
    def share_pct(self) -> float: ...  # the firm's own part of what traded in the last minute
    @property
    def busy_sessions(self) -> int: ...  # on which many times as much is executed as on an ordinary morning
    @property
    def broker_lead(self) -> float: ...  # the most that a broker has of what came in within a minute, over what it has on other days
    @property
    def brokers_mended(self) -> int: ...  # brokers that are held, and have told us that what it was for is over
    @property
    def post_only_fills(self) -> int: ...  # orders that took, of brokers who hold that an order with the flag must not
    @property
    def brokers_unhappy(self) -> int: ...  # of those the ones whose orders still come with it
    @property
    def brokers_gone(self) -> int: ...  # for the day
    @property
    def hotfixed(self) -> int: ...  # servers that have a build of their own, by a change that was agreed on
    @property
    def unacked(self) -> int: ...  # orders of which a child is out that no exchange has acknowledged
    @property
    def quotes_taken(self) -> int: ...  # offers of ours that somebody has taken, so far
    @property
    def lost_usd(self) -> int: ...  # in the stocks in which account 33 and the desk lose, at mid
    @property
    def worst_lost_usd(self) -> int: ...  # in the one in which they lose most
    @property
    def worst_two_pct(self) -> float: ...  # in the two in which they lose most, of all that they lose
    @property
    def data_differs(self) -> int: ...  # servers with other reference data than the recorded, for which a job of the night warns
    @property
    def restarted(self) -> int: ...  # servers whose process has begun anew today
    @property
    def withdrawn(self) -> Sequence[str]: ...
    @property
    def executions_per_s(self) -> float: ...
    @property
    def children_per_s(self) -> float: ...
    @property
    def parents_in_per_s(self) -> float: ...
    @property
    def rejects_per_s(self) -> float: ...
    @property
    def stopped(self) -> Sequence[int]: ...
    @property
    def disconnected(self) -> bool: ...
    @property
    def cut_off(self) -> bool: ...
    @property
    def paused(self) -> Sequence[str]: ...
    @property
    def pauses(self) -> int: ...
    @property
    def power_peg_mails(self) -> int: ...
    @property
    def flag_set(self) -> bool: ...
    @property
    def runaway(self) -> int: ...
    @property
    def gross_usd(self) -> int: ...
    @property
    def served(self) -> bool: ...
    @property
    def replies(self) -> Mapping[str, int]: ...  # answers given on the telephone -> step
    @property
    def gross_growth(self) -> float: ...  # of what is held, against what was held when the chief executive's office was told something
    @property
    def played(self) -> bool: ...  # a game, and no run without people
    @property
    def deployer_quiet_s(self) -> int: ...  # since a desk was last sent a mail or rung up
    @property
    def operator_quiet_s(self) -> int: ...
    @property
    def risk_quiet_s(self) -> int: ...
    @property
    def act(self) -> str: ...  # what has begun beside the morning's own fault, "" for nothing
    @property
    def pins(self) -> int: ...  # pieces of evidence that the team has shared
    @property
    def week(self) -> Mapping[str, float]: ...  # what the evenings have seen so far, see WEEK_NUMBERS
    def own(self, name: str) -> float: ...  # a number of the scenario's module
    @property
    def says(self) -> Mapping[str, Callable[[], object]]: ...  # what only some senders can know, by placeholder


Condition = Callable[[ConditionView, str | None], bool]


def mover(view: ConditionView, symbol: str | None) -> tuple[str, int] | None:
    """The stock a text speaks of: `symbol`, or without one the largest mover. None when it is not among the movers."""
    movers = view.movers
    if symbol is None:
        return movers[0] if movers else None
    return next((row for row in movers if row[0] == symbol), None)


def other(view: ConditionView, symbol: str | None) -> tuple[str, int] | None:
    """The largest mover beside that one."""
    first = mover(view, symbol)
    return next((row for row in view.movers if first is None or row[0] != first[0]), None)


def _size(row: tuple[str, int] | None) -> int:
    return abs(row[1]) if row else 0


FLAGS = ("open", "surveillance", "disconnected", "cut_off", "flag_set", "served", "played")
_COUNTED = ("stopped", "paused", "withdrawn")  # as a number: how many
MOVES = {"move_bp": mover, "other_move_bp": other}
NUMBERS = (
    "volume_ratio",
    "volume_high_s",
    "share_pct",
    "busy_sessions",
    "broker_lead",
    "brokers_mended",
    "post_only_fills",
    "brokers_unhappy",
    "brokers_gone",
    "hotfixed",
    "unacked",
    "quotes_taken",
    "lost_usd",
    "worst_lost_usd",
    "worst_two_pct",
    "data_differs",
    "restarted",
    "executions_per_s",
    "children_per_s",
    "parents_in_per_s",
    "rejects_per_s",
    "pauses",
    "power_peg_mails",
    "gross_usd",
    "gross_growth",
    "pins",
    "deployer_quiet_s",
    "operator_quiet_s",
    "risk_quiet_s",
    *_COUNTED,
    *MOVES,
)
# Of the week; as a flag: more than 0. None of them knows what lies on a disk.
WEEK_NUMBERS = (
    "recorded",
    "begun",
    "copies_tonight",
    "copies_left",
    "checked",
    "worked_min",
    "builds",
    "reviewed",
    "automation",
    "audited",
    "brokers",
    "ramp",
)
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
}
_LINE = re.compile(r"((?:own\.)?\w+)\s*(>=|<=|==|>|<)\s*(\d[\d_]*(?:\.\d+)?)")


def _comparison(name: str, compare: Callable[[float, float], bool], limit: float) -> Condition:
    if name.startswith(OWN_KIND):
        return lambda view, _: compare(view.own(name), limit)
    number = operator.attrgetter(name)
    if name in WEEK_NUMBERS:
        return lambda view, _: compare(view.week[name], limit)
    if name in MOVES:
        moved = MOVES[name]
        return lambda view, symbol: compare(_size(moved(view, symbol)), limit)
    if name in _COUNTED:
        return lambda view, _: compare(len(number(view)), limit)
    return lambda view, _: compare(number(view), limit)


@cache
def parse_condition(text: str) -> Condition:
    """Compile one condition to a function of (view, symbol), the same one for the same text. ValueError says what was expected."""
    words = text.split()
    if len(words) == 2 and words[0] == "act":
        return lambda view, _: view.act == words[1]
    if len(words) in (1, 2) and words[:-1] in ([], ["not"]):
        wanted = len(words) == 1
        if words[-1] in FLAGS:
            flag = operator.attrgetter(words[-1])
            return lambda view, _: bool(flag(view)) is wanted
        if words[-1] in WEEK_NUMBERS:
            counted = words[-1]
            return lambda view, _: (view.week[counted] > 0) is wanted
    match = _LINE.fullmatch(text.strip())
    if match and (match[1] in (*NUMBERS, *WEEK_NUMBERS) or match[1].startswith(OWN_KIND)):  # a module's: looked at with the folder
        return _comparison(match[1], COMPARISONS[match[2]], float(match[3]))
    flags, numbers = ", ".join(FLAGS), ", ".join((*NUMBERS, *WEEK_NUMBERS))
    raise ValueError(
        f"a flag ({flags}), 'not' and a flag, 'act' and the id of a second act, or a comparison such as 'volume_ratio > 2' of one of {numbers}"
    )


# Every placeholder a text about the run may use, with an example: the loader tries each text against these.
FILLS: dict[str, object] = {
    "symbol": "EMBR",
    "move": "12 %",
    "direction": "up",
    "verb": "buying",
    "Verb": "Buying",
    "other": "TORQ",
    "other_move": "8.1 %",
    "other_direction": "down",
    "ratio": "2.3",
    "executions": "1,300",
    "rejects": "120",
    "stopped": 1,
    "paused": "EMBR",
    "pauses": 1,
    "mails": 40,
    "clock": "09:34:00",
    "hm": "09:34",
    # Read from the run when a text asks for them: what a clearing firm, an exchange, the floor or an auditor can see.
    "gross": "$4.6 billion",
    "long": "$2.5 billion",
    "short": "$2.1 billion",
    "share": "2.4 %",
    "busy_sessions": 1,
    "session": 8,
    "session_share": "64 %",
    "busy_broker": "Harbor Lane",
    "busy_broker_share": "88 %",
    "busy_broker_orders": "1,900",
    "orders_in": "2,100",
    "repeated_order": 104_233,
    "repeated_times": 14,
    "mended_broker": "Harbor Lane",
    "unhappy_broker": "Harbor Lane",
    "unhappy_other": "Oakline Retail",
    "their_order": 104_233,
    "their_symbol": "EMBR",
    "their_price": "21.40",
    "their_side": "buy",
    "their_clock": "09:33:12",
    "other_order": 104_233,
    "other_order_symbol": "EMBR",
    "gone_brokers": "Harbor Lane and Oakline Retail",
    "unacked": "240",
    "unacked_order": 102_114,
    "unacked_symbol": "EMBR",
    "unacked_broker": "Harbor Lane",
    "lost": "$1.2 M",
    "worst": "EMBR",
    "worst_lost": "$640,000",
    "second": "TORQ",
    "second_lost": "$520,000",
    "offered": "EMBR",
    "offered_at": "26.34",
    "offered_size": "200",
    "taken": "60",
    "withdrawn": "EMBR, TORQ",
    "restarted": 1,
    "order": "2,114",
    "order_symbol": "EMBR",
    "refused": "97",
    "refused_share": "one in 8",
    "refused_last": "order 2,114 in EMBR",
    "recorded": 5,
    "missing": 3,
    "copies_left": 2,
    "copies_tonight": 3,
    "checked": 2,
    "listed": 7,
    "worked": "two and a half hours",
    "hotfixed_servers": "server 5",
    "hotfix_hash": "b7d20c61",
    "act_place": "ARCA",
    "hashes": "server 1: on disk e84b2d61, running e84b2d61",
}
