"""What a seat is called, and in which order the desks are filled."""

from django.utils.translation import gettext_noop

import engine
from game.models import Seat, contents

ORDER = ("operator", "risk", "deployer")  # in which free desks of a team are filled


def seat_words(seat: Seat) -> engine.Phrase:
    """A seat in a sentence, by the title that its desk has in its scenario: "the risk manager's seat"."""
    scenario = contents.here(seat.team.exercise.scenario)
    title = engine.Told().title(seat.desk) if scenario is None else scenario.told.called(seat.desk)
    return engine.phrase(gettext_noop("the {desk}'s seat"), desk=title)
