"""What the day sees of itself every five seconds: runaways, pauses, limits reached, evidence that falls due and whom it reaches.

State and acts that the day mixes in.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine import phone, turn
from engine.events import Event, event
from engine.evidence import Alert, Call, Evidence, Mail
from engine.gauges import Gauges, mid_prices_hc
from engine.market_time import CLOSE, STEPS_PER_MINUTE
from engine.measure import LIMITS
from engine.phone import Agreed
from engine.positions import Monitor
from engine.scenario import Scenario
from engine.state import EXECUTIONS, Machine
from engine.view import View


class Watch:
    """Looks around, and lets what happened reach the desks."""

    now: int
    scenario: Scenario
    names: tuple[str, ...]
    machine: Machine
    gauges: Gauges
    monitor: Monitor
    evidence: Evidence
    events: list[Event]
    agreed: Agreed
    runaway: int
    first_runaway: int | None
    contained: int | None
    limits: dict[str, int]
    was_paused: list[int]
    hints: list[dict[str, Any]]
    headlines: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    mails: dict[int, dict[str, Any]]
    calls: list[dict[str, Any]]
    alerts: list[dict[str, Any]]

    if TYPE_CHECKING:  # what other parts of the day do

        def tell(self, kind: str, audience: Any = None, **data: Any) -> None: ...
        def watch_threshold(self) -> None: ...
        def watch_dashboard(self) -> None: ...
        def has_hole(self, name: str) -> bool: ...
        def figures_late_s(self) -> int: ...
        def judge_injects(self) -> None: ...
        def end_of_shyness(self) -> None: ...

    def watch_runaway(self) -> None:
        """Count runaway parents, and note when the first appeared and the last ended."""
        self._note_runaway(int(turn.count_runaway(self.machine)))

    def _note_runaway(self, count: int) -> None:
        before, self.runaway = self.runaway, count
        if self.runaway and self.first_runaway is None:
            self.first_runaway = self.now
        if before and not self.runaway:
            self.contained = self.now

    def look_in_the_week(self: Any, step: int) -> None:
        """Every minute of an evening: let evidence fall due. No market is open, nothing is measured."""
        view = View(self, step)
        phone.look(self, view)
        for item in self.evidence.tick(step, view):
            self.deliver(item)
        self.judge_injects()

    def look_around(self: Any, step: int) -> None:
        """Every five seconds: measure, notice pauses, and let evidence fall due."""
        tick = step // 20
        self.watch_threshold()
        self.gauges.take(self, tick)
        self._note_runaway(self.gauges.runaway)
        self.watch_dashboard()
        self.monitor.take(tick, self.machine)
        lag_s = self.scenario.monitor.calm_lag_s if self.agreed.feed else self.monitor.lag_s(self.scenario, self.gauges.per_s(EXECUTIONS))
        self.monitor.show(tick, lag_s + self.figures_late_s())
        if step % STEPS_PER_MINUTE == 0 and step <= CLOSE:
            self.monitor.note(step // STEPS_PER_MINUTE, mid_prices_hc(self))
        self._notice_limits()
        if step <= CLOSE:
            self._notice_pauses(step)
            view = View(self, step)
            phone.look(self, view)
            for item in self.evidence.tick(step, view):
                self.deliver(item)
            self.hints = [hint for hint in self.hints if hint["end"] > step] + [hint.to_dict() for hint in self.evidence.hints(view)]
            text = self.evidence.headline(view)
            if text:
                self.headlines.append({"step": step, "text": text})
                self.tell("headline", text=text)
        self.end_of_shyness()
        self.judge_injects()

    def _notice_limits(self) -> None:
        """Reaching a limit of the machine is an event, never an exception."""
        reached = dict(zip(LIMITS, self.gauges.limits.tolist(), strict=True))
        if reached != self.limits:
            for name, count in reached.items():
                if count > self.limits[name]:
                    self.tell("limit.reached", limit=name, times=count - self.limits[name])
            self.limits = reached

    def _notice_pauses(self, step: int) -> None:
        if not self.gauges.paused and not self.was_paused:
            return
        paused = np.flatnonzero(self.machine.market["paused_until"] > step).tolist()
        if paused != self.was_paused:
            for s in sorted(set(paused) - set(self.was_paused)):
                self.tell("breaker.paused", symbol=self.names[s])
            for s in sorted(set(self.was_paused) - set(paused)):
                self.tell("breaker.resumed", symbol=self.names[s])
            self.was_paused = paused

    def _page_on(self, mail: Mail) -> None:
        """A mail to the operator that a rule speaks of becomes an alert."""
        unheard = self.has_hole("mail.page") and mail.sender == self.scenario.evidence.reject_sender
        if mail.desk == "operator" and self.rules and not unheard:
            said = f"{mail.sender}\n{mail.subject}\n{mail.body}".casefold()
            if any(rule["match"].casefold() in said for rule in self.rules):
                self.deliver(Alert(mail.step, "operator", f"Mail from {mail.sender}: {mail.subject}"))

    def deliver(self, item: Any) -> None:
        """Put a mail, call or alert where its desk finds it."""
        if isinstance(item, Mail):
            self.mails[item.id] = item.to_dict()
            self._page_on(item)
            self.events.append(event(item.step, "mail.arrived", (item.desk,), mail=item.id, sender=item.sender, subject=item.subject))
        elif isinstance(item, Call):
            caller = item.replies[0][0].split(".")[0]
            self.calls.append({**item.to_dict(), "caller_key": caller, "state": "ringing", "answer": None})
            self.tell("call.rang", (item.desk,), call=item.id, caller=item.caller, opening=item.opening)
        else:
            self.alerts.append(item.to_dict())
            self.tell("alert.raised", (item.desk,), text=item.text)

    def alert(self, desk: str, text: str) -> None:
        """Raise an alert at a desk now."""
        self.deliver(Alert(self.now, desk, text))
