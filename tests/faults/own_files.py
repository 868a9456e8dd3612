"""Files such as users bring, and the workflow on them: the stages from the mosaic to its tiles."""

import functools
import json
from pathlib import Path

import h5py
import numpy as np
import small_runs
import tifffile
import yaml

from rockrec.plain.grid import Grid
from rockrec.synthetic import RockVariant, make_rock

CONFIG = Path(__file__).with_name("own_files.yaml")
SETTINGS = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
TILES = SETTINGS["samples"]["tiles"]
COMPUTED = [
    f"results/{sample}/{result}"
    for sample in SETTINGS["samples"]
    for result in ("e/tiles.tif", "res/errors.csv")
]
run = functools.partial(small_runs.run, config=CONFIG)
assert_same = functools.partial(small_runs.assert_same, computed=COMPUTED)


def write_files(folder: Path) -> None:
    """Write every file that the config names."""
    rock = make_rock("pores", 384, 640, seed=1)
    # Of a small mosaic all three parts have strokes on pores if there are many.
    other = make_rock("pores", 300, 400, seed=2, variant=RockVariant(phase_fraction=0.25))
    gray = rock.gray.astype(np.uint16) * 200 + 3000
    grid = Grid(**TILES["grid"])
    down, right = (384 - grid.overlap) // grid.rows, (640 - grid.overlap) // grid.columns
    for k, path in enumerate(grid.paths(TILES["mosaic"])):
        top, left = k // grid.columns * down, k % grid.columns * right
        tile = gray[top : top + down + grid.overlap, left : left + right + grid.overlap]
        tifffile.imwrite(folder / path, tile, compression="zlib", tile=(64, 64))
    write_ilastik(folder / "left.h5", rock.labels[:, 20:300])
    tifffile.imwrite(folder / "right.tif", rock.labels[:, 330:])
    tifffile.imwrite(
        folder / "next.tif",
        other.gray,
        compression="lzw",
        rowsperstrip=40,
        metadata={"axes": "YX", "PhysicalSizeX": 0.05, "PhysicalSizeY": 0.05},
        ome=True,
    )
    write_ilastik(folder / "next.h5", other.labels)
    tifffile.imwrite(folder / "segmented.tif", other.truth.astype(np.float32), compression="zlib")


def write_ilastik(path: Path, labels: np.ndarray) -> None:
    """Write labels as ilastik exports them."""
    with h5py.File(path, "w") as file:
        data = file.create_dataset("exported_data", data=labels[:, :, None], chunks=True)
        axes = [{"key": key, "typeFlags": 2, "resolution": 0} for key in "yxc"]
        data.attrs["axistags"] = json.dumps({"axes": axes})
