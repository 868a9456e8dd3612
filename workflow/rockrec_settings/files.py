"""Files that a config names: whether they can be named, and are there."""

import os

from rockrec.plain.grid import Grid
from rockrec.plain.records.doors import door_of, outside_of


def sample_file_mistakes(path: str, sample: dict) -> list[str]:
    """Files of a sample that do not exist, and a pattern of tiles that names no tile."""
    door = door_of(sample)
    where, mosaic = f"{path}.{door.name}", sample[door.name]
    if sample.get("archive") and not os.path.exists(mosaic):
        return path_mistakes(where, mosaic) or _archive_mistakes(path, where, mosaic, sample)
    files, lacking = {} if door.is_made else {door.name: [mosaic]}, []
    if sample.get("grid"):
        try:
            tiles = Grid(**sample["grid"]).paths(mosaic)
        except ValueError as error:
            return [f"{where}: {error}"]
        files[door.name] = []
        lacking = path_mistakes(where, tiles[0]) or missing_tiles(where, tiles)
    labels = sample.get("labels") or []
    if isinstance(labels, str):
        files["labels"] = [labels]
    else:
        files |= {f"labels.{i}.file": [field["file"]] for i, field in enumerate(labels)}
    if masks := outside_of(sample).masks:
        files["outside"] = masks
    if sample.get("points"):
        files["points"] = [sample["points"]]
    return lacking + [
        mistake
        for key, several in files.items()
        for file in several
        for mistake in path_mistakes(f"{path}.{key}", file) or missing(f"{path}.{key}", file)
    ]


def path_mistakes(path: str, file: str) -> list[str]:
    """A path that Snakemake would take for a pattern, or that no terminal can show."""
    if set(file) & set("{}") or not file.isprintable():
        return [f"{path}: {file!r} has braces or control characters, a path may not"]
    return []


def missing(path: str, file: str) -> list[str]:
    """A file that is not there."""
    return [] if os.path.isfile(file) else [f"{path}: no file {file!r}"]


def missing_tiles(path: str, tiles: list[str]) -> list[str]:
    """Tiles of a mosaic that are not there, in one line."""
    gone = [file for file in tiles if not os.path.isfile(file)]
    if not gone:
        return []
    return [f"{path}: {len(gone):,} of {len(tiles):,} tiles are missing, the first is {gone[0]!r}"]


def _archive_mistakes(path: str, where: str, mosaic: str, sample: dict) -> list[str]:
    """What keeps a published mosaic from being fetched and verified."""
    mistakes = []
    if os.path.dirname(mosaic) != "resources":
        mistakes.append(
            f"{where}: a published mosaic is fetched into resources/, not to {mosaic!r}"
        )
    if sample["archive"]["url"] and not sample["archive"]["sha256"]:
        mistakes.append(
            f"{path}.archive.sha256: missing beside url; the page may state it, or take it from a "
            "copy that you trust (sha256sum FILE)"
        )
    return mistakes
