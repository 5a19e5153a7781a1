"""What several models share: the desks, and how a rule says no."""

from engine import DESKS as DESKS

SPEED_MIN, SPEED_MAX = 0.5, 120.0  # times real time
JOINS_MOST = 5000  # of one address in a minute
SEED_MAX = 2**31 - 1
EVENINGS = 3  # of the week at most
ASSISTANT = "assistant"  # the autopilot that plays a desk nobody is at


class RuleBroken(Exception):
    """Something that cannot be done now; the text says why, for the person who tried."""
