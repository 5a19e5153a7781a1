"""The deck of an exercise: what is added reaches the runs it is for as one command with one market step, and the ghost with it."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import engine
from game.control import deck
from game.debrief import tasks
from game.live import senders
from game.models import Command, Event, Exercise, Ghost, Inject, Message, RuleBroken, Run, injects
from game.ops import reaper
from tests import days
from tests.builders import first_picture, made_by_here, new_exercise, new_facilitator, pinned
from tests.small import small_scenario

pytestmark = pytest.mark.django_db
AT = days.step_at("09:45")
CRASH = {"card": "crash", "desks": [], "server": 3, "minutes": 0, "text": "", "when": None}
MAIL = {"card": "status_mail", "desks": ["operator"], "server": 0, "minutes": 0, "text": "", "when": None}
GROSS = {"what": "gross_usd", "above": 500_000_000}


@pytest.fixture
def exercise():
    found = new_exercise(start_step=days.step_at("09:28"))
    found.add_team("Amber")
    return found


@pytest.fixture
def started(exercise):
    exercise.start()
    exercise.runs().update(step=days.step_at("09:40"), state="running")
    exercise.refresh_from_db()
    return exercise


def move(exercise: Exercise, team: str, moment: str) -> None:
    Run.objects.filter(team__exercise=exercise, team__name=team).update(step=days.step_at(moment))


def given(exercise: Exercise, kind: str = "inject.play") -> list[tuple[str, dict]]:
    """(team, arguments) of the facilitator's commands that wait."""
    return [(row.run.team.name, row.args) for row in Command.objects.filter(run__team__exercise=exercise, kind=kind).order_by("pk")]


def happen(exercise: Exercise, team: str, inject: Inject, moment: str) -> None:
    """The clock tells that a run has had an inject."""
    run = Run.objects.get(team__exercise=exercise, team__name=team)
    data = {"inject": inject.pk, "card": inject.card}
    Event.objects.create(run=run, number=run.events.count(), step=days.step_at(moment), kind="inject.delivered", data=data)


def test_one_for_all_teams_is_one_command_a_run_with_the_same_step(started):
    inject = injects.add(started, None, AT, "erin", **CRASH)
    assert [team for team, _ in given(started)] == ["Cobalt", "Amber"]
    assert {json.dumps(args, sort_keys=True) for _, args in given(started)} == {json.dumps(inject.args(), sort_keys=True)}
    assert inject.args()["at"] == AT


def test_now_for_all_is_a_moment_ahead_of_the_furthest_team_and_for_one_team_it_is_at_once(started):
    move(started, "Amber", "09:41")
    everybody = injects.add(started, None, None, "erin", **CRASH)
    lead = round(5 * injects.LEAD_S * engine.STEPS_PER_SECOND)
    assert everybody.at == days.step_at("09:41") + lead
    alone = injects.add(started, started.teams.get(name="Cobalt"), None, "erin", **CRASH)
    assert alone.at is None
    assert [team for team, args in given(started) if args["id"] == alone.pk] == ["Cobalt"]


def test_now_while_teams_catch_up_is_when_they_have(started):
    Exercise.objects.filter(pk=started.pk).update(advance_step=AT)
    started.refresh_from_db()
    assert injects.add(started, None, None, "erin", **CRASH).at > AT


def test_now_at_the_close_is_in_the_evening_and_after_it_nothing_can_be_added(started):
    started.runs().update(step=days.CLOSE - 1)
    assert injects.soon(started) == days.BLOCK
    started.runs().update(step=days.END - 1)
    with pytest.raises(RuleBroken, match="The day is over"):
        injects.soon(started)


def test_what_was_added_in_the_lobby_is_given_when_the_runs_begin(exercise):
    both = injects.add(exercise, None, AT, "erin", **CRASH)
    amber = injects.add(exercise, exercise.teams.get(name="Amber"), None, "erin", **MAIL)
    back = injects.add(exercise, None, AT, "erin", **CRASH)
    back.take_back("erin")
    assert amber.at == exercise.start_step, "now is the beginning"
    assert not given(exercise)
    exercise.start()
    assert [(team, args["id"]) for team, args in given(exercise)] == [("Cobalt", both.pk), ("Amber", both.pk), ("Amber", amber.pk)]


