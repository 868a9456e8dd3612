"""The diagnoses: what is looked for in reconstructed tiles, in whose words, and on how many tiles.

A new one is a record here and its module in `rockrec.diagnosis`, which is imported once its check
is fitted: this module needs nothing but Python.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rockrec.plain.records.scalars import SPREAD
from rockrec.plain.records.verdicts import FEWEST_TILES


@dataclass(frozen=True)
class Diagnosis:
    """A fault that reconstructions have and rocks have not.

    Attributes
    ----------
    name : as the tables have it.
    title : what is looked for, in the table of faults.
    fault : what is found, as a noun: ``found: ...``.
    does : what a method does that has it: ``wgan_gp ...``.
    fit : makes the check from a `rockrec.diagnosis.diagnose.Known`.
    explains : names of what it puts off, as the headline of the errors has them.
    generated, train, heldout : fewest tiles of each sort that it takes.
    """

    name: str
    title: str
    fault: str
    does: str
    fit: Callable
    explains: tuple[str, ...] = ()
    generated: int = FEWEST_TILES
    train: int = 2 * FEWEST_TILES  # they are split in two
    heldout: int = 0


def _repeated_pattern(known):
    from rockrec.diagnosis.repetition import repeated_pattern

    return repeated_pattern(known.train, known.splits)


def _low_spread(known):
    from rockrec.diagnosis.diversity import low_spread

    return low_spread(known.train, known.splits)


def _similar_curves(known):
    from rockrec.diagnosis.diversity import similar_curves

    return similar_curves(known.train, known.splits, known.rng)


def _repeated_tiles(known):
    from rockrec.diagnosis.memory import repeated_tiles

    return repeated_tiles(known.train, known.n)


def _checkerboard_phase(known):
    from rockrec.diagnosis.checkerboard import checkerboard_phase

    return checkerboard_phase(known.train, known.splits)


def _checkerboard_power(known):
    from rockrec.diagnosis.checkerboard import checkerboard_power

    return checkerboard_power(known.train, known.splits)


def _edge_excess(known):
    from rockrec.diagnosis.border import edge_excess

    return edge_excess(known.train, known.splits)


def _memorised_tiles(known):
    from rockrec.diagnosis.memory import memorised_tiles

    return memorised_tiles(known.originals, known.heldout, known.n, known.turns)


# In the order of the tables. They draw in it from one stream of random numbers.
DIAGNOSES: dict[str, Diagnosis] = {
    diagnosis.name: diagnosis
    for diagnosis in (
        Diagnosis(
            "repeated_pattern",
            title="a pattern that repeats (peaks of S2)",
            fault="a repeated pattern",
            does="repeats a pattern",
            fit=_repeated_pattern,
            explains=("S2",),
        ),
        Diagnosis(
            "low_spread",
            title="tiles more alike than real ones (spread of S2)",
            fault="tiles too alike",
            does="draws tiles too alike",
            fit=_low_spread,
            explains=(SPREAD,),
        ),
        Diagnosis(
            "similar_curves",
            title="tiles with the same curves",
            fault="tiles with the same curves",
            does="draws tiles too alike",
            fit=_similar_curves,
            explains=(SPREAD,),
        ),
        Diagnosis(
            "repeated_tiles",
            title="tiles drawn more than once",
            fault="tiles drawn more than once",
            does="draws tiles more than once",
            fit=_repeated_tiles,
            explains=(SPREAD,),
        ),
        Diagnosis(
            "checkerboard_phase",
            title="checkerboard, by pixel position",
            fault="checkerboard",
            does="leaves a checkerboard",
            fit=_checkerboard_phase,
            explains=("L",),
        ),
        Diagnosis(
            "checkerboard_power",
            title="checkerboard, by spectral power",
            fault="checkerboard",
            does="leaves a checkerboard",
            fit=_checkerboard_power,
            explains=("L",),
        ),
        Diagnosis(
            "edge_excess",
            title="excess at the border of the tile",
            fault="excess at the border",
            does="draws too much at the border",
            fit=_edge_excess,
            explains=("S2",),
        ),
        Diagnosis(
            "memorised_tiles",
            title="copies of training tiles",
            fault="copies of training tiles",
            does="copies training tiles",
            fit=_memorised_tiles,
            generated=1,
            train=1,
            heldout=FEWEST_TILES,
        ),
    )
}
