"""The Brier score of how sure desks said they were."""

import pytest

from engine import Forecast, sureness

RIGHT, WRONG = True, False


def score(*said: tuple[str, bool]) -> float:
    (own, team) = sureness(Forecast("risk", confidence, right) for confidence, right in said)
    assert own["score"] == team["score"]
    return team["score"]


def test_each_word_has_its_chance():
    assert score(("guessing", RIGHT)) == score(("guessing", WRONG)) == 0.25
    assert (score(("likely", RIGHT)), score(("likely", WRONG))) == (0.0625, 0.5625)
    assert (score(("certain", RIGHT)), score(("certain", WRONG))) == (0.0025, 0.9025)


def test_it_is_the_mean_of_squared_differences():
    assert score(("certain", RIGHT), ("likely", WRONG), ("guessing", RIGHT)) == pytest.approx((0.0025 + 0.5625 + 0.25) / 3, abs=1e-4)


def test_the_truth_scores_best_whoever_is_right_three_times_in_four_does_best_by_saying_likely():
    came = [RIGHT, RIGHT, RIGHT, WRONG]
    scores = {word: score(*((word, one) for one in came)) for word in ("guessing", "likely", "certain")}
    assert min(scores, key=lambda word: scores[word]) == "likely"


def test_desks_have_their_own_and_the_team_has_that_of_all_of_them():
    rows = sureness([Forecast("risk", "certain", WRONG), Forecast("deployer", "certain", RIGHT), Forecast("risk", "guessing", RIGHT)])
    assert [row["desk"] for row in rows] == ["deployer", "risk", ""]
    assert rows[1] == {"desk": "risk", "said": 2, "right": 1, "expected": 1.45, "score": pytest.approx(0.57625, abs=1e-4)}
    assert (rows[2]["said"], rows[2]["right"]) == (3, 2)


def test_nobody_who_said_nothing_has_a_score():
    assert sureness([]) == []
