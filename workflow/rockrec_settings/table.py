"""The config's schema as a file, and the table of every config key: ``make docs``.

Both are made from the records of the settings, so that what is read of the config and how it is
checked cannot disagree.
"""

import json
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path

import yaml

from rockrec.plain.records.blocks import Config, ExperimentBlock, ModelBlock, TilesBlock
from rockrec.plain.records.doors import DOORS
from rockrec.plain.records.kinds import KINDS
from rockrec.plain.records.schema import block_schema, described
from rockrec_settings.schema import load_schema

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "config" / "README.md"
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"

HEAD = """# The config, key by key

Made by `make docs` from the records in `workflow/scripts/rockrec/plain/records`; do not edit.

- `config.yaml` is the demo, `paper.yaml` the paper at full scale. For your own rock copy the demo's
  with your samples in place of its own, without the blocks `per_sample`, which are about those, and
  run `snakemake --cores 24 --configfile my_rock.yaml`.
- Keys that are left out take the default. A key marked *required* has none.
- "Paper" is the value of Amiri et al. 2023 (doi 10.1038/s41598-023-28970-w) where it states one.
- Any block with a key `per_sample` takes other values for single samples:
  `per_sample: {my_rock: {radius: 7}}`.
- An edited key reruns only the stages that it concerns. Keys under `run` rerun nothing.
"""
SCHEMA_HEAD = "# Made by `make docs` from the records of the settings; do not edit.\n"


def sections() -> Iterator[tuple[str, type]]:
    """Yield the title and the block of every section of the page, in the config's order."""
    yield "Top level", Config
    for name, annotated in Config.__annotations__.items():
        if name == "samples":
            yield from ((f"`samples.<name>`: {d.title}", d.settings) for d in DOORS.values())
        elif name == "methods":
            yield from ((f"`methods.<label>` of kind `{k}`", r.settings) for k, r in KINDS.items())
        elif name == "models":
            yield "`models.<name>`", ModelBlock
        elif name == "experiments":
            yield "`experiments.<name>`", ExperimentBlock
            yield "`experiments.<name>.tiles`", TilesBlock
        elif is_dataclass(annotated):
            yield f"`{name}`", annotated


def page() -> str:
    """Return the whole page as Markdown."""
    parts = [HEAD]
    own = [block for _, block in sections()]
    for title, block in sections():
        parts.append(f"\n## {title}\n\n{described(block)}\n")
        parts.append("\n| key | what | values | default | paper |\n|---|---|---|---|---|\n")
        parts += _rows(block_schema(block), own)
    return "".join(parts)


def schema_file() -> str:
    """Return the schema as YAML, each block where it belongs: no aliases, no references."""
    text = yaml.dump(load_schema(), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=1000)
    return SCHEMA_HEAD + text


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data) -> bool:
        return True


def _rows(node: dict, own: list[type], prefix: str = "") -> Iterator[str]:
    """A row for each key of a block, and after it those of a block within it, or of a list's.

    Blocks that have a section of their own are left to it.
    """
    elsewhere = [block_schema(block)["properties"] for block in own]
    for key, sub in node["properties"].items():
        yield _row(prefix + key, sub, node)
        for inner, sign in ((sub, "."), (sub.get("items", {}), "[].")):
            if "properties" in inner and inner["properties"] not in elsewhere:
                yield from _rows(inner, own, prefix + key + sign)


def _row(path: str, sub: dict, node: dict) -> str:
    required = path.rpartition(".")[2] in node.get("required", []) or "const" in sub
    default = "*required*" if required else f"`{json.dumps(sub['default'])}`"
    cells = (f"`{path}`", sub["description"], _values(sub), default, str(sub.get("paper", "")))
    return "| " + " | ".join(cells) + " |\n"


def _values(node: dict) -> str:
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    kind = node.get("type", "")
    text = " or ".join(kind) if isinstance(kind, list) else kind
    bounds = {
        "minimum": "≥",
        "exclusiveMinimum": ">",
        "maximum": "≤",
        "exclusiveMaximum": "<",
        "multipleOf": "multiple of",
    }
    said = [f"{sign} {node[name]}" for name, sign in bounds.items() if name in node]
    return ", ".join([text, *said])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema_file(), encoding="utf-8")
