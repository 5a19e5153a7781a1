"""When a team noticed, diagnosed and contained, from what happened in its run."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from engine.events import Event
from engine.market_time import OPEN, STEPS_PER_MINUTE, clock, step_at
from engine.scenario import Scenario

# Evidence that shows it to whoever looks, and a condition by which a mail speaks of it.
SYMPTOMS = ("log", "look", "rates", "pnl", "position")
ALARMS = re.compile(r"(executions_per_s|volume_ratio|volume_high_s|rejects_per_s|move_bp|gross_usd|power_peg_mails|paused|pauses) >")


class Signs:
    """Which of a run's mails are signs that something is wrong, and when a desk first saw one. Hear every event once, in order."""

    def __init__(self, scenario: Scenario) -> None:
        texts = scenario.evidence
        self.subjects = [(mail.sender, _pattern(mail.subject)) for mail in texts.mails if any(ALARMS.match(line) for line in mail.when)]
        self.subjects.append((texts.reject_sender, _pattern(texts.reject_subject)))
        self.mails: dict[int, str] = {}  # the signs: mail -> subject
        self.callers: dict[int, str] = {}

    def hear(self, event: Event | Any) -> str:
        """What a desk saw of it by this event, for people; "" when it saw nothing."""
        data = event.data
        if event.kind == "mail.arrived":
            if any(data["sender"] == sender and subject.fullmatch(data["subject"]) for sender, subject in self.subjects):
                self.mails[data["mail"]] = data["subject"]
        elif event.kind == "call.rang":
            self.callers[data["call"]] = data["caller"]
        elif event.kind == "command.applied":
            return self._seen(data["command"], data["args"])
        return ""

    def _seen(self, kind: str, args: dict[str, Any]) -> str:
        if kind == "mail.open" and args.get("mail") in self.mails:
            return f"Opened the first mail that spoke of it: {self.mails[args['mail']]}"
        if kind == "evidence.share" and args.get("what") in SYMPTOMS:
            return "Was the first to show a sign of it to the others."
        if kind == "call.answer" and args.get("call") in self.callers:
            return f"Heard of it on the telephone, from {self.callers[args['call']]}."
        return "Was the first to name a cause." if kind == "diagnosis.declare" else ""


def moments(events: Iterable[Event | Any], score: dict[str, Any], scenario: Scenario) -> dict[str, dict[str, Any]]:
    """When the team noticed, diagnosed and contained: {notice, diagnose, contain} -> {at, minutes, text}.

    `at` is a clock or None (never), `minutes` counts from the opening bell and is negative before it, `text` is for people.
    Noticed: the first symptom opened, shared or heard of. Contained: the end of the last runaway order.
    """
    contained = score["contained_at"]
    found: dict[str, int | None] = {"notice": None, "diagnose": None, "contain": None if contained is None else step_at(contained)}
    signs = Signs(scenario)
    for event in events:
        if signs.hear(event) and found["notice"] is None:
            found["notice"] = event.step
        if event.kind == "diagnosis.declared" and event.data.get("right") and found["diagnose"] is None:
            found["diagnose"] = event.step
    never = {"notice": "never", "diagnose": "never", "contain": "nothing ran away" if score["runaway"] == "never" else "never"}
    return {name: _moment(step, never[name]) for name, step in found.items()}


def _moment(step: int | None, never: str) -> dict[str, Any]:
    if step is None:
        return {"at": None, "minutes": None, "text": never}
    return {"at": clock(step), "minutes": round((step - OPEN) / STEPS_PER_MINUTE, 1), "text": clock(step)}


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    """A text with anything in its placeholders."""
    return re.compile(".*".join(re.escape(part) for part in re.split(r"\{[^}]*\}", text)))
