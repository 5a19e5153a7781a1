"""Games for one: how many of them are played at once."""

from django.utils.translation import gettext

from game.models import Defaults, Exercise, RuleBroken


def room_for_one(address: str) -> None:
    """Raise RuleBroken where this machine plays as many games for one as it can hold, or this address has half of them."""
    places = Defaults.now().solo_places
    played = Exercise.objects.filter(state="running").exclude(owner=None)
    if played.count() >= places:
        raise RuleBroken(
            gettext("%(places)s people are playing here already, as many as this server can take. Try again in a few minutes.") % {"places": places}
        )
    if address and played.filter(came_from=address).count() >= max(1, places // 2):
        raise RuleBroken(gettext("Too many people from your network are playing here. Try again in a few minutes."))
