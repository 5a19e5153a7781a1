"""The operator of `competent`: follows an order id from a mail to a log, stops one server rather than all, and all rather than none.

A pager that nobody has tested makes even this one slow: what it does not page on is taken for a busy first day.
"""

from engine.autopilots.parts import Eyes, Move, in_words, once_a_look, open_mail, say
from engine.autopilots.plan import stands
from engine.autopilots.team import (
    FLOOD_S,
    MAY_START,
    OUTSIDE,
    REPAIRED,
    SEND_CHECKS,
    alarmed,
    declare_cause,
    declare_known,
    everywhere,
    flood_s,
    odd_line,
    overfilled,
    reject_orders,
    running_away,
    server_names,
    suspect,
    was_told,
    wild,
)
from engine.sights.cards import Deed, Mail

STARTS_READING = "08:04"
LAST_MINUTE = "09:27"  # a suspect that is not repaired by now does not see the bell
SURE_S = 150  # seconds of flood after which a measure is taken, and the next one
LOOKS_AGAIN_S = 120  # after a stop, until the rates of the last minute are those without it
STILL_PER_S, STILL_A_PARENT = 30, 8  # child orders a second, and for each that comes in, after a stop
SEARCH_DOUBT, DOUBT = 2, 4  # times as long until a search and a measure where the pager is trusted and silent


def rejects(eyes: Eyes, read: bool | None = None) -> list[Mail]:
    """The router's reject mails."""
    return [mail for mail in eyes.mails(read) if eyes.words.reject in mail["subject"]]


def relies_on_pager(eyes: Eyes) -> bool:
    """Whether the router's mails are left to a pager that nobody has tested, and that says nothing."""
    row = stands(eyes, "mail.page")
    paged = any(eyes.words.reject in alert["text"] for alert in eyes.alerts)
    return row is not None and not row["tested"] and not paged


def trust_the_pager(eyes: Eyes) -> Move | None:
    """The order desk asks about rejects: if that were ours, the pager would have said so."""
    call = eyes.ringing()
    if call is None or not relies_on_pager(eyes) or "blotter.clean" not in [reply["key"] for reply in call["replies"]]:
        return None
    return Move("call.answer", {"call": call["id"], "reply": "blotter.clean"}, None, "Our pager is silent.")


@once_a_look
def at_fault(eyes: Eyes) -> int:
    """The server on the screen's log that gave itself away, else the one whose log was shown or that the team has named; after the bell as long
    as it runs.
    """
    if odd_line(eyes) and eyes.log:
        return eyes.log["server"]
    up = [row["n"] for row in eyes.servers if row["state"] == "running"]
    named = next((n for n in reversed(running_away(eyes)) if n in up), 0) or suspect(eyes)
    row = next((row for row in eyes.servers if row["n"] == named), None)
    down = eyes.phase != "premarket" and row is not None and row["state"] != "running"
    return 0 if down or row is None or was_told(eyes, REPAIRED, row["name"]) else named


def looked_into(eyes: Eyes) -> list[str]:
    """The targets of this morning's logs that were read: since the bell, once it has rung."""
    since = eyes.morning if eyes.phase == "premarket" else eyes.bell
    return [in_words(row["target"]) for row in eyes.done("log.tail", since) if row["state"] == "done"]


def one_alone(eyes: Eyes) -> bool:
    """Whether one server gave itself away and another was looked at as well, and it is not still busy without it."""
    return not still_busy(eyes) and len(running_away(eyes)) == 1 and len(set(looked_into(eyes))) > 1


def searching(eyes: Eyes) -> bool:
    """Whether the logs must say which server it is: rejects repeat, or the market is flooded, and none is named; or whether it is one alone."""
    rejected = eyes.phase == "premarket" and bool(reject_orders(eyes)) and not suspect(eyes)
    if eyes.phase == "bell" and flooded(eyes) and not everywhere(eyes) and not one_alone(eyes):
        return True
    return (rejected or flooded(eyes)) and not at_fault(eyes) and not everywhere(eyes)


