"""How often screens are told: a market keeps its time, and pictures come as often as there are processors for."""

from game.live.clock import BEAT_S, CROWDED_S, left_out
from game.live.run_driver import QUIET_EVERY, TELL_EVERY

BEATS = range(40)


def told(late: list[float]) -> list[int]:
    return [beat for beat in BEATS if not left_out(beat, late)]


def test_a_clock_that_is_in_time_tells_its_screens_twice_a_second():
    for late in ([], [CROWDED_S], [BEAT_S, CROWDED_S / 2]):
        assert told(late) == list(BEATS[::TELL_EVERY])
    assert TELL_EVERY * BEAT_S == 0.5


def test_a_late_one_tells_them_half_as_often_and_never_leaves_out_a_desk_whose_turn_it_is():
    late = told([0.0, 2 * CROWDED_S])
    assert late == list(BEATS[:: 2 * TELL_EVERY])
    assert set(BEATS[::QUIET_EVERY]) <= set(late)
