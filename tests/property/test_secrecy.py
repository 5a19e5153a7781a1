"""What the operator may not know: which server is stale, what is installed, what the firm holds. Whoever sees cards sees no more than that."""

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine import OPEN, Command, Scenario, Simulation, load_scenario, playbook, sight
from engine.jit import COMPILED
from tests.small import give, small_scenario

SEED = 7
# Nothing carries the flag: nobody can tell servers apart by what they do.
UNFLAGGED = {"premarket_flagged": 0, "queued_flagged": 0, "flagged_per_min": 0.0}
SECRETS = ("power_peg", "power peg", "runaway", "stale", "behaviour", "position", "pnl", "loss", "usd", "gross", "installed", "checksum", "hash")
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a simulation is dear: a failure is printed as it was found
ORDERS = st.lists(
    st.tuples(st.integers(1, 600), st.sampled_from(["server.stop", "server.start", "server.look", "log.tail"]), st.integers(1, 8)), max_size=5
)


def stale_at(server: int, **flow: Any) -> Scenario:
    """Four stocks, and `server` the one that missed the release."""
    return small_scenario(4, flow=flow, fleet={"stale_seeds": {str(SEED): server}})


def seen(sim: Simulation) -> str:
    return json.dumps(sight(sim, "operator"), sort_keys=True)


def follow(sims: list[Simulation], orders: list[tuple[int, str, int]]) -> list[set[str]]:
    """Give each simulation the same orders `gap` steps apart, and look after each: the different pictures at each moment."""
    pictures = []
    for gap, kind, server in orders:
        for sim in sims:
            sim.step(gap)
        replies = {give(sim, "operator", kind, server=server) for sim in sims}
        assert len(replies) == 1, f"refusals tell servers apart: {replies}"
        pictures.append({seen(sim) for sim in sims})
    return pictures


@settings(deadline=None, max_examples=12 if COMPILED else 2, phases=PHASES)
@given(st.integers(1, 8), st.integers(1, 8), ORDERS)
def test_until_a_flagged_order_is_met_no_card_tells_which_server_is_stale(first, second, orders):
    """Through the bell, with plain orders, mail, log tails, looks and restarts."""
    sims = [Simulation(stale_at(server, **UNFLAGGED), SEED, instant=True) for server in (first, second)]
    assert [sim.stale for sim in sims] == [first, second]
    for sim in sims:
        sim.step(OPEN - 300)
    for pictures in follow(sims, [*orders, (600, "log.tail", first), (240, "log.tail", second)]):
        assert len(pictures) == 1, f"seed {SEED}, stale {first} and {second}, orders {orders}"


def test_flagged_orders_do_tell_servers_apart_in_what_may_be_seen():
    """The other side of the test above: its pictures can differ."""
    sims = [Simulation(stale_at(server), SEED, instant=True) for server in (2, 5)]
    for sim in sims:
        sim.step(OPEN + 240)
    assert len({seen(sim) for sim in sims}) == 2


@settings(deadline=None, max_examples=8 if COMPILED else 1, phases=PHASES)
@given(st.lists(st.integers(1, 8), min_size=1, max_size=8, unique=True), st.booleans())
def test_a_copied_release_shows_on_no_card_until_a_restart_runs_it(servers, new):
    scenario = stale_at(4)
    release = scenario.fleet.target if new else scenario.fleet.release[0].name
    sims = [Simulation(scenario, SEED, instant=True) for _ in range(2)]
    for sim in sims:
        sim.step(OPEN - 200)
    assert give(sims[0], "deployer", "release.copy", servers=servers, release=release) is None
    for _ in range(4):
        for sim in sims:
            sim.step(100)
        assert len({seen(sim) for sim in sims}) == 1, f"{release} copied to {servers} at {OPEN - 200}"
    assert all(sims[0].fleet[n].reported_at > 0 for n in servers), "the copy was made"


