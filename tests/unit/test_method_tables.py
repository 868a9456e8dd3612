"""Tables S1, S2 and of costs say what the run recorded."""

import example_results
import numpy as np
import pandas as pd
import pytest

from rockrec.report.sheets import (
    architecture_fragment,
    cost_fragment,
    duration,
    settings_fragment,
    times,
)
from rockrec.tables.architectures import architecture_table
from rockrec.tables.costs import PAPER_CORES, Replicate, cost_table
from rockrec.tables.settings import merged, settings_table

MACHINE = {"processor": "Xeon", "processors": 24}


def annealed(method="sa", core_seconds=1350.0, targets=("S2",), replicate="1", sample="rock"):
    told = {
        "settings": {"kind": "sa", "targets": list(targets), "cooling": 0.97, "size": None},
        "core_seconds_per_realisation": core_seconds,
        "machine": MACHINE,
    }
    return Replicate(sample, method, replicate, told)


def network(seconds=4 / 128, device="CPU, 2 threads", sample="rock", **settings):
    told = {
        "settings": {"kind": "wgan_gp", "betas": [0.5, 0.999], "ema": 0, **settings},
        "seconds_per_realisation": seconds,
        "device": device,
        "threads": 2,
        "machine": MACHINE,
    }
    history = example_results.gan_history(steps=400, kept=300)
    return Replicate(sample, "wgan_gp", "1", told, history.assign(device=device))


def costs(*runs):
    return cost_table(runs).set_index("method")


def test_the_papers_times_give_the_papers_speed_up():
    """128 realisations: 2 h on 24 cores against 4 s on GPUs."""
    core_seconds = 2 * 3600 * PAPER_CORES / 128
    table = costs(annealed(core_seconds=core_seconds), network(4 / 128, "Quadro P6000"))
    assert table.loc["wgan_gp", "speed_up"] == pytest.approx(1800)
    assert table.loc["wgan_gp", "annealing"] == "sa"
    assert np.isnan(table.loc["wgan_gp", "speed_up_one_core"])
    assert table.loc["wgan_gp", "sampling_hardware"] == "Quadro P6000"


def test_on_a_cpu_one_core_stands_against_one_core():
    table = costs(annealed(core_seconds=100.0), network(0.5, "CPU, 2 threads"))
    assert table.loc["wgan_gp", "speed_up_one_core"] == pytest.approx(100.0 / (0.5 * 2))
    assert table.loc["wgan_gp", "sampling_hardware"] == "Xeon, 2 threads"
    assert table.loc["sa", "sampling_hardware"] == "Xeon, 1 core"


def test_annealing_says_how_many_converged():
    run = annealed()
    run.provenance["settings"]["realisations"] = 128
    run.provenance["converged"] = 118
    table = costs(run, network())
    assert (table.loc["sa", "converged"], table.loc["sa", "realisations"]) == (118, 128)
    assert pd.isna(table.loc["wgan_gp", "converged"])
    assert "118 of 128" in cost_fragment(cost_table([run]))


def test_quilting_has_a_cost_and_is_no_annealing():
    told = {
        "settings": {"kind": "quilting"},
        "core_seconds_per_realisation": 0.01,
        "machine": MACHINE,
    }
    table = costs(Replicate("rock", "quilting", "1", told), network())
    assert table.loc["quilting", "seconds_per_realisation"] == 0.01
    assert table.loc["quilting", "sampling_hardware"] == "Xeon, 1 core"
    assert pd.isna(table.loc["wgan_gp", "annealing"])


def test_training_time_is_the_historys():
    line = costs(network()).loc["wgan_gp"]
    assert line["training_hours"] == pytest.approx(400 * 0.2 / 3600)
    assert line["hours_to_kept"] == pytest.approx(300 * 0.2 / 3600)
    assert (line["steps"], line["kept_step"]) == (400, 300)


