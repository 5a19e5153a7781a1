"""What `competent` does when it is not one server: several logs show orders filled many times over, so what they share is at fault, and that is
the release or the flag. New orders lose the flag; what runs already ends with its process. The operator ends all of them and starts the first
half of the fleet again, the deployer restarts the other half, and both say which are done.
"""

from engine.arguments import phrase, remark
from engine.autopilots.parts import Eyes, Move, say
from engine.autopilots.team import DEFECTIVE, as_good, declare_known, everywhere, server_names, was_told

FLAG_OFF = remark("The flag is off upstream. Restart every server: what runs already goes on until its process ends.")
FRESH = remark("{name} was restarted after the flag went off.")


def flag_is_off(eyes: Eyes) -> str:
    """When the deployer has said that the flag is off, "" before."""
    return next(iter(eyes.heard(phrase(FLAG_OFF), "deployer")), "")


def fresh(eyes: Eyes, name: str) -> bool:
    """Whether a server was restarted without the flag, or is being restarted by this desk."""
    since = flag_is_off(eyes)
    return bool(since) and (bool(eyes.done("server.start", since, name)) or was_told(eyes, FRESH, name))


def say_fresh(eyes: Eyes) -> Move | None:
    """Say which server is done."""
    since = flag_is_off(eyes)
    for name in server_names(eyes).values() if since else ():
        started = eyes.done("server.start", since, name)
        if started and started[0]["state"] == "done" and not was_told(eyes, FRESH, name):
            return say(eyes, phrase(FRESH, name=name))
    return None


# -- operator


def stop_each(eyes: Eyes) -> Move | None:
    """End one process after the other: what one of them does, they all do."""
    if not everywhere(eyes) or not eyes.free:
        return None
    running = [row for row in eyes.servers if row["state"] == "running" and not row["work"] and not fresh(eyes, row["name"])]
    return Move("server.stop", {"server": running[0]["n"]}, "certain", "They all do it.") if running else None


def start_each(eyes: Eyes) -> Move | None:
    """Bring back what is down, once no order carries the flag."""
    if not flag_is_off(eyes) or not eyes.free:
        return None
    mine = eyes.servers[: len(eyes.servers) // 2]
    down = [row for row in mine if row["state"] == "stopped" and not row["work"] and not fresh(eyes, row["name"])]
    return Move("server.start", {"server": down[0]["n"]}, "certain", "Without the flag it does what it always did.") if down else None


# -- deployer


def take_flag_off(eyes: Eyes) -> Move | None:
    """What came with the release is the flag: new orders go without it."""
    if not everywhere(eyes) or not eyes.deployer or not eyes.deployer["flag"]["set"] or eyes.busy("flag.clear"):
        return None
    if eyes.word("flag.clear") in ("open", "refused"):
        return Move("authorise.ask", {"what": "flag.clear"}, "certain", "Several servers do it, so it is what they share.")
    return Move("flag.clear", {}, "certain", "Several servers do it, so it is what they share.")


def say_flag_off(eyes: Eyes) -> Move | None:
    """Say that the flag is off."""
    return say(eyes, phrase(FLAG_OFF)) if everywhere(eyes) and eyes.deployer and not eyes.deployer["flag"]["set"] else None


def restart_each(eyes: Eyes) -> Move | None:
    """Restart the half that the operator does not start."""
    if not flag_is_off(eyes) or not eyes.free:
        return None
    mine = eyes.hosts[len(eyes.hosts) // 2 :]
    rows = [row for row in reversed(mine) if not row["work"] and not fresh(eyes, row["name"])]
    return Move("server.start", {"server": rows[0]["n"]}, "certain", "What runs in it ends with it.") if rows else None


def name_the_release(eyes: Eyes) -> Move | None:
    """Several servers do it, and those that were looked at run what was deployed: it is the release."""
    shown = everywhere(eyes)
    rows = [row for row in eyes.hosts if row["n"] in shown and row["checksum"] and eyes.at(row["checksum"]["at"]) >= eyes.at(eyes.bell)]
    if not rows or any(row["checksum"] and row["checksum"]["disk_release"] not in as_good(eyes) for row in rows):
        return None
    return declare_known(eyes, DEFECTIVE, "", "likely", "Every checksum is as recorded.", *(row["name"] for row in rows))
