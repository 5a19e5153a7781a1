"""What `competent` does where it is not the servers: more comes in than on other days, and the logs say whose it is; or brokers complain of
orders by their numbers, and what is new is the flag. A broker is held, or taken off the flag, and the others go on.
"""

import re
from collections.abc import Iterable

from engine.arguments import phrase, remark
from engine.autopilots.parts import Eyes, Move, in_words, once_a_look, say
from engine.autopilots.team import declare_known, known_pins
from engine.sights.cards import BridgeItem, Mail, OneLog

CROWD_PER_S = 8.0  # orders in that no opening brings
_LEAD, _LEAST = 0.85, 6  # part of the orders of a log that is one broker's, and orders by which that can be told
_OPENING_S = 90  # for which all that has waited for the bell comes in
_AGAIN_S = 180  # until another log is worth a look
_LAST_CALL = "09:48"  # by then one broker that complains is enough
_LINE = re.compile(r"ord=(\d+) .*from=(.+)$")
_NUMBER = re.compile(r"\border (\d{6,})\b")
AGAIN, ANOTHER_FLAG = "resending its orders", "uses the flag differently"
USUAL = remark("What comes in is as on other days again: {name} may send.")


@once_a_look
def brokers(eyes: Eyes) -> dict[str, str]:
    """The brokers there are: name -> place, as a diagnosis has it."""
    return {in_words(row["label"]): row["id"] for row in eyes.sight["diagnosis"]["places"] if row["id"].startswith("broker ")}


def leader(lines: Iterable[str]) -> str:
    """The broker whose orders nearly all of a log's are, "" where it is none."""
    orders = {found.groups() for line in lines if (found := _LINE.search(line))}
    names = [name for _, name in orders]
    most = max(sorted(set(names)), key=names.count, default="")
    return most if len(orders) >= _LEAST and names.count(most) >= _LEAD * len(orders) else ""


def crowded(eyes: Eyes) -> bool:
    """Whether far more comes in than on any other day."""
    opened = eyes.phase == "unwind" or (eyes.phase == "bell" and eyes.ago(eyes.bell) > _OPENING_S)
    return opened and eyes.rates is not None and eyes.rates["parents_in"] > CROWD_PER_S


@once_a_look
def shown_leader(eyes: Eyes) -> tuple[str, BridgeItem] | None:
    """The broker whose orders are nearly all of what a log has that the operator has shown since the bell, and that pin; the last such."""
    since = [item for item in known_pins(eyes, "operator") if eyes.at(item["at"]) >= eyes.at(eyes.bell)]
    logs = [item for item in since if in_words(item["title"]).startswith("Log of ")]
    found = [(name, item) for item in logs if (name := leader(map(in_words, item["lines"])))]
    return found[-1] if found else None


def _texts(log: OneLog | None) -> list[str]:
    return [in_words(line["text"]) for line in log["lines"]] if log else []


# -- operator


def tail_crowd(eyes: Eyes) -> Move | None:
    """Whose are they? Any log tells, for they are dealt to all servers."""
    last = [row for kind in ("log.tail", "log.search") for row in eyes.done(kind, eyes.bell)]
    if not crowded(eyes) or not eyes.free or any(row["state"] == "under way" or eyes.ago(row["at"]) < _AGAIN_S for row in last):
        return None
    up = [row for row in eyes.servers if row["state"] == "running"]
    return Move("log.tail", {"server": up[0]["n"]}, None, "More comes in than ever. Whose is it?") if up else None


def share_crowd(eyes: Eyes) -> Move | None:
    """Show the log in which nearly all is one broker's."""
    log = eyes.log
    if log is None or not crowded(eyes) or not leader(_texts(log)) or eyes.pinned("Log of ", log["at"]):
        return None
    return Move("evidence.share", {"what": "log", "id": log["server"]}, None, "Nearly all of it is one broker's.")


def search_the_leader(eyes: Eyes) -> Move | None:
    """All of its orders, in all logs: an order goes to one server, and once."""
    shown = shown_leader(eyes)
    if shown is None or not eyes.free or eyes.done("log.search", shown[1]["at"]):
        return None
    return Move("log.search", {"text": shown[0]}, None, "Does each come once?")


def twice_dealt(found: OneLog) -> str:
    """An order that a search has found on more than one server, "" where there is none."""
    hosts: dict[str, set[str]] = {}
    for text in _texts(found):
        if line := _LINE.search(text):
            hosts.setdefault(line[1], set()).add(text.split(" ", 1)[0])
    return next((order for order, names in hosts.items() if len(names) > 1), "")


