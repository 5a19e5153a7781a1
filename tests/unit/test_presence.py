"""Who is away, what that does to seats and to the clock: by the sweeper's own seconds, which are an argument. Nothing here waits."""

import uuid
from collections.abc import Iterable

import pytest

from game.control.exercise_controls import drive
from game.models import Command, Deed, Exercise, Player, RuleBroken, Seat
from game.people import presence, sweep
from tests.builders import new_exercise

pytestmark = pytest.mark.django_db
GONE = presence.GRACE_S + 1


def sits(exercise: Exercise, name: str, *desks: str, team: str = "Cobalt") -> Player:
    player, _ = Player.enter(exercise, name)
    for desk in desks:
        exercise.teams.get(name=team).seats.get(desk=desk).take(player)
    return player


class Watch:
    """A sweeper, its clock, and the signs of life of those who are here."""

    def __init__(self) -> None:
        self.sweeper, self.now, self.signs = sweep.Sweeper(), 5000.0, 0
        self.mute: set[int] = set()  # give no sign of life
        self.changed: list[Exercise] = []

    def goes_on(self, seconds: float) -> set[int]:
        """Look twice a second; the teams that changed."""
        teams = set()
        for _ in range(round(2 * seconds)):
            self.now += 0.5
            self.signs += 1
            counts = {pk: 0 if pk in self.mute else self.signs for pk in Player.objects.values_list("pk", flat=True)}
            some, changed = self.sweeper.sweep(self.now, counts)
            teams |= some
            self.changed += changed
        return teams


@pytest.fixture
def watch(monkeypatch) -> Watch:
    for place in ("game.control.exercise_controls.tell_state", "game.control.exercise_controls.dispatch_all", "game.control.exercise_controls.tell_team"):
        monkeypatch.setattr(place, lambda *_: None)
    return Watch()


def a_room(*teams: str, people: int = 3, **values) -> tuple[Exercise, dict[str, list[Player]]]:
    """A running exercise with people at the desks of each team."""
    exercise = new_exercise(team=teams[0], autopilot="assistant", **values)
    for team in teams[1:]:
        exercise.add_team(team, "assistant")
    desks = ("deployer", "operator", "risk")[:people]
    there = {team: [sits(exercise, f"{team} {desk}", desk, team=team) for desk in desks] for team in teams}
    exercise.start()
    return exercise, there


def leave(players: Iterable[Player]) -> None:
    for player in players:
        presence.left(player.pk)


def come_back(players: Iterable[Player]) -> None:
    for player in players:
        presence.seen(player.pk)


def state(exercise: Exercise) -> tuple[str, str]:
    exercise.refresh_from_db()
    return exercise.state, exercise.halt


def deeds(exercise: Exercise) -> list[str]:
    return [str(deed) for deed in exercise.deeds.all()]


def is_covered(player: Player) -> bool:
    return player.seats.get().covered


# Away


def test_who_gives_no_sign_of_life_is_away_and_who_does_is_not(watch):
    exercise = new_exercise()
    dana, eli = sits(exercise, "Dana", "operator"), sits(exercise, "Eli", "risk")
    watch.mute = {dana.pk}
    assert watch.goes_on(sweep.SILENT_S - 0.5) == set()
    assert watch.goes_on(2) == {exercise.teams.get().pk}
    dana.refresh_from_db()
    eli.refresh_from_db()
    assert dana.gone_at and dana.silent_s >= sweep.SILENT_S and eli.gone_at is None
    assert presence.seen(dana.pk) and not presence.seen(dana.pk)


def test_a_wall_clock_that_moves_by_a_day_takes_nobody_away(watch):
    exercise, there = a_room("Cobalt")
    watch.goes_on(5)
    for moved in ("2012-08-01T00:00Z", "2036-01-01T00:00Z"):
        Player.objects.update(seen_at=moved)
        assert watch.goes_on(60) == set()
    presence.left(there["Cobalt"][0].pk)
    Player.objects.exclude(gone_at=None).update(gone_at="2012-08-01T00:00Z")
    watch.goes_on(presence.GRACE_S - 1)
    assert not is_covered(there["Cobalt"][0])
    watch.goes_on(2)
    assert is_covered(there["Cobalt"][0]) and state(exercise) == ("running", "")


def test_a_watcher_that_slept_takes_nothing_away_for_the_time_it_slept(watch):
    _, there = a_room("Cobalt")
    presence.left(there["Cobalt"][0].pk)
    watch.goes_on(5)
    watch.now += 3600
    watch.goes_on(5)
    assert not is_covered(there["Cobalt"][0])
    watch.goes_on(20)
    assert is_covered(there["Cobalt"][0])


