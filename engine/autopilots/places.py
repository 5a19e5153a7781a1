"""What `competent` does about what is not a server's own: a stock that is offered at a wrong price, and an exchange that does not answer.

The risk manager sees two stocks lose a large part of what is held in them and withdraws them; the operator finds the servers that offer them
in the logs; the deployer compares what those read, loads the day's, restarts them and says so. Orders out without answers fall the executions
of the whole firm: a log says at which exchange, the operator routes around it and logs on again.
"""

import re
from typing import Literal

from engine.arguments import phrase, remark
from engine.autopilots.parts import Eyes, Move, in_words, once_a_look, say
from engine.autopilots.team import COMPARED, comparison_to_share, declare_known, known_pins, server_names
from engine.sights.cards import Host

OTHER_DATA, NO_ANSWER = "reference data", "acknowledges no orders"  # by what their causes are known
STOCKS_BACK = remark("What offered them was restarted with the day's reference data: the stocks may come back.")
LOST_PART, LOST_USD, MOST_STOCKS = 0.2, 50_000, 5  # of what is held in a stock that no market takes in minutes
_NAMED = 4  # stocks that a deed names
_ANSWERED = 0.86  # of what goes out, less than is executed on any morning
_SETTLED_S = 420  # after which the opening is over
_FALLEN, _NOW_S, _BEFORE_S, _LEAST_PER_S = 0.78, 75, 240, 4  # executions of the last moments, as a part of those before
_STOCK = re.compile(r"([A-Z]{1,5}) at \d")
_OFFERED = re.compile(r" quote [A-Z]+ offered ")
_SILENT = re.compile(r"px=\S+ (\S+) IOC sent, not acknowledged")
_LOOK_AGAIN_S, _GOOD_S = 150, 240


# -- risk manager


@once_a_look
def mispriced(eyes: Eyes) -> list[str]:
    """Stocks in which much of what is held was lost at once: what nobody pays is a wrong price, and not a market's."""
    if eyes.risk is None or eyes.phase not in ("bell", "unwind") or eyes.done("position.flatten"):
        return []  # what is got out of is small, and keeps what it has lost
    card, names = eyes.risk["positions"], eyes.risk["symbols"]["symbols"]
    found = [
        name
        for name, held, gained in zip(names, card["notional_usd"], card["pnl_usd"], strict=True)
        if -gained > LOST_USD and -gained > LOST_PART * abs(held)
    ]
    return found if len(found) <= MOST_STOCKS else []


def withdraw_mispriced(eyes: Eyes) -> Move | None:
    """Withdraw those that are not withdrawn yet."""
    left = [name for name in mispriced(eyes) if not eyes.done("stocks.withdraw", eyes.bell, name)][:_NAMED]
    return Move("stocks.withdraw", {"symbols": left}, "certain", "Nothing falls by a fifth in a minute.") if left and eyes.free else None


def share_mispriced(eyes: Eyes) -> Move | None:
    """Show what is held in each, once."""
    for name in mispriced(eyes):
        if eyes.risk and not eyes.pinned(f"{name} at "):
            return Move("evidence.share", {"what": "position", "id": eyes.risk["symbols"]["symbols"].index(name)})
    return None


def take_back_in(eyes: Eyes) -> Move | None:
    """Go back to trading in what was withdrawn, once the deployer has said that it may be."""
    out = eyes.done("stocks.withdraw", eyes.bell)
    if not out or not eyes.heard(phrase(STOCKS_BACK)) or eyes.done("stocks.readmit", eyes.bell) or not eyes.free:
        return None
    return Move("stocks.readmit", {"symbols": lost_stocks(eyes)}, "certain", "What offered them is mended.")


def lost_stocks(eyes: Eyes) -> list[str]:
    """The stocks of which the risk manager has shown what is held, in the order of their symbols."""
    titles = [in_words(item["title"]) for item in eyes.bridge(eyes.bell, "pin", "risk")]
    return sorted({found[1] for title in titles if (found := _STOCK.match(title))})


# -- operator


def search_stock(eyes: Eyes) -> Move | None:
    """Who trades what the risk manager has shown? One stock is enough."""
    shown = [found[1] for item in known_pins(eyes, "risk") if (found := _STOCK.match(in_words(item["title"])))]
    if not shown or not eyes.free or eyes.done("log.search", eyes.bell):
        return None
    return Move("log.search", {"text": shown[0]}, None, "Which servers trade it?")


