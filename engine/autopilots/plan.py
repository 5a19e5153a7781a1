"""Planning an evening: what is left of it, what stands in the calendar already, and the next errand that still fits."""

from engine.arguments import Args
from engine.autopilots.parts import Eyes, Move, open_mail
from engine.market_time import STEPS_PER_MINUTE, STEPS_PER_SECOND
from engine.sights.cards import Control, Host

FAILED = ("abandoned", "cut off")

BUILT_BY = {"dashboard": "dashboard.build", "killswitch": "killswitch.build", "limit": "limit.link", "rate": "rate.build", "standby": "standby.build"}

Errand = tuple[str, Args]  # a lever of the week and its arguments


def tonight_left(eyes: Eyes) -> float:
    """Minutes until the evening ends."""
    return (eyes.calendar.evening_steps // STEPS_PER_SECOND - eyes.tonight_s) / 60


def week_left(eyes: Eyes) -> float:
    """Minutes of one hand until the last evening ends."""
    later = len(eyes.calendar.evenings) - 1 - (eyes.evening or 0)
    return tonight_left(eyes) + later * eyes.calendar.evening_steps // STEPS_PER_MINUTE


def planned(eyes: Eyes, kind: str) -> bool:
    """Whether a lever of this desk stands in the week's calendar: done, under way or to go on."""
    return in_calendar(eyes, eyes.desk, kind)


def in_calendar(eyes: Eyes, desk: str, kind: str) -> bool:
    """Whether a lever stands in a desk's calendar of the week and was not given up."""
    rows = eyes.week["calendar"]
    return any((row["desk"], row["kind"]) == (desk, kind) and row["state"] not in FAILED for row in rows)


def stands(eyes: Eyes, control: str) -> Control | None:
    """A control's row, None where it was not built."""
    return next((row for row in eyes.controls if row["name"] == control and row["built"]), None)


def fits(eyes: Eyes, kind: str) -> bool:
    """Whether a lever may be given now and would be done by the end of the last evening."""
    row = eyes.lever(kind)
    return row is not None and row["allowed"] and row["minutes"] <= week_left(eyes)


def next_errand(eyes: Eyes, errands: tuple[Errand, ...]) -> Move | None:
    """The first errand that is neither done nor under way and still fits; tests and repairs are errands too."""
    for kind, args in errands:
        if not fits(eyes, kind):
            continue
        if kind == "control.test":
            row = stands(eyes, args["control"])
            if row and not row["tested"] and not eyes.busy(kind):
                return Move(kind, args, "certain", "What was never tried does not count.")
        elif not planned(eyes, kind):
            return Move(kind, args, "certain", "It is worth the evening.")
    return None


def mend(eyes: Eyes) -> Move | None:
    """Close a hole that a test has shown, where the week is long enough for building the control again."""
    if eyes.evening is None or not eyes.allowed("control.mend") or eyes.busy("control.mend"):
        return None
    for row in eyes.controls:
        again = eyes.lever(BUILT_BY.get(row["name"], row["name"]))
        if row["by"] == eyes.desk and row["hole"] and again and again["minutes"] <= week_left(eyes):
            return Move("control.mend", {"control": row["name"]}, "certain", "It has a hole.")
    return None


def uncopied(eyes: Eyes) -> list[int]:
    """Servers that the copy tool has no release for yet and that nobody is copying to, by their numbers."""
    return [row["n"] for row in eyes.hosts if not row["copied_at"] and not row["work"]]


def copy_next(eyes: Eyes, most: int, release: str = "") -> Move | None:
    """Copy to the next servers, as many as fit into the evening."""
    room = min(most, eyes.week["copies_left"], int(tonight_left(eyes) // 30))
    servers = uncopied(eyes)[:room]
    if not servers or not eyes.free:
        return None
    return Move("release.copy", {"servers": servers, "release": release or eyes.target}, "certain", "As planned.")


def restarted(eyes: Eyes, row: Host) -> bool:
    """Whether a server was started again after its last copy, by hand or by what deploys, or is being worked on."""
    seen = row["checksum"] and row["checksum"]["same"] and eyes.at(row["checksum"]["at"]) >= eyes.at(row["copied_at"])
    return bool(seen or row["work"] or eyes.done("server.start", row["copied_at"], row["name"]))


def restart_next(eyes: Eyes) -> Move | None:
    """Restart a server that was copied to and has not been restarted since."""
    rows = [row for row in eyes.hosts if row["copied_at"] and not restarted(eyes, row)]
    if not rows or not eyes.free or tonight_left(eyes) < 10:
        return None
    return Move("server.start", {"server": rows[0]["n"]}, "certain", "It takes the new release at a restart.")


def all_restarted(eyes: Eyes) -> bool:
    """Whether every server was copied to and restarted since."""
    rows = eyes.hosts
    idle = [row for row in rows if not row["work"] or row["work"]["kind"] == "checksum.run"]
    return bool(rows) and len(idle) == len(rows) and all(row["copied_at"] and restarted(eyes, row) for row in rows)


def hash_next(eyes: Eyes) -> Move | None:
    """The checksum of a server that has none since its last copy: of those copied last first, because those were copied in a hurry."""
    rows = [row for row in eyes.hosts if row["copied_at"] and not row["work"]]
    rows = [row for row in rows if not row["checksum"] or eyes.at(row["checksum"]["at"]) < eyes.at(row["copied_at"])]
    if not rows or not eyes.free or tonight_left(eyes) < 30:
        return None
    last = max(rows, key=lambda row: (eyes.at(row["copied_at"]), row["n"]))
    return Move("checksum.run", {"servers": [last["n"]]}, "certain", "What is really on it?")


def read_between(eyes: Eyes) -> Move | None:
    """A mail of a person, the oldest, while a hand is free."""
    waiting = [mail for mail in eyes.mails(read=False) if mail["group"] != "machines"]
    return open_mail(eyes, waiting[0]) if waiting and eyes.free > 0 and not eyes.busy("mail.open") else None
