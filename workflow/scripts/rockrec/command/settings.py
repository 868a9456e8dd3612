"""Settings of the config as options of a subcommand, read off their records."""

import argparse
from collections.abc import Callable, Mapping

from rockrec.plain.records.schema import block_schema
from rockrec.plain.records.values import fits, in_words


def add_settings(parser, block: type, *names: str) -> None:
    """Add an option for each of these settings of a block: ``--max-lag`` for ``max_lag``.

    Parameters
    ----------
    parser : or a group of its arguments.
    block : dataclass of settings.
    """
    properties = block_schema(block)["properties"]
    for name in names:
        node = properties[name]
        told = {"default": node["default"], "help": _help(name, node)}
        parser.add_argument(f"--{name.replace('_', '-')}", **told, **_values(node))


def _values(node: Mapping) -> dict:
    """What argparse has to know of the values that a setting may have."""
    if node.get("type") == "boolean":
        return {"action": argparse.BooleanOptionalAction}
    if node.get("type") == ["array", "object"]:
        return {"nargs": "+", "action": _NamesOrNamed, "metavar": "NAME[=FILE]", "node": node}
    if node.get("type") == "array":
        return {"nargs": "+", "type": _reader(node["items"]), "metavar": "NAME"}
    if node.get("type") == "object":
        named = _named(node["additionalProperties"])
        return {"nargs": "+", "type": named, "action": _Named, "metavar": "NAME=VALUE"}
    if "enum" in node:
        return {"choices": node["enum"]}
    return {"type": _reader(node), "metavar": "N"}


class _Named(argparse.Action):
    """Values by name."""

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, dict(values))


class _NamesOrNamed(argparse.Action):
    """Names, or else a value for each of them."""

    def __init__(self, *args, node: Mapping, **options):
        super().__init__(*args, **options)
        self.node = node

    def __call__(self, parser, namespace, values, option_string=None):
        try:
            if not any("=" in value for value in values):
                read = list(map(_reader(self.node["items"]), values))
            else:
                read = dict(map(_named(self.node["additionalProperties"]), values))
                for name in read:
                    _reader(self.node["items"])(name)
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentError(self, str(error)) from None
        setattr(namespace, self.dest, read)


def _named(node: Mapping) -> Callable[[str], tuple]:
    def read(text: str) -> tuple:
        name, equals, value = text.partition("=")
        if not equals:
            raise argparse.ArgumentTypeError(f"must be NAME=VALUE, not {text}")
        return name, _reader(node)(value)

    return read


def _reader(node: Mapping) -> Callable[[str], int | float | str]:
    types = node.get("type", "string")
    types = [types] if isinstance(types, str) else types
    may_be_null, types = "null" in types, [one for one in types if one != "null"]

    def read(text: str) -> int | float | str | None:
        if may_be_null and text == "null":
            return None
        value = _number(text, types[0])
        if not fits(value, node):
            wanted = in_words(node if "enum" in node else {**node, "type": types})
            raise argparse.ArgumentTypeError(f"must be {wanted}, not {text}")
        return value

    return read


def _number(text: str, kind: str) -> int | float | str:
    """A number where one is meant; the text as it is, which does not fit, where it is none."""
    try:
        return {"integer": int, "number": float}.get(kind, str)(text)
    except ValueError:
        return text


def _help(name: str, node: Mapping) -> str:
    told = node["description"].rstrip(".").replace("%", "%%")
    if told[1].islower():
        told = told[0].lower() + told[1:]
    default = node["default"]
    if default is None:
        return told.replace("null for", "by default")
    if default == {}:
        return told
    if isinstance(default, bool):
        return f"{told}; default --{'' if default else 'no-'}{name.replace('_', '-')}"
    if isinstance(default, list):
        named = ", ".join(node["items"]["enum"])
        return f"{told}; out of {named}; default {' '.join(default)}"
    return f"{told}; default {default}"
