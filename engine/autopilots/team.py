"""What characters share: reading what colleagues pin, whom the team suspects, and the sentences by which they hand work over."""

import re
from typing import Literal

from engine.arguments import phrase, remark
from engine.autopilots.parts import Eyes, Move, in_words, once_a_look, say
from engine.sights.cards import BridgeItem, Host

_SERVER = re.compile(r"server (\d+)")
_ORDER = re.compile(r"(?i)\b(?:order|ord|rej)[\s=]+(\d+)")
_LOT, _ODD_FILLS = 100, 5  # shares that orders are filled by, and lines that are otherwise before anybody wonders
FILLED = re.compile(r"qty=(\d+) filled=(\d+)")
_BUSY_PER_S = 100  # child orders a second that no ordinary morning of this firm has seen
FLOOD_S = 40  # seconds of them that nobody takes for the noise of the bell
CHILDREN_A_PARENT = 20  # nor so many children for each order that comes in

COMPARED: dict[Literal["config", "data"], str] = {"config": "Config", "data": "Reference data"}  # as their pins are headed
# By what the causes are known that a checksum shows.
ON_DISK, IN_PROCESS = "release on a server's disk", "release in a server's process"
DEFECTIVE = "newly live release"  # and by what the one is known that several servers share
ANOTHER_CONFIG = "Wrong config"
OUTSIDE = "outside the fleet"  # and the one that none of them has
REPAIRED = remark("{name} runs the new release now.")
MAY_START = remark("{name} has the right release on disk: it may be started.")
CALM = remark("The flood of orders has stopped.")
SEND_CHECKS = remark("{system} is off the exchanges. Which servers may come back?")


def read_pin(eyes: Eyes) -> Move | None:
    """Open what a colleague has shared."""
    fresh = [item for item in eyes.bridge(kind="pin") if eyes.desk not in item["read"]]
    return Move("pin.read", {"pin": fresh[0]["id"]}) if fresh else None


def known_pins(eyes: Eyes, desk: str = "") -> list[BridgeItem]:
    """Pins this desk has opened (its own too), oldest first."""
    return [item for item in eyes.bridge(kind="pin", desk=desk) if eyes.desk in item["read"]]


def server_names(eyes: Eyes) -> dict[int, str]:
    """Names of the servers, as this desk's own card has them."""
    rows = eyes.servers or eyes.hosts
    return {row["n"]: row["name"] for row in rows}


def suspect(eyes: Eyes) -> int:
    """The server the team has named last, 0 for none."""
    named = [_server_of(row["place"]) for row in sorted(eyes.declared, key=lambda row: eyes.at(row["at"]))]
    return next((n for n in reversed(named) if n), 0)


def _server_of(place: str) -> int:
    """The server that a place is, 0 where it is another."""
    found = _SERVER.fullmatch(place)
    return int(found[1]) if found else 0


def declared(eyes: Eyes, server: int) -> bool:
    """Whether the team's diagnosis names this server (0: whether there is any)."""
    return any(server in (0, _server_of(row["place"])) for row in eyes.declared)


def declare_cause(eyes: Eyes, server: int, confidence: str, why: str, words: str = ON_DISK) -> Move | None:
    """Declare that this server runs another release than the rest, with what this desk has seen of it."""
    known = next((one for one in (words, ON_DISK) if any(one in row["label"] for row in eyes.causes)), None)
    if known is None or declared(eyes, server):
        return None
    return declare_known(eyes, known, f"server {server}", confidence, why, server_names(eyes)[server])


def declare_known(eyes: Eyes, words: str, place: str, confidence: str, why: str, *names: str) -> Move | None:
    """Declare the cause that is known by these words, once: with what this desk has seen of these names, and with the rejects."""
    cause = next((row for row in eyes.causes if words in row["label"]), None)
    if cause is None or any((row["cause"], row["place"]) == (cause["id"], place or "none") for row in eyes.declared):
        return None
    of_it = [row["id"] for row in eyes.seen if any(name in row["title"] for name in names)]
    beside = [row["id"] for row in eyes.seen if eyes.words.reject in row["title"]]
    return Move("diagnosis.declare", {"cause": cause["id"], "place": place or "none", "evidence": [*of_it, *beside][:3]}, confidence, why)


@once_a_look
def as_good(eyes: Eyes) -> list[str]:
    """Releases that do with the flag what the one to be deployed does."""
    rows, target = eyes.releases, eyes.target
    meant = [row["flag_set"] for row in rows if row["name"] == target]
    return [target, *(row["name"] for row in rows if row["flag_set"] in meant and row["name"] != target)]


def checksum_to_share(eyes: Eyes, row: Host) -> bool:
    """Whether a server of the fleet has a checksum that was asked for and is not on the bridge yet."""
    checksum = row["checksum"]
    if not checksum:
        return False
    if checksum["at"] != "now":
        return not eyes.pinned(row["name"], checksum["at"])
    asked = [
        done
        for name in (row["name"], "all servers")
        for done in eyes.done("checksum.run", target=name)
        if done["state"] == "done"
    ]
    return bool(asked) and not eyes.pinned(row["name"], asked[0]["at"])