def share_search(eyes: Eyes) -> Move | None:
    """Show which servers offer it."""
    log = eyes.operator["log"] if eyes.operator else None
    if log is None or log["server"] != 0 or not any(_OFFERED.search(in_words(line["text"])) for line in log["lines"]):
        return None
    return None if eyes.pinned("Logs searched for ", log["at"]) else Move("evidence.share", {"what": "log", "id": 0}, None, "Three offer it.")


@once_a_look
def unanswered(eyes: Eyes) -> str:
    """The exchange that does not answer, by the log on the screen, "" for none; a log from before the last log-on says nothing more."""
    log = eyes.log
    again = eyes.done("exchange.relogon", eyes.bell)
    if log is None or eyes.at(log["at"]) < eyes.at(eyes.bell) or (again and eyes.at(log["at"]) <= eyes.at(again[0]["at"]) + 180):
        return ""
    found = [name[1] for line in log["lines"] if (name := _SILENT.search(in_words(line["text"])))]
    return max(sorted(set(found)), key=found.count) if found else ""


def fallen(eyes: Eyes) -> bool:
    """Whether executions have fallen at once, some time after the bell, and more than what goes out, while no server went down."""
    if eyes.chart is None or eyes.phase != "bell" or eyes.done("server.stop", eyes.bell):
        return False
    every, counts = eyes.chart["every_s"], eyes.chart["executions"]
    now, before = counts[-(_NOW_S // every) :], counts[-(_BEFORE_S // every) : -(_NOW_S // every)]
    usual, out = sum(before) / max(len(before), 1), sum(eyes.chart["children"][-len(now) :])
    fewer = usual >= _LEAST_PER_S and sum(now) / len(now) < _FALLEN * usual
    return eyes.ago(eyes.bell) > _SETTLED_S and fewer and sum(now) < _ANSWERED * out


def asked_for_fills(eyes: Eyes) -> bool:
    """Whether somebody has asked on the telephone why orders are not filled."""
    said = [call["answer"] for call in eyes.sight["calls"]["calls"] if call["state"] == "answered"]
    return any(answer is not None and answer["key"].startswith("order_desk.") for answer in said)


def tail_for_answers(eyes: Eyes) -> Move | None:
    """What comes of what goes out? Any server's log says."""
    if not (fallen(eyes) or asked_for_fills(eyes)) or not eyes.free or unanswered(eyes) or eyes.done("exchange.relogon", eyes.bell):
        return None
    seen = eyes.done("log.tail", eyes.bell)
    if seen and eyes.ago(seen[0]["at"]) < _LOOK_AGAIN_S:
        return None
    up = [row["n"] for row in eyes.servers if row["state"] == "running" and not any(row["name"] in deed["target"] for deed in seen)]
    return Move("log.tail", {"server": up[0]}, None, "Executions have fallen and orders have not.") if up else None


def share_unanswered(eyes: Eyes) -> Move | None:
    """Show the log."""
    if not unanswered(eyes) or eyes.log is None or eyes.pinned(server_names(eyes)[eyes.log["server"]], eyes.log["at"]):
        return None
    return Move("evidence.share", {"what": "log", "id": eyes.log["server"]}, None, "It names one exchange.")


def name_the_exchange(eyes: Eyes) -> Move | None:
    """An exchange that takes orders and answers none is a diagnosis."""
    name = unanswered(eyes)
    place = next((row["id"] for row in eyes.sight["diagnosis"]["places"] if row["label"] == name), "")
    if not place or eyes.log is None:
        return None
    return declare_known(eyes, NO_ANSWER, place, "certain", f"{name} answers nothing.", server_names(eyes)[eyes.log["server"]])


def go_around(eyes: Eyes) -> Move | None:
    """New orders go elsewhere at once."""
    name = unanswered(eyes)
    if not name or not eyes.free or eyes.done("exchange.avoid", eyes.bell, name):
        return None
    return Move("exchange.avoid", {"exchange": name}, "certain", "Nothing comes back from it.")


def knock_again(eyes: Eyes) -> Move | None:
    """And a new session for those that wait there."""
    name = unanswered(eyes)
    if not name or not eyes.free or eyes.busy("exchange.relogon"):
        return None
    return Move("exchange.relogon", {"exchange": name}, "certain", "Nothing comes back from it.")


def route_again(eyes: Eyes) -> Move | None:
    """Back to it, once the session has stood for a while."""
    again, out = eyes.done("exchange.relogon", eyes.bell), eyes.done("exchange.avoid", eyes.bell)
    if not again or not out or again[0]["state"] != "done" or eyes.ago(again[0]["at"]) < _GOOD_S or eyes.done("exchange.resume", eyes.bell):
        return None
    return Move("exchange.resume", {"exchange": in_words(out[0]["target"])}, "likely", "It answers again.") if eyes.free else None


# -- deployer


def unticketed(eyes: Eyes, what: Literal["config", "data"]) -> list[Host]:
    """Servers whose config or reference data is another than the recorded, on disk or as loaded, and no change says that it should be."""
    changes = [row["title"] for row in eyes.deployer["changes"]["rows"]] if eyes.deployer else []
    found = []
    for row in eyes.hosts:
        compared = row[what]
        versions = [compared["disk"], compared["loaded"]] if compared else []
        names = [version["name"] for version in versions if version and not version["right"]]
        if any(not any(name in title and row["name"] in title for title in changes) for name in names):
            found.append(row)
    return found


@once_a_look
def offering(eyes: Eyes) -> list[Host]:
    """Servers that offer a stock by the logs that the operator has searched."""
    searches = [item for item in known_pins(eyes, "operator") if in_words(item["title"]).startswith("Logs searched for ")]
    lines = [line for item in searches for line in map(in_words, item["lines"])]
    return [row for row in eyes.hosts if any(_OFFERED.search(line) and f"{row['name']} " in line for line in lines)]


def compare_data(eyes: Eyes) -> Move | None:
    """What do they read that others do not? Where it is another than the day's, the rest of the fleet is looked at as well."""
    for row in [*offering(eyes), *(eyes.hosts if misreading(eyes) else ())]:
        if row["data"] is None and not row["work"] and not eyes.busy("data.compare", row["name"]) and eyes.free:
            return Move("data.compare", {"servers": [row["n"]]}, "likely", "It offers a stock at a price of its own.")
    return None


@once_a_look
def misreading(eyes: Eyes) -> list[Host]:
    """Servers whose reference data was another than the day's when it was compared, and no change says that it should be."""
    return unticketed(eyes, "data") if offering(eyes) else []


def share_data(eyes: Eyes) -> Move | None:
    """Show how it differs."""
    for row in misreading(eyes):
        if comparison_to_share(eyes, row, "data"):
            return Move("evidence.share", {"what": "data", "id": row["n"]})
    return None


def name_the_data(eyes: Eyes) -> Move | None:
    """Other reference data on the servers that offer them is a diagnosis of the stocks."""
    rows, stocks = misreading(eyes), lost_stocks(eyes)
    if not rows or not stocks:
        return None
    pins = [f"{COMPARED['data']} of {row['name']}" for row in rows[:3]]
    return declare_known(eyes, OTHER_DATA, " ".join(["stocks", *stocks]), "certain", "They read other reference data.", *pins)


def mend_data(eyes: Eyes) -> Move | None:
    """Load the day's, and restart: what is offered was priced when the process began."""
    for row in misreading(eyes):
        loaded = eyes.done("data.load", eyes.bell, row["name"])
        if row["work"] or not eyes.free:
            continue
        if not loaded:
            return Move("data.load", {"servers": [row["n"]]}, "certain", "It reads other data than the rest.")
        if loaded[0]["state"] == "done" and not eyes.done("server.start", loaded[0]["at"], row["name"]):
            return Move("server.start", {"server": row["n"]}, "certain", "It priced its offers when it began.")
    return None


def say_back(eyes: Eyes) -> Move | None:
    """Say that all of them are mended."""
    rows = misreading(eyes)
    started = [eyes.done("server.start", eyes.bell, row["name"]) for row in rows]
    if not rows or any(row["data"] is None for row in eyes.hosts) or not all(deeds and deeds[0]["state"] == "done" for deeds in started):
        return None
    return say(eyes, phrase(STOCKS_BACK))
