"""The config's schema: defaults filled in from it, and the mistakes that it sees."""

import copy
import difflib
import re
import sys
from functools import cache

from jsonschema import Draft202012Validator, validators

from rockrec.plain.records.blocks import Config
from rockrec.plain.records.doors import DOORS
from rockrec.plain.records.kinds import KINDS
from rockrec.plain.records.schema import block_schema

POWER_OF_TEN = re.compile(r"[1-9][0-9]*[eE]\+?[0-9]{1,2}")


@cache
def load_schema() -> dict:
    """Return the config's schema (JSON Schema, draft 2020-12), made from the settings' records."""
    schema = block_schema(Config)
    properties = dict(schema["properties"])
    for name, members in (("samples", _sample()), ("methods", _method())):
        properties[name] = properties[name] | {"additionalProperties": members}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rockrec configuration",
        **schema,
        "properties": properties,
    }


def _sample() -> dict:
    """A sample is what the door says that it enters by."""
    return {
        "type": "object",
        "allOf": [
            {"if": {"required": [name]}, "then": block_schema(door.settings)}
            for name, door in DOORS.items()
        ],
    }


def _method() -> dict:
    """A method is what its kind says."""
    kind = {"description": "What reconstructs; each kind has settings of its own."}
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": kind | {"enum": list(KINDS)}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
                "then": block_schema(kind.settings),
            }
            for name, kind in KINDS.items()
        ],
    }


def branches(value: dict, schema: dict):
    """Yield the ``then`` schemas whose ``if`` holds for `value`."""
    for branch in schema.get("allOf", []):
        if Draft202012Validator(branch["if"]).is_valid(value):
            yield branch["then"]


def filled(value, schema: dict, defaults: bool = True):
    """Return `value` with its defaults, its keys in the schema's order, its numbers of one type.

    So a key that is moved, a default that is written out, or 50.0 for 50 reruns nothing. A block
    that is named and left empty has its defaults.
    """
    if value is None and schema.get("type") == "object":
        value = {}
    if isinstance(value, list):
        return [filled(item, schema.get("items", {})) for item in value]
    if not isinstance(value, dict):
        return _as_number(value, schema)
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    result = {}
    for key, sub in properties.items():
        if key in value:
            result[key] = filled(value[key], sub, defaults)
        elif defaults and "default" in sub:
            result[key] = filled(copy.deepcopy(sub["default"]), sub)
    if isinstance(result.get("per_sample"), dict):
        result["per_sample"] = {
            name: filled(block, schema, defaults=False)
            for name, block in result["per_sample"].items()
        }
    rest = [key for key in value if key not in properties]
    if isinstance(others, dict) and others.get("type") in ("number", "string"):
        rest.sort(key=str)
    for key in rest:
        result[key] = filled(value[key], others if isinstance(others, dict) else {})
    for branch in branches(result, schema):
        result = filled(result, branch, defaults)
    return result


def _as_number(value, schema: dict):
    """A number as the schema wants it; YAML reads 1e-4 and 1e4 (without a dot) as text."""
    wanted = schema.get("type", [])
    try:
        if "number" in wanted and isinstance(value, str | int) and not isinstance(value, bool):
            return float(value)
    except (ValueError, OverflowError):
        return value
    if "integer" in wanted and isinstance(value, str) and POWER_OF_TEN.fullmatch(value):
        value = float(value)
    if "integer" in wanted and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _is_finite_number(checker, value) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= sys.float_info.max


# Infinite and undefined numbers, which YAML can write, are none here.
Validator = validators.extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_finite_number),
)


def schema_mistakes(value, schema: dict, prefix: str) -> list[str]:
    """Return what a schema forbids of `value`, each with its path in the config below `prefix`."""
    mistakes = []
    for error in Validator(schema).iter_errors(value):
        path = ".".join(filter(None, [prefix, *map(str, error.absolute_path)]))
        if error.validator == "additionalProperties":
            known = error.schema.get("properties", {})
            for key in error.instance.keys() - known.keys():
                close = difflib.get_close_matches(str(key), known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
                mistakes.append(f"{_join(path, key)}: unknown key; {hint}")
        elif error.validator == "required":
            missing = next(key for key in error.validator_value if key not in error.instance)
            mistakes.append(f"{_join(path, missing)}: missing; it has no default")
        else:
            mistakes.append(f"{path or 'config'}: {_say(error)}")
    return mistakes


def _say(error) -> str:
    value = error.instance
    value = repr(int(value) if isinstance(value, float) and value.is_integer() else value)
    value = value if len(value) <= 60 else value[:57] + "..."
    bounds = {
        "minimum": "is less than",
        "exclusiveMinimum": "is not above",
        "maximum": "is more than",
        "exclusiveMaximum": "is not below",
        "multipleOf": "is no multiple of",
    }
    if error.validator in bounds:
        return f"{value} {bounds[error.validator]} {error.validator_value}"
    if error.validator == "enum":
        return f"{value} is none of {', '.join(map(str, error.validator_value))}"
    if error.validator == "type":
        return f"{value} is not of type {error.validator_value}"
    return error.message


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)