def test_the_seat_of_an_absent_player_is_covered_after_the_grace_period_and_not_before_the_start(watch):
    exercise = new_exercise()
    player = sits(exercise, "Dana", "operator")
    seat = player.seats.get()
    leave([player])
    watch.goes_on(GONE)
    assert not is_covered(player), "nothing is played in the lobby"
    exercise.start()
    watch.goes_on(presence.GRACE_S - 1)
    assert not is_covered(player)
    assert watch.goes_on(2) == {seat.team_id} and is_covered(player)
    assert watch.goes_on(2) == set(), "told once"


def test_a_shared_seat_is_covered_only_when_everybody_is_away(watch):
    exercise = new_exercise()
    dana, eli = sits(exercise, "Dana", "operator"), sits(exercise, "Eli", "operator")
    exercise.start()
    leave([dana])
    watch.goes_on(GONE)
    assert not is_covered(eli)
    leave([eli])
    watch.goes_on(GONE)
    assert is_covered(eli)


def test_team_mates_see_who_is_away_and_how_long_the_seat_still_waits():
    exercise = new_exercise()
    dana, eli = sits(exercise, "Dana", "operator"), sits(exercise, "Eli", "risk")
    presence.left(eli.pk)
    presence.seats_of(exercise.teams.get().pk, dana.pk, 1000.0)
    rows = {row["desk"]: row for row in presence.seats_of(exercise.teams.get().pk, dana.pk, 1012.0)}
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


# Seats that come back


def did(player: Player, kind: str, state: str = "applied") -> None:
    """The assistant gives a command at the player's desk."""
    seat = player.seats.get()
    run, number = seat.team.run, Command.objects.count() + 1
    Command.objects.create(run=run, client_id=uuid.uuid4(), desk=seat.desk, kind=kind, by="autopilot", state=state, seq=number, step=number)


def test_a_seat_comes_back_by_itself_when_the_assistant_did_nothing_that_hurts(watch):
    _, there = a_room("Cobalt")
    deployer, operator, _ = there["Cobalt"]
    did(operator, "server.stop")
    leave([operator, deployer])
    watch.goes_on(GONE)
    assert is_covered(operator)
    did(operator, "log.tail")
    did(operator, "servers.stop_all", "refused")
    did(deployer, "flag.clear")
    come_back([operator])
    assert not is_covered(operator), "what it did before, what was refused and what another desk did is no reason"


@pytest.mark.parametrize("kind", ["server.stop", "killswitch.press", "call.answer"])
def test_after_something_that_hurts_its_person_looks_first_and_takes_the_seat_back_with_one_tap(watch, kind):
    _, there = a_room("Cobalt")
    operator = there["Cobalt"][1]
    leave([operator])
    watch.goes_on(GONE)
    did(operator, kind)
    come_back([operator])
    assert is_covered(operator)
    operator.seats.get().uncover()
    assert not is_covered(operator)


def test_the_facilitator_gives_seats_back_to_all_who_are_here(watch):
    exercise, there = a_room("Cobalt", "Amber")
    both = [there["Cobalt"][1], there["Amber"][1]]
    leave([*both, there["Amber"][0]])
    Seat.objects.filter(holdings__player__in=[*both, there["Amber"][0]]).update(covered=True)
    with pytest.raises(RuleBroken, match="no seat whose player is here"):
        drive(exercise, "seats")
    Player.objects.filter(pk__in=[player.pk for player in both]).update(gone_at=None)
    drive(exercise, "seats", by="erin")
    assert not any(is_covered(player) for player in both) and is_covered(there["Amber"][0])
    assert "erin gave the seats back to everybody who is here" in deeds(exercise)


# The room is offline


def test_when_most_people_of_several_teams_vanish_at_once_the_exercise_pauses_and_goes_on_soon_after_half_are_back(watch):
    exercise, there = a_room("Cobalt", "Amber")
    everybody = [player for team in there.values() for player in team]
    leave(everybody[:2])
    watch.goes_on(4)
    assert state(exercise) == ("running", ""), "two may have their reasons"
    leave(everybody[2:4])
    watch.goes_on(3)
    assert state(exercise) == ("paused", "offline") and watch.changed == [exercise]
    assert deeds(exercise)[-1] == "The room is offline, 4 of 6 people vanished at once: the exercise pauses by itself"
    watch.goes_on(60)
    assert not Seat.objects.filter(covered=True).exists() and state(exercise) == ("paused", "offline")
    come_back(everybody[:1])
    watch.goes_on(10)
    assert state(exercise)[0] == "paused", "one of four is not half"
    come_back(everybody[1:2])
    watch.goes_on(sweep.BACK_S - 1)
    assert state(exercise)[0] == "paused"
    watch.goes_on(2)
    assert state(exercise) == ("running", "") and "The room is back: the exercise goes on by itself" in deeds(exercise)
    assert 70 <= exercise.offline_s <= 78
    watch.goes_on(20)
    assert state(exercise) == ("running", ""), "who is still away does not pause it again"
    watch.goes_on(presence.GRACE_S)
    assert [is_covered(player) for player in everybody] == [False, False, True, True, False, False]


