"""The autopilot `assistant`: sits in a seat that nobody has. It does what its team asks of it, shows what it sees, reads mail, and
answers the telephone without deciding anything. Unasked it does nothing that could hurt, but for what a guide says is its desk's turn.
"""

from typing import Literal

from engine.autopilots.guided import follow_guide
from engine.autopilots.parts import Eyes, Habit, Move, in_words, open_mail, pick_up
from engine.autopilots.team import COMPARED, checksum_to_share, comparison_to_share, read_pin, server_names

MAIL_EVERY_S = {"premarket": 60, "bell": 30, "unwind": 240, "block": 240}
HEARD_S = {"premarket": 120, "bell": 30, "unwind": 480, "block": 120}  # how long a question on the bridge stays a question
# Words in a question -> what this desk can show, the first that fits.
SHOWS: dict[str, tuple[tuple[str, str], ...]] = {
    "operator": (("log", "log"), ("look", "look"), ("rate", "rates"), ("alert", "alert"), ("server", "servers"), ("mail", "mail")),
    "deployer": (("checksum", "checksum"), ("config", "config"), ("reference", "data"), ("fleet", "fleet"), ("release", "fleet"),
                 ("change", "changes"), ("mail", "mail")),
    "risk": (("limit", "limits"), ("tape", "tape"), ("price", "tape"), ("p&l", "pnl"), ("position", "pnl"), ("gross", "pnl"), ("mail", "mail")),
}
_SEARCHED = "Logs searched for "
MONITORS = ("Session monitor", "Process monitor")


def do_as_asked(eyes: Eyes) -> Move | None:
    """The oldest open ask that can be carried out now; where it only lacks the word, the word is asked for."""
    for ask in sorted(eyes.asks, key=lambda ask: ask["id"]):
        if ask["state"] != "open":
            continue
        move = Move(ask["kind"], ask["args"], "likely", f"Asked by the {ask['from']}.")
        if eyes.may(move):
            return move
        lever = eyes.lever(ask["kind"])
        if lever is not None and lever["word"] == "needed":
            return Move("authorise.ask", {"what": ask["kind"]}, "likely", f"The {ask['from']} asks me to do it.")
    return None


def asked_for(eyes: Eyes, kind: str) -> bool:
    """Whether an ask of this kind was carried out."""
    return any(ask["kind"] == kind and ask["state"] == "done" for ask in eyes.asks)


def show_result(eyes: Eyes) -> Move | None:
    """Share what an ask has brought."""
    names = server_names(eyes)
    for kind, what, card in (("log.tail", "log", eyes.log), ("server.look", "look", eyes.look)):
        if asked_for(eyes, kind) and card is not None and not eyes.pinned(names[card["server"]], card["at"]):
            return Move("evidence.share", {"what": what, "id": card["server"]})
    if asked_for(eyes, "log.search") and eyes.found is not None and not eyes.pinned(_SEARCHED, eyes.found["at"]):
        return Move("evidence.share", {"what": "log", "id": 0})
    if asked_for(eyes, "checksum.run"):
        found = [row for row in eyes.hosts if checksum_to_share(eyes, row)]
        if found:
            return Move("evidence.share", {"what": "checksum", "id": found[0]["n"]})
    for what in COMPARED:
        if asked_for(eyes, f"{what}.compare"):
            found = [row for row in eyes.hosts if comparison_to_share(eyes, row, what)]
            if found:
                return Move("evidence.share", {"what": what, "id": found[0]["n"]})
    return None


def show_on_request(eyes: Eyes) -> Move | None:
    """Answer a question on the bridge with what is on the screen."""
    for item in reversed(eyes.bridge(kind="say")):
        if item["desk"] == eyes.desk or eyes.ago(item["at"]) > HEARD_S.get(eyes.phase, 0) or eyes.bridge(item["at"], "pin", eyes.desk):
            continue
        question = in_words(item["title"]).lower()
        named = [desk for desk in SHOWS if desk in question]
        if "?" not in question or (named and eyes.desk not in named):
            continue
        what = next((what for word, what in SHOWS[eyes.desk] if word in question), "")
        shown = what and _share(eyes, what, in_words(item["title"]))
        if shown:
            return shown
    return None


