"""The autopilot `competent`: three people who know their tools, read what arrives, and ask each other.

The operator follows an order id from a mail to a log; the deployer believes a checksum and nothing else; the risk manager says
yes quickly and gets out patiently. All of it from what the cards say: without the mails, or with another server at fault, they
do other things.
"""

from engine.arguments import phrase
from engine.autopilots.brokers import (
    hold_the_leader,
    look_it_up,
    name_the_broker,
    name_the_flag,
    release_it,
    say_usual,
    search_the_leader,
    share_complaint,
    share_crowd,
    tail_crowd,
    unflag_them,
)
from engine.autopilots.fleetwide import (
    flag_is_off,
    name_the_release,
    restart_each,
    say_flag_off,
    say_fresh,
    start_each,
    stop_each,
    take_flag_off,
)
from engine.autopilots.guided import follow_guide
from engine.autopilots.history import take_capital, take_the_bid
from engine.autopilots.operator import (
    ask_for_checks,
    ask_to_disconnect,
    bring_back,
    disconnect_firm,
    fail_over_to_standby,
    name_an_outsider,
    name_it,
    press,
    read_mail,
    share_log,
    share_mail,
    show_at_once,
    stop_it,
    tail_next,
    trust_the_pager,
)
from engine.autopilots.parts import Eyes, Habit, Habits, Move, Resting, do_duty, in_words, open_mail, pick_up, say
from engine.autopilots.places import (
    compare_data,
    go_around,
    knock_again,
    mend_data,
    name_the_data,
    name_the_exchange,
    route_again,
    say_back,
    search_stock,
    share_data,
    share_mispriced,
    share_search,
    share_unanswered,
    tail_for_answers,
    take_back_in,
    unticketed,
    withdraw_mispriced,
)
from engine.autopilots.plan import stands
from engine.autopilots.second_act import ANSWERS, BESIDE
from engine.autopilots.team import (
    ANOTHER_CONFIG,
    IN_PROCESS,
    MAY_START,
    ON_DISK,
    REPAIRED,
    SEND_CHECKS,
    as_good,
    calm,
    checksum_to_share,
    comparison_to_share,
    declare_cause,
    declare_known,
    everywhere,
    known_pins,
    read_pin,
    running_away,
    say_calm,
    suspect,
    was_told,
)
from engine.autopilots.week import TAKE_IT_OUT, WEEK_HABITS, plan_of
from engine.sights.cards import Host

ALARM_USD = 100_000_000  # gross of account 33 that no morning explains
WORTH_USD = 25_000_000  # gross below which what is left belongs to clients
CAP_USD = 50_000_000
ROOM_USD = 30_000_000  # what clients fill account 33 to by the end of a morning, and a little more
COLLAR_PERCENT, RATE_PER_S = 10, 5


# -- deployer


def read_own_mail(eyes: Eyes) -> Move | None:
    """Everything that comes, at leisure: it is not much."""
    fresh = eyes.mails(read=False)
    return open_mail(eyes, fresh[0]) if fresh and eyes.free > 0 and not eyes.busy("mail.open") else None


def mail_then_duty(eyes: Eyes) -> Move | None:
    """With one hand: a mail takes a moment, a duty half an hour."""
    return read_own_mail(eyes) or do_duty(eyes)


def asked_about(eyes: Eyes) -> bool:
    """Whether operations has asked what the retired code is, and the mail was read. Who has taken that code out of the release answers that it is
    gone: the tool has recorded other releases everywhere.
    """
    asked = any(eyes.words.retired in mail["subject"] for mail in eyes.mails(read=True))
    return asked and not (plan_of(eyes) == TAKE_IT_OUT and all(row["copied_at"] for row in eyes.hosts))


def clearing(eyes: Eyes) -> bool:
    """Whether the operator waits to hear which servers may come back."""
    return bool(eyes.heard(eyes.words.fill(SEND_CHECKS)))


def checked(eyes: Eyes, server: Host) -> bool:
    """Whether a server has a checksum that still tells something: one after its last copy or start, and after the operator began to wait."""
    checksum, moments = server["checksum"], [server["copied_at"]]
    started = [eyes.at(row["at"]) for row in eyes.done("server.start", target=server["name"]) if row["state"] == "done"]
    moments += eyes.heard(eyes.words.fill(SEND_CHECKS))
    if checksum is None or any(eyes.at(checksum["at"]) <= moment for moment in started):
        return False
    return all(eyes.at(checksum["at"]) >= eyes.at(moment) for moment in moments)