def test_those_who_fall_silent_count_as_those_who_are_cut_off(watch):
    exercise, there = a_room("Cobalt", "Amber")
    watch.mute = {player.pk for team in there.values() for player in team}
    watch.goes_on(sweep.SILENT_S + sweep.SETTLED_S + 1)
    assert state(exercise) == ("paused", "offline")


def test_whoever_vanished_a_moment_ago_belongs_to_them(watch):
    exercise, there = a_room("Cobalt", "Amber", people=2)
    leave([*there["Cobalt"], there["Amber"][0]])
    watch.goes_on(1.5)
    leave(there["Amber"][1:])
    watch.goes_on(1)
    assert deeds(exercise) == ["The room is offline, 4 of 4 people vanished at once: the exercise pauses by itself"]
    assert exercise.players.filter(halted=True).count() == 4


def test_people_who_leave_one_after_the_other_pause_nothing(watch):
    exercise, there = a_room("Cobalt", "Amber")
    for player in (player for team in there.values() for player in team):
        leave([player])
        watch.goes_on(6)
    assert state(exercise) == ("running", "")


def test_a_page_that_everybody_loads_again_pauses_nothing(watch):
    exercise, there = a_room("Cobalt", "Amber")
    everybody = [player for team in there.values() for player in team]
    leave(everybody)
    watch.goes_on(1.5)
    come_back(everybody)
    watch.goes_on(10)
    assert state(exercise) == ("running", "")


def test_one_team_alone_buys_no_time_by_pulling_the_plug(watch):
    exercise, there = a_room("Cobalt", "Amber", people=3)
    leave(there["Amber"][1:])
    watch.goes_on(GONE + 10)
    assert state(exercise) == ("running", "")
    leave(there["Cobalt"])
    watch.goes_on(GONE)
    assert state(exercise) == ("running", ""), "three of four, but of one team"
    assert all(is_covered(player) for player in there["Cobalt"]), "its seats are covered"


def test_a_single_team_is_the_room(watch):
    exercise, there = a_room("Cobalt")
    leave(there["Cobalt"])
    watch.goes_on(3)
    assert state(exercise) == ("paused", "offline")


def test_who_was_long_gone_is_not_counted_among_the_seated(watch):
    exercise, there = a_room("Cobalt", "Amber")
    leave([there["Cobalt"][0], there["Amber"][0]])
    watch.goes_on(GONE + 10)
    leave([*there["Cobalt"][1:], there["Amber"][1]])
    watch.goes_on(3)
    assert state(exercise) == ("paused", "offline"), "three of four"


def test_a_pause_that_the_facilitator_made_or_keeps_is_not_undone_by_the_return(watch):
    exercise, there = a_room("Cobalt", "Amber")
    everybody = [player for team in there.values() for player in team]
    exercise.pause()
    leave(everybody)
    watch.goes_on(10)
    come_back(everybody)
    watch.goes_on(10)
    assert state(exercise) == ("paused", "")
    drive(exercise, "resume")
    leave(everybody)
    watch.goes_on(5)
    assert state(exercise) == ("paused", "offline")
    drive(exercise, "pause", by="erin")
    come_back(everybody)
    watch.goes_on(10)
    assert state(exercise) == ("paused", "")


def test_a_facilitator_who_lets_it_go_on_without_them_is_not_overruled(watch):
    exercise, there = a_room("Cobalt", "Amber")
    leave(player for team in there.values() for player in team)
    watch.goes_on(5)
    assert state(exercise) == ("paused", "offline")
    drive(exercise, "resume", by="erin")
    watch.goes_on(10)
    assert state(exercise) == ("running", "")


def test_two_watchers_pause_once_and_count_the_seconds_once(watch):
    exercise, there = a_room("Cobalt", "Amber")
    other = sweep.Sweeper()
    leave(player for team in there.values() for player in team)
    for _ in range(50):
        watch.goes_on(0.5)
        other.sweep(watch.now + 0.2, {})
    exercise.refresh_from_db()
    assert 20 <= exercise.offline_s <= 24
    assert sum("offline" in text for text in deeds(exercise)) == 1


def test_a_game_for_one_pauses_without_its_player_who_lets_it_go_on(watch):
    exercise = new_exercise()
    you = exercise.owner = sits(exercise, "You", "operator")
    exercise.save()
    exercise.start()
    leave([you])
    watch.goes_on(sweep.ALONE_S - 1)
    assert state(exercise) == ("running", "")
    watch.goes_on(2)
    assert state(exercise) == ("paused", "alone") and watch.changed == [exercise]
    assert deeds(exercise)[-1] == "The game pauses by itself while its player is away"
    come_back([you])
    watch.goes_on(20)
    assert state(exercise) == ("paused", "alone")
    drive(exercise, "resume", by="You")
    assert state(exercise) == ("running", "")
    assert Deed.objects.filter(exercise=exercise).count() == 2
