"""JSON Schema of every card, as a screen is told it: written from the types in `cards.py`, a text being the words that stand for it."""

from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from engine import arguments
from engine.events import DESKS
from engine.sights import cards

_UNION = type(int | str)
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"}, type(None): {"type": "null"},
    arguments.SaidText: {"type": "string"}, arguments.Phrase: {"type": "string"}, arguments.Args: {"type": "object"},
}  # fmt: skip
_OF_DESKS = {"deployer": cards.DeployerCards, "operator": cards.OperatorCards, "risk": cards.RiskCards}


def card_schemas(where: str = "#/$defs/") -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """(definitions by name, cards of each desk: desk -> card -> schema), in JSON Schema 2020-12. `where` stands before a name in references."""
    found: dict[str, Any] = {}
    desks = {desk: get_type_hints(_OF_DESKS[desk], include_extras=True) for desk in DESKS}
    return found, {desk: {name: _schema(_bare(kind), found, where) for name, kind in fields.items()} for desk, fields in desks.items()}


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is NotRequired else kind


def _schema(kind: Any, found: dict[str, Any], where: str) -> dict[str, Any]:
    """Of a type; objects that have a name stand among the definitions. Raises TypeError for what no card may hold."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if is_typeddict(kind):
        name = kind.__name__
        if name not in found:
            found[name] = {}  # it may hold itself
            found[name] = _object(kind, found, where)
        return {"$ref": where + name}
    if origin is Annotated and parts[1] == cards.SOME:
        return _schema(parts[0], found, where)
    if origin in (Annotated, Literal):
        return {"enum": [*(kind.__metadata__ if origin is Annotated else parts)]}
    if origin in (_UNION, Union):
        each: list[dict[str, Any]] = []
        for part in parts:
            one = _schema(part, found, where)
            each += [] if one in each else [one]
        return each[0] if len(each) == 1 else {"anyOf": each}
    if origin is list:
        return {"type": "array", "items": _schema(parts[0], found, where)}
    if origin is dict:
        return {"type": "object", "propertyNames": _schema(parts[0], found, where), "additionalProperties": _schema(parts[1], found, where)}
    raise TypeError(f"{kind}: no card may hold that")


def _object(kind: Any, found: dict[str, Any], where: str) -> dict[str, Any]:
    fields = get_type_hints(kind, include_extras=True)
    doc = " ".join(kind.__doc__.split()) if kind.__doc__ and not kind.__doc__.startswith("dict(") else ""
    return {
        "type": "object",
        **({"description": doc} if doc else {}),
        "properties": {name: _schema(_bare(one), found, where) for name, one in fields.items()},
        "required": [name for name, one in fields.items() if get_origin(one) is not NotRequired],
        "additionalProperties": False,
    }
