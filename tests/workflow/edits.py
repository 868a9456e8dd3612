"""Every key of the schema, and another value for it that the config may have."""

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rockrec.plain.records.kinds import NETWORKS
from rockrec_settings.resolve import SettingsError, resolve
from rockrec_settings.schema import branches, load_schema


class Key(NamedTuple):
    """A key of a config.

    `pattern` names it in general (``samples.<name>.phase``), `path` in this config; `owner` is
    the schema's node that it belongs to.
    """

    pattern: str
    path: tuple
    node: dict
    owner: int

    @property
    def name(self) -> str:
        return self.path[-1]


class Edit(NamedTuple):
    """A config in which one key has another value.

    `pattern` names the key, of ``per_sample`` the one that differs there; `sample` is the only
    sample that it concerns, None for all.
    """

    pattern: str
    config: dict
    sample: str | None


def keys_of(settings: dict) -> list[Key]:
    """Every key of resolved settings that the schema describes, but for mere containers.

    Nor a method's ``kind``: one of another kind is another method.
    """
    schema = load_schema()
    return list(_walk(schema, settings, (), ""))


def all_keys() -> set[tuple[int, str]]:
    """(owner, key) of everything that the schema describes, wherever it stands."""
    return _keys_below(load_schema())


def edit(config: dict, key: Key, folder: Path) -> Edit | None:
    """Give one key another value, the first that it may have; None if there is none.

    Files that a new value names are made in `folder`, the working directory of the run.
    """
    if key.name == "per_sample":
        return _edit_of_one_sample(config, key, folder)
    for value in _candidates(config, key, folder):
        changed = copy.deepcopy(config)
        block = _at(changed, key.path[:-1])
        if block.get(key.name) == value:
            continue
        block[key.name] = value
        try:
            resolve(changed)
        except SettingsError:
            continue
        return Edit(key.pattern, changed, key.path[1] if key.path[0] == "samples" else None)
    return None


def _edit_of_one_sample(config: dict, key: Key, folder: Path) -> Edit | None:
    sample = list(config["samples"])[-1]
    for sibling in keys_of(config):
        if sibling.path[:-1] == key.path[:-1] and sibling.name != "per_sample":
            found = edit(config, sibling, folder)
            if found:
                changed = copy.deepcopy(config)
                other = {sibling.name: _at(found.config, sibling.path)}
                before = _at(changed, key.path[:-1])["per_sample"]
                _at(changed, key.path[:-1])["per_sample"] = before | {
                    sample: before.get(sample, {}) | other
                }
                return Edit(sibling.pattern, changed, sample)
    return None


def _at(value, path: tuple):
    for step in path:
        value = value[step]
    return value


def _walk(node: dict, value, path: tuple, pattern: str) -> Iterator[Key]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(node.get("items", {}), item, (*path, index), pattern)
        return
    if not isinstance(value, dict):
        return
    properties = node.get("properties", {})
    for key, sub in properties.items():
        name = f"{pattern}.{key}".lstrip(".")
        if not _is_container(sub) and key != "kind":
            yield Key(name, (*path, key), sub, id(properties))
        if key in value:
            yield from _walk(sub, value[key], (*path, key), name)
    if isinstance(others := node.get("additionalProperties"), dict):
        for name, item in value.items():
            if name not in properties:
                of_kind = f"{pattern}.<{_kind(item)}>"
                yield from _walk(others, item, (*path, name), of_kind)
    for branch in branches(value, node):
        yield from _walk(branch, value, path, pattern)


def _kind(item) -> str:
    """What an item of the user's own name is called in the table."""
    kind = item.get("kind", "name") if isinstance(item, dict) else "name"
    return "network" if kind in NETWORKS else kind


def _is_container(node: dict) -> bool:
    """Whether a key only holds others, or is a constant."""
    others = node.get("additionalProperties")
    nested = any("properties" in one or "allOf" in one for one in (node, others or {}) if one)
    return "const" in node or ("object" in node.get("type", "") and nested)


def _keys_below(node) -> set[tuple[int, str]]:
    if isinstance(node, list):
        return set().union(*(_keys_below(item) for item in node))
    if not isinstance(node, dict):
        return set()
    properties, found = node.get("properties", {}), set()
    for key, sub in properties.items():
        if "description" in sub and not _is_container(sub) and key != "kind":
            found.add((id(properties), key))
    return found.union(*(_keys_below(sub) for name, sub in node.items() if name != "if"))


def _candidates(config: dict, key: Key, folder: Path) -> Iterator:
    """Other values, from the likely to the unlikely; many are refused."""
    value, node = _at(config, key.path[:-1]).get(key.name), key.node
    wanted = node.get("type", "")
    if "enum" in node:
        yield from node["enum"]
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (2 * value, value // 2, value + node.get("multipleOf", 1), value - 1)
        yield from (value / 2, 0.5)
    elif isinstance(value, str):
        yield from _copies(value, folder)
        yield from config["samples"]
        yield from (f"{value}b", value[::-1], "gaussian")
    elif isinstance(value, list):
        items = node.get("items", {})
        yield value[:-1]
        yield from ([*value, one] for one in items.get("enum", []))
        yield [one / 2 for one in value if isinstance(one, float)]
        yield [2 * one for one in value if isinstance(one, int)]
        yield from ([*value, name] for name in config["samples"])
    elif isinstance(value, dict):
        yield from ({"S2": 2.0}, {1: "one", 2: "two"})
        yield {known: f"{text}b" for known, text in value.items()}
    else:
        yield from (node.get("minimum", 1), 8, 64, 0.5)
        yield from (path.name for path in folder.glob("*.pt"))
        yield list(config["samples"])[-1:]
        if "string" in wanted:
            yield "other"


def _copies(value: str, folder: Path) -> Iterator[str]:
    """The same file, or all files of a pattern, under another name."""
    paths = list(folder.glob(value.replace("{row}", "*").replace("{column}", "*")))
    for path in paths:
        if not path.name.startswith("other_"):
            shutil.copy2(path, path.with_name(f"other_{path.name}"))
    if paths:
        yield f"other_{value}"
