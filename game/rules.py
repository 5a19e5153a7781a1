"""What several models share: the desks, and how a rule says no."""

DESKS = ("deployer", "operator", "risk")
ASSISTANT = "assistant"  # the autopilot that plays a desk nobody is at


class RuleBroken(Exception):
    """Something that cannot be done now; the text says why, for the person who tried."""
