"""What stands on the shelf: every scenario says what it is, and the readings of the record lose what their sources make of it."""

import re
from dataclasses import replace

import pytest

import engine
from engine.firm.server_ops import runaway_orders
from game.debrief import front_picture, kept_history
from game.scenarios import doors
from tests.property.test_secrecy import leaks

SHELF = [engine.load_scenario(name) for name in engine.scenario_ids()]
# Millions lost when it ends, where history is played on the default seed, and the minutes it trades.
READINGS = {"knight-2012": (452, 45), "knight-0958": (477, 28), "knight-front": (430, 45)}


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_of_the_record_loses_what_it_should_by_the_time_it_ends(name):
    usd, minutes = READINGS[name]
    losses = front_picture.losses_of(engine.load_scenario(name))
    assert losses[minutes + 1] / 1e6 == pytest.approx(usd, rel=0.03)
    assert losses[minutes + 5] - losses[minutes + 1] < 0.02 * losses[minutes], "nothing trades after it"


@pytest.mark.parametrize("scenario", SHELF, ids=lambda one: one.id)
def test_every_door_says_how_long_for_whom_and_what_is_learned(scenario):
    door = scenario.front.door
    if door is None:
        assert scenario.id == "quiet-open", "only what nobody may choose knowingly has none"
        return
    assert door.minutes and door.level and door.teaches and door.name != scenario.id
    outline = front_picture.outline(scenario)
    assert (len(outline.split()) > 20) == (kept_history.kept()[scenario.id]["score"]["total"] > 0)


def test_doors_have_places_of_their_own_and_names_that_differ():
    places, names = [one.front.door.place for one in doors()], [one.front.door.name for one in doors()]
    assert places == sorted(set(places)) and len(set(names)) == len(names)


@pytest.mark.parametrize("scenario", SHELF, ids=lambda one: one.id)
def test_every_epilogue_names_its_sources_or_says_that_it_is_invented(scenario):
    told = scenario.epilogue
    assert told.lead and told.model and {fault.id for fault in scenario.faults.fault} <= {one.id for one in told.fault}
    assert "invented" in told.lead.lower() or any(passage.source for passage in told.passage)


@pytest.mark.django_db
def test_the_start_page_shows_three_mornings_and_folds_the_rest(client):
    page = client.get("/").content.decode()
    shown, folded = page.split("<details", 1) if "<details" in page else (page, "")
    names = [one.front.door for one in doors()]
    assert all(f'value="{one.id}"' in (shown if one.front.door.place <= 3 else folded) for one in doors())
    assert all(door.teaches in page for door in names) and "<svg viewBox=\"0 -1 48 18\"" in folded


@pytest.mark.django_db
def test_a_morning_of_other_days_begins_with_its_morning_whatever_the_start_page_named(client):
    answer = client.post("/play/", {"desk": "all", "morning": "hot-failover-trap", "start": "27 Jul 18:00"})
    assert answer.status_code == 302


# ---- Played: to the end, by each line-up, with every card looked at.

KNIGHT = re.compile(r"SMARS|Power Peg|Knight|\bUBS\b|Goldman|\bRLP\b|\bNYSE\b|\bARCA\b|\bBATS\b|\bAugust\b|Jefferies|Birchmont")
HALYARD = re.compile(r"HELM|Halyard|Midpoint|\bKEEL\b|Larkfield|Ravensworth|sweep test|12 March|\bTarrant\b")
IDS = re.compile(r"smars\.disconnect(ed)?|smars_(bell|day)|power_peg(_mails)?|'smars'|'(value|help)': '2012'")  # of commands, events and counters
FIRMS = {name: KNIGHT if "bug" in name or "failover" in name else HALYARD for name in engine.shipped_ids()}  # the words of the other


def other_words(name: str, text: str) -> str:
    """The first word of another firm's, with what stands around it; "" where there is none."""
    text = IDS.sub("", text)
    found = FIRMS[name].search(text)
    return text[max(0, found.start() - 60) : found.end() + 60] if found else ""


@pytest.mark.parametrize("name", FIRMS)
def test_nothing_that_a_scenario_says_is_another_firms(name):
    scenario = engine.load_scenario(name)
    texts = [*scenario.wordings.values(), scenario.front, scenario.epilogue, scenario.releases, scenario.told, scenario.block, scenario.capital, scenario.fleet]
    texts += [scenario.diagnosis, scenario.duty, scenario.exchange, scenario.flow.broker, scenario.evidence.logs, [term.text for term in scenario.glossary.term]]
    assert [found for text in map(repr, texts) if (found := other_words(name, text))] == []


NEW = ("knight-0958", "knight-front", "same-bug-everywhere", "same-bug-everywhere-hard", "hot-failover-trap")


