"""The team's talk: the risk manager's word, asked for and given on screen, and what is said leaves no trace in the market."""

import json

import pytest

from engine import Simulation, playbook, restore, save
from engine.commands import LEVERS, WORD_STEPS, worded
from engine.firm.workload import free_hands
from engine.market.state import digest_of
from tests.days import OPEN
from tests.engine_builders import quiet_scenario
from tests.read import mails, words
from tests.read import seen as sight
from tests.small import begun, give, settle, small_scenario

MINUTE = 240
SCENARIO = small_scenario(2)
QUIET = quiet_scenario(queued=0)


def at(step: int, *, instant: bool = False, scenario=QUIET) -> Simulation:
    return begun(scenario, step, instant=instant)


def word(sim: Simulation, what: str, desk: str = "operator") -> dict:
    return {row["what"]: row for row in sight(sim, desk)["words"]["words"]}[what]


def lever_row(sim: Simulation, kind: str, desk: str = "operator") -> dict:
    return {row["kind"]: row for row in sight(sim, desk)["levers"]["levers"]}[kind]


def titles(sim: Simulation) -> list[tuple[str, str, str]]:
    return [(item["desk"], item["kind"], item["title"]) for item in sight(sim, "deployer")["bridge"]["items"]]


PULLS = {
    "servers.stop_all": ("operator", {}),
    "smars.disconnect": ("operator", {}),
    "release.copy": ("deployer", {"servers": [1], "release": "smars-rlp"}),
    "release.rollback": ("deployer", {"servers": [1, 2, 3]}),
    "server.start": ("deployer", {"server": 3}),
    "server.stop": ("operator", {"server": 3}),
    "flag.clear": ("deployer", {}),
    "automation.deploy": ("deployer", {"release": "smars-rlp"}),
}


def with_two_taken(sim: Simulation, desk: str) -> Simulation:
    """Both of what a desk may stop, start or roll back by itself are taken, and its hands are free."""
    sim.bridge.taken = [{"step": sim.now, "desk": desk, "server": n} for n in (1, 2)]
    return sim


@pytest.mark.parametrize("what", worded())
def test_a_lever_that_stops_all_waits_for_the_word_asked_for_and_given_on_screen(what):
    sim = at(400)
    sim.safeguards.built.add("automation.deploy")
    desk, args = PULLS[what]
    if what.startswith("server."):
        with_two_taken(sim, desk)
    assert give(sim, desk, what, **args).endswith("needs the risk manager's approval: ask for it")
    assert (lever_row(sim, what, desk)["word"], lever_row(sim, what, desk)["allowed"]) == ("needed", LEVERS[what].word_beyond > 0)
    assert give(sim, desk, "authorise.ask", what=what) is None
    assert "not given yet" in give(sim, desk, what, **args)
    assert (word(sim, what)["state"], word(sim, what)["by"], word(sim, what)["at"]) == ("asked", desk, "08:01:40")
    assert lever_row(sim, what, desk)["word"] == "asked"
    assert give(sim, "risk", "authorise.refuse", what=what) is None
    assert "it was refused" in give(sim, desk, what, **args)
    assert word(sim, what, "risk")["state"] == "refused"
    assert give(sim, desk, "authorise.ask", what=what) is None
    assert give(sim, "risk", "authorise.give", what=what) is None
    assert lever_row(sim, what, desk)["word"] == "given"
    assert give(sim, desk, what, **args) is None
    assert [(who, kind) for who, kind, _ in titles(sim)] == [(desk, "ask"), ("risk", "word"), (desk, "ask"), ("risk", "word")]


def test_the_word_may_be_given_unasked_and_taken_back():
    sim = at(OPEN)
    assert give(sim, "risk", "authorise.give", what="servers.stop_all") is None
    assert "approved already, at 09:30" in give(sim, "risk", "authorise.give", what="servers.stop_all")
    assert "approved already" in give(sim, "operator", "authorise.ask", what="servers.stop_all")
    assert give(sim, "risk", "authorise.refuse", what="servers.stop_all") is None
    assert "refused already" in give(sim, "risk", "authorise.refuse", what="servers.stop_all")
    assert "it was refused" in give(sim, "operator", "servers.stop_all")


def test_nobody_else_may_give_the_word_and_nobody_asks_for_what_needs_none():
    sim = at(400)
    for desk in ("operator", "deployer"):
        assert "only for the risk" in give(sim, desk, "authorise.give", what="servers.stop_all")
    assert "only for the operator, deployer" in give(sim, "risk", "authorise.ask", what="servers.stop_all")
    for wrong in ("server.look", "", None, 3, ["servers.stop_all"]):
        assert f"expected {', '.join(worded())}" in give(sim, "risk", "authorise.give", what=wrong)


