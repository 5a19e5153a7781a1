"""Messages and forms that no page of ours would send: random, cut, mixed up, or almost right. Everything comes from a seeded generator."""

import json
import random
import uuid
from typing import Any

import engine

WORDS = [
    "",
    "stale",
    "all",
    "server.stop",
    "Ünïcode ✓",
    "<script>alert(1)</script>",
    "'; DROP TABLE game_run; --",
    "\u202e",
    "x" * 300,
    "09:45",
    "K7-M4Q",
]
BROKEN = [
    "",
    "{",
    "[]",
    "null",
    "true",
    "0",
    '"x"',
    "[[[[",
    '{"t":',
    '{"t":"command"}',
    '{"t":null}',
    "\ufeff{}",
    "NaN",
    "{}" * 50,
    "\x00",
    "{'t':'ack'}",
]


def value(rng: random.Random, depth: int = 0) -> Any:
    """Any JSON value."""
    kind = rng.randrange(9 if depth < 3 else 7)
    if kind < 2:
        return rng.choice([-1, 0, 1, 3, 8, 9, 79, 2**31, 2**60, -(2**70)])
    if kind < 4:
        return rng.choice(WORDS)
    if kind < 7:
        return rng.choice([None, True, False, 0.5, -1e300, 1e-9])
    if kind == 7:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(WORDS): value(rng, depth + 1) for _ in range(rng.randrange(4))}


def _nearly(rng: random.Random, name: str) -> Any:
    """An argument of any shape, now and then one that fits: what is refused for its shape never comes as far as the engine."""
    server = rng.randrange(1, 9)
    return rng.choice([value(rng), [server] if name == "servers" else server, rng.choice(WORDS)])


def command(rng: random.Random) -> dict[str, Any]:
    """A command of any kind with arguments of any shape: some of them are right."""
    kind = rng.choice(sorted(engine.KINDS))
    args = {name: _nearly(rng, name) for name in engine.KINDS[kind].args if rng.random() < 0.9}
    if rng.random() < 0.1:
        args[rng.choice(WORDS)] = value(rng)
    confidence = rng.choice([None, "guessing", "likely", "certain"])
    return {
        "t": "command",
        "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "kind": kind,
        "args": args,
        "confidence": confidence,
        "why": "",
    }


def message(rng: random.Random) -> str:
    """The text of one message."""
    kind = rng.randrange(10)
    if kind < 2:
        return rng.choice(BROKEN)
    if kind < 6:
        return json.dumps(command(rng))
    if kind == 6:
        text = json.dumps(command(rng))
        place = rng.randrange(len(text))
        return text[:place] + rng.choice(["", "\\", '"', "}", "\ud83d", "0"]) + text[place + rng.randrange(3) :]
    if kind == 7:
        return json.dumps(
            {
                "t": rng.choice(["drive", "why", "back", "team", "hello", "frame"]),
                "do": value(rng),
                "value": value(rng),
                "id": value(rng),
                "text": value(rng),
            }
        )
    if kind == 8:
        return json.dumps({"t": rng.choice(["ack", "resync"]), "seq": value(rng)})
    return json.dumps(value(rng))


def form(rng: random.Random, names: list[str]) -> dict[str, str]:
    """Fields of a form: known names and others, with anything in them."""
    chosen = [rng.choice([*names, "x", "next", "do"]) for _ in range(rng.randrange(5))]
    return {name: str(rng.choice([value(rng), rng.choice(WORDS), "start", "2", "1e309", "-0"]))[:2000] for name in chosen}
