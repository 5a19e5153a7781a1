"""The autopilot `history`: what the three desks did in the week and on the day, found out from each desk's own sight.

One technician copies a few servers an evening and restarts them all on the last, and nobody looks twice. On the day the operator reads
mail and never the machine's; the deployer checks which servers run the new release and rolls exactly
these back; the risk manager believes the flow is meant. For ghosts, demos, and whatever came before an exercise begins.
"""

from engine.autopilots.parts import Eyes, Habit, Move, do_duty, like, open_mail, pick_up

COPIED = (2, 5, 8)  # of eight servers, those that are done at the end of each of three evenings
RESTART_FROM = "19:30"  # of the last evening
_BUSY_PER_S, LARGE_USD = 100, 50_000_000  # children, and a position, beyond a morning's own
CHECK_FROM, ROLL_BACK, ASK, HANG_UP, FLATTEN = "09:31", "09:48", "10:10", "10:11", "10:20"
ASK_TO_ROLL_BACK = "09:47:30"


def _read_mail(eyes: Eyes) -> Move | None:
    """A mail every four minutes, the oldest that people or other systems sent; the router's own box is nobody's job."""
    if eyes.done("mail.open") and eyes.ago(eyes.done("mail.open")[0]["at"]) < 240:
        return None
    waiting = [
        mail
        for mail in eyes.mails(read=False)
        if eyes.words.reject not in mail["subject"] and mail["sender"] != eyes.words.rejecting
    ]
    return open_mail(eyes, waiting[0]) if waiting and eyes.free > 0 else None


def _wild(eyes: Eyes) -> bool:
    return eyes.children_out > _BUSY_PER_S


def ask_to_hang_up(eyes: Eyes) -> Move | None:
    """The exchanges have asked for long enough."""
    if eyes.past(ASK) and eyes.phase == "bell" and _wild(eyes) and eyes.word("smars.disconnect") == "open":
        return Move("authorise.ask", {"what": "smars.disconnect"}, "certain", "The exchanges want it off.")
    return None


def hang_up(eyes: Eyes) -> Move | None:
    """Disconnect the router, with the word."""
    if eyes.past(HANG_UP) and _wild(eyes) and eyes.allowed("smars.disconnect"):
        return Move("smars.disconnect", {}, "certain", "Nothing else has stopped it.")
    return None


def _copy_by_hand(eyes: Eyes) -> Move | None:
    """The next servers of the plan, in the order of their numbers."""
    evening = eyes.evening
    if evening is None or eyes.free == 0 or eyes.busy("release.copy"):
        return None
    servers = eyes.hosts
    upto = len(servers) if eyes.last_evening else COPIED[evening]
    left = [server["n"] for server in servers[:upto] if not server["copied_at"]]
    return Move("release.copy", {"servers": left, "release": eyes.target}, "certain", "As planned.") if left else None


def restart_all(eyes: Eyes) -> Move | None:
    """On the last evening every server once, two at a time."""
    if not eyes.last_evening or not eyes.past_tonight(RESTART_FROM) or eyes.free == 0:
        return None
    waiting = [
        row for row in eyes.hosts if row["copied_at"] and not row["work"] and not eyes.done("server.start", target=row["name"])
    ]
    return Move("server.start", {"server": waiting[0]["n"]}, "certain", "It takes the new release at a restart.") if waiting else None


def check_fleet(eyes: Eyes) -> Move | None:
    """Something is wrong on the day of a release: which servers run it?"""
    servers = [server["n"] for server in eyes.hosts]
    since = like(eyes.calendar, CHECK_FROM)
    if servers and eyes.past(CHECK_FROM) and not eyes.past(ROLL_BACK) and eyes.free > 0 and not eyes.done("checksum.run", since):
        return Move("checksum.run", {"servers": servers}, "likely", "A release went out last week.")
    return None


def _seen_to_be_new(eyes: Eyes) -> list[int]:
    """Servers that a checksum has shown to run the new release, once somebody asks what was changed."""
    if eyes.phase != "bell" or not any(mail["subject"] == eyes.words.subjects.changed for mail in eyes.mails()):
        return []
    return [row["n"] for row in eyes.hosts if row["checksum"] and row["checksum"]["process_release"] == eyes.target]


def ask_to_roll_back(eyes: Eyes) -> Move | None:
    """More than two servers need the word."""
    if eyes.past(ASK_TO_ROLL_BACK) and eyes.word("release.rollback") == "open" and _seen_to_be_new(eyes):
        return Move("authorise.ask", {"what": "release.rollback"}, "likely", "What is new must be at fault.")
    return None


def _roll_back(eyes: Eyes) -> Move | None:
    """Take the new release off every server that was seen to run it."""
    if not eyes.past(ROLL_BACK) or eyes.done("release.rollback") or eyes.busy("release.rollback"):
        return None
    new = _seen_to_be_new(eyes)
    return Move("release.rollback", {"servers": new}, "likely", "What is new must be at fault.") if new else None


def _give_the_word(eyes: Eyes) -> Move | None:
    """Whoever asks has a reason."""
    asked = [row["what"] for row in eyes.authorisations if row["state"] == "asked"]
    return Move("authorise.give", {"what": asked[0]}, "likely", "Asked for by the desk that sees it.") if asked else None


def _flatten(eyes: Eyes) -> Move | None:
    """Work the position back through the day, patiently, once."""
    if eyes.past(FLATTEN) and eyes.phase == "unwind" and eyes.gross_usd > LARGE_USD and not eyes.done("position.flatten"):
        return Move("position.flatten", {"symbols": "all", "style": "passive"}, "certain", "The position is not ours to keep.")
    return None


def take_the_bid(eyes: Eyes) -> Move | None:
    """Sell the rest to the bank whose bid stands at the end."""
    bids = [bid for bid in eyes.bids if bid["state"] == "open"]
    if len(eyes.bids) > 1 and bids and eyes.allowed("block.take"):
        best = min(bids, key=lambda bid: (bid["cost_usd"], bid["id"]))
        return Move("block.take", {"bid": best["id"]}, "certain", "It has to be gone tonight.")
    return None


def take_capital(eyes: Eyes) -> Move | None:
    """Once the block is sold: the money that is enough and asks for the smallest part of the firm."""
    if eyes.block is None or eyes.block["state"] != "sold":
        return None
    capital = eyes.block["capital"]
    if not capital["need_usd"] or capital["raised"] is not None:
        return None
    enough = [offer for offer in capital["offers"] if offer["amount_usd"] >= capital["need_usd"]]
    enough.sort(key=lambda offer: (offer["stake_pct"], offer["id"]))
    return Move("capital.raise", {"offer": enough[0]["id"]}, "certain", "The firm does not open tomorrow without it.") if enough else None


# On the telephone nobody decides anything, and nobody has time for the order desk's question about the rejects.
_answer = pick_up(
    15, "date.stand", "racks.later", "tired.home",
    "golive.go", "settle.ask", "exchange.callback", "exchange_back.error", "exchange_again.wait", "floor.order",
    "chief.unknown", "client.away", "sessions.shut", "legal.freeze", "broker.fine", every=False,
)  # fmt: skip

HABITS: dict[str, tuple[Habit, ...]] = {
    "deployer": (_answer, _copy_by_hand, restart_all, ask_to_roll_back, _roll_back, check_fleet, do_duty),
    "operator": (_answer, hang_up, ask_to_hang_up, _read_mail, do_duty),
    "risk": (_answer, _give_the_word, _flatten, take_the_bid, take_capital, do_duty),
}
