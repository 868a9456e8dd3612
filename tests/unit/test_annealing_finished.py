"""A stopped annealing goes on with the realisations that are missing."""

import numpy as np
import pandas as pd

from rockrec.annealing import anneal_each, collected
from rockrec.annealing.finished import Shelf, load_realisations, save_realisations
from rockrec.descriptors import describe

TILES = (np.random.default_rng(0).random((4, 16, 16)) < 0.3).astype(np.uint8)
PROBLEM = describe(TILES, ("S2",)), (16, 16), TILES.mean(axis=(1, 2))
SETTINGS = {"n": 4, "seed": 3, "stages": 6, "threads": 1}


def test_finished_ones_are_read_back_and_the_rest_made_as_if_never_stopped(tmp_path):
    whole = collected(anneal_each(*PROBLEM, **SETTINGS))

    shelf = Shelf(tmp_path / "shelf")
    for realisation in anneal_each(*PROBLEM, indices=[2, 0], **SETTINGS):
        shelf.keep(realisation)
    finished = shelf.take(range(4))
    assert sorted(one.index for one in finished) == [0, 2]
    finished += anneal_each(*PROBLEM, indices=[1, 3], **SETTINGS)
    save_realisations(tmp_path / "all.npz", finished)

    together = collected(load_realisations(tmp_path / "all.npz"))
    assert np.array_equal(together.realisations, whole.realisations)
    assert np.array_equal(together.energies, whole.energies)
    assert np.array_equal(together.converged, whole.converged)
    assert np.array_equal(together.fits["S2"], whole.fits["S2"])
    pd.testing.assert_frame_equal(together.history, whole.history)


def test_a_shelf_gives_only_what_is_asked_for(tmp_path):
    shelf = Shelf(tmp_path)
    assert shelf.take(range(4)) == []
    for realisation in anneal_each(*PROBLEM, **SETTINGS):
        shelf.keep(realisation)
    assert [one.index for one in shelf.take([3, 1])] == [3, 1]
