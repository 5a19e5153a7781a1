"""What every autopilot is made of: the move it makes, and one desk's sight put as questions.

Nothing here remembers: what a desk did before stands on its cards, so another worker may take over at any moment and the
same commands come out.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property, lru_cache, wraps
from typing import Any, NamedTuple, TypeVar

from engine.arguments import REMARKS, AllStocks, Args, Phrase, Sentence, english, judged, phrase
from engine.commands import beyond, is_talk, servers_of
from engine.market_time import Calendar
from engine.scenario.parts import MailSubjects
from engine.sights.cards import (
    Ask,
    Bid,
    BridgeItem,
    Call,
    Cause,
    Chart,
    Control,
    Declared,
    Deed,
    DeskCards,
    Duty,
    Evening,
    Host,
    Lever,
    Limits,
    Mail,
    OneLog,
    OneLook,
    Pnl,
    Print,
    RaisedAlert,
    Rates,
    Release,
    Seen,
    Server,
    Task,
    Week,
    Word,
)

R = TypeVar("R", Deed, BridgeItem)
ALWAYS = "always"  # since when, where a desk's whole past is meant
_NO_CLOCK = {"now": 86_400, ALWAYS: -9 * 86_400, "": -10 * 86_400}
# The moments that habits name are of this day; on another firm's they are as far from the bell, or from the last turn of the day before.
_THAT_DAY = Calendar.of()


class Move(NamedTuple):
    """A command an autopilot gives: `confidence` is one of CONFIDENCES or None, `why` is for the debrief."""

    kind: str
    args: Args | AllStocks
    confidence: str | None = None
    why: str = ""


def in_words(sentence: Sentence | None) -> str:
    """What stands on a card, in words, as the cards that an autopilot is given have them; "" where nothing does."""
    assert not isinstance(sentence, dict), "an autopilot reads words"
    return sentence or ""


@lru_cache(maxsize=4096)  # an autopilot reads the same lines at every look
def seconds(clock: str) -> int:
    """Seconds since midnight of "HH:MM" or "HH:MM:SS"; fractions are dropped."""
    hours, minutes, *rest = clock.split(".")[0].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + (int(rest[0]) if rest else 0)


@lru_cache(maxsize=256)
def like(calendar: Calendar, clock: str) -> str:
    """The moment of a day that is what `clock` was on 1 August 2012."""
    there = _THAT_DAY.step_at(clock)
    if there < _THAT_DAY.open:
        step = max(0, calendar.open + there - _THAT_DAY.open)
    else:
        turn = max(place for place, begin in enumerate(_THAT_DAY.moments) if begin <= there)
        step = calendar.moments[turn] + there - _THAT_DAY.moments[turn]
        step = min([step, *calendar.moments[turn + 1 : turn + 2]])
    return calendar.clock(step)


@lru_cache(maxsize=256)
def _heard(text: str, system: str, many: str) -> str:
    return english(_filled(text, system, many))


@lru_cache(maxsize=256)
def _filled(text: str, system: str, many: str) -> Phrase:
    known = {"system": system[:1].upper() + system[1:], "many": phrase(many)}
    return phrase(text, **{name: word for name, word in known.items() if name in REMARKS[text]})


class Words(NamedTuple):
    """What a firm's people call things: what sends the orders, how many servers do, who mails its rejects and by which words they are known,
    the code that those are about, and by what some other mails are known; and its days and hours.
    """

    system: str
    many: str
    rejecting: str
    reject: str
    retired: str
    subjects: MailSubjects
    calendar: Calendar

    def fill(self, text: str) -> Phrase:
        """A remark with {system}, which it begins with, and {many} filled in."""
        return _filled(text, self.system, self.many)

    def heard(self, text: str) -> str:
        """The same as it is heard."""
        return _heard(text, self.system, self.many)


class Eyes:
    """One desk's sight at one moment, and the words of its firm. Cards do not change while somebody looks at them: what habits ask for again and
    again is found once.
    """

    def __init__(self, desk: str, sight: DeskCards, words: Words) -> None:
        self.desk, self.sight, self.words = desk, sight, words
        # What one desk alone is told: None at the others.
        self.deployer = sight if "fleet" in sight else None
        self.operator = sight if "servers" in sight else None
        self.risk = sight if "pnl" in sight else None
        self.clock = sight["clock"]["clock"]
        self.calendar = words.calendar
        evenings = self.calendar.evenings
        self._days = {evening[4:]: (place - len(evenings)) * 86_400 for place, evening in enumerate(evenings)}
        self.today = self._days.get(sight["clock"].get("date", "")[4:], 0)
        self.now = self.at(self.clock)  # since midnight of the day, below 0 in the week
        self.phase = sight["clock"]["phase"]
        self.answers: dict[Callable[[Eyes], Any], Any] = {}  # to questions of this look, see `once_a_look`

    def at(self, clock: str) -> int:
        """A moment as it stands on a card, seconds since midnight of the day, below 0 in the week: without a date it is today's. "now" is later
        than all, "" (never) before.
        """
        if clock in _NO_CLOCK:
            return _NO_CLOCK[clock]
        if " " not in clock:
            return seconds(clock) + self.today
        day, clock = clock.rsplit(" ", 1)
        return seconds(clock) + self._days[day]

    def past(self, clock: str) -> bool:
        """Whether the day has come as far as "HH:MM" or "HH:MM:SS" was on 1 August 2012; never in the week before."""
        return self.now >= seconds(like(self.calendar, clock))

    @cached_property
    def morning(self) -> str:
        """When the day begins."""
        return self.calendar.hm(0)

    @cached_property
    def bell(self) -> str:
        """When the market opens."""
        return self.calendar.hm(self.calendar.open)

    @property
    def evening(self) -> int | None:
        """The evening of the week: 0, 1, ..., or None on the day."""
        return self.sight["week"]["evening"]

    def past_tonight(self, clock: str) -> bool:
        """Whether an evening has come as far as "HH:MM" is into one that begins at 18:00; never on the day."""
        return self.phase == "deployment" and self.tonight_s >= seconds(clock) - _THAT_DAY.evening_ms // 1000

    @property
    def tonight_s(self) -> int:
        """How long this evening has lasted."""
        return self.now - self.today - self.calendar.evening_ms // 1000

    @property
    def last_evening(self) -> bool:
        """Whether this is the last evening of the week."""
        return self.evening == len(self.calendar.evenings) - 1

    def ago(self, clock: str) -> int:
        """Seconds since a moment on a card."""
        return self.now - self.at(clock)

    # -- hands and levers

    @property
    def hands(self) -> int:
        """Hands there are."""
        return self.sight["work"]["hands"]

    @property
    def free(self) -> int:
        """Hands that are not at work."""
        return self.sight["work"]["free"]

    def busy(self, kind: str, target: str = "") -> bool:
        """Whether a lever of this kind (at that target) is under way."""
        return any(task["kind"] == kind and target in task["target"] for task in self.tasks)

    @cached_property
    def _deeds(self) -> dict[str, list[Deed]]:
        """The desk's own commands that were not refused, by kind, newest first."""
        found = defaultdict[str, list[Deed]](list)
        for row in self.sight["done"]["rows"]:
            if row["state"] != "refused":
                found[row["kind"]].append(row)
        return found

    def done(self, kind: str, since: str = ALWAYS, target: str = "") -> list[Deed]:
        """The desk's own commands of a kind from a moment on that were not refused, newest first."""
        return self._since(since, [row for row in self._deeds.get(kind, ()) if target in row["target"]])

    def _since(self, moment: str, rows: list[R]) -> list[R]:
        if moment == ALWAYS:
            return rows
        first = self.at(moment)
        return [row for row in rows if self.at(row["at"]) >= first]

    def lever(self, kind: str) -> Lever | None:
        """A lever's row, None where the desk does not have it now."""
        return next((row for row in self.sight["levers"]["levers"] if row["kind"] == kind), None)

    def allowed(self, kind: str) -> bool:
        """Whether a lever may be given now, as its row says."""
        row = self.lever(kind)
        return row is not None and row["allowed"]

    def may(self, move: Move) -> bool:
        """Whether a move would be taken: talk always; a lever when its row allows it and nothing like it is under way."""
        return is_talk(move.kind) or (self.allowed(move.kind) and not self.lacks_word(move))

    def lacks_word(self, move: Move) -> bool:
        """Whether a lever is pulled for more servers than this desk may take by itself, and the word is not given."""
        row = self.lever(move.kind)
        if row is None or row["alone"] is None or row["word"] in (None, "given"):
            return False
        return beyond(row["alone"]["lately"], servers_of(judged(move.args)), row["alone"]["most"])

    # -- talk

    def word(self, what: str) -> str:
        """State of the risk manager's word: open, asked, given or refused."""
        return next((row["state"] for row in self.authorisations if row["what"] == what), "open")

    @cached_property
    def _items(self) -> dict[str, list[BridgeItem]]:
        """Items of the bridge by kind, "" for all of them, oldest first."""
        found = defaultdict[str, list[BridgeItem]](list)
        for item in self.sight["bridge"]["items"]:
            found[""].append(item)
            found[item["kind"]].append(item)
        return found

    def bridge(self, since: str = ALWAYS, kind: str = "", desk: str = "") -> list[BridgeItem]:
        """Items of the bridge from a moment on, of a kind and a desk where these are named, oldest first."""
        found = [item for item in self._items.get(kind, ()) if desk in ("", item["desk"])]
        return self._since(since, found)

    def heard(self, remark: Phrase, desk: str = "") -> list[str]:
        """When that was said on the bridge, oldest first: by anybody, or by one desk."""
        words = english(remark)
        return [item["at"] for item in self.bridge(kind="say", desk=desk) if item["title"] == words]

    def pinned(self, words: str, since: str = ALWAYS) -> bool:
        """Whether this desk has shared something from a moment on whose title has these words."""
        return any(words in item["title"] for item in self.bridge(since, "pin", self.desk))

    # -- evidence

    @cached_property
    def _mails(self) -> dict[bool | None, list[Mail]]:
        rows = self.sight["inbox"]["mails"][::-1]
        return {None: rows, **{read: [mail for mail in rows if mail["read"] is read] for read in (True, False)}}

    def mails(self, read: bool | None = None) -> list[Mail]:
        """Mails on the card, oldest first; all of them, or only those read or not read."""
        return self._mails[read]

    def ringing(self) -> Call | None:
        """The call that waits for an answer."""
        return next((call for call in self.sight["calls"]["calls"] if call["state"] == "ringing"), None)

    # -- what every desk is told

    @property
    def tasks(self) -> list[Task]:
        """Levers under way."""
        return self.sight["work"]["tasks"]

    @property
    def authorisations(self) -> list[Word]:
        """Where the risk manager's word stands for every lever that needs it."""
        return self.sight["words"]["words"]

    @property
    def asks(self) -> list[Ask]:
        """What this desk's assistant was asked for."""
        return self.sight["asks"]["asks"]

    @property
    def alerts(self) -> list[RaisedAlert]:
        """The desk's alerts, newest first."""
        return self.sight["alerts"]["alerts"]

    @property
    def causes(self) -> list[Cause]:
        """What may be declared."""
        return self.sight["diagnosis"]["causes"]

    @property
    def seen(self) -> list[Seen]:
        """What a diagnosis may rest on."""
        return self.sight["diagnosis"]["seen"]

    @property
    def declared(self) -> list[Declared]:
        """What was declared."""
        return self.sight["diagnosis"]["declared"]

    @property
    def duties(self) -> list[Duty]:
        """What is due before the bell."""
        return self.sight["duties"]["rows"]

    @property
    def week(self) -> Week:
        """The evening, and what is left of the week."""
        return self.sight["week"]

    @property
    def controls(self) -> list[Control]:
        """Every control there could be."""
        return self.sight["controls"]["rows"]

    # -- what one desk alone is told: nothing at the others

    @property
    def hosts(self) -> list[Host]:
        """The fleet, as the deployer knows it."""
        return self.deployer["fleet"]["servers"] if self.deployer else []

    @property
    def target(self) -> str:
        """The release that is to be deployed."""
        return self.deployer["fleet"]["target"] if self.deployer else ""

    @property
    def releases(self) -> list[Release]:
        """The releases there are."""
        return self.deployer["releases"]["releases"] if self.deployer else []

    @property
    def servers(self) -> list[Server]:
        """The servers, as the operator knows them."""
        return self.operator["servers"]["servers"] if self.operator else []

    @property
    def rates(self) -> Rates | None:
        """The firm's rates of the last minute."""
        return self.operator["rates"] if self.operator else None

    @property
    def children_out(self) -> float:
        """Child orders that the firm sends a second."""
        return self.rates["children_out"] if self.rates else 0

    @property
    def chart(self) -> Chart | None:
        """The rates of the last half hour."""
        return self.operator["chart"] if self.operator else None

    @property
    def log(self) -> OneLog | None:
        """The last tail that was asked for, unless all logs have been searched since."""
        found = self.operator["log"] if self.operator else None
        return None if found is None or not found["server"] else found

    @property
    def found(self) -> OneLog | None:
        """What the last search of all logs has found, unless one of them was tailed since."""
        found = self.operator["log"] if self.operator else None
        return None if found is None or found["server"] != 0 else found

    @property
    def look(self) -> OneLook | None:
        """The rates of one server that were asked for last."""
        found = self.operator["look"] if self.operator else None
        return None if found is None or found["server"] is None else found

    @property
    def pnl(self) -> Pnl | None:
        """The position monitor."""
        return self.risk["pnl"] if self.risk else None

    @property
    def gross_usd(self) -> int:
        """What the monitor shows long and short together."""
        return self.pnl["gross_usd"] if self.pnl else 0

    @property
    def growing(self) -> bool:
        """Whether what the monitor shows grows."""
        return self.pnl is not None and self.pnl["growing"]

    @property
    def cap_usd(self) -> int:
        """The cap on what the firm may hold; 0 for none."""
        return self.limits["gross_cap_usd"] if self.limits else 0

    @property
    def limits(self) -> Limits | None:
        """What is set."""
        return self.risk["limits"] if self.risk else None

    @property
    def tape(self) -> list[Print]:
        """Last sales."""
        return self.risk["tape"]["items"] if self.risk else []

    @property
    def block(self) -> Evening | None:
        """The sale of the block, and the capital after it."""
        return self.risk["evening"] if self.risk else None

    @property
    def bids(self) -> list[Bid]:
        """What banks have bid for the block."""
        return self.block["bids"] if self.block else []


