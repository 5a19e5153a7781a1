"""What the week's safeguards do on the day: caps as they were set and as they work, the capital threshold, the dashboard.

State and acts that the day mixes in. A control that has a hole is shown as it was set, and does what the hole leaves of it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import turn
from engine.market_time import STEPS_PER_MINUTE
from engine.positions import prices_hc
from engine.scenario import Scenario
from engine.state import DESK, Machine

# Fields that are remembered as they are (JSON-able).
MEMORY = ("settings", "shut", "dashboard")
HC = 10_000
UNITS = 10  # a rate cap with a hole takes its figure for one of a tenth of a second
SHOWN = 5  # parents a server on the dashboard
TICK_S = 5
STOPS = ("server.stop", "servers.stop_all", "smars.disconnect", "killswitch.press")  # what a drill makes quicker

# control -> column of the machine's controls, and its value there from what was set, without and with the hole
DIALS: dict[str, tuple[str, Callable[[float], float], Callable[[float], float]]] = {
    "limit": ("gross_cap_hc", lambda usd: usd * HC, lambda usd: 0),
    "rate": ("rate_cap", lambda per_s: per_s, lambda per_s: per_s * UNITS),
    "collar": ("collar_bp", lambda percent: percent * 100, lambda percent: 0),
    "reconcile": ("reconcile", lambda on: on, lambda on: 2 * on),
    "hold": ("hold_shares", lambda shares: shares, lambda shares: 0),
}


class Safeguards:
    """State: what the desk has set, since when the threshold stops order entry, what the dashboard saw last."""

    now: int
    scenario: Scenario
    machine: Machine
    built: set[str]
    facts: dict[str, int]

    def begin_safeguards(self) -> None:
        """Nothing is set."""
        self.settings: dict[str, float] = {}  # control -> what its desk has set it to
        self.shut: int | None = None
        self.dashboard: dict[str, Any] = {"step": None, "sent": {}, "rows": [], "over": {}}

    # -- caps, collar, reconciliation, large parents

    def set_dial(self, name: str, value: float) -> None:
        """Set a control as its desk wants it."""
        self.settings[name] = value
        self.apply_dial(name)

    def apply_dial(self: Any, name: str) -> None:
        """Make the machine do what was set, or what a hole leaves of it."""
        if name in DIALS and name in self.settings:
            column, whole, holed = DIALS[name]
            self.machine.controls[column] = round((holed if self.has_hole(name) else whole)(self.settings[name]))
            self.machine.controls["cap_shut"] = 0

    # -- the capital threshold

    def capital_in_use(self: Any) -> int:
        """What the threshold measures, hundredths of a cent: all that the firm's accounts hold, long and short together; with the hole,
        one against the other."""
        worth = self.machine.position.sum(axis=1) * prices_hc(self.machine, "ref_256")
        return abs(int(worth.sum())) if self.has_hole("threshold") else int(np.abs(worth).sum())

    def watch_threshold(self: Any) -> None:
        """Stop all order entry, SMARS's and the desk's own, when more is in use than was set. It stays stopped until it is set anew."""
        most = self.settings.get("threshold", 0)
        if not most or self.shut is not None:
            return
        used = self.capital_in_use()
        if used <= most * HC:
            return
        self.watch_runaway()  # what this ends had begun
        self.shut = self.now
        for server in (DESK, *(server.n for server in self.fleet.servers)):
            turn.withdraw_all(self.machine, self.now, server)
        self.set_servers()
        for desk in ("risk", "operator"):
            self.alert(desk, f"The capital threshold of ${most:,.0f} was passed: all order entry is stopped until the risk manager sets it anew.")
        self.tell("threshold.tripped", threshold_usd=round(most), used_usd=used // HC)
        self.watch_runaway()

    def set_threshold(self: Any, usd: int) -> None:
        """Set the threshold (0: none); order entry goes on where no more is in use than that."""
        self.settings["threshold"] = usd
        if self.shut is not None and (not usd or self.capital_in_use() <= usd * HC):
            self.shut = None
            self.set_servers()
            self.tell("threshold.lifted", threshold_usd=usd)

    # -- credit

    def credit_hc(self) -> int:
        """What of a position need not be sold tonight, hundredths of a cent."""
        return self.scenario.block.credit_usd * HC if "credit" in self.facts else 0

    # -- the dashboard

    def watch_dashboard(self: Any) -> None:
        """Every five seconds: children that each parent has sent since, the busiest of each server kept; an alert where one is above the
        figure that was set."""
        if "dashboard" not in self.built:
            return
        machine, before = self.machine, self.dashboard["sent"]
        live = (np.arange(machine.parents.shape[1])[None, :] < machine.parent_count[:, None]) & (machine.parents["server"] != DESK)
        where = np.argwhere(live)
        found = machine.parents[live]
        columns = [found[name].tolist() for name in ("server", "id", "sent", "qty", "filled")]
        rows, sent = [], {}
        for (s, _), server, order, children, qty, filled in zip(where.tolist(), *columns, strict=True):
            sent[str(order)] = children
            rows.append([server, order, s, children - before.get(str(order), 0), qty, filled])
        rows.sort(key=lambda row: (row[0], -row[3], row[1]))
        unseen, kept = self.unseen_server(), list[list[int]]()
        for row in rows:
            if sum(other[0] == row[0] for other in kept[-SHOWN:]) < SHOWN and row[0] != unseen:
                kept.append(row)
        self.dashboard.update(step=self.now, sent=sent, rows=kept)
        self._page_on_children()

    def _page_on_children(self: Any) -> None:
        """One alert a server when a parent of it passes the figure; another only when it was below for a minute."""
        most, over = self.settings.get("dashboard", 0), self.dashboard["over"]
        if not most:
            return
        told: list[int] = []
        for server, order, s, children, _, _ in self.dashboard["rows"]:
            if server in told or children <= most * TICK_S:
                continue
            told.append(server)
            last = over.get(str(server))
            if last is None or self.now - last > STEPS_PER_MINUTE:
                each = round(children / TICK_S)
                self.alert("operator", f"{self.fleet.label(server)}: order {order:,} in {self.names[s]} sends {each} children a second.")
            over[str(server)] = self.now

    def unseen_server(self: Any) -> int:
        """The server that the dashboard does not hear of, where it has a hole; else 0."""
        return self.hole_draw("dashboard", 1, len(self.fleet.servers)) + 1 if self.has_hole("dashboard") else 0

    # -- the kill switch and the drill

    def unwired_server(self: Any) -> int:
        """The server that the kill switch does not reach, where it has a hole; else 0."""
        return self.hole_draw("killswitch", 1, len(self.fleet.servers)) + 1 if self.has_hole("killswitch") else 0

    def settle_stops(self: Any) -> None:
        """Who may stop what is settled: the words that stopping needs are given."""
        for what in ("servers.stop_all", "smars.disconnect"):
            if self.words[what]["state"] != "given":
                self.set_word(what, "given", "risk")
