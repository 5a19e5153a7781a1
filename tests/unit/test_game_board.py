"""The wall's figures: interpolated history, and a loss counter that keeps its secret on the server."""

import json
from itertools import product

import pytest

import engine
from game.control import board, standings
from game.live import losses
from game.live.loudspeaker import read_hash
from game.models import Exercise
from tests import days

OPEN, MINUTE = days.OPEN, engine.STEPS_PER_MINUTE
GHOST = [[OPEN + MINUTE * minute, 4_000_000 * minute] for minute in range(46)]


def side(minutes: int = 10, name: str = "Cobalt") -> board.Side:
    """A run `minutes` after the bell that lost a million a minute, and 777 dollars since the last full one."""
    curve = [[OPEN + MINUTE * minute, 1_000_000 * minute] for minute in range(minutes + 1)]
    loss = {"clock": "", "loss_usd": 1_000_000 * minutes + 777, "shares": 1}
    return board.Side(1, name, curve, OPEN + MINUTE * minutes + 100, {"loss": loss})


def beside(*teams: tuple[str, int, int], mode: str = "live", **values) -> list[tuple]:
    """(name, steps after the bell, loss) of each -> rank, name and loss of the wall's board; each lost as much a step all the time."""
    sides = []
    for name, steps, loss in teams:
        one = board.Side(1, name, [[OPEN + k, loss * k // steps] for k in range(0, steps + 1, MINUTE)], OPEN + steps)
        one.hear(OPEN + steps, {"loss": (1, json.dumps({"loss_usd": loss}))})
        sides.append(one)
    exercise = Exercise(code="K7-M4Q", title="x", state="running", loss_counter=mode, **values)
    return [(one["rank"], one["name"], one["loss_usd"]) for one in board.compose(exercise, sides, GHOST)["board"]["teams"]]


def composed(mode: str, state: str = "running", **more):
    exercise = Exercise(code="K7-M4Q", title="x", state=state, loss_counter=mode)
    return board.compose(exercise, [side(**more)], GHOST)


def test_live_shows_the_loss_of_this_step_beside_history_at_this_step():
    cards = composed("live")
    assert cards["board"] == {
        "as_of": "09:40",
        "mode": "live",
        "teams": [{"name": "Cobalt", "stands": "", "behind": "", "loss_usd": 10_000_777, "avoided_usd": 31_665_890, "rank": 1}],
        "history_usd": 41_666_667,
        "frozen": None,
    }
    assert cards["curve"]["teams"] == [{"name": "Cobalt", "loss": [1_000_000 * minute for minute in range(11)]}]
    assert cards["curve"]["history"][-1] == 40_000_000


def test_delayed_shows_the_full_minute_two_minutes_ago_and_no_later_point_anywhere():
    cards = composed("delayed")
    assert cards["board"]["as_of"] == "09:38"
    assert cards["board"]["teams"][0]["loss_usd"] == 8_000_000
    assert cards["curve"]["teams"][0]["loss"] == [1_000_000 * minute for minute in range(9)]
    assert "777" not in json.dumps(cards) and "9000000" not in json.dumps(cards)


def test_hidden_holds_no_loss_of_a_team_or_of_history():
    cards = composed("hidden")
    assert cards["board"]["teams"] == [{"name": "Cobalt", "stands": "", "behind": "", "loss_usd": None, "avoided_usd": None, "rank": None}]
    assert cards["board"]["history_usd"] is None
    assert cards["curve"]["history"] == [] and cards["curve"]["teams"] == [{"name": "Cobalt", "loss": []}]


@pytest.mark.parametrize("mode", ["delayed", "hidden"])
def test_the_end_reveals_everything(mode):
    assert composed(mode, state="ended")["board"]["teams"][0]["loss_usd"] == 10_000_777


def test_while_a_scenario_is_kept_secret_the_wall_holds_nothing_of_history():
    exercise = Exercise(code="K7-M4Q", title="x", state="running", loss_counter="live", drawn=True)
    cards = board.compose(exercise, [side()], GHOST)
    assert cards["board"]["history_usd"] is None and cards["curve"]["history"] == []
    exercise.state = "ended"
    assert board.compose(exercise, [side()], GHOST)["curve"]["history"]


@pytest.mark.parametrize(("mode", "state"), list(product(["live", "delayed", "hidden"], ["lobby", "running", "paused", "ended"])))
def test_no_card_of_the_run_itself_reaches_the_wall(mode, state):
    one = side()
    one.cards.update({"tiles": {"moves_bp": [1]}, "servers": {"secret": 1}, "minutes": {"points": []}})
    exercise = Exercise(code="K7-M4Q", title="x", state=state, loss_counter=mode)
    cards = board.compose(exercise, [one], GHOST)
    assert set(cards) == {"state", "clock", "tiles", "board", "curve"}


def test_history_between_two_minutes_lies_on_the_line_and_outside_at_its_ends():
    assert losses.at(GHOST, OPEN + MINUTE // 2) == 2_000_000
    assert losses.at(GHOST, OPEN - 1) == 0
    assert losses.at(GHOST, days.CLOSE) == 180_000_000
    assert losses.at([], OPEN) == 0


def test_a_share_is_said_only_where_history_lost_more_than_a_million():
    assert losses.share(1_000_000, 0) is None
    assert losses.share(None, 5) is None
    assert losses.share(2_000_000, 3_000_000) == -0.5


def test_a_card_that_did_not_change_keeps_its_version_and_is_not_sent_again():
    kept = board.Board()
    first = kept.update(100, {"a": {"x": 1}, "b": {"y": 1}})
    second = kept.update(100, {"a": {"x": 1}, "b": {"y": 2}})
    assert set(first) == {"a", "b"} and set(second) == {"b"}
    assert second["b"][0] > first["b"][0]


def test_a_run_that_has_told_nothing_yet_stands_at_the_beginning_of_its_week():
    assert read_hash({}).step == days.WEEK and read_hash({"": "7"}).step == 7


@pytest.mark.parametrize("drawn", [False, True])
def test_teams_that_did_the_same_are_level_though_their_markets_are_some_seconds_apart(drawn):
    rate = 10_000  # dollars a step
    found = beside(("Cobalt", 1000, 1000 * rate), ("Amber", 1011, 1011 * rate), ("Slate", 1030, 1030 * rate + 900), drawn=drawn)
    assert [one[:2] for one in found] == [(1, "Cobalt"), (1, "Amber"), (1, "Slate")]
    assert {loss for _, _, loss in found} == {1000 * rate}, "one figure, and so one bar"


def test_a_rank_counts_those_before_it():
    found = beside(("Cobalt", 1000, 9_000_000), ("Amber", 1000, 4_000_000), ("Slate", 1000, 9_000_000), ("Teal", 1000, 20_000_000))
    assert [one[:2] for one in found] == [(1, "Amber"), (2, "Cobalt"), (2, "Slate"), (4, "Teal")]


def test_nobody_waits_for_a_team_that_lags_and_it_is_judged_by_what_it_saved():
    behind = beside(("Cobalt", 4000, 8_000_000), ("Amber", 400, 1_000_000))
    assert behind == [(1, "Cobalt", 8_000_000), (2, "Amber", 1_000_000)], "history had lost little by then"


def test_teams_whose_final_figures_read_otherwise_are_not_level():
    ranked = standings.rank([{"name": name, "step": 0, "loss_usd": loss, "avoided_usd": None} for name, loss in (("A", 4_160_000), ("B", 4_140_000), ("C", 4_230_000))])
    assert [(one["name"], one["rank"]) for one in ranked] == [("B", 1), ("A", 2), ("C", 2)]
