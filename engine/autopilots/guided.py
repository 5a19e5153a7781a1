"""How a desk follows a guide: the step that is its own, by the lever that the step names. What a step leaves to be found is read off the cards."""

from engine.arguments import Args
from engine.autopilots.parts import Eyes, Move
from engine.sights.cards import GuideNow


def follow_guide(eyes: Eyes) -> Move | None:
    """Do what the guide's step says, where there is a guide and the step is this desk's."""
    now = (guide := eyes.sight.get("guide")) and guide["now"]
    if not now or now["desk"] != eyes.desk or not now["lever"] or eyes.busy(now["lever"]):
        return None
    args = _found(eyes, now)
    return None if args is None else Move(now["lever"], args, "likely", "As the guide says.")


def _found(eyes: Eyes, now: GuideNow) -> Args | None:
    """The arguments of a step, those that it leaves open as the desk's own cards have them."""
    if now["lever"] == "release.copy":
        odd = [row["n"] for row in eyes.hosts if row["checksum"] and row["checksum"]["disk_release"] != eyes.target]
        return {"servers": odd, "release": eyes.target} if odd else None
    if now["lever"] == "server.start":
        odd = [row["n"] for row in eyes.hosts if row["checksum"] and row["checksum"]["process_release"] != eyes.target]
        return {"server": odd[0]} if odd else None
    if now["lever"] == "server.look":
        return {"server": 1} if eyes.phase == "bell" else None
    if now["lever"] == "evidence.share":
        return {"what": now["card"] or "", "id": 0}
    return now["args"]
