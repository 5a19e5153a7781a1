"""More teams than processors: markets keep their time, and pictures come half as often."""

from game.live.clock import BEAT_S, CROWDED_S, left_out
from game.live.run_driver import QUIET_EVERY, WALL_EVERY

BEATS = range(40)


def test_a_clock_that_is_in_time_tells_every_beat():
    for late in ([], [CROWDED_S], [BEAT_S, CROWDED_S / 2]):
        assert not any(left_out(beat, late) for beat in BEATS)


def test_a_late_one_tells_every_other_beat_and_never_leaves_out_a_wall_or_a_desk_whose_turn_it_is():
    told = [beat for beat in BEATS if not left_out(beat, [0.0, 2 * CROWDED_S])]
    assert told == list(BEATS[::2])
    assert {beat for beat in BEATS if beat % WALL_EVERY == 0 or beat % QUIET_EVERY == 0} <= set(told)
