"""The autopilot `competent`: three people who know their tools, read what arrives, and ask each other.

The operator follows an order id from a mail to a log; the deployer believes a checksum and nothing else; the risk manager says
yes quickly and gets out patiently. All of it from what the cards say: without the mails, or with another server at fault, they
do other things.
"""

from typing import Any

from engine.autopilot_history import raise_capital, take_the_bid
from engine.autopilot_parts import REJECT, Eyes, Habit, Move, open_mail, pick_up, say
from engine.autopilot_team import (
    FLOOD_S,
    MAY_START,
    REPAIRED,
    SEND_CHECKS,
    calm,
    checksum_to_share,
    declare,
    flood_s,
    odd_line,
    read_pin,
    reject_orders,
    say_calm,
    server_names,
    suspect,
    told,
    wild,
)

STARTS_READING = "08:04"
LAST_MINUTE = "09:27"  # a suspect that is not repaired by now does not see the bell
ALARM_USD = 150_000_000  # gross of account 33 that no morning explains
WORTH_USD = 25_000_000  # gross below which what is left belongs to clients
CAP_USD = 50_000_000


# -- operator


def rejects(eyes: Eyes, read: bool | None = None) -> list[dict[str, Any]]:
    """The router's reject mails."""
    return [mail for mail in eyes.mails(read) if REJECT in mail["subject"]]


def at_fault(eyes: Eyes) -> int:
    """The server on the screen's log that gave itself away, else the one the team has named."""
    return int(eyes.card("log").get("server") or 0) if odd_line(eyes) else suspect(eyes)


def searching(eyes: Eyes) -> bool:
    """Whether the logs must say which server it is: rejects repeat, or the market is flooded, and none is named."""
    rejected = eyes.phase == "premarket" and bool(reject_orders(eyes))
    return (rejected or flooded(eyes)) and not at_fault(eyes)


def flooded(eyes: Eyes) -> bool:
    """Whether the market is flooded, and has been for longer than the bell is loud."""
    return wild(eyes) and flood_s(eyes) >= FLOOD_S


def read_mail(eyes: Eyes) -> Move | None:
    """Rejects that repeat come first, the newest of them: its order is still in a log. Else the oldest mail of a person."""
    if not eyes.past(STARTS_READING) or eyes.free == 0 or eyes.busy("mail.open"):
        return None
    fresh = rejects(eyes, read=False)
    if fresh and len(rejects(eyes)) >= 3 and not at_fault(eyes) and eyes.phase == "premarket":
        return open_mail(eyes, fresh[-1], "The same reject again and again.")
    people = [mail for mail in eyes.mails(read=False) if mail["group"] != "machines"]
    return open_mail(eyes, people[0]) if people and eyes.free > 1 else None


def tail_next(eyes: Eyes) -> Move | None:
    """Look for the orders in one log after another: those not seen yet, then the one seen longest ago."""
    if not searching(eyes) or eyes.free == 0 or eyes.busy("log.tail"):
        return None
    seen = {row["target"]: row["at"] for row in reversed(eyes.done("log.tail", "09:30" if eyes.phase == "bell" else "08:00"))}
    up = [row for row in eyes.rows("servers", "servers") if row["state"] == "running"]
    up.sort(key=lambda row: (seen.get(row["name"], ""), row["n"]))
    return Move("log.tail", {"server": up[0]["n"]}, None, "Which server says so?") if up else None


def share_log(eyes: Eyes) -> Move | None:
    """Show the line that was found."""
    server = int(eyes.card("log").get("server") or 0)
    if not odd_line(eyes) or eyes.pinned(server_names(eyes)[server], eyes.card("log")["at"]):
        return None
    return Move("evidence.share", {"what": "log", "id": server}, None, "One server alone.")


def share_mail(eyes: Eyes) -> Move | None:
    """Show the mail that led there."""
    read = rejects(eyes, read=True)
    if not read or not odd_line(eyes) or eyes.pinned(REJECT):
        return None
    return Move("evidence.share", {"what": "mail", "id": read[-1]["id"]})


