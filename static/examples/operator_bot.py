"""A program that plays the operator by rules: `python operator_bot.py ws://HOST/ws/bot/ TOKEN` in a game, `python operator_bot.py listen 9000` for
`manage.py arena SCENARIO --seats operator=ws://localhost:9000/`. Needs `pip install websockets` and nothing of the game. Where the clock waits for
programs, as it always does in the arena, the market stands until it has moved.

It reads its mail and answers the telephone. When far more goes out than an opening brings, it looks at one server after the other, and
stops the one that stands out. All that it knows it has from the cards of its desk.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

VERSION = "opening-bell.looks.v1"
TOO_MANY = 100.0  # child orders a second that no opening brings
STANDS_OUT = 3.0  # times as many as the server in the middle

Move = tuple[str, dict[str, Any], str]  # lever, arguments, why


class Operator:
    """What is known of the desk, and what has been done about it."""

    def __init__(self) -> None:
        self.cards: dict[str, Any] = {}
        self.rates: dict[int, float] = {}  # child orders a second of each server that was looked at
        self.once: set[str] = set()
        self.stopped: int | None = None

    def take(self, cards: dict[str, Any]) -> None:
        """All its cards, as they are at this look."""
        self.cards.update(cards)
        look = self.cards.get("look", {})
        if look.get("server"):
            self.rates[look["server"]] = look["children_out"]

    def allowed(self, kind: str) -> bool:
        """Whether a lever can be pulled now, as its card says."""
        return any(row["kind"] == kind and row["allowed"] for row in self.cards["levers"]["levers"])

    def moves(self) -> Iterator[Move]:
        """What comes to mind, the most urgent first."""
        yield from self.answer()
        yield from self.incident()
        if self.allowed("mail.open") and self.cards["work"]["free"] > 1:
            unread = [mail for mail in self.cards["inbox"]["mails"] if not mail["read"]]
            if unread:
                yield "mail.open", {"mail": unread[0]["id"]}, "The newest first."

    def answer(self) -> Iterator[Move]:
        """A call that rings: with what cannot hurt."""
        for call in self.cards["calls"]["calls"]:
            harmless = [reply["key"] for reply in call["replies"] if not reply["dangerous"]]
            if call["state"] == "ringing" and harmless:
                yield "call.answer", {"call": call["id"], "reply": harmless[0]}, ""

    def incident(self) -> Iterator[Move]:
        """Which server sends too much? Then it stops."""
        if self.stopped is not None or self.cards["rates"]["children_out"] < TOO_MANY or not self.cards["clock"]["open"]:
            return
        if "alarm" not in self.once:
            self.once.add("alarm")
            yield "bridge.say", {"text": "Far more orders go out than come in. I look at the servers."}, ""
        running = [row["n"] for row in self.cards["servers"]["servers"] if row["state"] == "running"]
        unknown = [n for n in running if n not in self.rates]
        if unknown:
            if self.allowed("server.look"):
                yield "server.look", {"server": unknown[0]}, "Which one is it?"
            return
        known = sorted(self.rates[n] for n in running if n in self.rates)
        worst = max(running, key=lambda n: self.rates.get(n, 0.0), default=None)
        if worst is None or not known or self.rates.get(worst, 0.0) < STANDS_OUT * max(known[len(known) // 2], 1.0):
            self.rates.clear()  # nothing stands out: look again
            return
        if self.allowed("server.stop"):
            self.stopped = worst
            yield "server.stop", {"server": worst}, f"It sends {self.rates.pop(worst):.0f} orders a second."


def play(url: str, token: str, *, moves: int | None = None) -> Operator:
    """Play until the line ends, or `moves` of its moves were made. Raises ConnectionClosed where the server hangs up."""
    with connect(url, additional_headers={"Authorization": f"Bearer {token}"}, subprotocols=[VERSION], max_size=None) as line:  # type: ignore[list-item]
        return answer_looks(line, moves)


def answer_looks(line: ClientConnection | ServerConnection, moves: int | None = None) -> Operator:
    """A move for every look, or to wait, in a game and in the arena, until that is over or `moves` were made."""
    desk, made = Operator(), 0
    for text in line:
        message = json.loads(text)
        if message["t"] == "look":
            if message["refused"]:
                print(message["refused"])
            desk.take(message["sight"])
            kind, args, why = next(desk.moves(), ("", {}, ""))
            made += kind != ""
            if kind:
                print(f"{desk.cards['clock']['clock']} {kind} {args}")
            action = {"kind": kind, "args": args, "why": why} if kind else 0
            line.send(json.dumps({"t": "move", "step": message.get("step"), "action": action}))
            if moves is not None and made >= moves:
                return desk
        elif message["t"] == "bye":
            print(message["reason"])
            return desk
        elif message["t"] == "end" or message.get("state") == "ended":
            return desk
    return desk


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "listen" and sys.argv[2].isdecimal():
        with serve(answer_looks, "localhost", int(sys.argv[2]), max_size=None) as server:
            server.serve_forever()
    if len(sys.argv) != 3:
        sys.exit("Expected an address and a token: python operator_bot.py ws://localhost:8000/ws/bot/ TOKEN")
    try:
        play(sys.argv[1], sys.argv[2])
    except (OSError, ConnectionClosed) as problem:
        sys.exit(f"The line to {sys.argv[1]} is gone: {problem}")
