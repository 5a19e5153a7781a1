"""What a desk may not know is on none of its cards: no forbidden word over a whole run, and no difference between two states that differ in it alone."""

import json
import re
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine import DESKS, Command, Scenario, Simulation, load_scenario, playbook, rehearse, sight, told
from engine.analysis.matrix import dealt
from engine.jit import COMPILED
from engine.market.faults import draw_fault
from engine.market.state import FIRST_RESENT
from tests.days import END, OPEN, WEEK, step_at, week_step
from tests.read import mails
from tests.small import give, small_scenario

SEED = 7
# Nothing carries the flag: nobody can tell servers apart by what they do.
UNFLAGGED = {"premarket_flagged": 0, "queued_flagged": 0, "flagged_per_min": 0.0}
HELP_LEVELS = ("2012", "assisted", "guided")
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


# What a desk may not know, as words that no key and no text of its cards may hold. Names of releases count as words of the fleet.
MONEY = ("pnl", "_usd", "gross", "net_", "position", "notional", "profit")
FLEET = ("installed", "checksum", "hash", "smars-", "copied", "terminal", "release", "deploy")
RATES = ("parents_in", "children", "executions", "rejects", "per_s", "rates")
TRUTH = ("power_peg", "power peg", "runaway", "stale", "behaviour", "defective", "bad_servers", "reverted", "onset", "resent", "overloaded")
FORBIDDEN = {
    "operator": (*TRUTH, *MONEY, "loss", "installed", "checksum", "hash"),
    "deployer": (*TRUTH, *MONEY, *RATES, "loss", "running", "starting", "stopped", "disconnected"),
    "risk": (*TRUTH, *FLEET, *[word for word in RATES if word != "per_s"], "server"),
}
# Words of people and machines: the record says "Power Peg" in them, and they are no secret of the engine's. Code and calendar are the
# deployer's own reading; levers and the word for them are named alike to everybody.
SPOKEN = (
    *(f".inbox.mails[].{leaf}" for leaf in ("subject", "body", "sender")),
    *(f".calls.calls[].{leaf}" for leaf in ("opening", "caller", "replies[].text", "answer.text")),
    *(f"{card}.text" for card in (".alerts.alerts[]", ".headlines.items[]", ".hints.hints[]")),
    *(f".bridge.items[].{leaf}" for leaf in ("title", "lines[]", "lines[].say")),
    ".diagnosis.seen[].title",  # pins are spoken of on the bridge; of what a desk has seen itself: test_claims.py
    ".rules.rules[].match",
)
SHARED = (
    ".clock.phase",
    ".guide.",
    ".week.calendar[].",
    ".plan.items[].",
    ".checklist.others[].",
    ".controls.rows[].",
    ".levers.levers[].",
    ".levers.menu[].",
    ".words.words[].",
    ".diagnosis.causes[].",
    ".diagnosis.places[].",
    ".done.rows[].",
    ".work.tasks[].",
    ".asks.asks[].",
)
# Keys by which a team names a server to each other.
NAMED = (".diagnosis.declared[].", ".asks.asks[].args.", ".guide.now.args.")
GUIDED = (".guide.now.args.",)  # a lesson says to all which release its step puts in
OWN = {
    "operator": (".log.lines[].",),
    "deployer": (".releases.", ".changes.rows[].", ".fleet.servers[].process", ".terminal.lines[]."),
    "risk": (".week.budget.", ".plan.planned.", ".plan.supply.", ".plan.items[].hands.", ".levers.levers[].with."),  # minutes and hands by desk
}


def without_shown(cards: dict[str, Any]) -> dict[str, Any]:
    """Without the lines that deployer and risk manager showed the others of their own cards: a checksum has hashes, a position dollars."""
    if "bridge" not in cards:
        return cards
    items = [{**item, "lines": []} if item["desk"] in ("deployer", "risk") else item for item in cards["bridge"]["items"]]
    return {**cards, "bridge": {**cards["bridge"], "items": items}}


def leaks(scenario: Scenario, desk: str, cards: dict[str, Any]) -> list[tuple[str, str]]:
    """What of `cards` a desk may not read, in the words that it is sent: forbidden words outside what is spoken or shared; names and hashes of
    releases where it may not see them. What fills a text ("{stopped} of the eight") is told with it, and goes nowhere by its own name."""
    names, hashes = list(scenario.fleet.releases), [release.hash for release in scenario.fleet.releases.values()]
    found = []
    for path, text in texts(told(scenario, without_shown(cards))):
        if text in FORBIDDEN and path.endswith((".desk", ".from", ".read[]")):  # who a mate is
            continue
        if path.endswith(f".{text}") and not path.startswith((*OWN[desk], *NAMED)):  # a key
            words: tuple[str, ...] = FORBIDDEN[desk]
        elif path in (*SPOKEN, *NAMED) or path.startswith((*SHARED, *OWN[desk])):
            named = path.startswith((".log", *SHARED)) and not path.startswith(GUIDED)
            words = () if desk == "deployer" else (*names, *hashes) if named else hashes
        else:
            words = FORBIDDEN[desk] if desk == "deployer" else (*FORBIDDEN[desk], *names, *hashes)
        found += [(path, text) for word in words if word in text.lower()]
    return found


