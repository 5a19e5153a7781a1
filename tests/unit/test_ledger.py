"""The ledger: from where a desk saw something to where the others read it, and what was decided next."""

from engine import Command, Log, Simulation, ledger, load_scenario, tell
from engine.analysis.debrief import Decision
from tests.days import step_at
from tests.small import ok, until


def played() -> tuple[Simulation, list[Command]]:
    """The operator tails a log, shares it later, the deployer reads it; the operator stops a server. The risk manager opens nothing."""
    sim = Simulation(load_scenario("knight-2012"), 79)
    commands: list[Command] = []

    def give(at: str, desk: str, kind: str, **args) -> None:
        until(sim, at)
        ok(sim, desk, kind, **args)
        commands.append(Command(len(commands) + 1, sim.now, desk, kind, args))

    give("08:02", "operator", "log.tail", server=8)
    give("08:04", "operator", "evidence.share", what="log", id=8)
    give("08:05", "deployer", "pin.read", pin=1)
    give("08:06", "operator", "log.tail", server=8)
    give("08:07", "operator", "server.stop", server=3)
    give("08:09", "risk", "diagnosis.declare", cause="old-release", place="server 3")
    until(sim, "08:12")
    return sim, commands


def test_a_shared_log_is_known_from_where_it_was_shown_first_to_who_read_it_and_what_came_next():
    sim, commands = played()
    log = Log(sim.scenario, 79, tuple(commands), sim.moment)
    found, diagnosis = ledger(sim.take_events(), log.decisions)
    assert tell(sim.scenario, found.title).startswith("Log of SMARS-8") and found.desk == "operator"
    assert (found.seen, found.shared) == (step_at("08:03"), step_at("08:04")), "a tail takes a minute"
    assert found.read == {"deployer": step_at("08:05")}
    assert log.decisions[found.acted - 1].kind == "server.stop"
    assert (diagnosis.desk, diagnosis.seen, diagnosis.acted) == ("risk", diagnosis.shared, None)


def test_what_lies_open_was_seen_when_it_was_shared_and_nothing_shared_makes_no_ledger():
    sim = until(Simulation(load_scenario("knight-2012"), 79), "08:02")
    assert ledger(sim.take_events(), ()) == []
    ok(sim, "operator", "evidence.share", what="rates", id=0)
    (found,) = ledger(sim.take_events(), (Decision(1, (Command(1, step_at("08:01"), "risk", "collar.set", {"percent": 5}),)),))
    assert found.seen == found.shared == sim.now and found.acted is None, "what was decided before it was shared came not of it"
