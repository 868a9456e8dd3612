"""Simulated annealing (Yeong-Torquato)."""

from collections.abc import Mapping
from dataclasses import dataclass

from rockrec.plain.records.descriptors import TARGETS
from rockrec.plain.records.methods import Kind, Reconstruction
from rockrec.plain.records.settings import Settings, altered, constant, setting


@dataclass(frozen=True, kw_only=True)
class Schedule(Settings):
    """Geometric cooling: `moves_per_stage` moves at T0, at T0 * cooling, ..., `stages` times."""

    initial_temperature: float | None = setting(
        1e-7,
        "T0 of the cooling schedule; null for that at which a tenth of the trial moves that raise "
        "the energy is accepted, a hundredth where `start` is a method.",
        minimum=0,
        paper="1e-7",
    )
    cooling: float = setting(
        0.97,
        "Factor of the temperature from one stage to the next.",
        above=0,
        maximum=1,
        paper=0.97,
    )
    stages: int = setting(250, "Annealing stages.", minimum=1, paper=250)
    moves_per_stage: int | None = setting(
        None,
        "Pixel swaps tried in one stage; null for one per pixel of the tile.",
        minimum=1,
        paper="not stated",
    )
    stop_energy: float | None = setting(
        None,
        "Stop when the energy (Eq. 3) is at most this; null for a mean squared error of 1e-9 of "
        "every curve.",
        minimum=0,
        paper="not stated",
    )
    interface_moves: bool = setting(
        True,
        "Swap only pixels at an interface, which are accepted 6 to 16 times as often.",
    )


@dataclass(frozen=True, kw_only=True)
class AnnealingSettings(Schedule, Reconstruction):
    """Pixels are swapped until the descriptors are those of training tiles."""

    kind: str = constant("sa", "Simulated annealing (Yeong-Torquato).")
    targets: tuple[str, ...] | dict[str, str] = setting(
        ("S2",),
        "Descriptors in the energy, of training tiles; S2 alone is the paper's. Or curves of your "
        "own by name, {S2: curves.csv}: CSV files with the columns lag_px or lag_um, from 0 on, "
        "and value, which at lag 0 is the phase fraction.",
        choices=TARGETS,
        at_least=1,
        paper="[S2]",
    )
    target: str = setting(
        "tile",
        "tile (each realisation has the curves and phase fraction of its own training tile) or "
        "mean (all those of the training tiles' mean).",
        choices=("tile", "mean"),
    )
    start: str = setting(
        "random",
        "What realisations begin with: random (pixels), gaussian (a thresholded field that has S2 "
        "nearly), or another method of the experiment, whose realisations are mended: with target "
        "tile each keeps its own curves, all shifted alike such that their means are the training "
        "tiles'.",
    )
    boundary: str = setting(
        "unbiased",
        "Boundary convention of targets and realisations.",
        choices=("unbiased", "periodic"),
    )
    weights: dict[str, float] = setting(
        {}, "Weights of descriptors in the energy; 1 for those not named.", above=0
    )
    realisations: int = setting(128, "Number of realisations.", minimum=1, paper=128)
    size: int | None = altered(
        Reconstruction,
        "size",
        description="Side of the realisations, px, a multiple of the tiles'; null for the tiles' "
        "own. Larger ones are held to the tile's lags, and are described and compared in pieces of "
        "the tiles' size.",
    )


STARTS = ("random", "gaussian")  # that are no method


def method_started_from(method: Mapping) -> str | None:
    """Return the method whose realisations a method starts from, by its settings."""
    if method["kind"] != AnnealingSettings.kind or method["start"] in STARTS:
        return None
    return method["start"]


SA = Kind(
    title="simulated annealing",
    settings=AnnealingSettings,
    is_annealed=True,
    held_to=("phase_fraction",),
)
