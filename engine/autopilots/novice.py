"""The autopilot `novice`: three people in their first week. They copy with one hand and read mail with the other, restart what was copied
while they think of it, hash the last one of an evening, and build what came to mind. On the day they see that something is wrong from the
totals, after the bell, look at one thing after the other in the order of their numbers, guess once, and ask for the word late.
"""

from engine.arguments import phrase, remark
from engine.autopilots.brokers import hold_the_leader, release_it, say_usual, share_crowd, tail_crowd
from engine.autopilots.guided import follow_guide
from engine.autopilots.history import take_capital
from engine.autopilots.parts import Eyes, Habit, Move, do_duty, open_mail, pick_up, say
from engine.autopilots.places import mispriced
from engine.autopilots.plan import Errand, copy_next, next_errand, restarted, tonight_left, uncopied
from engine.autopilots.team import checksum_to_share, declare_cause, read_pin, say_calm, server_names, suspect, wild
from engine.sights.cards import OneLook

NOTICES, LOOKS_FROM, GUESSES, SORTS, TRIES_ROLLBACK, _ASKS = "09:34", "09:36", "09:42", "09:43", "09:50", "09:58"
ALARM = remark("Far more orders go out than come in. Does anybody know why?")
QUESTION = remark("Account 33 is at half a billion. Is that ours?")
ODD_PER_S = 50  # child orders a second of one server at which even a beginner looks twice
STARTS_AGAIN = "10:40"
_READS_A_LOG, _HOLDS, _RELEASES = "09:46", "09:50", "10:05"
_A_NIGHT = 3
REMEMBERS_S = 900  # after a copy a beginner still knows that a restart belongs to it
LAST_START = "20:10"  # of an evening; then comes one checksum, and home
_ERRANDS: dict[str, tuple[Errand, ...]] = {
    "deployer": (),
    "operator": (("mail.page", {"match": "CRITICAL"}), ("inventory.audit", {})),
    "risk": (("credit.line", {}),),
}


# -- the week


def copy_some(eyes: Eyes) -> Move | None:
    """Three an evening, one after the other."""
    if eyes.evening is None or eyes.busy("release.copy"):
        return None
    tonight = [row for row in eyes.hosts if row["copied_at"] and eyes.at(row["copied_at"]) >= eyes.today]
    return copy_next(eyes, 1) if len(tonight) < _A_NIGHT else None


def restart_fresh(eyes: Eyes) -> Move | None:
    """A restart belongs to a copy, as long as one thinks of it: a mail that waits is read first."""
    if eyes.evening is None or not eyes.free or tonight_left(eyes) < 10 or read_any(eyes):
        return None
    rows = [row for row in eyes.hosts if row["copied_at"] and not restarted(eyes, row)]
    fresh = [row for row in rows if eyes.ago(row["copied_at"]) <= REMEMBERS_S]
    return Move("server.start", {"server": fresh[0]["n"]}, "likely", "Copied, so restart it.") if fresh else None


def copy_again(eyes: Eyes) -> Move | None:
    """A checksum that differs, in the evening: copy once more."""
    n = odd_disk(eyes)
    if eyes.evening is None or not n or not eyes.free or tonight_left(eyes) < 30 or not eyes.week["copies_left"]:
        return None
    return Move("release.copy", {"servers": [n], "release": eyes.target}, "likely", "Its checksum differs.")


def odd_disk(eyes: Eyes) -> int:
    """A server whose last checksum shows another file than the one that was deployed; 0 for none."""
    target = eyes.target
    for row in eyes.hosts:
        found = row["checksum"]
        if found and found["disk_release"] != target and not row["work"] and eyes.at(found["at"]) >= eyes.at(row["copied_at"]):
            return row["n"]
    return 0


def hash_last(eyes: Eyes) -> Move | None:
    """One checksum an evening, of the server that came last."""
    if eyes.evening is None or not eyes.past_tonight(LAST_START) or tonight_left(eyes) < 30 or not eyes.free:
        return None
    rows = [row for row in eyes.hosts if row["copied_at"] and eyes.at(row["copied_at"]) >= eyes.today]
    if not rows or uncopied_tonight(eyes) or rows[-1]["work"] or eyes.done("checksum.run", target=rows[-1]["name"]):
        return None
    return Move("checksum.run", {"servers": [rows[-1]["n"]]}, "likely", "One, to be sure.")


def uncopied_tonight(eyes: Eyes) -> bool:
    """Whether copies are still under way."""
    return eyes.busy("release.copy") or (eyes.last_evening and bool(uncopied(eyes)))


def _run_errand(eyes: Eyes) -> Move | None:
    """What a mail has made one think of."""
    return next_errand(eyes, _ERRANDS[eyes.desk]) if eyes.evening and eyes.free else None


# -- operator


def _read_mail(eyes: Eyes) -> Move | None:
    """The oldest mail, one every two minutes, whatever it is."""
    last = eyes.done("mail.open")
    if not eyes.past("08:10") or eyes.free == 0 or (last and eyes.ago(last[0]["at"]) < 120):
        return None
    waiting = eyes.mails(read=False)
    return open_mail(eyes, waiting[0]) if waiting else None


