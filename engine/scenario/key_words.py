"""What may stand behind a key of a scenario's files, in words: for the list of all keys, and for whoever wrote something else."""

from typing import Any

Schema = dict[str, Any]


def may_stand(value: Schema) -> str:
    """What may stand behind a key, of its JSON schema."""
    if "$ref" in value:
        return "a table"
    if "anyOf" in value:
        return " or ".join(may_stand(one) for one in value["anyOf"] if one.get("type") != "null")
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return "one of " + ", ".join(f"`{one}`" for one in value["enum"])
    kind = value.get("type")
    if kind == "array":
        return _list(value)
    if kind == "object":
        names = "of a desk" if "propertyNames" in value else "of its own"
        return f"a table, behind each name {names}: {may_stand(value['additionalProperties'])}"
    if kind == "string":
        return _text(value)
    if kind == "boolean":
        return "`true` or `false`"
    return {"integer": "a whole number", "number": "a number"}[str(kind)] + _bounds(value)


def _list(value: Schema) -> str:
    if "prefixItems" in value:
        return f"a list of {len(value['prefixItems'])}, each {may_stand(value['prefixItems'][0])}"
    least, most = value.get("minItems", 0), value.get("maxItems")
    many = ""
    if least:
        upto = f"{least} to {most}" if most else f"at least {least}"
        many = f" of {least}" if least == most else f" of {upto}"
    return f"a list{many}, each {may_stand(value['items'])}"


def _text(value: Schema) -> str:
    if "description" in value:
        return str(value["description"])
    if value.get("format") == "date":
        return "a date"
    least, most, pattern = value.get("minLength", 0), value.get("maxLength"), value.get("pattern")
    size = " that is not empty" if least else ""
    if most is not None:
        size = f" of {least} to {most} characters" if least else f" of at most {most} characters"
    return f"text{size}" + (f" that matches `{pattern}`" if pattern else "")


def _bounds(value: Schema) -> str:
    least, most, above, below = (value.get(key) for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))
    found = [f"above {above:,}"] if above is not None else []
    if least is not None and most is not None:
        found.append(f"from {least:,} to {most:,}")
    else:
        found += [f"at least {least:,}"] if least is not None else []
        found += [f"at most {most:,}"] if most is not None else []
    found += [f"below {below:,}"] if below is not None else []
    found += [f"in steps of {value['multipleOf']}"] if "multipleOf" in value else []
    return "".join(f"{' ' if i == 0 else ', '}{part}" for i, part in enumerate(found))