@pytest.mark.whole
@pytest.mark.parametrize(("name", "pilot"), [(NEW[2], "competent"), (NEW[3], "novice"), (NEW[4], "competent"), (NEW[4], "novice")])
def test_it_is_played_to_the_end_verifies_and_no_card_says_what_it_should_not(name, pilot):
    scenario, wrong, seen = engine.load_scenario(name), [], [-(10**6)]
    c = scenario.calendar

    def watch(sim, sights):
        if sim.now < seen[-1] + 30 * engine.STEPS_PER_MINUTE and sim.now not in (c.open + 20, c.open + 1200):
            return  # every look would take minutes
        seen.append(sim.now)
        for desk, cards in sights.items():
            own = {key: card for key, card in cards.items() if key not in ("bridge", "diagnosis")}  # what the team has told each other
            wrong.extend((sim.now, desk, found) for found in leaks(scenario, desk, own)[:1])
            told = other_words(name, repr(engine.told(scenario, cards)))
            wrong.extend([(sim.now, desk, told)] if told else [])

    run = engine.rehearse(scenario, 7, dict.fromkeys(engine.DESKS, pilot), watch=watch)
    assert wrong[:3] == [] and len(seen) > 15 and run.sim.ended and run.sim.inbox.opened
    told = repr(engine.told(scenario, engine.story(run.events, scenario, engine.score(run.sim))))
    assert other_words(name, told) == ""
    if pilot == "competent":
        assert engine.verify(engine.unpack(engine.pack(engine.rehearsed_bundle(run)))) == []
        assert engine.score(run.sim)["total"] < 90e6, "whoever acts early is spared most of it"


# ---- Two mornings without anybody to find.


def at(name: str, clock: str, *commands: engine.Command) -> engine.Simulation:
    scenario = engine.load_scenario(name)
    step = scenario.calendar.step_at(clock)
    return engine.replay(scenario, scenario.default_seed, commands, engine.Moment.before(step, commands), instant=True)


def command(number: int, clock: str, desk: str, kind: str, **args) -> engine.Command:
    return engine.Command(number, engine.load_scenario("same-bug-everywhere").calendar.step_at(clock), desk, kind, args)


def runaways(sim: engine.Simulation) -> list[int]:
    return [len(runaway_orders(sim, n)) for n in range(1, 9)]


@pytest.mark.whole
def test_the_same_bug_is_on_every_server_and_neither_a_hash_nor_a_rollback_tells_or_helps():
    sim = at("same-bug-everywhere", "09:35")
    assert min(runaways(sim)) >= 4 and {sim.fleet.hashes(n) for n in range(1, 9)} == {("48b6e3019fd7c25a", "48b6e3019fd7c25a")}
    back = at("same-bug-everywhere", "09:40", command(1, "09:35", "deployer", "release.rollback", servers=[*range(1, 9)]))
    assert 1 <= sum(runaways(back)) < sum(runaways(sim)) / 2 and {back.fleet[n].running for n in range(1, 9)} == {"helm-5.1"}, "new orders wake it there too"


@pytest.mark.whole
def test_a_restart_ends_what_runs_and_the_next_flagged_order_wakes_it_until_the_flag_is_off():
    bounce = [command(n, "09:35", "operator", "server.start", server=n) for n in range(1, 9)]
    again = at("same-bug-everywhere", "09:42", *bounce)
    assert sum(runaways(at("same-bug-everywhere", "09:35:01", *bounce))) <= 2 <= sum(runaways(again))
    dark = command(9, "09:34", "deployer", "flag.clear")
    assert sum(runaways(at("same-bug-everywhere", "09:42", dark, *[replace(one, seq=one.seq + 9) for one in bounce]))) == 0


def test_doing_nothing_costs_what_was_worked_out_and_the_hard_one_as_much_as_the_books_give():
    losses = {name: front_picture.losses_of(engine.load_scenario(name)) for name in NEW[2:]}
    assert [losses["same-bug-everywhere"][minute] / 1e6 for minute in (20, 45)] == pytest.approx([121, 387], rel=0.05)
    assert losses["same-bug-everywhere-hard"][5] > 3 * losses["same-bug-everywhere"][5]
    assert losses["same-bug-everywhere-hard"][45] > 2.4 * losses["same-bug-everywhere"][45]


@pytest.mark.whole
def test_the_standby_brings_the_old_release_to_all_and_takes_over_by_itself_when_a_server_is_silent():
    name = "hot-failover-trap"
    stop = command(1, "09:33", "operator", "server.stop", server=8)
    alone = at(name, "09:35:30", stop)
    assert alone.own["by_itself"] == 1 and {alone.fleet[n].running for n in range(1, 9)} == {"helm-4.8"} and all(alone.fleet.sends(n) for n in range(1, 9))
    held = at(name, "09:40", command(1, "09:32", "operator", "own.watch-hold"), replace(stop, seq=2))
    assert "over" not in held.own and sum(runaways(held)) == 0 and held.fleet[1].running == "helm-5.2"
    assert len([n for n in runaways(at(name, "09:42", stop)) if n]) == 8, "from one server to eight"
    renewed = at(name, "09:42", command(1, "09:00", "deployer", "own.standby-renew"), command(2, "09:31", "operator", "own.fail-over"))
    assert {renewed.fleet[n].running for n in range(1, 9)} == {"helm-5.2"} and sum(runaways(renewed)) == 0
    looked = at(name, "09:01", command(1, "09:00", "deployer", "own.standby-check"))
    assert any("helm-4.8" in row["text"] and "standby" in row["text"] for row in looked.records.terminal)
    losses = {one: front_picture.losses_of(engine.load_scenario(one)) for one in (name, "knight-2012")}
    assert losses[name][45] > losses["knight-2012"][45], "worse than to go back late"