def _notice(eyes: Eyes) -> Move | None:
    """The totals are too high for too long."""
    return say(eyes, phrase(ALARM)) if eyes.past(NOTICES) and wild(eyes) else None


def odd_look(eyes: Eyes) -> OneLook | None:
    """The rates looked at last, when they give their server away."""
    return eyes.look if eyes.look and eyes.look["children_out"] > ODD_PER_S else None


def odd_server(eyes: Eyes) -> int:
    """The server looked at last, when its rate gives it away; else what the team has named."""
    look = odd_look(eyes)
    return look["server"] if look else suspect(eyes)


def look_at_next(eyes: Eyes) -> Move | None:
    """One server after the other, two minutes each."""
    if not eyes.past(LOOKS_FROM) or not wild(eyes) or odd_server(eyes) or eyes.busy("server.look") or eyes.free == 0:
        return None
    left = [n for n, name in server_names(eyes).items() if not eyes.done("server.look", LOOKS_FROM, name)]
    return Move("server.look", {"server": left[0]}, None, "Each in turn.") if left else None


def restart_one(eyes: Eyes) -> Move | None:
    """Restarting has helped before: the server that is on the screen."""
    if not eyes.look or not eyes.past(GUESSES) or not wild(eyes) or odd_server(eyes) or eyes.done("server.start") or eyes.free == 0:
        return None
    return Move("server.start", {"server": eyes.look["server"]}, "guessing", "A restart has helped before.")


def show_look(eyes: Eyes) -> Move | None:
    """Show the rates that are odd."""
    look = odd_look(eyes)
    if look is None or eyes.pinned(server_names(eyes)[look["server"]], look["at"]):
        return None
    return Move("evidence.share", {"what": "look", "id": look["server"]})


def _name_it(eyes: Eyes) -> Move | None:
    """Say which server it is, not being sure."""
    look = odd_look(eyes)
    return declare_cause(eyes, look["server"], "likely", "It sends what the others do not.") if look else None


def _stop_it(eyes: Eyes) -> Move | None:
    """Stop it, once a colleague could have objected."""
    n = odd_server(eyes)
    row = next((row for row in eyes.servers if row["n"] == n), None)
    named = [item["at"] for item in eyes.bridge(kind="diagnosis")]
    if row is None or row["state"] != "running" or row["work"] or not wild(eyes) or not named or eyes.ago(named[-1]) < 60 or eyes.free == 0:
        return None
    return Move("server.stop", {"server": n}, "likely", "Its rate is not like the others'.")


def ask_late(eyes: Eyes) -> Move | None:
    """Nothing has helped: may we hang up?"""
    if eyes.past(_ASKS) and wild(eyes) and eyes.word("smars.disconnect") in ("open", "refused"):
        return Move("authorise.ask", {"what": "smars.disconnect"}, "likely", "Nothing else has helped.")
    return None


def _disconnect(eyes: Eyes) -> Move | None:
    """Hang up, with the word."""
    return Move("smars.disconnect", {}, "likely", "Nothing else has helped.") if wild(eyes) and eyes.past(_ASKS) else None


def start_again(eyes: Eyes) -> Move | None:
    """When it has been quiet for a while, what is down is started, one at a time."""
    if not eyes.past(STARTS_AGAIN) or eyes.phase != "unwind" or eyes.free == 0 or eyes.busy("server.start"):
        return None
    down = [row["n"] for row in eyes.servers if row["state"] in ("stopped", "disconnected") and not row["work"]]
    return Move("server.start", {"server": down[0]}, "likely", "It has been quiet since.") if down else None


# -- deployer


def heard(eyes: Eyes) -> bool:
    """Whether somebody has said on the bridge that something is wrong."""
    return any(eyes.heard(phrase(one)) for one in (ALARM, QUESTION))


def odd_checksum(eyes: Eyes) -> int:
    """A server whose checksum shows another release than the one that was deployed; 0 for none, and in the week."""
    target = eyes.target
    if eyes.phase == "deployment":
        return 0
    for row in eyes.hosts:
        if row["checksum"] and row["checksum"]["process_release"] not in ("", target):
            return row["n"]
    return 0


def check_next(eyes: Eyes) -> Move | None:
    """The server the team names, else one after the other; one at a time."""
    if eyes.phase != "bell" or not (heard(eyes) or suspect(eyes)) or not eyes.past("09:40") or eyes.busy("checksum.run") or eyes.free == 0:
        return None
    left = [row["n"] for row in eyes.hosts if not row["checksum"] and not row["work"]]
    left.sort(key=lambda n: n != suspect(eyes))
    return Move("checksum.run", {"servers": [left[0]]}, "guessing", "Is it the release?") if left and not odd_checksum(eyes) else None


def name_odd(eyes: Eyes) -> Move | None:
    """A checksum that differs, said aloud."""
    n = odd_checksum(eyes)
    return declare_cause(eyes, n, "likely", "Its checksum differs.") if n else None


