"""Games for one: how many of them are played at once."""

from game.models import Defaults, Exercise, RuleBroken


def room_for_one(address: str) -> None:
    """Raise RuleBroken where this machine plays as many games for one as it can hold, or this address has half of them."""
    places = Defaults.now().solo_places
    played = Exercise.objects.filter(state="running").exclude(owner=None)
    if played.count() >= places:
        raise RuleBroken(f"{places} people play here already, which is as many as this machine can hold. Try again in a few minutes.")
    if address and played.filter(came_from=address).count() >= max(1, places // 2):
        raise RuleBroken("So many people of your network play here that others would find no place. Try again in a few minutes.")
