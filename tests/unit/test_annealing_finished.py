"""A stopped annealing goes on with the realisations that are missing."""

import numpy as np
import pandas as pd

from rockrec.annealing import anneal_each, collected
from rockrec.annealing.finished import load_realisations, save_realisation
from rockrec.descriptors import describe


def test_finished_ones_are_read_back_and_the_rest_made_as_if_never_stopped(tmp_path):
    tiles = (np.random.default_rng(0).random((4, 16, 16)) < 0.3).astype(np.uint8)
    problem = describe(tiles, ("S2",)), (16, 16), tiles.mean(axis=(1, 2))
    settings = {"n": 4, "seed": 3, "stages": 6, "threads": 1}
    whole = collected(anneal_each(*problem, **settings))

    for realisation in anneal_each(*problem, indices=[2, 0], **settings):
        save_realisation(tmp_path, realisation)
    finished = load_realisations(tmp_path)
    assert sorted(one.index for one in finished) == [0, 2]
    finished += anneal_each(*problem, indices=[1, 3], **settings)

    together = collected(finished)
    assert np.array_equal(together.realisations, whole.realisations)
    assert np.array_equal(together.energies, whole.energies)
    assert np.array_equal(together.converged, whole.converged)
    assert np.array_equal(together.fits["S2"], whole.fits["S2"])
    pd.testing.assert_frame_equal(together.history, whole.history)


def test_nothing_is_finished_where_no_folder_is(tmp_path):
    assert load_realisations(tmp_path / "none") == []