def name_it(eyes: Eyes) -> Move | None:
    """Say which server it is."""
    return declare(eyes, at_fault(eyes), "certain", odd_line(eyes)) if odd_line(eyes) else None


def stop_it(eyes: Eyes) -> Move | None:
    """Stop the server at fault, when it floods the market or has not been repaired before the bell."""
    n = at_fault(eyes)
    row = next((row for row in eyes.rows("servers", "servers") if row["n"] == n), None)
    if row is None or row["state"] != "running" or row["work"] or told(eyes, REPAIRED, row["name"]):
        return None
    if wild(eyes) or (eyes.phase == "premarket" and eyes.past(LAST_MINUTE)):
        return Move("server.stop", {"server": n}, "certain", "It is this one.")
    return None


def ask_to_disconnect(eyes: Eyes) -> Move | None:
    """No server is named: the whole router must go, and that needs a word."""
    if flooded(eyes) and not at_fault(eyes) and eyes.word("smars.disconnect") in ("open", "refused"):
        return Move("authorise.ask", {"what": "smars.disconnect"}, "certain", "It sends a thousand orders a second and nobody knows why.")
    return None


def disconnect(eyes: Eyes) -> Move | None:
    """Hang up, unless the one server is being stopped."""
    if flooded(eyes) and not eyes.busy("server.stop") and not (at_fault(eyes) and not eyes.done("server.stop", "09:30")):
        return Move("smars.disconnect", {}, "certain", "Every minute costs millions.")
    return None


def ask_for_checks(eyes: Eyes) -> Move | None:
    """After a disconnection: nothing comes back unseen."""
    off = [row for row in eyes.rows("servers", "servers") if row["state"] == "disconnected"]
    return say(eyes, SEND_CHECKS) if off and not wild(eyes) else None


def cleared(eyes: Eyes, name: str) -> bool:
    """Whether the deployer has said that a server is right."""
    return told(eyes, MAY_START, name) or told(eyes, REPAIRED, name)


def bring_back(eyes: Eyes) -> Move | None:
    """Start a server the deployer has cleared."""
    for row in eyes.rows("servers", "servers"):
        if row["state"] in ("stopped", "disconnected") and not row["work"] and cleared(eyes, row["name"]) and eyes.free > 0:
            return Move("server.start", {"server": row["n"]}, "certain", "Cleared by its checksum.")
    return None


# -- deployer


def read_own_mail(eyes: Eyes) -> Move | None:
    """Everything that comes, at leisure: it is not much."""
    fresh = eyes.mails(read=False)
    return open_mail(eyes, fresh[0]) if fresh and eyes.free > 0 and not eyes.busy("mail.open") else None


def asked_about(eyes: Eyes) -> bool:
    """Whether operations has asked what a Power Peg is, and the mail was read."""
    return any("Power Peg" in mail["subject"] for mail in eyes.mails(read=True))


def clearing(eyes: Eyes) -> bool:
    """Whether the operator waits to hear which servers may come back."""
    return any(item["title"] == SEND_CHECKS for item in eyes.bridge(kind="say"))


def checked(eyes: Eyes, server: dict[str, Any]) -> bool:
    """Whether a server has a checksum that still tells something: one after its last copy or start, and after the operator began to wait."""
    checksum, moments = server["checksum"], [server["copied_at"]]
    moments += [row["at"] for row in eyes.done("server.start", target=server["name"]) if row["state"] == "done"]
    moments += [item["at"] for item in eyes.bridge(kind="say") if item["title"] == SEND_CHECKS]
    return bool(checksum) and all(eyes.at(checksum["at"]) >= eyes.at(moment) for moment in moments)


