"""Any plan of a week, however odd: hands are never overdrawn, the week ends on time and whole, and the log makes the same bits again."""

from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine import DESKS, Command, Simulation, replay, restore, save, sight
from engine.firm.fleet import RUNNING, STARTING, STOPPED
from engine.firm.safeguards import CONTROLS
from engine.firm.workload import free_hands, hands_of
from engine.jit import COMPILED
from tests.days import EVENING_STEPS, WEEK, evening_of
from tests.small import before, small_scenario

SCENARIO = small_scenario(2)
RELEASES = [release.name for release in SCENARIO.fleet.release]
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SERVERS = st.lists(st.integers(1, 8), min_size=1, max_size=5, unique=True).map(sorted)
ORDERS = st.lists(
    st.tuples(
        st.integers(0, 16_000),  # steps until it is given
        st.one_of(
            st.tuples(st.just("release.copy"), st.fixed_dictionaries({"servers": SERVERS, "release": st.sampled_from(RELEASES)})),
            st.tuples(st.just("automation.deploy"), st.fixed_dictionaries({"release": st.sampled_from(RELEASES)})),
            st.tuples(st.just("server.start"), st.fixed_dictionaries({"server": st.integers(1, 8)})),
            st.tuples(st.just("checksum.run"), st.fixed_dictionaries({"servers": SERVERS})),
            st.tuples(st.just("release.build"), st.fixed_dictionaries({"release": st.sampled_from(RELEASES)})),
            st.tuples(
                st.sampled_from(
                    [
                        "automation.write",
                        "fleet.review",
                        "inventory.audit",
                        "counter.test",
                        "ramp.plan",
                        "brokers.call",
                        "standby.build",
                        "flag.clear",
                        "chief.call",
                        "limit.link",
                        "rate.build",
                        "collar.build",
                        "reconcile.build",
                        "threshold.build",
                        "stop.preauthorise",
                        "credit.line",
                        "dashboard.build",
                        "killswitch.build",
                        "drill.run",
                    ]
                ),
                st.just({}),
            ),
            st.tuples(
                st.sampled_from(["control.test", "control.mend"]),
                st.fixed_dictionaries({"control": st.sampled_from(["standby", "limit", "dashboard", "mail.page"])}),
            ),
            st.tuples(st.just("threshold.set"), st.fixed_dictionaries({"usd": st.sampled_from([0, 10_000_000])})),
            st.tuples(st.just("rate.set"), st.just({"per_second": 1})),
            st.tuples(st.just("dashboard.alert"), st.just({"per_second": 8})),
            st.tuples(st.just("parents.hold"), st.just({"shares": 5_000})),
            st.tuples(st.just("mail.page"), st.just({"match": "SMARS"})),
            st.tuples(st.just("ramp.set"), st.just({"percent": 10})),
        ),
    ),
    min_size=3,
    max_size=24,
)
OPERATORS = ("inventory.audit", "standby.build", "dashboard.build", "dashboard.alert", "killswitch.build", "drill.run", "mail.page")
RISKS = ("brokers.call", "chief.call", "limit.link", "rate.build", "rate.set", "collar.build", "reconcile.build", "threshold.build")
RISKS += ("threshold.set", "stop.preauthorise", "credit.line", "parents.hold")
GIVER = dict.fromkeys(OPERATORS, "operator") | dict.fromkeys(RISKS, "risk")


def giver(kind: str, args: dict[str, Any]) -> str:
    """The desk that gives a command; a control is tested and mended by the desk that builds it."""
    return CONTROLS[args["control"]].desk if kind.startswith("control.") else GIVER.get(kind, "deployer")


def is_whole(sim: Simulation) -> None:
    """What holds at every moment of a week."""
    for desk in DESKS:
        assert 0 <= free_hands(sim, desk) <= hands_of(sim, desk)
    for server in sim.fleet.servers:
        assert server.state in (RUNNING, STARTING, STOPPED)
        assert server.installed in server.disk
        starts = [work for work in sim.works if work.kind == "server.start" and work.args["server"] == server.n]
        assert server.state != STARTING or starts, "nothing is left half started"
    assert all(0 <= count <= 4 for count in sim.week.copies)
    assert all(work.due > sim.now for work in sim.works)


@settings(deadline=None, max_examples=20 if COMPILED else 3, phases=PHASES)
@given(st.integers(0, 50), ORDERS, st.integers(1, 30_000))
def test_any_plan_keeps_the_laws_and_ends_the_week_on_time(seed: int, orders: list[tuple[int, tuple[str, dict[str, Any]]]], cut: int):
    sim, log = Simulation(SCENARIO, seed, start=WEEK), []
    for gap, (kind, args) in orders:
        sim.step(min(gap, -sim.now))
        command = Command(len(log) + 1, sim.now, giver(kind, args), kind, args)
        log.append(command)
        digest = sim.digest()
        if sim.submit(command) is not None:
            assert sim.digest() == digest
        is_whole(sim)
    while sim.now < 0:
        before_evening = evening_of(sim.now)
        sim.step(min(cut, EVENING_STEPS - (sim.now - WEEK) % EVENING_STEPS))
        is_whole(sim)
        if evening_of(sim.now) != before_evening:
            assert not any(SCENARIO.levers[work.kind].tonight for work in sim.works)
    assert sim.now == 0
    assert not [work for work in sim.works if work.start < 0]
    for desk, hands in (("deployer", 2), ("operator", 1), ("risk", 1)):
        assert 0 <= sim.week.hand_steps[desk] <= hands * 3 * EVENING_STEPS
        sight(sim, desk)
    again = replay(SCENARIO, seed, log, before(0), start=WEEK)
    for command in log:
        if command.step == 0:
            again.submit(command)
    assert again.digest() == sim.digest()
    assert restore(SCENARIO, save(sim)).digest() == sim.digest()