def wrong(eyes: Eyes, server: Host) -> bool:
    """Whether a server's last checksum shows a release that was not to be deployed, on disk or running; what ran on an evening was
    restarted since, or will be seen to be wrong today.
    """
    checksum, good = server["checksum"], as_good(eyes)
    if checksum is None:
        return False
    ran = checksum["process_release"] if eyes.at(checksum["at"]) >= eyes.at("00:00") else ""
    return checksum["disk_release"] not in good or (bool(ran) and ran not in good)


def check_suspect(eyes: Eyes) -> Move | None:
    """The one the team names; without a name all of them, one after the other, once somebody has asked or waits."""
    servers = eyes.hosts
    named = suspect(eyes)
    wanted = [row for row in servers if row["n"] == named or (row["n"] in running_away(eyes) and not everywhere(eyes))]
    wanted = [] if flag_is_off(eyes) else wanted
    if clearing(eyes) or (not named and asked_about(eyes) and not any(wrong(eyes, row) for row in servers)):
        wanted += [row for row in servers if row["n"] != named]
    for row in wanted:
        under_way = row["work"] or eyes.busy("checksum.run", row["name"]) or eyes.busy("server.start", row["name"])
        if not under_way and not checked(eyes, row) and eyes.free > 0:
            return Move("checksum.run", {"servers": [row["n"]]}, "likely", "What does it really run?")
    return None


def share_checksum(eyes: Eyes) -> Move | None:
    """Show what was found, when it differs."""
    for row in eyes.hosts:
        if wrong(eyes, row) and checked(eyes, row) and checksum_to_share(eyes, row):
            return Move("evidence.share", {"what": "checksum", "id": row["n"]})
    return None


def name_the_stale(eyes: Eyes) -> Move | None:
    """A process that runs another release than the fleet is a diagnosis."""
    for row in eyes.hosts:
        checksum = row["checksum"]
        if checksum is not None and wrong(eyes, row) and checked(eyes, row):
            words = IN_PROCESS if checksum["disk_release"] in as_good(eyes) else ON_DISK
            return declare_cause(eyes, row["n"], "certain", f"{row['name']} runs {checksum['process_release'] or checksum['disk_release']}.", words)
    return None


def needs_copy(eyes: Eyes) -> list[Host]:
    """Servers whose newest checksum shows the wrong file on disk."""
    good = as_good(eyes)
    return [
        row
        for row in eyes.hosts
        if row["checksum"] and row["checksum"]["disk_release"] not in good and checked(eyes, row) and not row["work"]
    ]


def ask_to_copy(eyes: Eyes) -> Move | None:
    """Before the open a copy is an emergency change."""
    if eyes.phase == "premarket" and needs_copy(eyes) and eyes.word("release.copy") in ("open", "refused"):
        return Move("authorise.ask", {"what": "release.copy"}, "certain", "One server missed the release.")
    return None


def _copy(eyes: Eyes) -> Move | None:
    """Bring the release to the server that lacks it."""
    found = needs_copy(eyes)
    if not found or eyes.free == 0:
        return None
    return Move("release.copy", {"servers": [found[0]["n"]], "release": eyes.target}, "certain", "The file never arrived.")


def _restart(eyes: Eyes) -> Move | None:
    """Run what was copied."""
    for row in eyes.hosts:
        copied = eyes.done("release.copy", target=row["name"])
        if not copied or copied[0]["state"] != "done" or row["work"] or eyes.free == 0:
            continue
        if not eyes.done("server.start", copied[0]["at"], row["name"]) and not eyes.busy("server.start", row["name"]):
            return Move("server.start", {"server": row["n"]}, "certain", "The new release is on its disk.")
    return None


def restart_old(eyes: Eyes) -> Move | None:
    """The file is right and the process older than it: a restart is all it takes."""
    for row in eyes.hosts:
        found = row["checksum"]
        if not found or row["work"] or not eyes.free or not checked(eyes, row) or eyes.done("server.start", found["at"], row["name"]):
            continue
        if found["disk_release"] in as_good(eyes) and found["process_release"] not in ("", *as_good(eyes)):
            return Move("server.start", {"server": row["n"]}, "certain", "The file is right, and the process was never restarted.")
    return None


def compare_config(eyes: Eyes) -> Move | None:
    """The server that runs away, or one of two, after the bell: does it read what the others read?"""
    found = running_away(eyes)
    row = next((row for row in eyes.hosts if row["n"] in found and not row["config"]), None)
    if row is None or everywhere(eyes) or eyes.busy("config.compare") or not eyes.free:
        return None
    return Move("config.compare", {"servers": [row["n"]]}, "likely", "What does it read?")


