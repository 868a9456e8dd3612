"""What a card does in the minutes that one has it: kernels, speed, and trainings to the end.

    ROCKREC_TEST_DATA=<folder> python benchmarks/card.py pack --out rocks.npz
    python benchmarks/card.py whole --data rocks.npz --minutes 9 [--before <folder>] --out card
    python benchmarks/card.py profile --device cuda --out card [--label before]
    python benchmarks/card.py timings --device cuda --out card
    python benchmarks/card.py trainings --data rocks.npz --minutes 5 --device cuda --out card
    python benchmarks/card.py filters --device cuda --out card
    python benchmarks/card.py count --out card [--label before]

``whole`` is all that a card is wanted for. ``pack`` and ``count`` need none: the first makes the
rocks that ``trainings`` learns, the second counts operators and bytes of a step. Every line stands
in its table as soon as it is known, so that nothing is lost when the time is over. Each part's
module says what its numbers are: `card_whole`, `card_speed`, `card_filters`, `card_counts`,
`card_rocks`, `card_trainings`. With ``--quick`` everything is tiny, to rehearse it on a processor.
"""

import argparse
import importlib
import logging
import sys
import time
from pathlib import Path

PARTS = {
    "whole": "card_whole",
    "profile": "card_speed",
    "timings": "card_speed",
    "pack": "card_rocks",
    "trainings": "card_trainings",
    "count": "card_counts",
    "filters": "card_filters",
}


def main() -> None:
    began = time.monotonic()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = parser.add_subparsers(dest="part", required=True)
    for name, module in PARTS.items():
        part = parts.add_parser(name)
        part.add_argument("--out", type=Path, required=True)
        if name in sys.argv[1:2]:
            importlib.import_module(module).add_options(name, part)
    options = parser.parse_args(namespace=argparse.Namespace(began=began))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    getattr(importlib.import_module(PARTS[options.part]), options.part)(options)


if __name__ == "__main__":
    main()