def test_a_leak_would_be_found():
    scenario = load_scenario("knight-2012")
    release = scenario.fleet.release[0]
    for desk, cards in (
        ("operator", {"servers": {"servers": [{"installed": 1}]}}),
        ("operator", {"rates": {"note": f"ran {release.name}"}}),
        ("operator", {"log": {"lines": [{"text": f"started {release.hash}"}]}}),
        ("operator", {"rates": {"runaway": 7}}),
        ("operator", {"clock": {"net_usd": 7}}),
        ("deployer", {"fleet": {"servers": [{"state": "stopped"}]}}),
        ("deployer", {"fleet": {"servers": [{"children_out": 3}]}}),
        ("deployer", {"work": {"cash_usd": 3}}),
        ("deployer", {"flag": {"behaviour": "route"}}),
        ("risk", {"tape": {"items": [{"venue": "via SMARS-8"}]}}),
        ("risk", {"exchange": {"note": release.hash}}),
        ("risk", {"limits": {"executions": 4}}),
        ("risk", {"inbox": {"mails": [{"body": f"it is {release.hash}"}]}}),
        ("operator", {"inbox": {"mails": [{"group": "runaway", "body": "Power Peg"}]}}),
        ("risk", {"inbox": {"mails": [{"server": 8}]}}),
        ("deployer", {"calls": {"calls": [{"gross_usd": 8}]}}),
        ("operator", {"bridge": {"items": [{"desk": "operator", "lines": [f"ran {release.hash}"]}]}}),
    ):
        assert leaks(scenario, desk, cards), (desk, cards)
    shown = {"bridge": {"items": [{"desk": "deployer", "lines": [f"On disk {release.hash}"]}]}}
    counted = {"subject": {"text": "mail:d-restart.subject", "values": {"stopped": 2}}}
    assert not leaks(scenario, "deployer", {"inbox": {"mails": [counted]}}), "that two are down is what the mail says"
    assert leaks(scenario, "deployer", {"inbox": {"mails": [counted | {"stopped": 2}]}})
    assert not leaks(scenario, "operator", shown), "a checksum that the deployer shared"
    for desk in FORBIDDEN:
        assert not leaks(scenario, desk, {"inbox": {"mails": [{"body": "BNET reject: Power Peg disabled"}]}})


def watch(sim: Simulation, commands: list[Command], until: int, every: int) -> None:
    """Run `commands`, open every mail, tail every log, and read all cards of every desk every `every` steps."""
    waiting = list(commands)
    while waiting and waiting[0].step <= sim.now:
        sim.submit(waiting.pop(0))
    while sim.now < until:
        nearest = min([command.step for command in waiting] + [until])
        sim.step(max(min(every, nearest - sim.now), 1))
        while waiting and waiting[0].step <= sim.now:
            sim.submit(waiting.pop(0))
        for n in range(1, 9):
            give(sim, "operator", "log.tail", server=n)
            give(sim, "operator", "server.look", server=n)
            found = leaks(sim.scenario, "operator", {name: card for name, card in sight(sim, "operator").items() if name in ("log", "look")})
            assert not found, f"seed {sim.seed}, step {sim.now}, server {n}: {found[:3]}"
        for mail in [mail for mail in sim.inbox.mails.values() if str(mail["id"]) not in sim.inbox.opened]:
            give(sim, mail["desk"], "mail.open", mail=mail["id"])
        for desk in FORBIDDEN:
            for level in HELP_LEVELS:
                found = leaks(sim.scenario, desk, sight(sim, desk, level))
                assert not found, f"seed {sim.seed}, step {sim.now}, {desk}, {level}: {found[:3]}"


COMMANDS = [
    Command(1, OPEN - 100, "deployer", "checksum.run", {"servers": [3, 4]}),
    Command(2, OPEN - 60, "deployer", "release.copy", {"servers": [4], "release": "smars-rlp"}),
    Command(3, OPEN + 30, "risk", "limit.set", {"gross_usd": 2_000_000_000}),
    Command(4, OPEN + 40, "deployer", "release.rollback", {"servers": [1, 2]}),
    Command(5, OPEN + 60, "risk", "exchange.bust", {}),
    Command(6, OPEN + 70, "risk", "position.flatten", {"symbols": "all", "style": "passive"}),
]


