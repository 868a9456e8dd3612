"""Names in the config, the users' own and those that refer to them, and the files of samples."""

import re
from collections.abc import Iterator
from pathlib import Path

from rockrec.plain.records.blocks import Config, TilesBlock
from rockrec.plain.records.doors import DOORS, USUAL_PIXELS, door_of, outside_of
from rockrec.plain.records.kinds import KINDS
from rockrec.plain.records.kinds.sa import STARTS
from rockrec.plain.records.rocks import LEAST_FRACTURED
from rockrec.plain.records.schema import block_schema
from rockrec_settings.blocks import for_sample
from rockrec_settings.files import sample_file_mistakes
from rockrec_settings.schema import schema_mistakes

RESERVED_NAMES = {
    "samples": ("figures", "tables", "benchmarks", "checkpoints", "checksums", "models", "results"),
    "experiments": ("mosaic", "unet", "forest", "precision", "res", "results"),
    "models": (),
    "methods": ("real", "train", "validation", "heldout", "results", *STARTS),
}
LONGEST_NAME = 64
LABELS = {str(value) for value in range(1, 256)}
VALUES = LABELS | {str(value) for value in (0, *range(256, 2**16))}  # of a segmented mosaic


def name_mistakes(settings: dict) -> list[str]:
    """Return what is wrong with samples and their files, and with names."""
    return [
        *_sample_mistakes(settings),
        *_own_name_mistakes(settings),
        *_by_sample_mistakes(settings),
        *_reference_mistakes(settings),
    ]


def _sample_mistakes(settings: dict) -> Iterator[str]:
    for name, sample in settings["samples"].items():
        path = f"samples.{name}"
        doors = [door for door in DOORS if door in sample]
        if len(doors) != 1:
            yield f"{path}: needs exactly one of {', '.join(DOORS)}; it has {doors or 'none'}"
            continue
        yield from sample_file_mistakes(path, sample)
        fraction = sample.get("phase_fraction") or LEAST_FRACTURED
        if sample.get("synthetic") == "fractures" and fraction < LEAST_FRACTURED:
            yield (
                f"{path}.phase_fraction: {fraction} is less than {LEAST_FRACTURED}, what fractures "
                "that outlast a halved mosaic make up"
            )
        yield from _pixel_size_mistakes(path, sample)
        known, span = (VALUES, "0 to 65535") if "segmented" in sample else (LABELS, "1 to 255")
        yield from _outside_mistakes(path, sample)
        if Path(sample.get("points") or "").parts[-3:] == (name, "mosaic", "points.csv"):
            yield f"{path}.points: {sample['points']} is written anew by the run; copy it elsewhere"
        for value in sample.get("classes", {}):
            if str(value) not in known:
                yield f"{path}.classes.{value}: a label is a whole number from {span}"


def _pixel_size_mistakes(path: str, sample: dict) -> Iterator[str]:
    """A pixel size that was probably meant in another unit."""
    size, (least, most) = sample["pixel_size_nm"], USUAL_PIXELS
    if not least <= size <= most and sample["pixel_size_trust"] != "config":
        yield (
            f"{path}.pixel_size_nm: {size:g} nm can hardly be meant ({least:g} to {most:,.0f} nm "
            "are usual; 1 µm is 1000); `pixel_size_trust: config` beside it, if it is"
        )


def _outside_mistakes(path: str, sample: dict) -> Iterator[str]:
    """A block that says nothing of what is outside, and a phase that is said to be outside."""
    given, outside = sample.get("outside"), outside_of(sample)
    if isinstance(given, dict) and not outside.asked:
        yield f"{path}.outside: needs a value or a mask; `outside: none` says that all is rock"
    if not door_of(sample).is_gray and sample["phase"] in outside.values:
        yield f"{path}.outside: {sample['phase']} is the phase that is reconstructed, too"


def _own_name_mistakes(settings: dict) -> Iterator[str]:
    for block, reserved in RESERVED_NAMES.items():
        for name in settings[block]:
            if name in reserved or not _is_name(name):
                yield (
                    f"{block}.{name}: not a possible name (text of up to {LONGEST_NAME} letters, "
                    f"digits, _ and -; none of {', '.join(reserved)})"
                )
    for name in set(settings["models"]) & set(settings["samples"]):
        yield f"models.{name}: is the name of a sample, too"


def _is_name(name: str) -> bool:
    return isinstance(name, str) and bool(re.fullmatch(f"[A-Za-z0-9_-]{{1,{LONGEST_NAME}}}", name))


def _by_sample_mistakes(settings: dict) -> Iterator[str]:
    samples = settings["samples"]
    for path, block, schema in _blocks_by_sample(settings):
        models = settings["models"] if path in ("unet", "forest") else {}
        for name in block["per_sample"]:
            where = f"{path}.per_sample.{name}"
            if name not in samples and name not in models:
                yield f"{where}: no such sample; known: {', '.join([*samples, *models])}"
            elif "replicates" in block["per_sample"][name]:
                yield f"{where}.replicates: all samples have as many"
            else:
                merged = for_sample(block, name) | {"per_sample": {}}
                yield from schema_mistakes(merged, schema, where)


def _blocks_by_sample(settings: dict) -> Iterator[tuple[str, dict, dict]]:
    """Yield (path, block, its schema) of every block that has a ``per_sample`` key."""
    for name, schema in block_schema(Config)["properties"].items():
        if "per_sample" in schema.get("properties", {}):
            yield name, settings[name], schema
    for name, method in settings["methods"].items():
        yield f"methods.{name}", method, block_schema(KINDS[method["kind"]].settings)
    for name, experiment in settings["experiments"].items():
        yield f"experiments.{name}.tiles", experiment["tiles"], block_schema(TilesBlock)


def _reference_mistakes(settings: dict) -> Iterator[str]:
    for name, model in settings["models"].items():
        for sample in model["samples"]:
            if sample not in settings["samples"]:
                known = ", ".join(map(str, settings["samples"]))
                yield f"models.{name}.samples: no sample {sample!r}; known: {known}"
    for name, experiment in settings["experiments"].items():
        for key in ("samples", "methods"):
            known = settings[key]
            for item in experiment[key] or []:
                if item not in known:
                    yield (
                        f"experiments.{name}.{key}: no {key[:-1]} {item!r}; known: "
                        f"{', '.join(map(str, known))}"
                    )