def test_devices_of_a_resumed_training_are_all_named():
    run = network(device="CPU, 2 threads")
    run.history.loc[run.history["step"] > 200, "device"] = "H100"
    assert costs(run).loc["wgan_gp", "training_hardware"] == "Xeon, 2 threads, then H100"


def test_speed_up_refers_to_annealing_to_s2_of_the_same_sample_and_its_median():
    runs = [
        annealed("sa_pn", 9000.0, ("S2", "L")),
        annealed("sa", 240.0),
        annealed("sa", 480.0, replicate="2"),
        annealed("sa", 7.0, sample="other"),
        network(1.0, "H100"),
    ]
    line = cost_table(runs).query("method == 'wgan_gp'").iloc[0]
    assert line["annealing"] == "sa"
    assert line["speed_up"] == pytest.approx(360 / PAPER_CORES)


def test_without_annealing_there_is_no_speed_up():
    assert np.isnan(costs(network()).loc["wgan_gp", "speed_up"])


def test_a_stack_made_elsewhere_has_no_costs():
    told = {"settings": {"kind": "external"}, "machine": MACHINE}
    table = cost_table([Replicate("rock", "mine", "1", told)])
    assert table[["training_hours", "seconds_per_realisation", "speed_up"]].isna().all(axis=None)
    assert "mine" in cost_fragment(table)


def test_cost_fragment_names_hardware_times_and_factor():
    html = cost_fragment(cost_table([annealed(core_seconds=1350.0), network(4 / 128, "H100")]))
    assert html.isascii()
    for expected in ("Xeon, 1 core", "H100", "22.5 min", "31.2 ms", "1,800 times sa", "step 300"):
        assert expected in html


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0032, "3.2 ms"), (41, "41 s"), (720, "12 min"), (118_800, "33 h"), (1, "1 s")],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(("factor", "text"), [(0.21, "0.21 times"), (1800, "1,800 times")])
def test_times(factor, text):
    assert times(factor) == text


def test_settings_are_the_recorded_ones_and_samples_that_differ_are_named():
    table = settings_table(
        [annealed(), network(ema=0.99), network(ema=0.5, sample="other"), network(steps=7)],
        paper={"wgan_gp": {"ema": "0", "batch": "128"}, "sa": {"cooling": "0.97"}},
    )
    assert ("rock", "sa", "size", "none", "") in set(table.itertuples(index=False, name=None))
    columns = merged(table)
    assert list(columns) == ["sa", "wgan_gp"]
    assert columns.loc["betas", "wgan_gp"] == "0.5, 0.999"
    assert columns.loc["ema", "wgan_gp"] == "rock: 0.99; other: 0.5 [0]"
    assert columns.loc["cooling", "wgan_gp"] == ""
    assert columns.loc["cooling", "sa"] == "0.97 [0.97]"
    assert "0.97 [0.97]" in settings_fragment(table)


def layers(channels=8):
    return pd.DataFrame(
        {
            "network": ["generator"] * 3,
            "layer": ["0", "1", "2"],
            "kind": ["ConvTranspose2d", "BatchNorm2d", "ReLU"],
            "details": ["kernel size 4", np.nan, np.nan],
            "channels": channels,
            "height": pd.array([4, 4, 4], "Int64"),
            "width": pd.array([4, 4, 4], "Int64"),
            "parameters": [1024, 16, 0],
        }
    )


def test_networks_that_are_the_same_stand_in_the_table_once():
    table = architecture_table(
        {("a", "gan"): layers(), ("b", "gan"): layers(), ("c", "gan"): layers(9)}
    )
    assert table["samples"].drop_duplicates().tolist() == ["a, b", "c"]
    html = architecture_fragment(table)
    assert html.count("BatchNorm2d, ReLU") == 2
    assert html.count("1,040") == 4  # the folded layer, and the total
    assert "8 x 4 x 4" in html and "9 x 4 x 4" in html


def test_an_experiment_without_methods_has_tables_that_say_so():
    assert "There is no method." in cost_fragment(cost_table([]))
    assert "There is no method." in settings_fragment(settings_table([], {}))