T = TypeVar("T")
Habit = Callable[[Eyes], Move | None]


class Resting(NamedTuple):
    """A habit that rests at times: in the week, and beside a guide, where what it would find is what the guide has somebody find."""

    habit: Habit
    in_week: bool = False
    guided: bool = False


Habits = tuple[Habit | Resting, ...]  # in the order in which they come to mind


def awake(habits: Habits, in_week: bool, guided: bool) -> tuple[Habit, ...]:
    """Those that do not rest."""
    rows = [one if isinstance(one, Resting) else Resting(one) for one in habits]
    return tuple(row.habit for row in rows if not (in_week and row.in_week) and not (guided and row.guided))


def once_a_look(question: Callable[[Eyes], T]) -> Callable[[Eyes], T]:
    """A question that many habits ask: answered once a look. Nobody changes the answer."""

    @wraps(question)
    def answer(eyes: Eyes) -> T:
        if question not in eyes.answers:
            eyes.answers[question] = question(eyes)
        found: T = eyes.answers[question]
        return found

    return answer


def say(eyes: Eyes, remark: Phrase) -> Move | None:
    """Say something on the bridge, once."""
    return None if eyes.heard(remark, eyes.desk) else Move("bridge.say", {"text": remark})


def open_mail(eyes: Eyes, mail: Mail, why: str = "") -> Move:
    """Open a mail."""
    return Move("mail.open", {"mail": mail["id"]}, None, why)


def do_duty(eyes: Eyes) -> Move | None:
    """What is due before the bell, one after the other, with one hand; and what was missed."""
    left = [row["id"] for row in eyes.duties if row["state"] in ("open", "missed")]
    return Move("duty.do", {"duty": left[0]}, None, "Due before the bell.") if left and eyes.free and not eyes.busy("duty.do") else None


def do_every_duty(eyes: Eyes) -> Move | None:
    """The same with every hand that is free."""
    left = [row["id"] for row in eyes.duties if row["state"] == "open"]
    return Move("duty.do", {"duty": left[0]}, None, "Done in the time that was skipped.") if left and eyes.free else None


def pick_up(after_s: int, *replies: str, every: bool = True) -> Habit:
    """The habit of answering a call once it has rung for so long: with the first of its replies that is among `replies`, else the last;
    without `every` a call that has none of them rings out.
    """

    def habit(eyes: Eyes) -> Move | None:
        call = eyes.ringing()
        if call is None or eyes.ago(call["at"]) < after_s:
            return None
        keys = [reply["key"] for reply in call["replies"]]
        found = next((key for key in keys if key in replies), keys[-1] if every else None)
        return Move("call.answer", {"call": call["id"], "reply": found}) if found else None

    return habit
