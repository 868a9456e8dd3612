"""The table of every config key, made from the schema: ``make docs``.

Writes ``config/README.md``, so that the page and the check of the config cannot disagree.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from rockrec_settings.schema import SCHEMA_PATH, load_schema

PAGE = SCHEMA_PATH.parents[2] / "config" / "README.md"

HEAD = """# The config, key by key

Made from `workflow/schemas/config.schema.yaml` by `make docs`; do not edit.

- `config.yaml` is the demo, `paper.yaml` the paper at full scale. For your own rock copy the demo's
  and run `snakemake --cores 24 --configfile my_rock.yaml`: the demo's rocks are then left out.
- Keys that are left out take the default. A key marked *required* has none.
- "Paper" is the value of Amiri et al. 2023 (doi 10.1038/s41598-023-28970-w) where it states one.
- Any block with a key `per_sample` takes other values for single samples:
  `per_sample: {my_rock: {radius: 7}}`.
- An edited key reruns only the stages that it concerns. Keys under `run` rerun nothing.
"""

SECTIONS = {
    "": "Top level",
    "raw_sample": "`samples.<name>`: a raw mosaic with labels",
    "segmented_sample": "`samples.<name>`: an already segmented mosaic",
    "synthetic_sample": "`samples.<name>`: a built-in rock",
    "denoise": "`denoise`",
    "unet": "`unet`",
    "segmentation": "`segmentation`",
    "res": "`res`",
    "tiles": "`experiments.<name>.tiles`",
    "experiment": "`experiments.<name>`",
    "sa": "`methods.<label>` of kind `sa`",
    "dcgan": "`methods.<label>` of kind `dcgan`",
    "wgan_gp": "`methods.<label>` of kind `wgan_gp`",
    "stylegan2_ada": "`methods.<label>` of kind `stylegan2_ada`",
    "external": "`methods.<label>` of kind `external`",
    "evaluation": "`evaluation`",
    "pores": "`pores`",
    "figures": "`figures`",
    "run": "`run`",
}


def page() -> str:
    """Return the whole page as Markdown."""
    schema = load_schema()
    parts = [HEAD]
    for name, title in SECTIONS.items():
        node = schema["$defs"][name] if name else schema
        parts.append(f"\n## {title}\n\n{node.get('description', '')}".rstrip() + "\n")
        parts.append("\n| key | what | values | default | paper |\n|---|---|---|---|---|\n")
        parts += _rows(node, schema)
    return "".join(parts)


def _rows(node: dict, schema: dict, prefix: str = "") -> Iterator[str]:
    """A row for each key of a block, and after it those of a block within it, or of a list's."""
    for key, sub in node["properties"].items():
        yield _row(prefix + key, sub, node, schema)
        for inner, sign in ((sub, "."), (sub.get("items", {}), "[].")):
            if "properties" in inner:
                yield from _rows(inner, schema, prefix + key + sign)


def _row(path: str, sub: dict, node: dict, schema: dict) -> str:
    target = schema["$defs"][sub["$ref"].rsplit("/", 1)[1]] if "$ref" in sub else sub
    required = path.rpartition(".")[2] in node.get("required", []) or "const" in target
    default = "*required*" if required else f"`{json.dumps(target.get('default'))}`"
    cells = (f"`{path}`", target.get("description", ""), _values(target), default)
    return "| " + " | ".join([*cells, str(sub.get("paper", ""))]) + " |\n"


def _values(target: dict) -> str:
    if "const" in target:
        return f"`{target['const']}`"
    if "enum" in target:
        return ", ".join(f"`{value}`" for value in target["enum"])
    kind = target.get("type", "")
    text = " or ".join(kind) if isinstance(kind, list) else kind
    bounds = {
        "minimum": "≥",
        "exclusiveMinimum": ">",
        "maximum": "≤",
        "exclusiveMaximum": "<",
        "multipleOf": "multiple of",
    }
    said = [f"{sign} {target[name]}" for name, sign in bounds.items() if name in target]
    return ", ".join([text, *said])


if __name__ == "__main__":
    Path(PAGE).write_text(page(), encoding="utf-8")
