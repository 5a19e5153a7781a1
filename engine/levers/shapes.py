"""The form of a command's arguments: their names and sorts, whatever state a run is in.

Whoever takes a command from outside asks here first, so that a log holds nothing else; whether the arguments mean anything at that moment is
`clean_args`'s to judge. Whoever reads a log asks for what has the form: older logs hold arguments that were refused for it.
"""

from collections.abc import Callable, Mapping

from engine.arguments import Args, Phrase, Sentence, WhenArgument, judged, phrase
from engine.commands import LEVERS, Lever, Parse, is_remark, symbols, taken

Form = Callable[[object], bool]

LIMIT = 2**53  # of a number: beyond it a browser does not count in whole numbers
LETTERS, MEMBERS = 1000, 1000  # of a text, of a list or an object
DEPTH = 4  # of an object within the arguments


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -LIMIT <= value <= LIMIT


def _measure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -LIMIT <= value <= LIMIT  # no comparison holds for NaN


def _text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LETTERS and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _list_of(form: Form) -> Form:
    return lambda value: isinstance(value, list) and len(value) <= MEMBERS and all(map(form, value))


def _object(value: object, depth: int = DEPTH) -> bool:
    return isinstance(value, dict) and len(value) <= MEMBERS and all(_text(name) and _anything(one, depth - 1) for name, one in value.items())


def _anything(value: object, depth: int) -> bool:
    if isinstance(value, dict):
        return depth > 0 and _object(value, depth)
    if isinstance(value, list):
        return depth > 0 and len(value) <= MEMBERS and all(_anything(one, depth - 1) for one in value)
    return value is None or isinstance(value, bool) or _measure(value) or _text(value)


def _or_none(form: Form) -> Form:
    return lambda value: value is None or form(value)


# What a parser gives back says what it takes.
FORMS: dict[object, Form] = {
    int: _number,
    float: _measure,
    str: _text,
    str | Phrase: _text,  # from outside nothing comes but what somebody typed
    list[int]: _list_of(_number),
    list[str]: _list_of(_text),
    dict[str, object]: _object,
    int | None: _or_none(_number),
    WhenArgument | None: _or_none(_object),
}


def _fits(parse: Parse, value: object) -> bool:
    return FORMS[parse.__annotations__["return"]](value) or (parse is symbols and value == "all")


def _said(parse: Parse, value: object) -> bool:
    return parse.__annotations__["return"] == str | Phrase and is_remark(value)


def misfit(kind: str, args: object, kinds: Mapping[str, Lever] = LEVERS) -> Sentence:
    """What is wrong with the form of a command's arguments that came from outside, for the one who gave it; "" when nothing is. `kinds`: the
    levers that there are, where a scenario has some of its own.
    """
    found = kinds.get(kind)
    if found is None:
        return phrase("kind = {given}: expected one of {names}", given=repr(kind[:40]), names=sorted(kinds))
    if not isinstance(args, dict):
        return phrase("args = {given}: expected an object with {names}", given=repr(str(args)[:40]), names=[*found.args] or phrase("nothing in it"))
    unknown = sorted(set(map(str, args)) - set(found.args))
    if unknown:
        return phrase(
            "{kind} knows no argument {given}: expected {names}", kind=kind, given=repr(unknown[0][:40]), names=[*found.args] or phrase("none"),
        )
    for name, parse in found.args.items():
        if name not in args and name not in found.defaults:
            return phrase("{kind} needs {name}: {expected}", kind=kind, name=name, expected=taken(parse))
        if name in args and not _fits(parse, args[name]):
            return phrase("{name} = {given}: expected {expected}", name=name, given=repr(str(args[name])[:40]), expected=taken(parse))
    if kind == "assistant.ask":  # it carries the arguments of another command, which its seat will give
        return misfit(args["kind"], args["args"], kinds)
    return ""


def fitting(kind: str, args: object, kinds: Mapping[str, Lever] = LEVERS) -> Args:
    """Those arguments of a command in a log that have their lever's form: all of them, unless it was refused for it."""
    found = kinds.get(kind)
    if found is None or not isinstance(args, dict):
        return {}
    return judged({name: args[name] for name, parse in found.args.items() if name in args and (_fits(parse, args[name]) or _said(parse, args[name]))})
