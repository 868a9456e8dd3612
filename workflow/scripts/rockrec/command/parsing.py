"""What the subcommands' arguments have in common, and mistakes told in one line."""

import argparse
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

PLOTS = (".pdf", ".png", ".svg")
WRITTEN = ("output", "plot")  # arguments that name a file to be written; other paths are read


class Parser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong, and ends the command with status 2."""

    def __init__(self, **options):
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.split())}\n")


def whole(least: int) -> Callable[[str], int]:
    """Return the type of an argument that is a whole number from `least` on."""

    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"a whole number from {least} is needed, not {text}")
        return int(text)

    return number


def nanometres(text: str) -> float:
    """A length in nm."""
    try:
        length = float(text)
    except ValueError:
        length = math.nan
    if not 0 < length < math.inf:
        raise argparse.ArgumentTypeError(f"a length in nm above 0 is needed, not {text}")
    return length


def plot_file(text: str) -> Path:
    """A file for a plot, of a format that its name tells."""
    path = Path(text)
    if path.suffix.lower() not in PLOTS:
        raise argparse.ArgumentTypeError(f"{text} must end in one of {', '.join(PLOTS)}")
    return path


def add_output(parser: argparse.ArgumentParser, what: str, required: bool = True) -> None:
    """Add ``-o``, the file that `what` is written to."""
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", required=required, help=f"{what} to write"
    )


def add_phase(
    parser: argparse.ArgumentParser, option: str = "--phase", of: str = "label images"
) -> None:
    """Add ``--phase``, or the option of this name for some of the images."""
    parser.add_argument(
        option,
        type=whole(0),
        metavar="N",
        help=f"label of the phase of interest, in {of}; none is needed where it is 1 or 255, on 0",
    )


def add_pixel_size(parser: argparse.ArgumentParser, default: str) -> None:
    """Add ``--pixel-size``; `default` says what is taken without it."""
    parser.add_argument(
        "--pixel-size", type=nanometres, metavar="NM", help=f"side of a pixel, nm; {default}"
    )


def add_seed(parser: argparse.ArgumentParser, what: str) -> None:
    """Add ``--seed``."""
    parser.add_argument(
        "--seed", type=whole(0), metavar="N", default=0, help=f"seed of {what}; default %(default)s"
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add ``--device``."""
    parser.add_argument(
        "--device",
        choices=("cpu", "cuda", "auto"),
        default="cpu",
        help="what to compute on; auto takes a GPU where there is one; default %(default)s",
    )


def check_outputs(asked: argparse.Namespace) -> None:
    """Raise ValueError, before anything is computed, if an output cannot be written as named."""
    paths = {name: value for name, value in vars(asked).items() if name in WRITTEN and value}
    for path in paths.values():
        if path.is_dir():
            raise ValueError(f"{path} is a folder, the name of a file is needed")
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise ValueError(f"{path} cannot be written: {folder} is no folder to write to")
        if any(_same(path, read) for read in _read(asked)):
            raise ValueError(f"{path} would be overwritten, but it is read: name another output")


def _read(asked: argparse.Namespace) -> list[Path]:
    values = [value for name, value in vars(asked).items() if name not in WRITTEN]
    several = [one for value in values if isinstance(value, list) for one in value]
    return [value for value in (*values, *several) if isinstance(value, Path)]


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and os.path.samefile(one, other)