def comparison_to_share(eyes: Eyes, row: Host, what: Literal["config", "data"]) -> bool:
    """Whether a server of the fleet has a comparison of that kind that is not on the bridge yet."""
    found = row[what]
    return found is not None and not eyes.pinned(f"{COMPARED[what]} of {row['name']}", found["at"])


def was_told(eyes: Eyes, text: str, name: str) -> bool:
    """Whether anybody has said that sentence of that server."""
    return bool(eyes.heard(phrase(text, name=name)))


@once_a_look
def reject_orders(eyes: Eyes) -> list[str]:
    """Order ids in the router's reject mails that were opened."""
    return [
        match
        for mail in eyes.mails(read=True)
        if eyes.words.reject in mail["subject"]
        for match in _ORDER.findall(in_words(mail["body"]))
    ]


@once_a_look
def odd_line(eyes: Eyes) -> str:
    """The line of the tail on the screen that gives its server away: a reject of a mailed order, or fills as no order has them."""
    orders = reject_orders(eyes)
    for line in eyes.log["lines"] if eyes.log else []:
        text = in_words(line["text"])
        if eyes.words.reject in text and any(order in _ORDER.findall(text) for order in orders):
            return text
    texts = [in_words(line["text"]) for line in eyes.log["lines"]] if eyes.log else []
    since_the_bell = eyes.log is not None and eyes.at(eyes.log["at"]) >= eyes.at(eyes.bell)
    return given_away(texts) if since_the_bell else next(filter(overfilled, texts), "")


def overfilled(text: str) -> bool:
    """Whether a line of a log has a parent that was filled many times over."""
    filled = FILLED.search(text)
    return filled is not None and int(filled[2]) > 3 * int(filled[1])


def given_away(texts: list[str]) -> str:
    """The line with a parent filled many times over, or the first of many whose fills are counted in other than lots; "" where there is none."""
    counted = [(text, int(filled[2])) for text in texts if (filled := FILLED.search(text)) and int(filled[2])]
    odd = [text for text, filled in counted if filled % _LOT]
    return next(filter(overfilled, texts), odd[0] if len(odd) >= _ODD_FILLS and 2 * len(odd) > len(counted) else "")


@once_a_look
def running_away(eyes: Eyes) -> list[int]:
    """Servers of which the operator has shown such a line since the bell, and this desk has seen it; in the order in which they were shown."""
    bell = eyes.at(eyes.bell)
    since = [item for item in known_pins(eyes, "operator") if eyes.at(item["at"]) >= bell]
    found = [
        n
        for item in since
        for n, name in server_names(eyes).items()
        if in_words(item["title"]).startswith(f"Log of {name} ") and given_away([*map(in_words, item["lines"])])
    ]
    return list(dict.fromkeys(found))


def everywhere(eyes: Eyes) -> list[int]:
    """The servers that run away, where that is more than two: then it is none of them alone, nor one fault beside another."""
    found = running_away(eyes)
    return found if len(found) > 2 else []


def alarmed(eyes: Eyes) -> bool:
    """Whether the risk manager has shown a position that no morning explains, and no server was stopped since."""
    shown = [item for item in known_pins(eyes, "risk") if in_words(item["title"]).startswith("Position monitor ")]
    return any(eyes.at(item["at"]) >= eyes.at(eyes.bell) for item in shown) and not eyes.done("server.stop", eyes.bell)


def calm(eyes: Eyes) -> bool:
    """Whether the operator has said that it is over."""
    return bool(eyes.heard(phrase(CALM)))


def say_calm(eyes: Eyes) -> Move | None:
    """Say that it is over, when the chart shows a flood and the last minute none."""
    flooded = flood_s(eyes) >= FLOOD_S
    quiet = eyes.children_out < _BUSY_PER_S // 2
    return say(eyes, phrase(CALM)) if flooded and quiet and eyes.phase in ("bell", "unwind") else None


def flood_s(eyes: Eyes, last_s: int = 0) -> int:
    """Seconds of the last half hour, or of the last `last_s` seconds, in which the firm sent more than any morning has seen."""
    if eyes.chart is None:
        return 0
    every, children = eyes.chart["every_s"], eyes.chart["children"]
    if last_s:
        children = children[-(last_s // every) :] if last_s >= every else []
    return sum(1 for count in children if count > _BUSY_PER_S) * every


def wild(eyes: Eyes) -> bool:
    """Whether the firm sends far more than its orders explain."""
    rates = eyes.rates
    return rates is not None and rates["children_out"] > _BUSY_PER_S and rates["children_out"] > CHILDREN_A_PARENT * max(rates["parents_in"], 1)
