"""Courses share what they have in common, and come out as if each had been run by itself from the beginning."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Command, loss_of, wound_up
from engine.analysis import courses
from engine.analysis.courses import Replays
from engine.analysis.debrief import Counterfactual, Log, alternatives, subset
from engine.analysis.rehearsal import Rehearsal
from engine.market_time import STEPS_PER_MINUTE
from tests.days import step_at
from tests.small import before, begun, small_scenario

SMALL = small_scenario(2)
BEGUN = step_at("09:23")  # before whatever may be moved
FIRST, END = step_at("09:29"), step_at("09:37")
KINDS = (
    ("operator", "server.stop", {"server": 8}),
    ("operator", "server.stop", {"server": 3}),
    ("operator", "server.start", {"server": 8}),  # refused where it has not been stopped
    ("operator", "servers.stop_all", {}),  # refused without the risk manager's word
    ("risk", "authorise.give", {"what": "servers.stop_all"}),
    ("risk", "limit.set", {"gross_usd": 400_000}),
    ("risk", "rate.set", {"per_second": 3}),
    ("risk", "position.flatten", {"symbols": "all", "style": "passive"}),
    ("deployer", "flag.clear", {}),
)
given_commands = st.lists(st.tuples(st.integers(FIRST, END - 1), st.sampled_from(KINDS)), min_size=2, max_size=4)


def log_of(rows: Iterable[tuple[int, tuple[str, str, dict]]]) -> Log:
    ordered = sorted(rows, key=lambda row: row[0])
    return Log(SMALL, 79, tuple(Command(seq, step, *what) for seq, (step, what) in enumerate(ordered, 1)), before(END))


def by_itself(log: Log, one: Counterfactual) -> tuple[float | None, list[list[int]]]:
    """Loss, or None where something that was moved was refused, and the loss of every minute from the first command on, with nothing shared
    but the way there."""
    sim, curve = begun(log.scenario, BEGUN, log.seed), list[list[int]]()
    moved = [replace(row, step=row.step + one.by * (row.seq in one.moved)) for row in log.commands if row.seq not in one.without]
    waiting = sorted((row for row in moved if log.horizon.takes(row)), key=lambda row: (row.step, row.seq))
    for until in range(BEGUN + STEPS_PER_MINUTE, END + 1, STEPS_PER_MINUTE):
        while waiting and waiting[0].step < until:
            command = waiting.pop(0)
            sim.step(command.step - sim.now)
            if sim.submit(command) and command.seq in one.moved:
                return None, []
        sim.step(until - sim.now)
        curve.append([until, loss_of(sim)])
    return float(wound_up(Rehearsal(sim))["total"]), curve


@settings(max_examples=3, deadline=None)
@given(given_commands, st.randoms(use_true_random=False))
def test_a_course_comes_out_as_if_it_had_been_run_by_itself_whatever_was_run_before(rows, random):
    log = log_of(rows)
    wanted = alternatives(log)
    wanted += [subset(log.decisions, frozenset(random.sample(range(len(log.decisions)), random.randint(0, len(log.decisions))))) for _ in range(3)]
    random.shuffle(wanted)
    shared = Replays(log)
    for place, one in enumerate(wanted):
        found = shared.outcome(one, wanted[place + 1 :])
        loss, curve = by_itself(log, one)
        if found.reason:
            assert loss is None
        else:
            assert found.loss_usd == loss, one
            both = min(len(found.curve), len(curve))
            assert both and found.curve[-both:] == curve[-both:], one


def test_a_command_that_is_refused_leads_where_its_absence_leads_and_nothing_is_run_again(monkeypatch):
    log = log_of([(step_at("09:32"), KINDS[1]), (step_at("09:33"), KINDS[3]), (step_at("09:34"), KINDS[0])])
    replays = Replays(log)
    first = replays.outcome(Counterfactual("without the stop", frozenset({3})))
    monkeypatch.setattr(courses, "restore", None)  # a course that is run begins from a checkpoint
    assert replays.outcome(Counterfactual("and without what was refused", frozenset({2, 3}))).loss_usd == first.loss_usd


def test_courses_that_part_late_share_the_way_until_then(monkeypatch):
    log = log_of([(step_at("09:30"), KINDS[1]), (step_at("09:36"), KINDS[0])])
    neither, late = Counterfactual("neither", frozenset({1, 2})), Counterfactual("late", frozenset({1}))
    replays, begun = Replays(log), list[int]()
    whole = courses.restore

    def restore(*arguments, **named):
        sim = whole(*arguments, **named)
        begun.append(sim.now)
        return sim

    monkeypatch.setattr(courses, "restore", restore)
    replays.outcome(neither, [late])
    replays.outcome(late)
    assert begun == [step_at("09:30"), step_at("09:36")]
