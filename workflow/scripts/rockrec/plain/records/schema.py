"""The JSON schema (draft 2020-12) of a block of settings, read off its dataclass."""

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache

from rockrec.plain.records.values import BOUNDS

TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}
OF_VALUES = (*BOUNDS, "enum", "pattern")


@cache
def block_schema(block: type) -> dict:
    """Return the schema of a block, its settings in the order that a reader wants.

    What is particular to a block comes first, then what it shares with its family.
    """
    hints = typing.get_type_hints(block)
    properties, required = {}, []
    for field in _ordered(block):
        properties[field.name] = node = _of_field(hints[field.name], field)
        if not {"default", "const"} & node.keys():
            required.append(field.name)
    schema = {"type": "object", "additionalProperties": False}
    return schema | ({"required": required} if required else {}) | {"properties": properties}


def described(block: type) -> str:
    """Return what a block of settings is, the first line of its docstring."""
    return block.__doc__.strip().splitlines()[0]


def _ordered(block: type) -> Iterator[dataclasses.Field]:
    """Yield the fields that are settings: first a constant, then those of the derived classes."""
    introduced = {}
    for family in block.__mro__:
        for name in vars(family).get("__annotations__", {}):
            field = block.__dataclass_fields__[name]  # null where a derived class has none of it
            if field.metadata and family.__dataclass_fields__[name].metadata:
                introduced.pop(name, None)  # it belongs to the first of the family
                introduced[name] = None
    fields = [block.__dataclass_fields__[name] for name in introduced]
    yield from sorted(fields, key=lambda field: "const" not in field.metadata)


def _of_field(hint, field: dataclasses.Field) -> dict:
    told = field.metadata
    if "const" in told:
        return {"const": told["const"], "description": told["description"]}
    node = _of_value(hint, told)
    described_by_class = node.pop("description", "")
    node = {"description": told.get("description", described_by_class), **node}
    if field.default is not dataclasses.MISSING:
        node["default"] = _listed(field.default)
    elif field.default_factory is not dataclasses.MISSING:
        node["default"] = field.default_factory()
    return node | ({"paper": told["paper"]} if "paper" in told else {})


def _of_value(hint, told: Mapping) -> dict:
    """The schema of a value by its annotation and what is told of it, or of its items."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    limits = {key: told[key] for key in OF_VALUES if key in told}
    least = told.get("at_least")
    if isinstance(hint, types.UnionType):
        return _of_any([_of_value(one, told) for one in arguments])
    if origin is tuple and arguments[-1] is not ...:
        number = len(arguments)
        items = _of_value(arguments[0], limits)
        return {"type": "array", "minItems": number, "maxItems": number, "items": items}
    if origin is tuple:
        items = _of_value(arguments[0], limits)
        each_once = {} if "properties" in items else {"uniqueItems": True}
        number = {} if least is None else {"minItems": least}
        return {"type": "array", **number, **each_once, "items": items}
    if origin is dict:
        number = {} if least is None else {"minProperties": least}
        # Choices are of names.
        names = {"propertyNames": {"enum": list(limits.pop("enum"))}} if "enum" in limits else {}
        values = _of_value(arguments[1], limits)
        return {"type": "object", **number, **names, "additionalProperties": values}
    if dataclasses.is_dataclass(hint):
        return {"description": described(hint), **block_schema(hint)}
    if hint is types.NoneType:
        return {"type": "null"}
    return {"enum": list(limits["enum"])} if "enum" in limits else {"type": TYPES[hint], **limits}


def _of_any(nodes: list[dict]) -> dict:
    """The schema of a value that is one of several sorts, as ``int | None`` is."""
    merged = {key: value for node in nodes for key, value in node.items()}
    if "enum" in merged:
        return {"enum": [*merged["enum"], None]}
    return merged | {"type": [node["type"] for node in nodes]}


def _listed(value):
    return list(map(_listed, value)) if isinstance(value, tuple) else value
