"""What a facilitator can do in the control room: to the time of one team alone, to seats, to teams, and for themselves."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

import engine
from engine.autopilots.team import REPAIRED
from game.control.control_room import change_room
from game.control.event_feed import Happenings
from game.control.event_words import ASIDE, EVENTS, words
from game.control.exercise_controls import drive, drive_team
from game.control.room import activity, stuck_s
from game.live import run_store
from game.live.control import state_of, state_of_run
from game.models import Command, Deed, Event, Exercise, FacilitatorLink, Note, Player, RuleBroken, Run, Seat, Team, planning
from game.models.people import name_key
from game.people import joining, presence, seating
from game.people.desks import seat_words
from game.people.sweep import Sweeper
from game.sockets import inbox
from game.sockets.protocol import CommandMessage
from game.spoken import tell
from game.stillness import Stillness
from tests import days
from tests.builders import new_exercise, taken_seat

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def exercise():
    """Cobalt and Amber, in the market at 09:40 and 09:38."""
    exercise = new_exercise(start_step=days.step_at("09:30"), autopilot="assistant")
    exercise.add_team("Amber", "assistant")
    drive(exercise, "start")
    for name, at in (("Cobalt", "09:40"), ("Amber", "09:38")):
        Run.objects.filter(team__name=name).update(step=days.step_at(at), state="running")
    return Exercise.objects.get(pk=exercise.pk)


def run_of(exercise, name: str = "Cobalt") -> Run:
    return exercise.runs().get(team__name=name)


def team_of(exercise, name: str = "Cobalt") -> Team:
    return exercise.teams.get(name=name)


def look(exercise, name: str = "Cobalt") -> run_store.RunControl:
    return run_store.control(run_of(exercise, name))


# One team's time


def test_a_team_is_paused_alone_and_the_others_go_on(exercise):
    drive_team(team_of(exercise), "pause")
    assert (look(exercise).state, look(exercise, "Amber").state) == ("paused", "running")
    assert set(Run.to_turn()) == {run_of(exercise, "Amber")}, "nobody is sent for a run that stands"
    told = state_of(exercise, exercise.step)
    own = state_of_run(run_of(exercise), told)
    assert (told["state"], own["state"], own["reason"]) == ("running", "paused", "the facilitator has paused your team")
    assert state_of_run(run_of(exercise, "Amber"), told) == told
    with pytest.raises(RuleBroken, match="already paused"):
        drive_team(team_of(exercise), "pause")
    drive_team(team_of(exercise), "resume")
    assert look(exercise).state == "running" and Run.to_turn().count() == 2
    with pytest.raises(RuleBroken, match="is not paused"):
        drive_team(team_of(exercise), "resume")


def test_who_is_paused_alone_stays_so_when_everybody_goes_on(exercise):
    drive_team(team_of(exercise), "pause")
    drive(exercise, "pause")
    assert look(exercise, "Amber").state == "paused"
    drive(exercise, "resume")
    assert (look(exercise).state, look(exercise, "Amber").state) == ("paused", "running")


def test_a_command_to_a_team_that_is_paused_alone_is_refused_with_the_reason(exercise):
    taken_seat(exercise)
    player = Player.objects.get()
    drive_team(team_of(exercise), "pause")
    order = CommandMessage(t="command", id="8f1b1f6e-5bd5-4b3a-9f6e-0d2f0c0f4c11", kind="server.stop", args={"server": 1})
    (answer,) = inbox.put(player.holdings.get().pk, player.token_hash, order)
    assert answer["t"] == "refused" and "paused your team" in answer["reason"] and not Command.objects.exclude(desk="facilitator").exists()
    drive_team(team_of(exercise), "resume")
    assert inbox.put(player.holdings.get().pk, player.token_hash, order) == [{"t": "received", "id": str(order.id)}]


def test_a_teams_own_speed_is_over_the_exercises_until_all_get_one_in_that_phase(exercise):
    drive_team(team_of(exercise), "speed", "2")
    assert (look(exercise).speeds, look(exercise, "Amber").speeds) == ({"bell": 2.0}, {})
    assert run_of(exercise).speed_at(days.OPEN) == 2 and run_of(exercise, "Amber").speed_at(days.OPEN) == 5
    drive(exercise, "speed", "10")
    assert look(exercise).speeds == look(exercise, "Amber").speeds == {"bell": 10.0}
    with pytest.raises(RuleBroken, match="from 0.5 to 120 times"):
        drive_team(team_of(exercise), "speed", "121")


def test_a_team_is_advanced_alone_to_a_time_to_the_others_or_to_the_next_phase(exercise):
    drive_team(team_of(exercise, "Amber"), "advance")
    assert look(exercise, "Amber").advance_step == days.step_at("09:40"), "to where the furthest is"
    drive_team(team_of(exercise), "advance")
    assert look(exercise).advance_step == days.BELL_END
    drive_team(team_of(exercise, "Amber"), "advance", "09:50")
    assert look(exercise, "Amber").advance_step == days.step_at("09:50")
    drive(exercise, "advance", "10:00")
    assert look(exercise, "Amber").advance_step == days.step_at("10:00"), "everybody's goes further"
    assert look(exercise).advance_step == days.BELL_END
    with pytest.raises(RuleBroken, match="It is 09:40:00 for Cobalt already"):
        drive_team(team_of(exercise), "advance", "09:39")


def test_a_team_is_ended_alone_once_and_its_desks_hear_so(exercise):
    drive_team(team_of(exercise), "end")
    assert (look(exercise).state, look(exercise, "Amber").state) == ("ended", "running")
    own = state_of_run(run_of(exercise), state_of(exercise, exercise.step))
    assert (own["state"], own["result"]) == ("ended", None) and "ended your team's market" in own["reason"]
    for verb in ("pause", "end", "speed", "advance"):
        with pytest.raises(RuleBroken, match="has ended|has already ended|already paused"):
            drive_team(team_of(exercise), verb, "1" if verb == "speed" else "09:59" if verb == "advance" else None)
    drive(exercise, "pause")
    assert run_of(exercise) in Run.to_turn(), "it is scored though the others stand"
    drive(exercise, "resume")
    drive(exercise, "end")
    told = state_of(Exercise.objects.get(), 0)
    assert state_of_run(run_of(Exercise.objects.get()), told)["result"], "now there is a result for everybody"


def test_one_failed_run_is_tried_again_alone(exercise):
    Run.objects.all().update(state="failed", reason="ValueError: no")
    drive_team(team_of(exercise), "retry")
    assert (run_of(exercise).state, run_of(exercise, "Amber").state) == ("running", "failed")
    assert run_of(exercise, "Amber").state_told == ("paused", Run.FAULT)


def test_a_failed_run_that_is_ended_alone_is_taken_up_once_more_to_be_scored(exercise):
    Run.objects.filter(team__name="Cobalt").update(state="failed", reason="ValueError: no")
    drive_team(team_of(exercise), "end")
    assert run_of(exercise) in Run.to_turn() and run_of(exercise).state_told[0] == "ended"


def test_nothing_is_done_to_one_teams_time_before_the_start_or_with_a_verb_that_is_everybodys():
    exercise = new_exercise()
    with pytest.raises(RuleBroken, match="has not started"):
        drive_team(exercise.teams.get(), "pause")
    drive(exercise, "start")
    with pytest.raises(RuleBroken, match="expected one of pause, resume"):
        drive_team(exercise.teams.get(), "start")


def test_an_evening_waits_for_no_team_that_stands_alone():
    exercise = new_exercise(start_step=days.WEEK, autopilot="assistant")
    exercise.add_team("Amber", "assistant")
    for name in ("Cobalt", "Amber"):
        taken_seat(exercise, team=name, name=f"{name}'s")
    drive(exercise, "start")
    assert planning.waited_for(exercise).count() == 2
    drive_team(team_of(exercise), "pause")
    assert [seat.team.name for seat in planning.waited_for(exercise)] == ["Amber"]


# Stuck


def test_a_team_is_stuck_when_no_person_of_it_gave_a_command_for_the_set_time(exercise):
    idle, run = Stillness(), run_of(exercise)

    def after(seconds, acted=None):
        """What is said when it was looked at for so long, once a second."""
        for _ in range(seconds):
            idle.now += 1.0
            active = activity(run, acted, could=True)
            said = stuck_s(run, active, idle.still("run", active, idle.now))
        return said

    idle.now = 100.0
    assert after(180) is None and after(1) == 180
    assert after(179, acted="a command") is None, "somebody did something"
    Run.objects.update(moving_since=timezone.now())
    run = run_of(exercise)
    assert after(180, acted="a command") is None, "it went on after a pause of its own"
    assert after(61, acted="a command") == 240


def test_a_team_that_could_not_act_is_not_stuck(exercise):
    run = run_of(exercise)
    assert stuck_s(run, activity(run, None, could=True), 1800) == 1800
    assert activity(run, None, could=False) is None and stuck_s(run, None, 1800) is None
    Exercise.objects.update(stuck_s=0)
    run = run_of(exercise)
    assert stuck_s(run, activity(run, None, could=True), 1800) is None, "it is switched off"
    Exercise.objects.update(stuck_s=180)
    drive_team(team_of(exercise), "pause")
    assert activity(run_of(exercise), None, could=True) is None
    drive(exercise, "pause")
    assert activity(run_of(exercise, "Amber"), None, could=True) is None
    Run.objects.update(step=0)
    drive(exercise, "resume")
    assert activity(run_of(exercise, "Amber"), None, could=True) is None, "it is still on the way to the start"


@pytest.mark.parametrize("minutes", ["", "-1", "61", "three", "1.5"])
def test_the_time_after_which_a_team_is_stuck_is_whole_minutes(exercise, minutes):
    change_room(exercise, {"do": "stuck", "minutes": "5"})
    with pytest.raises(RuleBroken, match="expected a whole number from 0"):
        change_room(exercise, {"do": "stuck", "minutes": minutes})
    assert Exercise.objects.get().stuck_s == 300


# Seats


def test_a_player_is_moved_to_another_teams_desk_under_the_same_name(exercise):
    seat, _ = taken_seat(exercise)
    goal = Seat.objects.get(team__name="Amber", desk="risk")
    player = Player.objects.get()
    seating.change_seat(seat, "move", str(goal.pk), str(player.pk))
    assert [held.pk for held in player.seats] == [goal.pk] and not seat.holders and seat.pilot == "assistant"
    assert Player.objects.get().name == "Dana" and Player.objects.get().token_hash == player.token_hash
    assert "moved Dana to the risk manager's seat of Amber" in str(Deed.objects.last())


def test_moving_within_a_team_leaves_the_players_other_seats_alone(exercise):
    operator, _ = taken_seat(exercise)
    taken_seat(exercise, "deployer")
    risk = Seat.objects.get(team__name="Cobalt", desk="risk")
    seating.change_seat(operator, "move", str(risk.pk), str(Player.objects.get().pk))
    assert {seat.desk for seat in Player.objects.get().seats} == {"deployer", "risk"}


def test_a_move_that_cannot_be_is_refused_and_nobody_loses_a_seat(exercise):
    seat, _ = taken_seat(exercise)
    player, full = Player.objects.get(), Seat.objects.get(team__name="Amber", desk="risk")
    Exercise.objects.update(places=1)
    taken_seat(exercise, "risk", "Amber", "Fay")
    other = new_exercise(team="Elsewhere")
    for to, who, reason in (
        (full.pk, player.pk, "no room left"), (seat.pk, player.pk, "another seat"), (other.teams.get().seats.first().pk, player.pk, "another seat"),
        (full.pk, 0, "sits there"), ("x", player.pk, "another seat"),
    ):  # fmt: skip
        with pytest.raises(RuleBroken, match=reason):
            seating.change_seat(seat, "move", str(to), str(who))
    assert [held.pk for held in player.seats] == [seat.pk]


def test_nobody_takes_a_locked_seat_by_joining_moving_or_a_link_and_the_reason_is_told():
    exercise = new_exercise(autopilot="assistant")
    for seat in Seat.objects.exclude(desk="risk"):
        seat.issue_link()
        seating.change_seat(seat, "lock", "Kept for Ana")
    player, _, seat = joining.join(exercise, "Dana")
    assert seat.desk == "risk"
    with pytest.raises(joining.Full):
        joining.join(exercise, "Eli")
    locked = Seat.objects.get(desk="operator")
    for attempt in (lambda: joining.join(exercise, "Eli", locked.pk), lambda: joining.move(player, locked.pk), locked.issue_link):
        with pytest.raises(RuleBroken, match="Kept for Ana"):
            attempt()
    assert locked.link_hash == "", "a link that lay about opens it no longer"
    seating.change_seat(locked, "unlock")
    assert joining.move(player, locked.pk).desk == "operator"
    with pytest.raises(RuleBroken, match="not locked"):
        seating.change_seat(locked, "unlock")


def test_a_facilitator_may_still_seat_somebody_at_a_locked_desk(exercise):
    seat, _ = taken_seat(exercise)
    goal = Seat.objects.get(team__name="Amber", desk="operator")
    seating.change_seat(goal, "lock")
    seating.change_seat(seat, "move", str(goal.pk), str(Player.objects.get().pk))
    assert [player.name for player in goal.holders] == ["Dana"] and Seat.objects.get(pk=goal.pk).locked == seating.LOCKED


@pytest.mark.parametrize("autopilot", engine.AUTOPILOTS)
def test_a_seat_is_handed_to_an_autopilot_which_plays_from_then_on(exercise, autopilot):
    seat, _ = taken_seat(exercise)
    assert "operator" not in run_store.pilots(seat.team_id)
    seating.change_seat(seat, "hand", autopilot)
    assert run_store.pilots(seat.team_id)["operator"] == autopilot and not seat.holders


def test_an_autopilot_nobody_knows_gets_no_seat(exercise):
    seat, _ = taken_seat(exercise)
    with pytest.raises(RuleBroken, match="expected one of assistant, competent, history, novice"):
        seating.change_seat(seat, "hand", "genius")
    assert seat.holders
    with pytest.raises(RuleBroken, match="expected one of vacate"):
        seating.change_seat(seat, "burn")


# Teams


def test_a_team_that_comes_late_begins_where_the_others_are_with_history_before(exercise):
    change_room(exercise, {"do": "team-add", "name": " Late  ones "})
    run = run_of(exercise, "Late ones")
    there = days.step_at("09:40")
    assert (run.step, run.start_step, run_store.control(run).advance_step) == (0, there, there)
    assert {seat.autopilot for seat in run.team.seats.all()} == {"assistant"}
    assert run in Run.to_turn()


def test_a_team_that_is_added_before_the_start_gets_its_run_with_the_others():
    exercise = new_exercise(help="guided")
    change_room(exercise, {"do": "team-add", "name": "Amber"})
    assert not Run.objects.exists()
    drive(exercise, "start")
    assert exercise.runs().count() == 2 and run_of(exercise, "Amber").start_step is None
    change_room(exercise, {"do": "team-add", "name": "Slate"})
    assert Command.objects.filter(run=run_of(exercise, "Slate"), kind="help.set").exists()


@pytest.mark.parametrize(
    ("name", "reason"), [("", "Type a name"), ("amber", "already a team amber"), ("\u200b", "Type a name"), ("x" * 25, "at most 24")]
)
def test_a_teams_name_is_something_and_nobody_elses(exercise, name, reason):
    for form in ({"do": "team-add", "name": name}, {"do": "team-rename", "team": str(team_of(exercise).pk), "name": name}):
        with pytest.raises(RuleBroken, match=reason):
            change_room(exercise, form)
    assert {name_key(team.name) for team in exercise.teams.all()} == {"cobalt", "amber"}


def test_a_team_is_renamed_also_only_in_its_capitals(exercise):
    for name in ("COBALT", "Blue"):
        change_room(exercise, {"do": "team-rename", "team": str(exercise.teams.first().pk), "name": name})
        assert exercise.teams.first().name == name
    with pytest.raises(RuleBroken, match="no such team"):
        change_room(exercise, {"do": "team-rename", "team": str(new_exercise().teams.get().pk), "name": "Mine"})


def test_there_are_at_most_twelve_teams_and_none_comes_after_the_end(exercise):
    for number in range(10):
        change_room(exercise, {"do": "team-add", "name": f"Team {number}"})
    with pytest.raises(RuleBroken, match="12 teams already"):
        change_room(exercise, {"do": "team-add", "name": "One more"})
    drive(exercise, "end")
    with pytest.raises(RuleBroken, match="has ended"):
        change_room(exercise, {"do": "team-add", "name": "Too late"})


# Notes, and what happened


def test_only_facilitators_find_their_notes_on_the_result_page(exercise, client):
    change_room(exercise, {"do": "note", "text": "Nobody reads the mail"})
    drive(exercise, "end")
    Run.objects.update(state="ended")
    assert "Nobody reads the mail" not in client.get(f"/result/{exercise.code}/").content.decode()
    client.post(f"/facilitator/{FacilitatorLink.issue()}/")
    page = client.get(f"/result/{exercise.code}/").content.decode()
    assert "Your notes for the debrief" in page and "Nobody reads the mail" in page


def called(seat: Seat) -> str:
    """A seat in a sentence."""
    return tell(engine.load_scenario(seat.team.exercise.scenario), seat_words(seat))


def test_who_sits_down_and_who_stays_away_is_in_the_feed_too():
    exercise = new_exercise(autopilot="assistant")
    player, _, seat = joining.join(exercise, "Dana")
    other = Seat.objects.free().first()
    joining.move(player, other.pk)
    drive(exercise, "start")
    presence.left(player.pk)
    sweeper = Sweeper()
    for second in range(round(presence.GRACE_S) + 2):
        sweeper.sweep(float(second), {})
    words = [deed.told() for deed in Deed.objects.all() if "started the exercise" not in deed.text]
    assert words == [
        ("Dana", f"takes {called(seat)}"), ("Dana", f"takes {called(other)}"),
        ("Dana", f"is away: the assistant plays in {called(other)}"),
    ]  # fmt: skip


def test_a_note_is_stamped_with_the_market_time_of_its_team_or_of_the_furthest(exercise):
    change_room(exercise, {"do": "note", "text": "  Nobody  reads the mail "}, "erin")
    change_room(exercise, {"do": "note", "text": "Stopped early", "team": str(team_of(exercise, "Amber").pk)})
    change_room(exercise, {"do": "note", "text": "The first mail", "at": "09:31:10"})
    found = [(days.clock(note.step), str(note.team or ""), note.text, note.by) for note in Note.objects.all()]
    assert found == [
        ("09:31:10", "", "The first mail", ""),
        ("09:38:00", "Amber", "Stopped early", ""),
        ("09:40:00", "", "Nobody reads the mail", "erin"),
    ]
    change_room(exercise, {"do": "unnote", "note": str(Note.objects.first().pk)})
    assert Note.objects.count() == 2


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"text": " "}, "Enter a note"),
        ({"text": "x" * 501}, "at most 500"),
        ({"text": "x", "at": "noon"}, "market time"),
        ({"text": "x", "team": "9"}, "no such team"),
    ],
)
def test_what_is_no_note_is_not_kept(exercise, form, reason):
    with pytest.raises(RuleBroken, match=reason):
        change_room(exercise, {"do": "note", **form})
    with pytest.raises(RuleBroken, match="already been deleted"):
        change_room(exercise, {"do": "unnote", "note": "7"})
    assert not Note.objects.exists()


def test_every_act_is_kept_with_who_did_it(exercise):
    drive_team(team_of(exercise), "pause", by="erin")
    drive(exercise, "advance", "10:00", by="erin")
    change_room(exercise, {"do": "team-rename", "team": str(team_of(exercise).pk), "name": "Blue"})
    assert [deed.told() for deed in Deed.objects.all()][-3:] == [
        ("erin", "paused this team"), ("erin", "advanced everybody to 10:00"), ("The facilitator", "renamed Cobalt to Blue"),
    ]  # fmt: skip


def given(run: Run, seq: int, kind: str, desk: str = "operator", by: str = "Dana", **args) -> None:
    Command.objects.create(
        run=run, client_id=f"00000000-0000-4000-8000-{run.pk:06d}{seq:06d}", seq=seq, step=days.step_at("09:33") + seq, desk=desk, kind=kind, args=args,
        by=by, state="applied",
    )  # fmt: skip


def told(run: Run, number: int, kind: str, audience=(), **data) -> None:
    Event.objects.create(run=run, number=number, step=days.step_at("09:32") + number, kind=kind, audience=list(audience), data=data)


def test_the_feed_tells_each_row_once_in_words_and_marks_what_a_person_wants_to_read(exercise):
    run, subject = run_of(exercise), engine.load_scenario(exercise.scenario).evidence.reject_subject
    for number in range(97):
        told(run, number, "mail.arrived", mail=number, sender="smars-alerts", subject=subject)
    for number in (200, 201):
        told(run, number, "mail.arrived", mail=number, sender="Facilities", subject="Fire drill")
    told(run, 97, "market.opened", engine.DESKS)
    told(run, 98, "alert.raised", ("operator",), text="over 500 a second")
    given(run, 1, "mail.open", mail=3)
    given(run, 2, "mail.open", mail=4)
    given(run, 3, "server.stop", server=8)
    given(run, 4, "bridge.say", text="<b>it is eight</b>")
    given(run, 5, "bridge.say", text={"say": REPAIRED, "values": {"name": "SMARS-8"}})
    given(run, 6, "mail.open", mail=200)
    feed = Happenings(exercise.pk)
    assert feed.read(exercise, exercise.runs())
    lines = {line["text"]: line for line in feed.lines}
    assert [text for text, line in lines.items() if line["main"] and line["kind"] != "system"] == [
        "The opening bell", f"Opens \u201c{subject}\u201d (first of 97)", "Stop a server: SMARS-8", "\u201c<b>it is eight</b>\u201d",
        "\u201cSMARS-8 runs the new release now.\u201d",
    ]  # fmt: skip
    assert (lines["Stop a server: SMARS-8"]["kind"], lines["Stop a server: SMARS-8"]["at"], lines["Alert: over 500 a second"]["main"]) == (
        "decisions",
        "09:33:00",
        False,
    )
    assert feed.last[run.pk]["text"] == "Stop a server: SMARS-8", "talk and reading are no decisions"
    newest = feed.newest
    assert not feed.read(exercise, exercise.runs()) and feed.newest == newest
    given(run, 7, "smars.disconnect")
    assert feed.read(exercise, exercise.runs()) and [line["text"] for line in feed.after(newest)] == ["Disconnect SMARS at the exchanges"]


def test_a_feed_that_is_opened_late_knows_what_came_before_and_keeps_a_limit(exercise):
    run = run_of(exercise)
    given(run, 1, "server.stop", server=8)
    for seq in range(2, 700):
        given(run, seq, "stock.watch", "risk", "autopilot" if seq > 400 else "Eli", symbol="WZE")
    feed = Happenings(exercise.pk)
    feed.read(exercise, exercise.runs())
    assert feed.last[run.pk]["text"] == "Stop a server: SMARS-8" and len(feed.lines) < 400
    assert feed.acted[run.pk] == Command.objects.exclude(by="autopilot").latest("created").created
    for seq in range(700, 1400):
        given(run, seq, "stock.watch", "risk", symbol="WZE")
    feed.read(exercise, exercise.runs())
    assert len(feed.lines) == 400 and json.dumps(list(feed.lines))


def run_args(run: engine.Rehearsal, seq: int) -> dict:
    """The arguments of a command as it was given."""
    return next(one.args for one in run.commands if one.seq == seq)


@pytest.mark.whole
def test_every_event_and_command_of_a_week_and_its_day_has_its_words():
    scenario, told = engine.load_scenario("knight-2012"), set()
    for line_up in ("history", "competent"):
        run = engine.rehearse(scenario, 79, dict.fromkeys(engine.DESKS, line_up), since=days.WEEK)
        for event in run.events:
            tell = EVENTS.get(event.kind) or ASIDE.get(event.kind)
            if tell:
                told.add(event.kind)
                assert tell(event.data, scenario).strip() and len(tell(event.data, scenario)) < 400, event
            if event.kind == "command.applied":
                assert engine.fitting(event.data["command"], run_args(run, event.data["seq"])) == run_args(run, event.data["seq"]), event
                lever = engine.KINDS[event.data["command"]]
                assert words(event.data["command"], event.data["args"], scenario).startswith((engine.tell(scenario, lever.named(scenario)), "\u201c", "Answers"))
    assert {"market.opened", "evening.began", "call.rang", "block.sold", "lever.finished", "control.built"} <= told
