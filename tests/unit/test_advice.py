"""What a report advises: which key to change, where the numbers ask for it."""

import example_results
import numpy as np
import pandas as pd
import pytest
from example_results import faults_of, tile_set

from rockrec.report.advice import advice
from rockrec.tables.errors import error_table


def costs(kept, steps=1000, kind="wgan_gp", converged=128):
    return pd.DataFrame(
        {
            "experiment": "one",
            "sample": "rock",
            "method": ["wgan_gp", "sa"],
            "kind": [kind, "sa"],
            "steps": [steps, np.nan],
            "kept_step": [kept, np.nan],
            "realisations": [np.nan, 128],
            "converged": [np.nan, converged],
        }
    )


def all_errors(**changes):
    table = error_table({"rock": example_results.errors()}).assign(experiment="one")
    return table.assign(**{"verdict": "cannot be told from real", **changes})


def advised(**changes):
    told = {
        "tiles": [tile_set(heldout=200)],
        "res": {"rock": example_results.res_tables(chosen=256)[1]},
        "scores": {},
        "errors": all_errors(),
        "faults": faults_of(),
        "costs": costs(500),
    }
    return advice(**(told | changes))


def test_where_all_is_well_nothing_is_advised():
    assert advised() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tiles": [tile_set(heldout=40)]}, "(128 held-out windows): comparison has 40 of rock."),
        ({"tiles": [tile_set(heldout=200, window=128)]}, "where 256 px are representative of rock"),
        ({"res": {"rock": example_results.res_tables(chosen=None)[1]}}, "no size up to 512 px"),
        ({"scores": {"rock": example_results.scores().assign(iou=0.5)}}, "an IoU of only 0.50"),
        ({"scores": {"rock": example_results.forest_scores()}}, "paint it in another one."),
        ({"costs": costs(980)}, "wgan_gp of rock (one) was best at step 980 of 1,000"),
        ({"costs": costs(100)}, "A lower learning_rate, or an earlier decay"),
        ({"costs": costs(500, converged=100)}, "28 of 128 realisations of sa of rock (one) did"),
        ({"faults": faults_of("checkerboard_power")}, "upsampling: resize or blur"),
        ({"faults": faults_of("memorised_tiles")}, "More training windows"),
        ({"errors": all_errors(verdict="differs from real")}, "P6, L, euler_number, perimeter."),
    ],
)  # fmt: skip
def test_advice_names_what_to_change(changes, expected):
    (line,) = advised(**changes)
    assert expected in line


def test_a_cure_is_of_the_kind_of_network_that_has_the_fault():
    found = faults_of("low_spread", "memorised_tiles")
    for kind in ("dcgan", "wgan_gp", "stylegan2_ada"):
        collapse, copies = advised(faults=found, costs=costs(500, kind=kind))
        assert f"for {kind}" in collapse and "draws tiles too alike" in collapse
        assert ("under ada" in copies) == (kind == "stylegan2_ada")
    # It has no key for how it doubles images.
    assert advised(faults=faults_of("checkerboard_power"), costs=costs(500, kind=kind)) == []


def test_what_has_several_reasons_is_advised_once():
    (line,) = advised(tiles=[tile_set(heldout=40), tile_set(experiment="other", heldout=50)])
    assert line.endswith("comparison has 40 of rock; other has 50 of rock.")
