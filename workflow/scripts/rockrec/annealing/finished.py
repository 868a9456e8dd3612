"""Finished realisations on disk, so that a stopped annealing goes on with the missing ones."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from rockrec.annealing.reconstruct import HISTORY, Realisation
from rockrec.housekeeping.integrity import check_archive
from rockrec.housekeeping.outputs import written_whole


def save_realisations(path: str | os.PathLike, realisations: Sequence[Realisation]) -> None:
    """Write one or more realisations of a set as ``.npz``, whole or not at all."""
    with written_whole(path) as partial, open(partial, "wb") as file:
        np.savez_compressed(
            file,
            index=[one.index for one in realisations],
            image=[one.image for one in realisations],
            energy=[one.energy for one in realisations],
            fit_names=list(realisations[0].fits),
            fits=[list(one.fits.values()) for one in realisations],
            converged=[one.converged for one in realisations],
            core_seconds=[one.core_seconds for one in realisations],
            counts=[one.counts for one in realisations],
            history=pd.concat([one.history for one in realisations]).to_numpy(float),
        )


def load_realisations(path: str | os.PathLike) -> list[Realisation]:
    """Read what `save_realisations` wrote; DamagedFile if it is no longer that."""
    check_archive(path)
    with np.load(path, allow_pickle=False) as file:
        read = {name: file[name] for name in file.files}
    history = pd.DataFrame(read["history"], columns=HISTORY)
    history = history.astype({"realisation": int, "stage": int})
    names = read["fit_names"].tolist()
    return [
        Realisation(
            index=int(index),
            image=read["image"][i],
            energy=float(read["energy"][i]),
            fits=dict(zip(names, read["fits"][i].tolist(), strict=True)),
            converged=bool(read["converged"][i]),
            core_seconds=float(read["core_seconds"][i]),
            counts=read["counts"][i],
            history=history[history["realisation"] == index].reset_index(drop=True),
        )
        for i, index in enumerate(read["index"])
    ]


class Shelf:
    """A folder in which each finished realisation has a file of its own."""

    def __init__(self, folder: str | os.PathLike):
        self.folder = Path(folder)

    def keep(self, realisation: Realisation) -> None:
        """Put a finished realisation on the shelf."""
        save_realisations(self.folder / f"{realisation.index}.npz", [realisation])

    def take(self, indices: Sequence[int]) -> list[Realisation]:
        """Return those of `indices` that are finished."""
        paths = [self.folder / f"{index}.npz" for index in indices]
        return [one for path in paths if path.exists() for one in load_realisations(path)]