def _share(eyes: Eyes, what: str, question: str) -> Move | None:
    """Share evidence of a kind, where this desk has any: of the server the question names, else the latest."""
    number = 0
    if what in ("log", "look"):
        card = eyes.log if what == "log" else eyes.look
        number = card["server"] if card else 0
    elif what == "checksum":
        rows = [row for row in eyes.hosts if checksum_to_share(eyes, row)]
        rows.sort(key=lambda row: (row["name"] in question, eyes.at(row["checksum"]["at"] if row["checksum"] else "")))
        number = rows[-1]["n"] if rows else 0
    elif what == "config":
        number = _compared(eyes, "config", question)
    elif what == "data":
        number = _compared(eyes, "data", question)
    elif what == "mail":
        read = eyes.mails(read=True)
        number = read[-1]["id"] if read else 0
    elif (what == "alert" and not eyes.alerts) or (what == "tape" and not eyes.tape):
        return None
    if what in ("log", "look", "checksum", "config", "data", "mail") and not number:
        return None
    return Move("evidence.share", {"what": what, "id": number})


def _compared(eyes: Eyes, what: Literal["config", "data"], question: str) -> int:
    """The server with a comparison to share: the one that the question names, else the latest; 0 where there is none."""
    rows = [
        (row["name"] in question, eyes.at(found["at"]), row["n"])
        for row in eyes.hosts
        if (found := row[what]) and comparison_to_share(eyes, row, what)
    ]
    return max(rows)[2] if rows else 0


def share_alarm(eyes: Eyes) -> Move | None:
    """Pass on an alert about the router."""
    alarms = (eyes.words.system, eyes.words.system.lower(), *MONITORS)
    for place, alert in enumerate(eyes.alerts):
        if any(word in alert["text"] for word in alarms) and not eyes.pinned(in_words(alert["text"])[:40]):
            return Move("evidence.share", {"what": "alert", "id": place})
    return None


def share_reject(eyes: Eyes) -> Move | None:
    """Pass on the first of the router's rejects that was read."""
    read = [mail for mail in eyes.mails(read=True) if eyes.words.reject in mail["subject"]]
    return Move("evidence.share", {"what": "mail", "id": read[0]["id"]}) if read and not eyes.pinned(eyes.words.reject) else None


def _read_mail(eyes: Eyes) -> Move | None:
    """The oldest unread mail at a calm pace, with a hand to spare where there are two."""
    last, fresh = eyes.done("mail.open"), eyes.mails(read=False)
    spare = eyes.free > (1 if eyes.hands > 1 else 0)
    calm = not last or eyes.ago(last[0]["at"]) >= MAIL_EVERY_S.get(eyes.phase, 60)
    return open_mail(eyes, fresh[0]) if fresh and spare and calm else None


# What decides nothing and lets nobody go away for good.
_answer = pick_up(
    15, "golive.check", "golive_again.line", "blotter.list", "settle.ask", "exchange.wait", "exchange_again.session", "exchange_back.error",
    "floor.order", "chief.unknown", "chief_again.bank", "client.cancel", "client_again.cancel", "sessions.shut", "legal.image", "broker.figures",
)  # fmt: skip

HABITS: dict[str, tuple[Habit, ...]] = {
    "operator": (do_as_asked, follow_guide, _answer, show_result, show_on_request, share_alarm, share_reject, read_pin, _read_mail),
    "deployer": (do_as_asked, follow_guide, _answer, show_result, show_on_request, read_pin, _read_mail),
    "risk": (do_as_asked, follow_guide, _answer, show_on_request, read_pin, _read_mail),
}