def wrong(eyes: Eyes, server: dict[str, Any]) -> bool:
    """Whether a server's last checksum shows another release than the one that was deployed, on disk or running."""
    checksum, target = server["checksum"], eyes.card("fleet")["target"]
    if not isinstance(checksum, dict):
        return False
    return checksum["disk_release"] != target or (bool(checksum["process"]) and checksum["process_release"] != target)


def check_suspect(eyes: Eyes) -> Move | None:
    """The one the team names; without a name all of them, one after the other, once somebody has asked or waits."""
    servers = eyes.rows("fleet", "servers")
    named = suspect(eyes)
    wanted = [row for row in servers if row["n"] == named]
    if clearing(eyes) or (not named and asked_about(eyes) and not any(wrong(eyes, row) for row in servers)):
        wanted += [row for row in servers if row["n"] != named]
    for row in wanted:
        under_way = row["work"] or eyes.busy("checksum.run", row["name"]) or eyes.busy("server.start", row["name"])
        if not under_way and not checked(eyes, row) and eyes.free > 0:
            return Move("checksum.run", {"servers": [row["n"]]}, "likely", "What does it really run?")
    return None


def share_checksum(eyes: Eyes) -> Move | None:
    """Show what was found, when it differs."""
    for row in eyes.rows("fleet", "servers"):
        if wrong(eyes, row) and checksum_to_share(eyes, row):
            return Move("evidence.share", {"what": "checksum", "id": row["n"]})
    return None


def name_the_stale(eyes: Eyes) -> Move | None:
    """A process that runs another release than the fleet is a diagnosis."""
    for row in eyes.rows("fleet", "servers"):
        if wrong(eyes, row):
            return declare(eyes, row["n"], "certain", f"{row['name']} runs {row['checksum']['process_release'] or row['checksum']['disk_release']}.")
    return None


def needs_copy(eyes: Eyes) -> list[dict[str, Any]]:
    """Servers whose newest checksum shows the wrong file on disk."""
    target = eyes.card("fleet").get("target")
    return [
        row
        for row in eyes.rows("fleet", "servers")
        if row["checksum"] and row["checksum"]["disk_release"] != target and checked(eyes, row) and not row["work"]
    ]


def ask_to_copy(eyes: Eyes) -> Move | None:
    """Before the open a copy is an emergency change."""
    if eyes.phase == "premarket" and needs_copy(eyes) and eyes.word("release.copy") in ("open", "refused"):
        return Move("authorise.ask", {"what": "release.copy"}, "certain", "One server missed the release.")
    return None


def copy(eyes: Eyes) -> Move | None:
    """Bring the release to the server that lacks it."""
    found = needs_copy(eyes)
    if not found or eyes.free == 0:
        return None
    return Move("release.copy", {"servers": [found[0]["n"]], "release": eyes.card("fleet")["target"]}, "certain", "The file never arrived.")


def restart(eyes: Eyes) -> Move | None:
    """Run what was copied."""
    for row in eyes.rows("fleet", "servers"):
        copied = eyes.done("release.copy", target=row["name"])
        if not copied or copied[0]["state"] != "done" or row["work"] or eyes.free == 0:
            continue
        if not eyes.done("server.start", copied[0]["at"], row["name"]) and not eyes.busy("server.start", row["name"]):
            return Move("server.start", {"server": row["n"]}, "certain", "The new release is on its disk.")
    return None


def clear_servers(eyes: Eyes) -> Move | None:
    """Say of a server what its checksum has shown."""
    for row in eyes.rows("fleet", "servers"):
        if not row["checksum"] or wrong(eyes, row) or not checked(eyes, row):
            continue
        started = eyes.done("server.start", target=row["name"])
        if started and started[0]["state"] == "done" and not told(eyes, REPAIRED, row["name"]):
            return say(eyes, REPAIRED.format(name=row["name"]))
        if clearing(eyes) and not told(eyes, MAY_START, row["name"]):
            return say(eyes, MAY_START.format(name=row["name"]))
    return None


# -- risk manager


