"""What rows keep to be read later is in nobody's language: each reader is told it in their own."""

import pytest
from django.utils.translation import override

import engine
from game.control.control_room import change_room
from game.control.exercise_controls import DEEDS, TEAM_DEEDS, drive, drive_team
from game.debrief.bundles import bundle_of
from game.live import run_store
from game.live.control import in_words, state_of, state_of_run
from game.models import Deed, Exercise, RuleBroken, Run, Seat, contents
from game.models.notes import NAMELESS
from game.people import joining, seating
from game.sockets import protocol
from game.spoken import tell_row
from tests.builders import new_exercise, new_facilitator, taken_seat
from tests.catalogue import texts, unbracketed
from tests.played import finished

pytestmark = pytest.mark.django_db
NAMES = ("Cobalt", "Amber", "Dana", "Blue", "Lee", "assistant", "kept for Dana", "Somebody spoke")


def told(language: str) -> list[str]:
    with override(language):
        return [" ".join(deed.told()) for deed in Deed.objects.all()]


def test_what_was_done_to_an_exercise_is_told_in_the_language_of_whoever_looks(another):
    exercise = new_exercise(facilitator=new_facilitator(), autopilot="assistant")
    player, _, seat = joining.join(exercise, "Dana")
    joining.move(player, Seat.objects.free().first().pk, also=True)
    for verb, value in (("lock", ""), ("unlock", ""), ("lock", "kept for Dana"), ("unlock", ""), ("hand", "assistant"), ("vacate", "")):
        seating.change_seat(Seat.objects.get(pk=seat.pk), verb, value)
    team = exercise.teams.get(name="Cobalt")
    change_room(exercise, {"do": "team-add", "name": "Amber"})
    change_room(exercise, {"do": "team-rename", "team": str(team.pk), "name": "Blue"})
    change_room(exercise, {"do": "door", "to": "closed"})
    drive(exercise, "start")
    drive(exercise, "speed", 2)
    drive(exercise, "advance", "10:00")
    drive_team(team, "pause")
    english, other = told("en"), told("eo")
    assert len(english) == len(other) > 12 and not any("⟦" in line for line in english)
    assert "Dana takes the operator's seat" in english and "The facilitator set the speed to 2x" in english and "The facilitator advanced everybody to 10:00" in english
    assert [line for line in other if unbracketed(line, NAMES)] == []


def test_everything_that_is_kept_of_whoever_runs_an_exercise_is_in_the_catalogue():
    assert {*DEEDS.values(), *TEAM_DEEDS.values(), *NAMELESS} <= set(texts())


def test_a_deed_of_before_has_its_words(another):
    Deed.record(new_exercise(), "paused everybody", by="Dana")
    assert told("eo") == ["Dana paused everybody"]


def test_a_lock_without_a_reason_has_one_in_every_language_and_one_with_a_reason_has_that(another):
    seat, _ = taken_seat(new_exercise(autopilot="assistant"))
    for typed, english, other in (("", "The facilitator is keeping", "⟦The facilitator is keeping"), ("kept for Dana", "kept for Dana", "kept for Dana")):
        seating.change_seat(seat, "lock", typed)
        seat.refresh_from_db()
        assert seat.lock_told.startswith(english)
        with override("eo"):
            assert seat.lock_told.startswith(other)


@pytest.mark.parametrize("rules", [None, engine.RULES - 1])
def test_what_an_upgrade_changed_is_told_at_desks_in_results_and_bundles(another, rules):
    exercise = finished({"Cobalt": "novice"}, until="09:40")
    Exercise.objects.filter(pk=exercise.pk).update(state="running")
    Run.objects.update(state="standing", rules=rules, score=None)
    run = Run.objects.select_related("team__exercise").get()
    other_data = contents.ScenarioContent.objects.create(sha256="0" * 64, scenario="knight-2012", files={})
    Run.objects.update(content=other_data)
    run_store.stand(run, contents.changed(Run.objects.get()), may_play_on=True)
    state = state_of_run(run, state_of(run.team.exercise, run.step))
    assert in_words(state)["upgrade"]["words"].endswith("and the data of knight-2012 was changed")
    with override("eo"):
        assert unbracketed(in_words(state)["upgrade"]["words"], ("knight-2012",)) == []
    run_store.finish_at_checkpoint(run, "")
    assert bundle_of(run).notes == (tell_row(run.note),) and tell_row(run.note).startswith("It was ended after an upgrade: it was begun ")
    with override("eo"):
        assert unbracketed(tell_row(run.note), ("knight-2012",)) == [] and bundle_of(run).notes[0].startswith("It was ended")


@pytest.mark.parametrize("text", [None, "x" * 20_000, "{", '{"t": "ack"}', '{"t": "ack", "seq": 1e99}', "[[[[[[[[]]]]]]]]", r'"\u0000"', '{"t": "command", "id": "6f1a3c52-5d0e-4a53-9c6e-2c3f1d1f7a10", "kind": "dance"}'])
def test_a_message_that_cannot_be_read_is_answered_in_the_language_of_whoever_sent_it(another, text):
    with override("eo"), pytest.raises(protocol.BadMessage, match="^⟦.*⟧$"):
        protocol.read(text)
    with pytest.raises(protocol.BadMessage, match="^[^⟦]+$"):
        protocol.read(text)


@pytest.mark.parametrize("typed", ["noon", "06:00", "26 Jul 18:30", "27 Jul 12:00"])
def test_what_is_no_market_time_is_refused_in_the_language_of_whoever_typed_it(another, typed):
    exercise = new_exercise()
    drive(exercise, "start")
    with override("eo"), pytest.raises(RuleBroken, match="^⟦.*⟧.$"):
        drive(exercise, "advance", typed)
    with pytest.raises(RuleBroken, match="^'[^⟦]*expected"):
        drive(exercise, "advance", typed)