def test_no_card_of_a_small_morning_says_what_its_desk_may_not_know():
    sim = Simulation(stale_at(4), SEED, instant=True)
    sim.day.watched = sim.names[0]
    watch(sim, COMMANDS, OPEN + 120, 900)
    assert sim.inbox.opened


@pytest.mark.whole
@pytest.mark.parametrize("fault", ["broker-replay", "overloaded-flag"])
def test_no_card_of_a_morning_of_the_deck_says_what_its_desk_may_not_know(fault):
    """A broker's orders are told by their own numbers, and by no other that the machine has for them."""
    scenario = dealt(load_scenario("any-morning"), fault)
    seed = next(seed for seed in range(1, 50) if "release" in draw_fault(scenario, seed).agreed)
    sim = Simulation(scenario, seed, instant=True)
    number = sim.fault.brokers[0]
    hold = Command(1, step_at("09:44"), "risk", "broker.hold", {"broker": scenario.brokers[number - 1]})
    search = Command(2, step_at("09:43"), "operator", "log.search", {"text": scenario.brokers[number - 1]})
    watch(sim, [search, hold], step_at("09:53"), 1200)
    assert sim.inbox.opened and bool(sim.machine.tally[0].resent) == (fault == "broker-replay")
    told = [text for desk in FORBIDDEN for _, text in texts(sight(sim, desk))]
    assert not [text for text in told if re.search(r"\b1\d{8}\b", text)], "no number of the machine's own"
    assert max(line.get("order", 0) for line in sim.records.tails["lines"]) < FIRST_RESENT


@pytest.mark.whole
def test_no_card_of_history_says_what_its_desk_may_not_know():
    scenario = load_scenario("knight-2012")
    sim = Simulation(scenario, 79, instant=True)
    watch(sim, playbook(scenario, "history", 79), END, 1200)
    assert any("Power Peg" in mail["body"] for mail in mails(sim)), "the record's own words are there to be read"
    assert sim.evening.sold


@pytest.mark.whole
def test_no_card_of_the_lesson_says_what_its_desk_may_not_know():
    """Who is led through it looks where the guide says, and may see no more than anybody. What a team has declared is known to all of it."""
    scenario = load_scenario("flag-first")
    led = rehearse(scenario, scenario.default_seed, dict.fromkeys(DESKS, "competent"), until=step_at("10:05"))
    sim = Simulation(scenario, scenario.default_seed, instant=True)
    watch(sim, [command for command in led.commands if command.kind != "diagnosis.declare"], step_at("10:05"), 600)
    assert sim.inbox.opened and sim.fleet[1].reported_at is not None


def test_no_card_of_a_week_tells_which_copy_never_arrived():
    """The same plan on two fleets whose first copies fail on different servers: what no desk has looked at looks the same."""
    sims = [Simulation(stale_at(server), SEED, start=WEEK) for server in (2, 5)]
    commands = playbook(load_scenario("knight-2012"), "history-week", SEED)
    for step in sorted({*(command.step for command in commands), *range(WEEK, 0, 9_000)}):
        for sim in sims:
            sim.step(step - sim.now)
            for command in commands:
                if command.step == step:
                    assert sim.submit(command) is None
        for desk in FORBIDDEN:
            assert len({json.dumps(sight(sim, desk), sort_keys=True) for sim in sims}) == 1, f"{desk} at {step}"
    for sim in sims:
        sim.step(-100 - sim.now)
        assert give(sim, "deployer", "checksum.run", servers=[2]) is None
        sim.fleet.hashes(2)
    assert sims[0].fleet.hashes(2) != sims[1].fleet.hashes(2), "a look would tell"


def test_no_card_of_a_week_says_what_its_desk_may_not_know():
    sim = Simulation(stale_at(4), SEED, start=WEEK)
    commands = [
        Command(1, WEEK + 1, "deployer", "release.copy", {"servers": [1, 4], "release": "smars-rlp"}),
        Command(2, WEEK + 1, "deployer", "automation.write", {}),
        Command(3, WEEK + 1, "operator", "inventory.audit", {}),
        Command(4, WEEK + 1, "risk", "brokers.call", {}),
        Command(5, week_step(1, "18:00"), "deployer", "fleet.review", {}),
        Command(6, week_step(2, "19:10"), "deployer", "automation.deploy", {"release": "smars-rlp"}),
    ]
    watch(sim, commands, 400, 4_000)
    assert sim.week.facts.keys() >= {"automation", "audited", "reviewed", "brokers"}