def flooded(eyes: Eyes) -> bool:
    """Whether the market is flooded, and has been for longer than the bell is loud, or the position is; with a silent pager one believes in a busy
    first day.
    """
    if eyes.phase == "bell" and (alarmed(eyes) or still_busy(eyes)) and not relies_on_pager(eyes):
        return True
    return wild(eyes) and flood_s(eyes) >= (SEARCH_DOUBT * SURE_S if relies_on_pager(eyes) else FLOOD_S)


def still_busy(eyes: Eyes) -> bool:
    """Whether a server was stopped since the bell, and those that are left send what no morning explains: one fault may hide another."""
    stops, rates = eyes.done("server.stop", eyes.bell), eyes.rates
    if not stops or rates is None or eyes.ago(stops[0]["at"]) < LOOKS_AGAIN_S:
        return False
    return rates["children_out"] > STILL_PER_S and rates["children_out"] > STILL_A_PARENT * rates["parents_in"]


def read_mail(eyes: Eyes) -> Move | None:
    """Rejects that repeat come first, the newest of them: its order is still in a log. Else the oldest mail of a person."""
    if not eyes.past(STARTS_READING) or eyes.free == 0 or eyes.busy("mail.open"):
        return None
    fresh = rejects(eyes, read=False)
    repeated = len(rejects(eyes)) >= 3 and not relies_on_pager(eyes)
    if fresh and repeated and not at_fault(eyes) and eyes.phase == "premarket":
        return open_mail(eyes, fresh[-1], "The same reject again and again.")
    people = [mail for mail in eyes.mails(read=False) if mail["group"] != "machines"]
    return open_mail(eyes, people[0]) if people and eyes.free > 1 else None


def tail_next(eyes: Eyes) -> Move | None:
    """Look for the orders in one log after another: those not seen yet, then the one seen longest ago; after the bell with both hands."""
    if not searching(eyes) or eyes.free == 0 or (eyes.phase != "bell" and eyes.busy("log.tail")) or (sure(eyes) and could_fail_over(eyes)):
        return None
    seen = {
        row["target"]: row["at"]
        for row in reversed(eyes.done("log.tail", eyes.bell if eyes.phase == "bell" else eyes.morning))
    }
    up = [row for row in eyes.servers if row["state"] == "running" and row["n"] not in running_away(eyes)]
    up.sort(key=lambda row: (seen.get(row["name"], ""), row["n"]))
    return Move("log.tail", {"server": up[0]["n"]}, None, "Which server says so?") if up else None


def share_log(eyes: Eyes) -> Move | None:
    """Show the line that was found."""
    log = eyes.log
    if log is None or not odd_line(eyes) or eyes.pinned(server_names(eyes)[log["server"]], log["at"]):
        return None
    return Move("evidence.share", {"what": "log", "id": log["server"]}, None, "One server alone.")


def share_mail(eyes: Eyes) -> Move | None:
    """Show the mail that led there."""
    read = rejects(eyes, read=True)
    if not read or not odd_line(eyes) or eyes.pinned(eyes.words.reject):
        return None
    return Move("evidence.share", {"what": "mail", "id": read[-1]["id"]})


def show_at_once(eyes: Eyes) -> Move | None:
    """After the bell the log is shown before the next one is on the screen."""
    return share_log(eyes) if eyes.phase == "bell" else None


def name_it(eyes: Eyes) -> Move | None:
    """Say which server it is; after the bell once another was looked at that is well, and if old code would do it."""
    if eyes.phase != "premarket" and not (one_alone(eyes) and overfilled(odd_line(eyes))):
        return None
    return declare_cause(eyes, at_fault(eyes), "certain", odd_line(eyes)) if odd_line(eyes) else None


def name_an_outsider(eyes: Eyes) -> Move | None:
    """Rejects until the bell, and not one of the logs has an order of theirs: whoever writes them is none of the servers."""
    if eyes.phase != "premarket" or not eyes.past(LAST_MINUTE) or not reject_orders(eyes) or at_fault(eyes) or suspect(eyes):
        return None
    if set(server_names(eyes).values()) - set(looked_into(eyes)):
        return None
    return declare_known(eyes, OUTSIDE, "", "likely", "None of the logs has these orders.")


