"""What the desks are called, and in which order they are filled."""

TITLES = {"operator": "Operator", "risk": "Risk manager", "deployer": "Deployer"}
ORDER = tuple(TITLES)  # in which free desks of a team are filled


def seat_words(desk: str) -> str:
    """A desk's seat in a sentence: "the risk manager's seat"."""
    return f"the {TITLES[desk].lower()}'s seat"