def test_a_copy_needs_the_word_before_the_open_only():
    sim = at(OPEN - 1)
    assert "needs the risk manager's approval" in give(sim, "deployer", "release.copy", servers=[1], release="smars-rlp")
    sim.step(1)
    assert lever_row(sim, "release.copy", "deployer")["word"] is None
    assert "no approval now" in give(sim, "deployer", "authorise.ask", what="release.copy")
    assert give(sim, "deployer", "release.copy", servers=[1], release="smars-rlp") is None


def test_a_desk_may_take_two_servers_in_five_minutes_and_a_third_with_the_word_alone():
    sim = at(OPEN)
    assert give(sim, "deployer", "release.rollback", servers=[1, 2, 3]).startswith("Roll back more than two servers within 5 minutes needs")
    assert give(sim, "deployer", "release.rollback", servers=[1]) is None
    assert give(sim, "operator", "server.stop", server=2) is None
    assert give(sim, "operator", "server.start", server=3) is None
    assert lever_row(sim, "server.stop")["alone"] == {"most": 2, "lately": [2, 3]}
    assert lever_row(sim, "server.start", "deployer")["alone"] == {"most": 2, "lately": [1]}
    sim.step(WORD_STEPS - 1)
    assert "within 5 minutes needs" in give(sim, "operator", "server.stop", server=4)
    assert "within 5 minutes needs" in give(sim, "operator", "server.start", server=4)
    sim.step(1)
    assert give(sim, "operator", "server.stop", server=4) is None, "five minutes are over"
    assert lever_row(sim, "server.stop")["alone"]["lately"] == [4]


def test_the_same_server_again_is_no_third_one_and_each_desk_counts_for_itself():
    sim = with_two_taken(at(OPEN), "operator")
    assert give(sim, "operator", "server.stop", server=2) is None
    assert give(sim, "deployer", "server.start", server=3) is None
    assert "needs the risk manager's approval" in give(sim, "operator", "server.stop", server=4)


def test_in_the_week_nobody_needs_a_word():
    sim = Simulation(QUIET, 7, start=QUIET.calendar.week)
    for n in (1, 2):
        assert give(sim, "deployer", "server.start", server=n) is None
        sim.step(40 * MINUTE)
    assert sim.bridge.taken == []
    assert lever_row(sim, "server.start", "deployer")["word"] is None


def test_an_instant_simulation_and_a_kill_switch_need_no_word():
    sim = at(OPEN, instant=True)
    assert give(sim, "operator", "servers.stop_all") is None
    sim = at(OPEN)
    sim.safeguards.built.add("killswitch.press")
    assert give(sim, "operator", "killswitch.press") is None


def test_talk_takes_no_hand_and_no_time():
    sim = at(OPEN)
    for server in (1, 2):
        give(sim, "operator", "server.stop", server=server)
    assert free_hands(sim, "operator") == 0
    assert give(sim, "operator", "authorise.ask", what="servers.stop_all") is None
    assert (word(sim, "servers.stop_all")["state"], len(sim.works)) == ("asked", 2)
    assert sim.day.hand_steps == 0


def talk(sim: Simulation) -> None:
    """Everything that can be said now; most of it is taken."""
    for what in worded():
        for desk in ("operator", "deployer"):
            give(sim, desk, "authorise.ask", what=what)
        give(sim, "risk", "authorise.refuse", what=what)
        give(sim, "risk", "authorise.give", what=what)
    give(sim, "risk", "stock.watch", symbol=sim.names[sim.now % len(sim.names)])


@pytest.mark.whole
def test_a_run_full_of_talk_trades_as_one_without_a_word():
    silent, loud = (Simulation(SCENARIO, 7) for _ in range(2))
    for sim in (silent, loud):
        sim.step(OPEN - 300)
    for gap in (7, 293, 1, 20, 119, 13, 400):
        for sim in (silent, loud):
            sim.step(gap)
        talk(loud)
    assert loud.bridge.items
    assert digest_of(loud.machine) == digest_of(silent.machine)
    for name in ("monitoring", "clients", "executions"):
        assert getattr(loud, name) == getattr(silent, name), name
    assert (loud.day.hand_steps, loud.records.refusals) == (silent.day.hand_steps, silent.records.refusals)
    assert all((loud.arrays()[name] == silent.arrays()[name]).all() for name in silent.arrays())


