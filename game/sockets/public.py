"""The protocol of a desk as others may rely on it: JSON Schema and AsyncAPI, written from the models of messages and cards."""

import inspect
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

import engine
from game import __version__
from game.sockets.outgoing import OUTGOING
from game.sockets.protocol import MESSAGE_BYTES, PROTOCOL, Incoming

FRAMES = f"opening-bell.v{PROTOCOL}"  # cards as they change, and commands whenever it likes
LOOKS = f"opening-bell.looks.v{PROTOCOL}"  # a look at a time, and a move for each: the clock may wait for it
SCHEMAS = "#/components/schemas/"


def spoken(offered: list[str]) -> str | None:
    """The first subprotocol that a client offers and this server speaks; "" where it offers none, None where it knows only others."""
    return "" if not offered else next((one for one in offered if one in (FRAMES, LOOKS)), None)


@cache
def schemas() -> dict[str, Any]:
    """Messages by their `t`, cards by desk, and schemas by name: {"in": [name], "out": [name], "cards": {desk: {card: schema}}, "schemas": {}}."""
    incoming, found = get_args(Incoming), dict[str, Any]()
    for model in (*incoming, *OUTGOING):
        schema = TypeAdapter(model).json_schema(ref_template=SCHEMAS + "{model}", mode="validation")
        found.update(schema.pop("$defs", {}))
        found[_name(model)] = {**schema, "title": _name(model), "description": inspect.getdoc(model) or ""}
    cards, desks = engine.card_schemas(f"{SCHEMAS}card.")
    found.update({f"card.{name}": schema for name, schema in cards.items()})
    kinds = {lever.kind: lever for lever in engine.KINDS.values() if set(lever.desks) & set(engine.DESKS)}
    found["command"]["properties"]["kind"]["examples"] = sorted(kinds)
    return {"in": [_name(one) for one in incoming], "out": [_name(one) for one in OUTGOING], "cards": desks, "schemas": found}


def _name(model: Any) -> str:
    """A message goes by its `t`."""
    (word,) = get_args(model.model_fields["t"].annotation)
    return str(word)


@cache
def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document, without the servers, which whoever is asked knows."""
    found = schemas()
    names, says = [*found["in"], *found["out"]], {name: schema.get("description", "") for name, schema in found["schemas"].items()}
    messages = {name: {"name": name, "summary": says[name], "payload": {"$ref": SCHEMAS + name}} for name in names}
    cards = {f"cards.{desk}": {"type": "object", "properties": rows} for desk, rows in found["cards"].items()}

    def those(names: list[str]) -> list[dict[str, str]]:
        return [{"$ref": f"#/channels/desk/messages/{name}"} for name in names]

    channel = {"$ref": "#/channels/desk"}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Opening Bell: a desk",
            "version": str(PROTOCOL),
            "description": f"Opening Bell {__version__}. One JSON object a message, {MESSAGE_BYTES} bytes at most from a client. Offer the"
            f" subprotocol {FRAMES} to hear frames, or {LOOKS} to hear looks and answer each with a move; of several the first that the"
            " server speaks is taken. One that speaks another version says goodbye with code 4406.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "desk": {
                "address": "/ws/bot/",
                "title": "A desk that a facilitator has given to a program",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": {
            "tell": {"action": "receive", "channel": channel, "messages": those(found["in"]), "summary": "What a program may say"},
            "hear": {"action": "send", "channel": channel, "messages": those(found["out"]), "summary": "What it is told"},
        },
        "components": {
            "messages": messages,
            "schemas": {**found["schemas"], **cards},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "Given in the control room, and taken back there."}},
        },
    }
