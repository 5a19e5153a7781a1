"""What a seat is called, and in which order the desks are filled."""

from game.models import Seat

ORDER = ("operator", "risk", "deployer")  # in which free desks of a team are filled


def seat_words(seat: Seat) -> str:
    """A seat in a sentence, by the title that its desk has in its scenario: "the risk manager's seat"."""
    return f"the {seat.team.exercise.words['desks'][seat.desk]['title']}'s seat"
