"""Whether a value is one that a setting may have, by its schema, and how that is said.

The library checks its settings so; of the config, `jsonschema` tells all mistakes at once.
"""

import math
import operator
import sys
from collections.abc import Mapping
from numbers import Integral, Real

# By keyword of a bound: what has to hold, and how it is said.
BOUNDS = {
    "minimum": (operator.ge, "{} or more"),
    "exclusiveMinimum": (operator.gt, "above {}"),
    "maximum": (operator.le, "at most {}"),
    "exclusiveMaximum": (operator.lt, "below {}"),
    "multipleOf": (lambda value, step: value % step == 0, "a multiple of {}"),
}


def fits(value, node: Mapping) -> bool:
    """Say whether a value, with tuples or lists for arrays, is allowed by a schema's node."""
    if "const" in node:
        return value == node["const"]
    if "enum" in node:
        return isinstance(value, str | None) and value in node["enum"]
    types = _types(node)
    if value is None or isinstance(value, bool):
        return ("null" if value is None else "boolean") in types
    if isinstance(value, Real):
        whole = "integer" in types and isinstance(value, Integral)
        finite = "number" in types and abs(value) <= sys.float_info.max
        return (whole or finite) and _within_bounds(value, node)
    if isinstance(value, list | tuple):
        return (
            "array" in types
            and node.get("minItems", 0) <= len(value) <= node.get("maxItems", math.inf)
            and all(fits(item, node["items"]) for item in value)
            and not (node.get("uniqueItems") and len(set(value)) < len(value))
        )
    if isinstance(value, Mapping):
        others, names = node.get("additionalProperties"), node.get("propertyNames")
        return (
            "object" in types
            and len(value) >= node.get("minProperties", 0)
            and (not names or all(fits(name, names) for name in value))
            and (not others or all(fits(item, others) for item in value.values()))
        )
    return isinstance(value, str) and "string" in types


def _types(node: Mapping) -> list[str]:
    return node["type"] if isinstance(node["type"], list) else [node["type"]]


def _within_bounds(value, node: Mapping) -> bool:
    return all(holds(value, node[key]) for key, (holds, _) in BOUNDS.items() if key in node)


def in_words(node: Mapping) -> str:
    """Say what a value has to be, by its schema's node."""
    if "const" in node:
        return repr(node["const"])
    if "enum" in node:
        return " or ".join("null" if one is None else one for one in node["enum"])
    bounds = " and ".join(
        said.format(node[key]) for key, (_, said) in BOUNDS.items() if key in node
    )
    words = {
        "boolean": "true or false",
        "integer": f"a whole number, {bounds}" if bounds else "a whole number",
        "number": bounds or "a number",
        "string": "text",
        "object": "values by name",
        "null": "null",
    }
    types = _types(node)
    if "array" in types:
        words["array"] = _list_in_words(node)
    return ", or ".join(words[name] for name in types)


def _list_in_words(node: Mapping) -> str:
    items = node["items"]
    if "enum" in items:
        return f"a list of {', '.join(items['enum'])}, each once"
    number = f"{node['minItems']} values" if "maxItems" in node else "values"
    return f"a list of {number}, each {in_words(items)}"