def give_the_word(eyes: Eyes) -> Move | None:
    """Whoever asks sees something that this desk does not."""
    asked = [row["what"] for row in eyes.rows("words", "words") if row["state"] == "asked"]
    if asked:
        return Move("authorise.give", {"what": asked[0]}, "certain", "Who asks sees it.")
    if alarming(eyes) and eyes.word("smars.disconnect") != "given":
        return Move("authorise.give", {"what": "smars.disconnect"}, "likely", "Account 33 has never looked like this.")
    return None


def alarming(eyes: Eyes) -> bool:
    """Whether the position grows as no morning explains."""
    pnl = eyes.card("pnl")
    return bool(eyes.phase == "bell" and pnl.get("growing") and abs(pnl.get("gross_usd", 0)) > ALARM_USD)


def share_position(eyes: Eyes) -> Move | None:
    """Tell the others what the monitor says, once."""
    return Move("evidence.share", {"what": "pnl", "id": 0}) if alarming(eyes) and not eyes.bridge(kind="pin", desk="risk") else None


def cap(eyes: Eyes) -> Move | None:
    """Nobody stops it: reject what makes the position larger."""
    if alarming(eyes) and not eyes.card("limits").get("gross_cap_usd") and eyes.past("09:36") and not eyes.busy("limit.set"):
        return Move("limit.set", {"gross_usd": CAP_USD}, "likely", "It grows and nobody has stopped it.")
    return None


def lift_cap(eyes: Eyes) -> Move | None:
    """The cap turns clients away as well once the danger is over."""
    if eyes.card("limits").get("gross_cap_usd") and calm(eyes) and not eyes.busy("limit.set"):
        return Move("limit.set", {"gross_usd": 0}, "likely", "Clients' orders meet it too.")
    return None


def over(eyes: Eyes) -> bool:
    """Whether a position is left that has stopped growing, and will not begin again."""
    pnl = eyes.card("pnl")
    if eyes.phase == "bell" and not calm(eyes):
        return False
    return bool(eyes.phase in ("bell", "unwind") and not pnl.get("growing", True) and pnl["gross_usd"] > WORTH_USD)


def ask_busts(eyes: Eyes) -> Move | None:
    """Within thirty minutes of the trades."""
    if over(eyes) and eyes.card("pnl")["gross_usd"] > ALARM_USD and not eyes.done("exchange.bust"):
        return Move("exchange.bust", {}, "likely", "What is far from the open may be cancelled.")
    return None


def flatten(eyes: Eyes) -> Move | None:
    """Through the books, patiently, and again from fresh figures every hour while something is left."""
    earlier = eyes.done("position.flatten")
    if not over(eyes) or eyes.free == 0 or (earlier and eyes.ago(earlier[0]["at"]) < 3600):
        return None
    return Move("position.flatten", {"symbols": "all", "style": "passive"}, "certain", "It is not ours to keep.")


# At once: what brings evidence, and who may stop it is settled before it is needed.
answer = pick_up(
    5, "golive.check", "golive_again.line", "blotter.list", "settle.all", "exchange.wait", "exchange_again.session", "exchange_back.error",
    "floor.order", "chief.stop", "chief_again.stop", "client.cancel", "client_again.cancel", "sessions.one", "legal.image", "broker.figures",
)  # fmt: skip

HABITS: dict[str, tuple[Habit, ...]] = {
    "operator": (
        answer, stop_it, disconnect, name_it, share_log, ask_to_disconnect, share_mail, say_calm, ask_for_checks,
        tail_next, bring_back, read_pin, read_mail,
    ),
    "deployer": (
        answer, name_the_stale, ask_to_copy, share_checksum, clear_servers, copy, restart, check_suspect, read_pin, read_own_mail,
    ),
    "risk": (
        answer, give_the_word, share_position, cap, ask_busts, lift_cap, flatten, take_the_bid, raise_capital, read_pin, read_own_mail,
    ),
}  # fmt: skip