def test_talk_is_kept_by_a_checkpoint():
    sim = at(OPEN, scenario=SCENARIO)
    talk(sim)
    again = restore(SCENARIO, save(sim))
    assert again.digest() == sim.digest()
    assert [sight(again, desk) for desk in ("operator", "deployer", "risk")] == [sight(sim, desk) for desk in ("operator", "deployer", "risk")]
    assert json.loads(json.dumps(sight(again, "risk"), allow_nan=False)) == sight(again, "risk")


def test_a_stock_is_watched_by_its_name():
    sim = at(0)
    assert give(sim, "risk", "stock.watch", symbol=sim.names[1]) is None
    assert sim.day.watched == sim.names[1]
    for wrong in ("NOPE", 1, None, "", "a" * 100):
        assert "expected a stock such as" in give(sim, "risk", "stock.watch", symbol=wrong)
    assert "only for the risk" in give(sim, "operator", "stock.watch", symbol=sim.names[1])


@pytest.mark.parametrize("name", ["history", "competent"])
def test_a_playbook_implies_the_word(name):
    commands = playbook(QUIET, name, 79)
    kinds = [(command.step, command.kind) for command in commands]
    what = {"history": "release.rollback", "competent": "release.copy"}[name]
    at = next(i for i, (_, kind) in enumerate(kinds) if kind == what)
    assert kinds[at - 1] == (kinds[at][0], "authorise.give")
    assert (commands[at - 1].desk, commands[at - 1].args) == ("risk", {"what": what})
    assert [command.seq for command in commands] == list(range(1, len(commands) + 1))


WORDY = """
[[command]]
at = 2012-08-01T09:40:00
desk = "operator"
kind = "servers.stop_all"
[[command]]
at = 2012-08-01T09:{minute}:00
desk = "risk"
kind = "authorise.{verb}"
args = {{ what = "servers.stop_all" }}
[[command]]
at = 2012-08-01T09:50:00
desk = "deployer"
kind = "release.copy"
args = {{ servers = "stale", release = "smars-rlp" }}
"""


def test_a_playbook_implies_the_word_for_the_third_server_of_a_desk(tmp_path):
    rows = [("09:40", "operator", 1), ("09:41", "deployer", 2), ("09:42", "operator", 3), ("09:44", "operator", 4), ("09:45", "operator", 5)]
    text = "".join(
        f'[[command]]\nat = 2012-08-01T{clock}:00\ndesk = "{desk}"\nkind = "server.start"\nargs = {{ server = {n} }}\n' for clock, desk, n in rows
    )
    path = tmp_path / "starts.toml"
    path.write_text(text, encoding="utf-8")
    assert [(command.kind, command.args) for command in playbook(QUIET, str(path), 7)] == [
        ("server.start", {"server": 1}), ("server.start", {"server": 2}), ("server.start", {"server": 3}),
        ("authorise.give", {"what": "server.start"}), ("server.start", {"server": 4}), ("server.start", {"server": 5}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "minute", "expected"),
    [
        ("give", 35, ["authorise.give", "servers.stop_all", "release.copy"]),
        ("refuse", 35, ["authorise.refuse", "servers.stop_all", "release.copy"]),
        ("refuse", 45, ["authorise.give", "servers.stop_all", "authorise.refuse", "release.copy"]),
    ],
)
def test_a_playbook_that_speaks_of_the_word_itself_is_left_alone(tmp_path, verb, minute, expected):
    path = tmp_path / "wordy.toml"
    path.write_text(WORDY.format(verb=verb, minute=minute), encoding="utf-8")
    assert [command.kind for command in playbook(QUIET, str(path), 7)] == expected


def test_the_levers_card_has_every_lever_of_the_desk_with_what_it_takes_now():
    sim = at(OPEN)
    settle(sim)
    rows = {row["kind"]: row for row in sight(sim, "operator")["levers"]["levers"]}
    assert rows["server.stop"] == {
        "kind": "server.stop", "label": "Stop a server", "dangerous": True, "hands": 1, "minutes": 1.0, "allowed": True, "reason": "", "word": "given",
        "args": ["server"], "with": {}, "alone": {"most": 2, "lately": []},
    }  # fmt: skip
    assert (rows["servers.stop_all"]["minutes"], rows["servers.stop_all"]["word"]) == (4.0, "given")
    assert not {"authorise.ask", "killswitch.press"} & set(rows)
    give(sim, "operator", "server.stop", server=1)
    assert lever_row(sim, "servers.stop_all")["minutes"] == 8.0
    give(sim, "operator", "server.stop", server=2)
    assert lever_row(sim, "server.stop")["reason"] == "no hand free"
    give(sim, "operator", "smars.disconnect")
    assert lever_row(sim, "smars.disconnect")["reason"] == "under way already"
    limit = lever_row(sim, "limit.set", "risk")
    assert (limit["minutes"], limit["allowed"]) == (10.0, True)
    assert lever_row(at(400), "checksum.run", "deployer")["minutes"] == 10.0