def stop_it(eyes: Eyes) -> Move | None:
    """Stop the server at fault, when it floods the market or has not been repaired before the bell."""
    n = at_fault(eyes)
    row = next((row for row in eyes.servers if row["n"] == n), None)
    if row is None or row["state"] != "running" or row["work"] or was_told(eyes, REPAIRED, row["name"]):
        return None
    if wild(eyes) or (eyes.phase == "bell" and (alarmed(eyes) or still_busy(eyes))) or (eyes.phase == "premarket" and eyes.past(LAST_MINUTE)):
        return Move("server.stop", {"server": n}, "certain", "It is this one.")
    return None


def ask_to_disconnect(eyes: Eyes) -> Move | None:
    """No server is named: the whole router must go, and that needs a word."""
    if flooded(eyes) and not at_fault(eyes) and eyes.word("smars.disconnect") in ("open", "refused"):
        return Move("authorise.ask", {"what": "smars.disconnect"}, "certain", "It sends a thousand orders a second and nobody knows why.")
    return None


def measures(eyes: Eyes) -> list[Deed]:
    """What the operator has done since the bell that was meant to end it, in the order of time: switch or standby, and the first stop, or the
    last where all are stopped one by one.
    """
    stops = eyes.done("server.stop", eyes.bell)
    found = [*eyes.done("standby.failover", eyes.bell), *eyes.done("killswitch.press", eyes.bell), *(stops[:1] if everywhere(eyes) else stops[-1:])]
    return sorted(found, key=lambda row: eyes.at(row["at"]))


@once_a_look
def sure(eyes: Eyes) -> bool:
    """Whether it has to stop, whoever it is: a flood for SURE_S, and for as long again since the last measure, none of which is under way.
    A silent pager makes one slow to believe it.
    """
    taken = measures(eyes)
    since = eyes.ago(taken[-1]["at"]) if taken else 0
    running = any(row["state"] == "under way" for row in taken)
    enough = DOUBT * SURE_S if relies_on_pager(eyes) and not taken else SURE_S
    return wild(eyes) and not running and flood_s(eyes, since) >= enough


def press(eyes: Eyes) -> Move | None:
    """The switch, where there is one."""
    return Move("killswitch.press", {}, "certain", "Every minute costs millions.") if sure(eyes) and not eyes.done("killswitch.press") else None


def could_fail_over(eyes: Eyes) -> bool:
    """Whether there is a standby that was not used yet, and no rehearsal has shown what the release on it does with the flag."""
    warned = any("Rehearsal" in alert["text"] and "never end" in alert["text"] for alert in eyes.alerts)
    return eyes.lever("standby.failover") is not None and not warned and not eyes.done("standby.failover")


def fail_over_to_standby(eyes: Eyes) -> Move | None:
    """Back to the release before, as was planned."""
    if not sure(eyes) or not could_fail_over(eyes) or not eyes.free:
        return None
    return Move("standby.failover", {}, "likely", "The old release has run for years.")


def disconnect_firm(eyes: Eyes) -> Move | None:
    """Hang up, unless the one server is being stopped."""
    if sure(eyes) and not could_fail_over(eyes) and not (at_fault(eyes) and not eyes.done("server.stop", eyes.bell)):
        return Move("smars.disconnect", {}, "certain", "Every minute costs millions.")
    return None


def ask_for_checks(eyes: Eyes) -> Move | None:
    """After a disconnection: nothing comes back unseen."""
    off = [row for row in eyes.servers if row["state"] == "disconnected"]
    return say(eyes, eyes.words.fill(SEND_CHECKS)) if off and not wild(eyes) else None


def cleared(eyes: Eyes, name: str) -> bool:
    """Whether the deployer has said that a server is right."""
    return was_told(eyes, MAY_START, name) or was_told(eyes, REPAIRED, name)


def bring_back(eyes: Eyes) -> Move | None:
    """Start a server the deployer has cleared."""
    for row in eyes.servers:
        if row["state"] in ("stopped", "disconnected") and not row["work"] and cleared(eyes, row["name"]) and eyes.free > 0:
            return Move("server.start", {"server": row["n"]}, "certain", "Cleared by its checksum.")
    return None