def texts(value: Any, path: str = "") -> list[tuple[str, str]]:
    """(path, text) of every key and every string in a card."""
    if isinstance(value, dict):
        found = [(f"{path}.{key}", str(key)) for key in value]
        return found + [pair for key, inner in value.items() for pair in texts(inner, f"{path}.{key}")]
    if isinstance(value, list):
        return [pair for inner in value for pair in texts(inner, f"{path}[]")]
    return [(path, value)] if isinstance(value, str) else []


# Words of people and machines: the record says "Power Peg" in them, and they are no secret of the engine's.
SPOKEN = (".inbox.mails[].subject", ".inbox.mails[].body", ".inbox.mails[].sender", ".log.lines[].text", ".alerts.alerts[].text", ".rules.rules[].match")
SPOKEN += (".calls.calls[].opening", ".calls.calls[].replies[].text", ".calls.calls[].answer.text")


def leaks(scenario: Scenario, cards: dict[str, Any]) -> list[tuple[str, str]]:
    """What of `cards` an operator may not read: secret words outside what is spoken, names and checksums of releases anywhere in logs."""
    builds = [word for release in scenario.fleet.release for word in (release.name, release.hash)]
    found = []
    for path, text in texts(cards):
        words = (
            [*builds, *SECRETS] if path not in SPOKEN else builds if path.startswith(".log") else [release.hash for release in scenario.fleet.release]
        )
        found += [(path, text) for word in words if word in text.lower()]
    return found


def test_a_leak_would_be_found():
    scenario = load_scenario("knight-2012")
    release = scenario.fleet.release[0]
    for cards in (
        {"servers": {"servers": [{"installed": 1}]}},
        {"rates": {"note": f"runs {release.name}"}},
        {"log": {"lines": [{"text": f"started {release.hash}"}]}},
        {"inbox": {"mails": [{"group": "runaway", "body": "Power Peg"}]}},
    ):
        assert len(leaks(scenario, cards)) == 1, cards
    assert not leaks(scenario, {"inbox": {"mails": [{"body": "BNET reject: Power Peg disabled"}]}})


def watch(sim: Simulation, commands: list[Command], until: int, every: int) -> None:
    """Run `commands`, open every mail, tail every log, and read all cards every `every` steps."""
    waiting = list(commands)
    while sim.now < until:
        nearest = min([command.step for command in waiting] + [until])
        sim.step(max(min(every, nearest - sim.now), 1))
        while waiting and waiting[0].step <= sim.now:
            sim.submit(waiting.pop(0))
        for n in range(1, 9):
            give(sim, "operator", "log.tail", server=n)
            give(sim, "operator", "server.look", server=n)
            found = leaks(sim.scenario, {name: card for name, card in sight(sim, "operator").items() if name in ("log", "look")})
            assert not found, f"seed {sim.seed}, step {sim.now}, server {n}: {found[:3]}"
        for mail in [mail for mail in sim.mails.values() if mail["desk"] == "operator" and str(mail["id"]) not in sim.opened]:
            give(sim, "operator", "mail.open", mail=mail["id"])
        found = leaks(sim.scenario, sight(sim, "operator"))
        assert not found, f"seed {sim.seed}, step {sim.now}: {found[:3]}"


def test_no_card_of_a_small_morning_says_what_the_operator_may_not_know():
    sim = Simulation(stale_at(4), SEED, instant=True)
    commands = [
        Command(1, OPEN - 100, "deployer", "checksum.run", {"servers": [3, 4]}),
        Command(2, OPEN - 60, "deployer", "release.copy", {"servers": [4], "release": sim.scenario.fleet.target}),
        Command(3, OPEN + 40, "deployer", "release.rollback", {"servers": [1, 2]}),
    ]
    watch(sim, commands, OPEN + 120, 900)
    assert sim.opened


@pytest.mark.whole
def test_no_card_of_history_says_what_the_operator_may_not_know():
    scenario = load_scenario("knight-2012")
    sim = Simulation(scenario, 79, instant=True)
    watch(sim, playbook(scenario, "history", 79), OPEN + 11400, 600)
    assert any("Power Peg" in mail["body"] for mail in sim.mails.values()), "the record's own words are there to be read"