def mend_config(eyes: Eyes) -> Move | None:
    """Load what is recorded, and restart: what already runs read the other."""
    for row in unticketed(eyes, "config"):
        loaded = eyes.done("config.load", target=row["name"])
        if row["work"] or not eyes.free:
            continue
        if not loaded:
            return Move("config.load", {"servers": [row["n"]]}, "certain", "It reads another config than the rest.")
        if loaded[0]["state"] == "done" and not eyes.done("server.start", loaded[0]["at"], row["name"]):
            return Move("server.start", {"server": row["n"]}, "certain", "It has the recorded config now.")
    return None


def name_the_config(eyes: Eyes) -> Move | None:
    """Another config, of which nobody knows, is a diagnosis."""
    for row in unticketed(eyes, "config"):
        return declare_known(eyes, ANOTHER_CONFIG, f"server {row['n']}", "certain", f"{row['name']} reads another config.", row["name"])
    return None


def share_config(eyes: Eyes) -> Move | None:
    """Show how the config differs."""
    for row in unticketed(eyes, "config"):
        if comparison_to_share(eyes, row, "config"):
            return Move("evidence.share", {"what": "config", "id": row["n"]})
    return None


def clear_servers(eyes: Eyes) -> Move | None:
    """Say of a server what its checksum has shown."""
    for row in eyes.hosts:
        if not row["checksum"] or wrong(eyes, row) or not checked(eyes, row):
            continue
        started = eyes.done("server.start", eyes.morning, row["name"])
        if started and started[0]["state"] == "done" and not was_told(eyes, REPAIRED, row["name"]):
            return say(eyes, phrase(REPAIRED, name=row["name"]))
        if clearing(eyes) and not was_told(eyes, MAY_START, row["name"]):
            return say(eyes, phrase(MAY_START, name=row["name"]))
    return None


# -- risk manager


def _give_the_word(eyes: Eyes) -> Move | None:
    """Whoever asks sees something that this desk does not."""
    asked = [row["what"] for row in eyes.authorisations if row["state"] == "asked"]
    if asked:
        return Move("authorise.give", {"what": asked[0]}, "certain", "Who asks sees it.")
    if alarming(eyes) and eyes.word("smars.disconnect") != "given":
        return Move("authorise.give", {"what": "smars.disconnect"}, "likely", "Account 33 has never looked like this.")
    return None


def alarming(eyes: Eyes) -> bool:
    """Whether the position grows as no morning explains."""
    return eyes.phase == "bell" and eyes.growing and abs(eyes.gross_usd) > ALARM_USD


def share_position(eyes: Eyes) -> Move | None:
    """Tell the others what the monitor says, once."""
    return Move("evidence.share", {"what": "pnl", "id": 0}) if alarming(eyes) and not eyes.bridge(kind="pin", desk="risk") else None


def found_out(eyes: Eyes) -> bool:
    """Whether the operator has shown a log since the bell, and so is at it."""
    return any(in_words(item["title"]).startswith("Log of ") and eyes.at(item["at"]) >= eyes.at(eyes.bell) for item in known_pins(eyes, "operator"))


def cap(eyes: Eyes) -> Move | None:
    """Nobody stops it: reject what makes the position larger."""
    if alarming(eyes) and not found_out(eyes) and not eyes.cap_usd and eyes.past("09:36") and not eyes.busy("limit.set"):
        return Move("limit.set", {"gross_usd": CAP_USD}, "likely", "It grows and nobody has stopped it.")
    return None


def lift_cap(eyes: Eyes) -> Move | None:
    """The cap turns clients away as well once the danger is over."""
    if eyes.cap_usd and (calm(eyes) or (found_out(eyes) and not eyes.growing)) and not alarming(eyes) and not eyes.busy("limit.set"):
        return Move("limit.set", {"gross_usd": 0}, "likely", "Clients' orders meet it too.")
    return None


def set_dials(eyes: Eyes) -> Move | None:
    """Before the open: what was built is set so that clients pass. A cap as tight as the account's own limit turns them away."""
    limits = eyes.limits
    if limits is None or eyes.phase != "premarket" or not eyes.free:
        return None
    if stands(eyes, "limit") and 0 < limits["gross_cap_usd"] < ROOM_USD and not eyes.busy("limit.set"):
        return Move("limit.set", {"gross_usd": ROOM_USD}, "certain", "Clients fill the account as well.")
    if stands(eyes, "rate") and not limits["rate_per_second"] and not eyes.busy("rate.set"):
        return Move("rate.set", {"per_second": RATE_PER_S}, "certain", "No order of ours needs more.")
    if stands(eyes, "collar") and not limits["collar_percent"] and not eyes.busy("collar.set"):
        return Move("collar.set", {"percent": COLLAR_PERCENT}, "certain", "Nobody of ours buys ten percent away.")
    return None