def name_the_broker(eyes: Eyes) -> Move | None:
    """Somebody sends far more than ever: the same orders, if one of them is on several servers, and else most probably."""
    shown, found = shown_leader(eyes), eyes.found
    if shown is None or found is None or found["search"] != shown[0]:
        return None
    order, place = twice_dealt(found), brokers(eyes).get(shown[0], "")
    why = f"Order {order} is on several servers." if order else "Nearly all that comes in is theirs."
    return declare_known(eyes, AGAIN, place, "certain" if order else "likely", why, "Logs searched for", "Log of ")


def say_usual(eyes: Eyes) -> Move | None:
    """Say when it is over."""
    shown = shown_leader(eyes)
    over = shown is not None and eyes.rates is not None and not crowded(eyes) and eyes.ago(shown[1]["at"]) > 60
    return say(eyes, phrase(USUAL, name=shown[0])) if shown and over else None


# -- risk manager


def hold_the_leader(eyes: Eyes) -> Move | None:
    """A minute of one broker's orders costs less than a minute of this."""
    shown = shown_leader(eyes)
    if shown is None or eyes.done("broker.hold", shown[1]["at"], shown[0]) or over_with(eyes, shown[0]):
        return None
    return Move("broker.hold", {"broker": shown[0]}, "likely", "Nearly all that comes in is theirs.")


def over_with(eyes: Eyes, name: str) -> bool:
    """Whether the operator has said that a broker may send again."""
    return bool(eyes.heard(phrase(USUAL, name=name), "operator"))


def release_it(eyes: Eyes) -> Move | None:
    """Its clients have waited long enough."""
    for held in eyes.done("broker.hold", eyes.bell):
        name = in_words(held["target"])
        if held["state"] == "done" and over_with(eyes, name) and not eyes.done("broker.release", held["at"], name):
            return Move("broker.release", {"broker": name}, "certain", "What it sends is as on other days.")
    return None


# -- complaints


@once_a_look
def complaints(eyes: Eyes) -> list[Mail]:
    """Mails since the bell, read, in which a broker complains of an order by its number."""
    since = [mail for mail in eyes.mails(read=True) if eyes.at(mail["at"]) >= eyes.at(eyes.bell)]
    return [mail for mail in since if _complains(eyes, in_words(mail["body"]))]


def _complains(eyes: Eyes, text: str) -> bool:
    return _NUMBER.search(text) is not None and any(name in text for name in brokers(eyes))


def share_complaint(eyes: Eyes) -> Move | None:
    """Show what they complain of."""
    for mail in complaints(eyes):
        if not eyes.pinned(f": {in_words(mail['subject'])}", mail["at"]):
            return Move("evidence.share", {"what": "mail", "id": mail["id"]}, None, "They name the order.")
    return None


def look_it_up(eyes: Eyes) -> Move | None:
    """What do the logs say of the order that somebody complains of?"""
    for mail in complaints(eyes):
        numbers = _NUMBER.findall(in_words(mail["body"]))
        if eyes.free and not eyes.busy("log.search") and not eyes.done("log.search", mail["at"]):
            return Move("log.search", {"text": numbers[0]}, None, "How was it executed?")
    return None


@once_a_look
def complaining(eyes: Eyes) -> list[str]:
    """Brokers that complain of single orders, as the operator has shown or this desk has read; in their order on the list."""
    since = [item for item in known_pins(eyes, "operator") if eyes.at(item["at"]) >= eyes.at(eyes.bell)]
    shown = ["\n".join(map(in_words, item["lines"])) for item in since if in_words(item["title"]).startswith("Mail from ")]
    texts = [text for text in (*shown, *(in_words(mail["body"]) for mail in complaints(eyes))) if _NUMBER.search(text)]
    return [name for name in brokers(eyes) if any(name in text for text in texts)]


def unflag_them(eyes: Eyes) -> Move | None:
    """Two complain of the same, and what is new for both is what the flag does."""
    found = complaining(eyes)
    if eyes.phase != "bell" or not found or (len(found) < 2 and not eyes.past(_LAST_CALL)):
        return None
    left = [name for name in found if not eyes.done("broker.unflag", target=name)]
    return Move("broker.unflag", {"broker": left[0]}, "likely", "They mean something else by it.") if left else None


def name_the_flag(eyes: Eyes) -> Move | None:
    """Who complains has the flag in common, and no server."""
    found = complaining(eyes)
    if eyes.phase != "bell" or len(found) < 2:
        return None
    why = "They mean something else by it."
    return declare_known(eyes, ANOTHER_FLAG, brokers(eyes)[found[0]], "likely", why, "Mail from Client", "Logs searched for")
