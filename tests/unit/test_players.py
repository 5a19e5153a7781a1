"""Players, seats and presence, as their rows keep them. Time is an argument: nothing here waits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from game import presence
from game.access import cookie_value, is_still, place_of, player_of
from game.models import Exercise, Holding, Player, RuleBroken, Seat
from game.people import clean_name, words
from tests.builders import new_exercise

pytestmark = pytest.mark.django_db
GONE = timedelta(seconds=presence.GRACE_S)


def sits(exercise: Exercise, name: str, *desks: str) -> Player:
    player, _ = Player.enter(exercise, name)
    for desk in desks:
        exercise.teams.get().seats.get(desk=desk).take(player)
    return player


def away(player: Player, since) -> None:
    Player.objects.filter(pk=player.pk).update(gone_at=since)


@pytest.mark.parametrize(
    ("typed", "shown"), [("  Dana  ", "Dana"), ("An\u0000a\u202e", "Ana"), ("Zoë  Ó", "Zoë Ó"), ("李雷", "李雷"), ("🙂", "🙂"), ("x" * 24, "x" * 24)]
)
def test_a_name_is_what_can_be_seen_of_it(typed, shown):
    assert clean_name(typed) == shown


@pytest.mark.parametrize(
    ("typed", "reason"), [("", "Type the name"), (" \u200b\t", "Type the name"), ("...", "Type the name"), ("x" * 25, "at most 24")]
)
def test_what_is_no_name_is_refused_with_what_was_expected(typed, reason):
    with pytest.raises(RuleBroken, match=reason):
        clean_name(typed)


@pytest.mark.parametrize("same", ["dana", "DANA", " Dana ", "Ｄａｎａ"])
def test_a_name_is_taken_once_in_an_exercise_however_it_is_written(same):
    exercise, other = new_exercise(), new_exercise()
    Player.enter(exercise, "Dana")
    with pytest.raises(RuleBroken, match="resume word"):
        Player.enter(exercise, same)
    Player.enter(other, same)


def test_a_name_that_grows_when_it_is_compared_still_fits():
    Player.enter(new_exercise(), "\ufdfa" * 24)


def test_every_player_of_an_exercise_has_another_word_and_words_never_run_out():
    assert len(set(words())) == len(words()) >= 200 and all(word.isascii() and word.islower() for word in words())
    exercise = new_exercise()
    given = {Player.enter(exercise, f"P{number}")[0].word for number in range(len(words()) + 3)}
    assert len(given) == len(words()) + 3


def test_a_word_moves_the_player_to_another_browser_and_lets_the_first_one_go():
    exercise = new_exercise()
    player, token = Player.enter(exercise, "Dana")
    exercise.teams.get().seats.get(desk="risk").take(player)
    first = {"player": cookie_value(player, token)}
    place = place_of(first, "risk")
    assert place is not None and is_still(place)
    assert Player.resume(exercise, "no-such-word") is None
    again = Player.resume(exercise, f" {player.word.upper()} ")
    assert again is not None and again[0] == player
    assert player_of(first) is None and not is_still(place)
    assert place_of({"player": cookie_value(*again)}).seat.desk == "risk"


def test_a_cookie_opens_the_desks_its_player_holds_and_no_other():
    exercise = new_exercise()
    player, token = Player.enter(exercise, "Dana")
    cookies = {"player": cookie_value(player, token)}
    assert place_of(cookies) is None
    for desk in ("risk", "deployer"):
        exercise.teams.get().seats.get(desk=desk).take(player)
    assert place_of(cookies).seat.desk == "deployer" and place_of(cookies, "risk").seat.desk == "risk"
    assert place_of(cookies, "operator") is None
    assert player_of({"player": cookie_value(player, "another token")}) is None


def test_a_seat_of_another_team_is_given_up_for_a_new_one():
    exercise = new_exercise()
    amber = exercise.add_team("Amber")
    player = sits_in = Player.enter(exercise, "Dana")[0]
    exercise.teams.get(name="Cobalt").seats.get(desk="risk").take(player)
    amber.seats.get(desk="operator").take(sits_in)
    amber.seats.get(desk="risk").take(player)
    assert [str(seat) for seat in player.seats] == ["Amber operator", "Amber risk"]


def test_the_autopilot_plays_the_desks_nobody_holds_and_the_covered_ones():
    exercise = new_exercise(autopilot="assistant")
    team = exercise.teams.get()
    sits(exercise, "Dana", "operator", "risk")
    plays = lambda: [(seat.desk, seat.pilot) for seat in team.seats.played_by_autopilot()]  # noqa: E731
    assert plays() == [("deployer", "assistant")]
    Seat.objects.filter(team=team, desk="risk").update(covered=True)
    assert plays() == [("deployer", "assistant"), ("risk", "assistant")]
    Seat.objects.filter(team=team).update(autopilot="")
    assert plays() == [("risk", "assistant")], "whoever is away is always stood in for"


def test_who_falls_silent_is_away_since_the_last_sign_of_life():
    exercise, now = new_exercise(), timezone.now()
    player = sits(exercise, "Dana", "operator")
    presence.seen(player.pk, now)
    assert presence.sweep(now + timedelta(seconds=presence.SILENT_S - 1)) == set()
    assert presence.sweep(now + timedelta(seconds=presence.SILENT_S + 1)) == {exercise.teams.get().pk}
    player.refresh_from_db()
    assert player.gone_at == now
    assert presence.seen(player.pk, now) and not presence.seen(player.pk, now)


def test_the_seat_of_an_absent_player_is_covered_after_the_grace_period_and_not_before_the_start():
    exercise, now = new_exercise(), timezone.now()
    player = sits(exercise, "Dana", "operator")
    seat = player.seats.get()
    away(player, now)
    presence.sweep(now + GONE)
    assert not Seat.objects.get(pk=seat.pk).covered, "nothing is played in the lobby"
    exercise.start()
    presence.sweep(now + GONE - timedelta(seconds=1))
    assert not Seat.objects.get(pk=seat.pk).covered
    assert presence.sweep(now + GONE) == {seat.team_id}
    assert Seat.objects.get(pk=seat.pk).covered
    assert presence.sweep(now + GONE) == set(), "told once"
    presence.seen(player.pk, now)
    assert Seat.objects.get(pk=seat.pk).covered, "coming back is not yet taking it back"
    seat.uncover()
    assert not Seat.objects.get(pk=seat.pk).covered


def test_a_shared_seat_is_covered_only_when_everybody_is_away():
    exercise, now = new_exercise(), timezone.now()
    dana, eli = sits(exercise, "Dana", "operator"), sits(exercise, "Eli", "operator")
    exercise.start()
    away(dana, now)
    presence.seen(eli.pk, now)
    presence.sweep(now + GONE - timedelta(seconds=20))
    away(eli, now + timedelta(seconds=9))
    presence.sweep(now + GONE)
    assert not eli.seats.get().covered
    presence.sweep(now + GONE + timedelta(seconds=9))
    assert eli.seats.get().covered


def test_team_mates_see_who_is_away_and_how_long_the_seat_still_waits():
    exercise, now = new_exercise(), timezone.now()
    dana, eli = sits(exercise, "Dana", "operator"), sits(exercise, "Eli", "risk")
    away(eli, now)
    rows = {row["desk"]: row for row in presence.seats_of(exercise.teams.get().pk, dana.pk, now + timedelta(seconds=12))}
    assert rows["operator"] == {
        "desk": "operator",
        "holders": ["Dana"],
        "online": True,
        "autopilot": None,
        "covered": False,
        "ready": None,
        "mine": True,
        "away_s": None,
    }
    assert rows["risk"] == {
        "desk": "risk",
        "holders": ["Eli"],
        "online": False,
        "autopilot": None,
        "covered": False,
        "ready": None,
        "mine": False,
        "away_s": 18,
    }
    assert rows["deployer"] == {
        "desk": "deployer",
        "holders": [],
        "online": False,
        "autopilot": "history",
        "covered": False,
        "ready": None,
        "mine": False,
        "away_s": None,
    }


def test_a_game_for_one_waits_for_its_player_after_some_minutes():
    exercise, now = new_exercise(), timezone.now()
    exercise.owner = sits(exercise, "You", "operator")
    exercise.save()
    exercise.start()
    away(exercise.owner, now)
    assert presence.forsaken(now + timedelta(seconds=presence.OWNER_AWAY_S - 1)) == []
    assert presence.forsaken(now + timedelta(seconds=presence.OWNER_AWAY_S)) == [exercise]
    exercise.refresh_from_db()
    assert exercise.state == "paused"


def test_two_who_hold_a_seat_are_named_in_the_order_they_came():
    exercise = new_exercise()
    sits(exercise, "Zoe", "operator")
    sits(exercise, "Ann", "operator")
    seat = Seat.objects.get(team__exercise=exercise, desk="operator")
    assert [player.name for player in seat.holders] == ["Zoe", "Ann"]
    assert Holding.objects.count() == 2