def share_odd(eyes: Eyes) -> Move | None:
    """Show the checksum that differs."""
    n = odd_checksum(eyes)
    row = next((row for row in eyes.hosts if row["n"] == n), None)
    return Move("evidence.share", {"what": "checksum", "id": n}) if row and checksum_to_share(eyes, row) else None


def roll_back_one(eyes: Eyes) -> Move | None:
    """The release is new, so it may be the release: try the first server."""
    if eyes.phase != "bell" or not eyes.past(TRIES_ROLLBACK) or not heard(eyes) or eyes.done("release.rollback"):
        return None
    if suspect(eyes) or odd_checksum(eyes):
        return None
    first = next((row["n"] for row in eyes.hosts if not row["work"]), None)
    return Move("release.rollback", {"servers": [first]}, "guessing", "What is new may be at fault.") if first and eyes.free > 0 else None


def copy_odd(eyes: Eyes) -> Move | None:
    """Copy the release to the one that lacks it."""
    n, target = odd_checksum(eyes), eyes.target
    name = next((row["name"] for row in eyes.hosts if row["n"] == n), "")
    if not n or eyes.free == 0 or eyes.done("release.copy", target=name):
        return None
    return Move("release.copy", {"servers": [n], "release": target}, "likely", "It should run what the others run.")


# -- risk manager


def withdraw_late(eyes: Eyes) -> Move | None:
    """Some stocks lose what no stock loses, and after a while one believes it. What made them lose it is for somebody else to find."""
    left = [] if eyes.done("stocks.withdraw", eyes.bell) else mispriced(eyes)
    return Move("stocks.withdraw", {"symbols": left}, "likely", "These two cannot be right.") if left and eyes.past(SORTS) and eyes.free else None


def wonder(eyes: Eyes) -> Move | None:
    """The monitor's figure is too large to be true."""
    return say(eyes, phrase(QUESTION)) if eyes.phase == "bell" and eyes.gross_usd > 500_000_000 else None


def give_late(eyes: Eyes) -> Move | None:
    """The word, after two minutes of asking around."""
    asked = [row for row in eyes.authorisations if row["state"] == "asked" and eyes.ago(row["at"]) >= 120]
    return Move("authorise.give", {"what": asked[0]["what"]}, "likely", "Nobody knows better.") if asked else None


def _flatten(eyes: Eyes) -> Move | None:
    """All of it, once, when the monitor has stopped growing."""
    if eyes.phase != "unwind" or eyes.growing or eyes.gross_usd < 25_000_000 or eyes.done("position.flatten") or eyes.free == 0:
        return None
    return Move("position.flatten", {"symbols": "all", "style": "passive"}, "likely", "It has to go.")


def take_first_bid(eyes: Eyes) -> Move | None:
    """The first bank that bids, after five minutes of thinking."""
    bids = [bid for bid in eyes.bids if bid["state"] == "open"]
    return Move("block.take", {"bid": bids[0]["id"]}, "likely", "A bird in the hand.") if bids and eyes.past("18:35") else None


def read_any(eyes: Eyes) -> Move | None:
    """Mail, one every five minutes."""
    last, fresh = eyes.done("mail.open"), eyes.mails(read=False)
    return open_mail(eyes, fresh[0]) if fresh and eyes.free > 0 and not (last and eyes.ago(last[0]["at"]) < 300) else None


# Late, and what sounds safe.
_answer = pick_up(
    40, "date.stand", "racks.trust", "tired.again",
    "golive.go", "blotter.clean", "settle.ask", "exchange.callback", "exchange_back.error", "exchange_again.wait", "floor.hand",
    "chief.hold", "chief_again.stop", "client.wait", "client_again.away", "sessions.shut", "legal.freeze", "broker.fine",
    "client_out.take", "client_out_more.pay", "reporter.normal", "examiner.later", "sent_again.ours", "no_answer.around", "half_price.news",
)  # fmt: skip


def _from(moment: str, habit: Habit) -> Habit:
    """What comes to mind late."""
    return lambda eyes: habit(eyes) if eyes.past(moment) else None


_OWN: dict[str, tuple[Habit, ...]] = {
    "operator": (
        _answer, _run_errand, _stop_it, _disconnect, _notice, _name_it, ask_late, show_look, say_calm, look_at_next, restart_one, start_again,
        _from(_READS_A_LOG, tail_crowd), share_crowd, say_usual, do_duty, read_pin, _read_mail,
    ),
    "deployer": (
        _answer, copy_again, copy_some, restart_fresh, hash_last, name_odd, share_odd, copy_odd, check_next, roll_back_one, do_duty, read_pin,
        read_any,
    ),
    "risk": (
        _answer, _run_errand, give_late, wonder, withdraw_late, _from(_HOLDS, hold_the_leader), _from(_RELEASES, release_it), _flatten,
        take_first_bid, take_capital, read_pin, read_any, do_duty,
    ),
}  # fmt: skip

HABITS: dict[str, tuple[Habit, ...]] = {desk: (follow_guide, *habits) for desk, habits in _OWN.items()}
