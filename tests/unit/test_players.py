"""Players and seats, as their rows keep them."""

import pytest

from game.live import run_store
from game.models import Exercise, Player, RuleBroken, Seat
from game.models.people import clean_name, words
from game.people.access import cookie_value, is_still, place_of, player_of
from tests.builders import new_exercise

pytestmark = pytest.mark.django_db


def sits(exercise: Exercise, name: str, *desks: str) -> Player:
    player, _ = Player.enter(exercise, name)
    for desk in desks:
        exercise.teams.get().seats.get(desk=desk).take(player)
    return player


@pytest.mark.parametrize(
    ("typed", "shown"), [("  Dana  ", "Dana"), ("An\u0000a\u202e", "Ana"), ("Zoë  Ó", "Zoë Ó"), ("李雷", "李雷"), ("🙂", "🙂"), ("x" * 24, "x" * 24)]
)
def test_a_name_is_what_can_be_seen_of_it(typed, shown):
    assert clean_name(typed) == shown


@pytest.mark.parametrize(
    "name", ["مهدی\u200cزاده", "می\u200cخواهم", "क्\u200dष", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f469\U0001f3fd\u200d\U0001f680", "\U0001f3f3\ufe0f\u200d\U0001f308"]
)  # fmt: skip
def test_what_joins_the_letters_of_a_script_or_the_parts_of_an_emoji_stays(name):
    assert clean_name(name) == name
    assert clean_name(f"\u202e{name}\u2066\u200d") == name, "what turns the direction goes, and what joins nothing"


@pytest.mark.parametrize("typed", ["Da\u200dna", "Da\u200cna", "\u200dDana\u200d", "Dana\u2060", "\u202eDana\u202c"])
def test_what_is_not_seen_makes_no_second_name(typed):
    assert clean_name(typed) == "Dana"


@pytest.mark.parametrize("typed", ["\u200d", "\u200c\u200d \u200c", "\u202e\u2066", "\ufe0f"])
def test_a_name_of_which_nothing_is_seen_is_none(typed):
    with pytest.raises(RuleBroken, match="Enter the name"):
        clean_name(typed)


def test_two_names_that_look_the_same_are_one():
    exercise = new_exercise()
    Player.enter(exercise, "مهدی\u200cزاده")
    with pytest.raises(RuleBroken, match="The name"):
        Player.enter(exercise, "مهدیزاده")


@pytest.mark.parametrize(
    ("typed", "reason"), [("", "Enter the name"), (" \u200b\t", "Enter the name"), ("...", "Enter the name"), ("x" * 25, "at most 24")]
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


def test_resume_words_are_three_of_two_thousand_that_no_two_of_begin_alike():
    assert len(words()) >= 2000 and all(word.isascii() and word.islower() and word.isalpha() and 3 <= len(word) <= 9 for word in words())
    assert len({word[:4] for word in words()}) == len(words())
    exercise = new_exercise()
    given = [Player.enter(exercise, f"P{number}")[0].word for number in range(50)]
    assert len(set(given)) == 50 and all(len(word.split()) == 3 and set(word.split()) <= set(words()) for word in given)


@pytest.mark.parametrize("typed", ["Maple River Stone", " maple-river-stone ", "maple, river, stone.", "MAPLE  RIVER\tSTONE"])
def test_a_resume_word_is_known_however_it_is_typed(typed):
    exercise = new_exercise()
    player, _ = Player.enter(exercise, "Dana")
    Player.objects.filter(pk=player.pk).update(word="maple river stone")
    assert Player.of_word(exercise, typed) == player
    assert Player.of_word(exercise, "river maple stone") is None and Player.of_word(exercise, " ") is None
    Player.objects.filter(pk=player.pk).update(word="acorn")
    assert Player.of_word(exercise, " Acorn ") == player, "a word of one, from before, opens until its exercise ends"


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
    plays = lambda: run_store.pilots(team.pk)  # noqa: E731
    assert plays() == {"deployer": "assistant"} == {seat.desk: seat.pilot for seat in team.seats.all() if seat.pilot}
    Seat.objects.filter(team=team, desk="risk").update(covered=True)
    assert plays() == {"deployer": "assistant", "risk": "assistant"} == {seat.desk: seat.pilot for seat in team.seats.all() if seat.pilot}
    Seat.objects.filter(team=team).update(autopilot="")
    assert plays() == {"risk": "assistant"}, "whoever is away is always stood in for"