# -- levers that came with the talk


def test_a_paging_rule_turns_later_mails_into_alerts():
    sim = at(400, scenario=SCENARIO)
    assert give(sim, "operator", "mail.page", match="  Power Peg ") is None
    assert "being written already" in give(sim, "operator", "mail.page", match="power peg")
    sim.step(20 * MINUTE - 1)
    assert sight(sim, "operator")["rules"] == {"rules": []}
    sim.step(1)
    assert sight(sim, "operator")["rules"] == {"rules": [{"match": "Power Peg", "since": "08:21"}]}
    assert "such a rule already" in give(sim, "operator", "mail.page", match="POWER PEG")
    before = len(sim.inbox.mails)
    sim.inbox.alerts.clear()
    sim.step(OPEN - sim.now)
    later = [
        mail
        for mail in mails(sim)[before:]
        if mail["desk"] == "operator" and "power peg" in (mail["subject"] + mail["body"]).casefold()
    ]
    rung = [alert["text"] for alert in words(sim, sim.inbox.alerts) if alert["text"].startswith("Mail from")]
    assert rung == [f"Mail from {mail['sender']}: {mail['subject']}" for mail in later] != []


@pytest.mark.parametrize("wrong", ["", "ab", "x" * 61, "a\nb c", "nul\0nul", "\ud800abc", "abc\u202edef", None, 5, ["Power"], {"a": 1}])
def test_a_paging_rule_is_one_plain_line(wrong):
    assert "match" in give(at(400), "operator", "mail.page", match=wrong)


def test_there_are_at_most_ten_paging_rules():
    sim = at(400, instant=True)
    for n in range(10):
        assert give(sim, "operator", "mail.page", match=f"word {n}") is None
    assert "10 rules already" in give(sim, "operator", "mail.page", match="one more")


def test_the_deployer_may_start_a_server_and_the_operator_sees_it():
    sim = at(OPEN)
    assert give(sim, "deployer", "server.start", server=2) is None
    (row,) = [row for row in sight(sim, "operator")["servers"]["servers"] if row["n"] == 2]
    assert (row["state"], row["work"]["kind"]) == ("starting", "server.start")
    assert "starting already" in give(sim, "operator", "server.start", server=2)
    assert (free_hands(sim, "deployer"), free_hands(sim, "operator")) == (1, 2)
    assert "only for the operator, deployer" in give(sim, "risk", "server.start", server=3)


def test_a_desk_opens_its_own_mail_only():
    sim = at(OPEN, scenario=SCENARIO)
    for desk in ("operator", "deployer", "risk"):
        newest = {mail["desk"]: mail["id"] for mail in sim.inbox.mails.values()}
        for other in ("operator", "deployer", "risk"):
            found = give(sim, desk, "mail.open", mail=newest[other])
            assert (found is None) is (desk == other), (desk, other)


# -- hints


def hints(sim: Simulation, desk: str, level: str = "guided") -> list[str]:
    return [hint["id"] for hint in sight(sim, desk, level)["hints"]["hints"]]


def test_hints_are_for_the_guided_alone_and_go_when_their_time_is_over():
    sim = at(OPEN - 10 * MINUTE - 20)
    assert "o-bell" not in hints(sim, "operator")
    sim.step(40)
    assert hints(sim, "operator")[0] == "o-bell"
    for level in ("2012", "assisted"):
        assert hints(sim, "operator", level) == []
    assert "o-bell" not in hints(sim, "risk") + hints(sim, "deployer")
    again = restore(QUIET, save(sim))
    assert hints(again, "operator") == hints(sim, "operator")
    sim.step(10 * MINUTE)
    assert hints(sim, "operator") == []


def test_a_desk_has_three_hints_at_most_the_newest_first():
    sim = at(400)
    sim.inbox.hints = [{"id": f"h{n}", "step": n, "end": 10**6, "desk": "risk", "text": f"{n}"} for n in range(5)]
    assert sight(sim, "risk", "guided")["hints"]["hints"] == [{"id": "h4", "text": "4"}, {"id": "h3", "text": "3"}, {"id": "h2", "text": "2"}]


def test_every_desk_is_hinted_at_in_every_phase():
    found = {
        (hint.desk, "premarket" if hint.from_ < "09:30" and "not open" in hint.when else "unwind" if hint.from_ > "10:15" else "bell")
        for hint in SCENARIO.evidence.hints
    }
    assert found == {(desk, phase) for desk in ("operator", "deployer", "risk") for phase in ("premarket", "bell", "unwind")}
