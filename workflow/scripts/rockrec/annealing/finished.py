"""Finished realisations on disk, so that a stopped annealing goes on with the missing ones."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from ..outputs import written_whole
from .reconstruct import HISTORY, Realisation


def save_realisation(folder: str | os.PathLike, realisation: Realisation) -> None:
    """Write a realisation to ``<folder>/<index>.npz``, whole or not at all."""
    with (
        written_whole(Path(folder) / f"{realisation.index}.npz") as partial,
        open(partial, "wb") as file,
    ):
        np.savez_compressed(
            file,
            image=realisation.image,
            energy=realisation.energy,
            fit_names=list(realisation.fits),
            fits=list(realisation.fits.values()),
            converged=realisation.converged,
            counts=realisation.counts,
            history=realisation.history.to_numpy(float),
        )


def load_realisations(folder: str | os.PathLike) -> list[Realisation]:
    """Read the realisations that `save_realisation` wrote to a folder; none if it is not there."""
    return [_load(path) for path in sorted(Path(folder).glob("*.npz"))]


def _load(path: Path) -> Realisation:
    with np.load(path, allow_pickle=False) as file:
        history = pd.DataFrame(file["history"], columns=HISTORY)
        return Realisation(
            index=int(path.stem),
            image=file["image"],
            energy=float(file["energy"]),
            fits=dict(zip(file["fit_names"].tolist(), file["fits"].tolist(), strict=True)),
            converged=bool(file["converged"]),
            counts=file["counts"],
            history=history.astype({"realisation": int, "stage": int}),
        )