def test_a_run_that_begins_later_gets_what_is_for_all_and_still_ahead_of_it(started):
    early = injects.add(started, None, AT, "erin", **CRASH)
    late = injects.add(started, None, AT + 4000, "erin", **MAIL)
    injects.add(started, started.teams.get(name="Amber"), AT, "erin", **MAIL)
    team = started.add_team("Slate")
    injects.give_all(Run.objects.create(team=team, step=AT + 10))
    assert [args["id"] for name, args in given(started) if name == "Slate"] == [late.pk] != [early.pk]


def test_it_is_given_once_however_often(started):
    inject = injects.add(started, None, AT, "erin", **CRASH)
    for run in started.runs():
        inject.give(run)
    assert len(given(started)) == 2


@pytest.mark.parametrize(
    ("at", "change", "words"),
    [
        ("09:40", {}, "Cobalt is at 09:40:00: 09:40:00 is too early"),
        ("09:40:08", {}, "is too early: expected a later time, or now"),
        ("09:20", {}, "This exercise starts at 09:28"),
        ("16:30", {}, "no market time passes"),
        ("09:45", {"card": "earthquake"}, "Card = 'earthquake': expected status_mail"),
        ("09:45", {"server": 9}, "Server = 9: expected a server's number"),
        ("09:45", {"desks": ["risk"]}, "goes to no desk"),
        ("09:45", {"when": {"what": "weather", "above": 1}}, "expected what (one of gross_usd"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason_and_no_row_stays(started, at, change, words):
    with pytest.raises(RuleBroken) as refused:
        injects.add(started, None, days.step_at(at), "erin", **{**CRASH, **change})
    assert words in str(refused.value)
    assert not Inject.objects.exists() and not given(started)


def test_a_team_that_has_passed_the_time_is_named_with_where_it_is(started):
    move(started, "Amber", "09:44:59")
    with pytest.raises(RuleBroken, match="Amber is at 09:44:59: 09:45:00 is too early"):
        injects.add(started, None, AT, "erin", **CRASH)
    injects.add(started, started.teams.get(name="Cobalt"), AT, "erin", **CRASH)
    Exercise.objects.filter(pk=started.pk).update(state="paused")
    started.refresh_from_db()
    injects.add(started, None, AT, "erin", **CRASH)


def test_an_exercise_that_has_ended_takes_nothing(started):
    started.end()
    with pytest.raises(RuleBroken, match="has ended"):
        injects.add(started, None, AT, "erin", **CRASH)
    with pytest.raises(RuleBroken, match="has ended"):
        injects.say_as(started, None, "erin", sender="x", desks=["risk"], text="x")


# -- taking back


def test_taking_back_before_its_step_is_a_command_to_every_run(started):
    inject = injects.add(started, None, AT, "erin", **CRASH)
    inject.take_back("finn")
    assert [(team, args) for team, args in given(started, "inject.take_back")] == [("Cobalt", {"id": inject.pk}), ("Amber", {"id": inject.pk})]
    inject.refresh_from_db()
    assert deck.injects_state(started)["line"][0]["state"] == "taken back"
    with pytest.raises(RuleBroken, match="already been withdrawn"):
        inject.take_back("erin")


def test_what_is_done_with_the_deck_is_on_record(started):
    deck.do(started, {"do": "play", "card": "crash", "server": "3", "at": "09:45"}, "erin")
    deck.do(started, {"do": "play", "card": "status_mail", "desks": "risk", "what": "gross_usd", "above": "1,000"}, "erin")
    deck.do(started, {"do": "take_back", "id": str(Inject.objects.first().pk)}, "finn")
    deck.do(started, {"do": "say", "sender": "The regulator", "desks": "risk", "text": "Hello"}, "finn")
    assert [str(deed) for deed in started.deeds.all()] == [
        "erin played: A server crashes, at 09:45:00",
        "erin played: Where do we stand?, once gross exposure above $1,000",
        "finn took back: A server crashes",
        "finn spoke as The regulator: Hello",
    ]


def test_what_everybody_has_had_cannot_be_taken_back(started):
    inject = injects.add(started, None, AT, "erin", **CRASH)
    for team in ("Cobalt", "Amber"):
        move(started, team, "09:46")
        happen(started, team, inject, "09:45")
    with pytest.raises(RuleBroken, match="It was delivered at 09:45:00: it can no longer be withdrawn"):
        inject.take_back("erin")


def test_what_a_paused_team_has_not_taken_in_yet_can_be_taken_back(started):
    inject = injects.add(started, started.teams.get(name="Amber"), None, "erin", **CRASH)
    inject.take_back("erin")
    assert [row.state for row in Command.objects.filter(kind="inject.play")] == ["refused"]
    assert given(started, "inject.take_back") == []
    again = injects.add(started, started.teams.get(name="Amber"), None, "erin", **CRASH)
    Command.objects.filter(args__id=again.pk).update(state="applied", seq=99, step=days.step_at("09:40"))
    with pytest.raises(RuleBroken, match="It was delivered at 09:40:00"):
        again.take_back("erin")


def test_a_team_with_a_time_of_its_own_is_looked_at_with_it(started):
    """One runs ahead at full speed, one stands still."""
    Run.objects.filter(team__name="Amber").update(advance_step=days.step_at("09:50"))
    Run.objects.filter(team__name="Cobalt").update(paused=True)
    assert injects.soon(started) > days.step_at("09:50")
    with pytest.raises(RuleBroken, match="Amber is at 09:40:00: 09:45:00 is too early"):
        injects.add(started, None, AT, "erin", **CRASH)
    injects.add(started, started.teams.get(name="Cobalt"), days.step_at("09:40:01"), "erin", **CRASH)


def test_a_team_that_comes_late_is_given_what_was_for_all_since_the_beginning(started):
    inject = injects.add(started, None, AT, "erin", **CRASH)
    started.come_late("Slate")
    assert [args["id"] for name, args in given(started) if name == "Slate"] == [inject.pk]


def test_a_condition_that_one_team_has_met_is_taken_back_from_the_others(started):
    inject = injects.add(started, None, None, "erin", **{**MAIL, "when": GROSS})
    happen(started, "Amber", inject, "09:40:30")
    inject.take_back("erin")
    assert [team for team, _ in given(started, "inject.take_back")] == ["Cobalt"]
    (line,) = deck.injects_state(started)["line"]
    assert {team["team"]: team["state"] for team in line["teams"]} == {"Cobalt": "taken back", "Amber": "delivered"}
    assert (line["state"], line["open"]) == ("partly", False)


# -- the line


def test_the_line_tells_what_waits_what_was_delivered_and_what_a_run_refused(started):
    inject = injects.add(started, None, AT, "erin", **MAIL)
    (line,) = deck.injects_state(started)["line"]
    assert (line["title"], line["target"], line["at"], line["state"], line["open"]) == ("Where do we stand?", None, "09:45:00", "waiting", True)
    happen(started, "Cobalt", inject, "09:45")
    Command.objects.filter(run__team__name="Amber").update(state="refused", reason="09:45 has passed")
    (line,) = deck.injects_state(started)["line"]
    assert [(team["team"], team["state"], team["at"], team["reason"]) for team in line["teams"]] == [
        ("Cobalt", "delivered", "09:45:00", ""),
        ("Amber", "refused", None, "09:45 has passed"),
    ]
    assert (line["state"], line["open"]) == ("partly", False)


def test_a_condition_is_told_in_words(started):
    injects.add(started, None, None, "erin", **{**MAIL, "when": GROSS})
    injects.add(started, None, None, "erin", **{**MAIL, "when": {"what": "symptoms_noticed", "above": 0}})
    assert [line["when"] for line in deck.injects_state(started)["line"]] == ["gross exposure above $500,000,000", "the first symptom is noticed"]
    assert set(deck.WHEN) == set(engine.CONDITIONS)


def test_the_scenarios_own_timeline_is_told_with_what_lies_behind(started):
    rows = {row["text"]: row["past"] for row in deck.injects_state(started)["script"]}
    assert rows["Opening bell"] is True and rows["Circuit breakers start"] is False


def test_a_preview_says_who_sees_what_and_adds_nothing(exercise):
    found = deck.preview(exercise, {"card": "rumour", "desks": "risk", "minutes": "20"})
    assert [row["what"] for row in found["desks"]["risk"]] == ["mail"] and list(found["desks"]) == ["risk"]
    assert found["room"].startswith("Traders say") and "20 minutes" in found["effect"]
    with pytest.raises(RuleBroken, match="Minutes = 'soon': expected a whole number"):
        deck.preview(exercise, {"card": "rumour", "desks": "risk", "minutes": "soon"})
    with pytest.raises(RuleBroken, match="Minutes = 0: expected a number from 1 to 120"):
        deck.preview(exercise, {"card": "rumour", "desks": "risk"})
    assert not Inject.objects.exists()


# -- messages


def test_a_message_goes_to_every_run_and_answers_are_told_with_their_team(started):
    message = injects.say_as(started, None, "erin", sender="Chief executive", desks=["risk"], text="Stop?")
    assert [args for _, args in given(started, "persona.say")] == [
        {"id": message.pk, "sender": "Chief executive", "desks": ["risk"], "text": "Stop?"}
    ] * 2
    run = Run.objects.get(team__name="Amber")
    data = {"message": message.pk, "desk": "risk", "text": "Not yet"}
    Event.objects.create(run=run, number=0, step=AT, kind="persona.replied", audience=["risk"], data=data)
    (found,) = deck.injects_state(started)["messages"]
    assert found["waiting"] == ["Cobalt", "Amber"]
    assert found["replies"] == [{"team": "Amber", "desk": "risk", "at": "09:45:00", "text": "Not yet"}]


def test_a_message_needs_somebody_at_the_desks_and_words(exercise):
    with pytest.raises(RuleBroken, match="No one is at the desks yet"):
        injects.say_as(exercise, None, "erin", sender="x", desks=["risk"], text="x")
    exercise.start()
    with pytest.raises(RuleBroken, match="Text has 0 characters"):
        injects.say_as(exercise, None, "erin", sender="x", desks=["risk"], text="")
    assert not Message.objects.exists()


# -- the ghost


def log(exercise: Exercise) -> list:
    return injects.ghost_log(exercise.injects.all())


def test_the_ghost_gets_what_went_to_all_teams_and_nothing_else(started):
    everybody = injects.add(started, None, AT, "erin", **CRASH)
    injects.add(started, started.teams.get(name="Amber"), AT, "erin", **CRASH)
    assert log(started) == [[days.WEEK, "inject.play", everybody.args()]]
    everybody.take_back("erin")
    assert log(started) == []
    condition = injects.add(started, None, None, "erin", **{**MAIL, "when": GROSS})
    condition.take_back("erin")
    assert [kind for _, kind, _ in log(started)] == ["inject.play", "inject.take_back"], "it was judged until then"
    assert log(started)[-1][0] == days.step_at("09:40")


def test_what_every_team_was_too_far_for_is_not_the_ghosts_either(started):
    injects.add(started, None, AT, "erin", **CRASH)
    Command.objects.filter(run__team__name="Amber").update(state="refused")
    assert len(injects.ghost_log(injects.for_the_ghost(started))) == 1
    Command.objects.filter(run__team__name="Cobalt").update(state="refused")
    assert injects.for_the_ghost(started) == [] and started.ghost_keys() == [""]


def test_a_run_that_failed_is_given_what_it_may_be_tried_again_with_and_one_that_ended_is_not(started):
    Run.objects.filter(team__name="Amber").update(state="failed")
    Run.objects.filter(team__name="Cobalt").update(state="ended")
    injects.add(started, None, AT, "erin", **CRASH)
    assert [team for team, _ in given(started)] == ["Amber"]


def test_what_a_market_did_not_reach_is_told_so_and_cannot_be_taken_back(started):
    injects.add(started, None, AT, "erin", **CRASH)
    started.runs().update(state="ended")
    (line,) = deck.injects_state(started)["line"]
    assert (line["state"], line["open"]) == ("not reached", False)


def test_a_ghost_is_known_by_its_injects_and_an_earlier_one_serves_until_it_is_there(started):
    same = {"scenario": started.scenario, "seed": started.seed, "noise": None, "made_by": "1"}
    plain = Ghost.objects.create(**same)
    injects.add(started, None, AT, "erin", **CRASH)
    first_key = started.ghost_keys()[0]
    assert started.ghost == plain
    first = Ghost.objects.create(**same, injects_key=first_key)
    stranger = Ghost.objects.create(**same, injects_key="somebody else's")
    assert started.ghost == first
    injects.add(started, None, AT + 100, "erin", **MAIL)
    assert started.ghost_keys() == [started.ghost_keys()[0], first_key, ""]
    assert started.ghost == first != stranger
    other = new_exercise()
    assert other.ghost == plain


def test_two_exercises_that_were_added_the_same_share_a_ghost(started):
    injects.add(started, None, AT, "erin", **CRASH)
    other = new_exercise(start_step=days.step_at("09:28"))
    injects.add(other, None, AT, "erin", **CRASH)
    assert started.ghost_keys() == other.ghost_keys()


@pytest.fixture
def sent_for(monkeypatch):
    """What the reaper sends for; the broker has no memory of it."""
    found = []

    class Broker:
        def pipeline(self, transaction):
            return self

        def execute(self):
            return []

        def set(self, *args, **options):
            return True

    monkeypatch.setattr("game.people.sweep.client", Broker)
    monkeypatch.setattr("game.live.broker.client", Broker)
    monkeypatch.setattr(reaper, "GHOST_AFTER_END_S", 20.0)
    monkeypatch.setattr(reaper, "claim", lambda *args, **options: True)
    monkeypatch.setattr(senders, "make_ghost", lambda *args: found.append(args))
    return found


def test_the_reaper_sends_for_a_new_ghost_when_the_set_has_changed(started, sent_for):
    Ghost.objects.create(scenario=started.scenario, seed=started.seed, made_by=made_by_here(started.scenario))
    started.runs().update(state="failed", **pinned(started.scenario))
    Exercise.objects.filter(pk=started.pk).update(state="paused")
    guard = reaper.Reaper()
    guard.look(0.0)
    assert sent_for == []
    injects.add(started, None, AT, "erin", **CRASH)
    Exercise.objects.filter(pk=started.pk).update(state="ended", ended_at=timezone.now() - timedelta(days=1))
    guard.look(1.0)
    assert sent_for == [(started.scenario, started.seed, None, log(started))], "whatever the wall clock says"
    for second in range(round(reaper.GHOST_AFTER_END_S)):
        guard.look(2.0 + second)
    before = len(sent_for)
    guard.look(3.0 + reaper.GHOST_AFTER_END_S)
    assert len(sent_for) == before, "not for ever"


def test_what_has_ended_and_has_its_ghost_is_not_asked_about_again(exercise, sent_for):
    """Twenty exercises that have just ended cost a machine no more, twice a second, than none."""
    Ghost.objects.create(scenario=exercise.scenario, seed=exercise.seed, made_by=made_by_here(exercise.scenario))
    guard = reaper.Reaper()
    with CaptureQueriesContext(connection) as before:
        guard.look(0.0)
    for _ in range(3):
        over = new_exercise(start_step=days.step_at("09:28"))
        over.start()
        over.runs().update(state="failed", **pinned(over.scenario))
        Exercise.objects.filter(pk=over.pk).update(state="ended", ended_at=timezone.now())
    with CaptureQueriesContext(connection) as first:
        guard.look(0.5)
    with CaptureQueriesContext(connection) as later:
        guard.look(1.0)
    assert len(first) > len(later) == len(before)
    assert sent_for == []


def test_a_ghost_plays_them_at_the_same_market_steps(started, monkeypatch):
    """With history's own morning around them: the server that crashes is down from that step on."""
    small = small_scenario(2)
    monkeypatch.setattr(engine, "load_scenario", lambda _: small)
    plain = injects.ghost_log([])
    injects.add(started, None, AT + 3, "erin", **CRASH)
    injects.add(started, None, AT + 3, "erin", **{**MAIL, "when": {"what": "stopped_servers", "above": 0}})
    for added in (plain, log(started)):
        tasks.make_ghost(started.scenario, started.seed, None, added)
        tasks.make_ghost(started.scenario, started.seed, None, added)
    without, with_it = Ghost.objects.order_by("pk")
    assert (without.injects_key, with_it.injects_key) == ("", started.ghost_keys()[0])
    assert with_it.score["halting"] > without.score["halting"]
    run = engine.play(small, "history", 79, until=AT + 40, added=[tuple(row) for row in log(started)])
    assert run.refused == []
    assert [(event.step, event.data["card"]) for event in run.events if event.kind == "inject.delivered"] == [
        (AT + 3, "crash"),
        (AT + 20, "status_mail"),
    ]


# -- the page


@pytest.fixture
def erin(client, started):
    user = new_facilitator("erin")
    Exercise.objects.filter(pk=started.pk).update(facilitator=user)
    client.force_login(user)
    return client


def test_the_page_plays_takes_back_and_says_and_both_facilitators_are_shown_it(erin, started):
    address = f"/facilitator/{started.code}/injects/"
    played = erin.post(address, {"do": "play", "card": "crash", "server": "3", "at": "09:45"}).json()
    assert played["reason"] == ""
    (line,) = played["state"]["injects"]["line"]
    assert (line["by"], line["at"], line["server"]) == ("erin", "09:45:00", 3)
    assert first_picture(erin, f"/facilitator/{started.code}/")["injects"]["line"] == [line]
    said = erin.post(address, {"do": "say", "sender": "The regulator", "desks": "risk,operator", "text": "Hello"}).json()
    assert said["state"]["injects"]["messages"][0]["desks"] == ["risk", "operator"]
    back = erin.post(address, {"do": "take_back", "id": str(line["id"])}).json()
    assert back["state"]["injects"]["line"][0]["state"] == "taken back"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"do": "shout"}, "expected one of play, take_back, say"),
        ({"do": "take_back", "id": "99"}, "no such inject"),
        ({"do": "play", "card": "crash", "server": "3", "team": "999"}, "no such team"),
        ({"do": "play", "card": "crash", "server": "3", "at": "noon"}, "'noon' is not a market time"),
        ({"do": "play", "card": "crash", "server": "x"}, "Server = 'x': expected a whole number"),
        ({"do": "play", "card": "crash", "server": "²"}, "expected a whole number"),
        ({"do": "play", "card": "status_mail", "desks": "risk", "what": "gross_usd", "above": "-1"}, "Above = '-1'"),
        ({"do": "say", "sender": "x", "desks": "", "text": "x"}, "one at least of deployer, operator, risk"),
    ],
)
def test_the_page_says_why_not(erin, started, form, words):
    answer = erin.post(f"/facilitator/{started.code}/injects/", form).json()
    assert words in answer["reason"]
    assert not Inject.objects.exists() and not Message.objects.exists()


def test_what_is_ready_is_told_once_and_a_preview_may_be_asked_for(erin, started):
    found = erin.get(f"/facilitator/{started.code}/injects/ready.json").json()
    assert len(found["cards"]) >= 12 and found["servers"] == 8 and "The regulator" in found["personas"]
    shown = erin.post(f"/facilitator/{started.code}/injects/preview.json", {"card": "crash", "server": "4"}).json()
    assert shown["reason"] == "" and "server 4" in shown["preview"]["effect"]
    assert erin.post(f"/facilitator/{started.code}/injects/preview.json", {"card": "none"}).json()["preview"] is None