def over(eyes: Eyes) -> bool:
    """Whether a position is left that has stopped growing, and will not begin again."""
    if eyes.phase == "bell" and not calm(eyes):
        return False
    return eyes.phase in ("bell", "unwind") and not eyes.growing and eyes.gross_usd > WORTH_USD


def ask_busts(eyes: Eyes) -> Move | None:
    """Within thirty minutes of the trades; where the exchange has rung about our offers, once they are down: it hears of them once."""
    told = [call["answer"] for call in eyes.sight["calls"]["calls"] if call["state"] == "answered"]
    rung = any(answer is not None and answer["key"].startswith("error_trades.") for answer in told)
    if rung and not eyes.done("exchange.bust") and any(deed["state"] == "done" for deed in eyes.done("stocks.withdraw", eyes.bell)):
        return Move("exchange.bust", {}, "certain", "Nobody meant to sell at that price.")
    if over(eyes) and eyes.gross_usd > ALARM_USD and not eyes.done("exchange.bust"):
        return Move("exchange.bust", {}, "likely", "What is far from the open may be cancelled.")
    return None


def _flatten(eyes: Eyes) -> Move | None:
    """Through the books, patiently, and again from fresh figures every hour while something is left."""
    earlier = eyes.done("position.flatten")
    if not over(eyes) or eyes.free == 0 or (earlier and eyes.ago(earlier[0]["at"]) < 3600):
        return None
    return Move("position.flatten", {"symbols": "all", "style": "passive"}, "certain", "It is not ours to keep.")


# At once: what brings evidence, and who may stop it is settled before it is needed.
_answer = pick_up(
    5, "date.stand", "racks.walk", "tired.home",
    "golive.check", "golive_again.line", "blotter.list", "settle.all", "exchange.wait", "exchange_again.session", "exchange_back.error",
    "floor.order", "floor_all.part", "chief.stop", "chief_again.stop", "client.cancel", "client_again.cancel", "sessions.one", "legal.image",
    "broker.figures", "broker_twice.gateway", "upstream_flag.who", "street.list", "order_desk.numbers", "fixed.looking",
    *ANSWERS,
)  # fmt: skip

_DAY: dict[str, tuple[Habit, ...]] = {
    "operator": (
        press, go_around, knock_again, name_the_exchange, share_unanswered, share_search, stop_it, stop_each, fail_over_to_standby, disconnect_firm,
        start_each, show_at_once, share_crowd, name_it, name_the_broker, name_an_outsider, say_fresh, share_log, say_usual, share_complaint,
        ask_to_disconnect, share_mail, say_calm, search_stock, do_duty, ask_for_checks, tail_crowd, search_the_leader, tail_next, tail_for_answers,
        route_again, look_it_up, bring_back, read_mail,
    ),
    "deployer": (
        say_flag_off, take_flag_off, unflag_them, name_the_flag, name_the_stale, name_the_release, name_the_config, name_the_data, say_back,
        ask_to_copy, share_checksum, share_config, share_data, say_fresh, clear_servers, _copy, _restart, restart_old, mend_config, mend_data,
        restart_each, do_duty, compare_data, compare_config, check_suspect, read_own_mail,
    ),
    "risk": (
        _give_the_word, withdraw_mispriced, share_mispriced, take_back_in, hold_the_leader, release_it, share_position, set_dials, cap, ask_busts,
        lift_cap, _flatten, take_the_bid, take_capital, mail_then_duty,
    ),
}  # fmt: skip


_STILL = (share_checksum, name_the_stale)  # beside a guide

HABITS: dict[str, Habits] = {
    desk: (
        follow_guide,
        *((trust_the_pager,) if desk == "operator" else ()),
        *BESIDE[desk],
        _answer,
        *(Resting(habit, guided=True) for habit in WEEK_HABITS[desk]),
        *(Resting(habit, in_week=True, guided=habit not in _STILL) for habit in habits[:-1]),
        read_pin,
        Resting(habits[-1], in_week=True),
    )
    for desk, habits in _DAY.items()
}
