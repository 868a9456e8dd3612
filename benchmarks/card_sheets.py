"""Pictures of what trainings on a card have drawn: a sheet for each size of tiles."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

WIDEST = 2200  # px, of a line of tiles; the tiles of 512 px stand in several
LABEL = 16  # px, height of the line over each row
TOLD = ("S2 train", "P3H train", "P4 train", "L train", "spread")


def write_sheet(path: Path, tiles: dict[str, np.ndarray], rows: list[dict], px: int) -> None:
    """Draw real tiles over reconstructed ones, rock by rock.

    Parameters
    ----------
    tiles : by name, ``<rock>-<px>-real`` or ``<rock>-<px>-<method>-<seed>``, (n, px, px / 8) bits.
    rows : of the table of results, for the captions.
    """
    captions = {f"{row['rock']}-{row['px']}-{row['method']}-{row['seed']}": row for row in rows}
    real = [name for name in tiles if name.endswith(f"-{px}-real")]
    strips = []
    for first in real:
        stem = first.removesuffix("real")
        for name in (first, *sorted(n for n in tiles if n.startswith(stem) and n != first)):
            strips.append(_strip(tiles[name], px, _caption(name, captions.get(name, {}))))
    Image.fromarray(np.concatenate(strips)).save(path)


def _caption(name: str, row: dict) -> str:
    told = [f"{key.removesuffix(' train')} {row[key]:.2g}" for key in TOLD if key in row]
    return "   ".join([name, *told])


def _strip(packed: np.ndarray, px: int, caption: str) -> np.ndarray:
    """A caption over tiles, as a gray image."""
    shown = np.unpackbits(packed, axis=2)[:, :, :px] * np.uint8(255)
    padded = np.pad(shown, ((0, 0), (1, 1), (1, 1)), constant_values=128)
    side, in_line = px + 2, min(len(shown), max(1, WIDEST // (px + 2)))
    lines = len(shown) // in_line
    grid = padded[: lines * in_line].reshape(lines, in_line, side, side).transpose(0, 2, 1, 3)
    label = Image.new("L", (in_line * side, LABEL), 255)
    ImageDraw.Draw(label).text((2, 2), caption, fill=0)
    return np.concatenate([np.asarray(label), grid.reshape(lines * side, in_line * side)])
