"""What the text of a config means in YAML 1.1, where that is hardly what its writer meant.

Snakemake parses a config before it is seen here: of a key that stands twice the last one counts,
0100 is 64, 1:30 is 90, and a sample named no is called False. The text is therefore read once more,
as nodes that still know their lines and their spelling.
"""

import copy
import os
import re
from collections.abc import Iterator, Mapping

import yaml

from rockrec_settings.schema import load_schema

TAG = "tag:yaml.org,2002:"
LEADING_ZERO = re.compile(r"[-+]?0[0-7_]+")
TEXT = "in quotes, if it is text"


def text_mistakes(path: str | os.PathLike, config: Mapping, is_module: bool = False) -> list[str]:
    """Return what is hardly meant in a config's file, each with its line and its key.

    Parameters
    ----------
    path : a YAML or JSON file; a template (YTE) is left to what fills it.
    config : as it was read. In a module of another workflow it is a part of that one's file, and
        of the rest nothing is said.
    """
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.lstrip().startswith("{"):  # JSON, whose tabs are spaces, and none in YAML
        text = text.replace("\t", " ")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        value = yaml.safe_load(text)
    except yaml.YAMLError:  # Snakemake says so
        return []
    if not isinstance(root, yaml.MappingNode) or "__use_yte__" in value:
        return []
    parts = _parts_that_are(config, root) if is_module else [root]
    name = os.path.basename(path)
    return [
        f"{name}, line {line}: {said}"
        for part in parts
        for line, said in _mistakes(part, "", set())
    ]


def _parts_that_are(config: Mapping, root: yaml.Node) -> list[yaml.MappingNode]:
    """The outermost mappings of a document that were read as `config`."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop(0)
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode) and _value(node) == config:
            return [node]
        waiting += _below(node)
    return []


def _below(node: yaml.Node) -> list[yaml.Node]:
    mapping = isinstance(node, yaml.MappingNode)
    return [value for _, value in node.value] if mapping else list(node.value)


def _mistakes(node: yaml.Node, path: str, seen: set[int]) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong) of a node and all below it; an anchor's node is told once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        yield from _of_keys(node, path)
        for key, value in node.value:
            yield from _mistakes(value, _joined(path, _spelling(key)), seen)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _mistakes(item, _joined(path, str(number)), seen)
    else:
        is_switch = path.rpartition(".")[2] in _switches()
        if said := _misread(node, is_switch):
            yield _line(node), f"{path}: {said}"


def _of_keys(node: yaml.MappingNode, path: str) -> Iterator[tuple[int, str]]:
    first: dict[str, yaml.Node] = {}
    for key, _ in node.value:
        if key.tag == TAG + "merge":
            continue
        where = _joined(path, _spelling(key))
        if said := _misread(key):
            yield _line(key), f"{where}: as a name {said}"
        known = first.setdefault(str(_value(key)), key)
        if known is not key:
            yield _line(key), f"{where}: stands twice (lines {_line(known)} and {_line(key)})"


def _misread(node: yaml.Node, is_switch: bool = False) -> str | None:
    """What YAML makes of a bare word that is hardly meant; None if it is, or may be."""
    if not isinstance(node, yaml.ScalarNode) or node.style is not None:
        return None
    spelt, kind = node.value, node.tag.removeprefix(TAG)
    if kind == "int" and LEADING_ZERO.fullmatch(spelt):
        plain = spelt.replace("_", "").replace("+", "")
        decimal = "-" * plain.startswith("-") + plain.lstrip("-0")
        return f"{spelt} is {_value(node)} in YAML, to the base 8; write {decimal or 0}, or {TEXT}"
    if kind in ("int", "float") and ":" in spelt:
        return f"{spelt} is {_value(node)} in YAML, to the base 60; write the number, or {TEXT}"
    if kind == "timestamp":
        return f"{spelt} is a date in YAML; write it {TEXT}"
    if kind == "bool" and spelt.lower() not in ("true", "false") and not is_switch:
        return f"{spelt} is {str(_value(node)).lower()} in YAML; write that, or {spelt} {TEXT}"
    return None


def _switches() -> set[str]:
    """Keys that are true or false, for which yes and no are as good."""
    found, waiting = set(), [load_schema()]
    while waiting:
        node = waiting.pop()
        for name, below in node.get("properties", {}).items():
            if below.get("type") == "boolean":
                found.add(name)
            waiting.append(below)
        waiting += [one for one in (node.get("items"), node.get("additionalProperties")) if one]
        waiting += [branch["then"] for branch in node.get("allOf", [])]
    return found


def _value(node: yaml.Node):
    # Of a copy: what is merged into a mapping (<<) becomes keys of its own in its node.
    return yaml.SafeLoader("").construct_document(copy.deepcopy(node))


def _spelling(key: yaml.Node) -> str:
    return key.value if isinstance(key, yaml.ScalarNode) else str(_value(key))


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
