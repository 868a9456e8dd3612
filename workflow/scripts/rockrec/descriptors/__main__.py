"""Describe images from the command line, or compare two sets of them.

python -m rockrec.descriptors image.tif [...] --csv out.csv --plot out.png
python -m rockrec.descriptors made.tif [...] --against real.tif [...]
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import tifffile

from rockrec.comparison import compare_sets, curve_table
from rockrec.description import scalars
from rockrec.descriptors import FUNCTIONS, NAMES, describe
from rockrec.descriptors.polytopes import BOUNDARIES
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import ImageError, read_external_stack

SHOWN = ["descriptor", "quantity", "form", "n_a", "n_b", "error", "floor", "ratio", "p", "verdict"]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    command = argparse.ArgumentParser(
        prog="python -m rockrec.descriptors",
        description="Statistical microstructure descriptors of binary images (TIFF, 0/1 or 0/255; "
        "stacks are sets of images). Prints the curves, or with --against the comparison.",
    )
    command.add_argument("images", nargs="+", type=Path, help="TIFF images or stacks")
    command.add_argument(
        "--against", nargs="+", type=Path, default=[], help="real images to compare them with"
    )
    command.add_argument("--phase", type=int, help="value of the phase of interest in label images")
    command.add_argument(
        "--functions", nargs="+", default=list(FUNCTIONS), choices=NAMES, metavar="NAME",
        help=f"out of {', '.join(NAMES)}; default {' '.join(FUNCTIONS)}",
    )  # fmt: skip
    command.add_argument("--boundary", default="unbiased", choices=BOUNDARIES)
    command.add_argument("--lags", type=int, help="lags 0 ... LAGS - 1; default half the side")
    command.add_argument("--pixel-size", type=float, default=1000.0, help="in nm, default 1000")
    command.add_argument("--seed", type=int, default=0, help="of subsets and permutations")
    command.add_argument("--csv", type=Path, help="write the curves here")
    command.add_argument("--plot", type=Path, help="draw the curves here: .png, .pdf, .svg")
    return command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 2 if an image or an argument is unfit, said on stderr."""
    command = parser()
    asked = command.parse_args(arguments)
    try:
        sets = {"images": _read_all(asked.images, asked.phase)}
        if asked.against:
            sets["against"] = _read_all(asked.against, asked.phase)
            _check_one_size(sets)
        described = {name: _described(stacks, asked) for name, stacks in sets.items()}
    except ValueError as error:
        command.error(str(error))
    tables = {name: curve_table(one) for name, one in described.items()}
    curves = pd.concat(tables, names=["set"]).reset_index(level="set")
    if asked.csv:
        with written_whole(asked.csv) as partial:
            curves.to_csv(partial, index=False)
    if asked.plot:
        _plot(tables, asked.plot)
    if asked.against:
        compared = _compared(described, asked.seed)
        sys.stdout.write(compared[SHOWN].to_string(index=False, float_format="%.4g") + "\n")
    elif not (asked.csv or asked.plot):
        curves.to_csv(sys.stdout, index=False)
    return 0


def _read_all(paths: Sequence[Path], phase: int | None) -> list[np.ndarray]:
    return [_read(path, phase) for path in paths]


def _read(path: Path, phase: int | None) -> np.ndarray:
    if phase is None:
        return read_external_stack(path)
    try:
        labels = tifffile.imread(path)
    except (OSError, tifffile.TiffFileError) as error:
        raise ImageError(f"{path}: {error}") from error
    return (labels == phase).reshape(-1, *labels.shape[-2:])


def _check_one_size(sets: dict[str, list[np.ndarray]]) -> None:
    sizes = {stack.shape[1:] for stacks in sets.values() for stack in stacks}
    if len(sizes) > 1:
        raise ValueError(f"images to be compared must have one size, not {sorted(sizes)}")


def _described(stacks: Sequence[np.ndarray], asked: argparse.Namespace) -> dict[str, np.ndarray]:
    """Descriptors of a set of stacks, whose sizes may differ unless they are to be compared."""
    n_lags = (
        min(min(stack.shape[1:]) for stack in stacks) // 2 if asked.lags is None else asked.lags
    )
    curves = [describe(stack, asked.functions, asked.boundary, n_lags) for stack in stacks]
    described = {name: np.concatenate([one[name] for one in curves]) for name in asked.functions}
    described["phase_fraction"] = np.concatenate([stack.mean(axis=(1, 2)) for stack in stacks])
    if asked.against:
        counted = [scalars(stack) for stack in stacks]
        described |= {name: np.concatenate([one[name] for one in counted]) for name in counted[0]}
    return described | {
        "boundary": np.array(asked.boundary),
        "pixel_size_nm": np.array(asked.pixel_size),
    }


def _compared(described, seed):
    return compare_sets(
        described["images"],
        described["against"],
        against="heldout",
        method="images",
        replicate="",
        targeted=(),
        seed=seed,
        floor_source=described["against"],
    )


def _plot(tables: dict[str, pd.DataFrame], path: Path) -> None:
    from rockrec.figures.descriptors import plot_descriptors

    figure = plot_descriptors(tables)
    with written_whole(path) as partial:
        figure.savefig(partial, format=path.suffix[1:], dpi=200)


if __name__ == "__main__":
    sys.exit(main())
