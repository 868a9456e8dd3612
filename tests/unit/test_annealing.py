"""Annealing: counts stay exact, targets are met, the same seed gives the same bytes."""

import logging

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rockrec.annealing import TARGETS, anneal, anneal_each, collected
from rockrec.annealing.energy import WHOLE, energy_of
from rockrec.annealing.targets import targets_of
from rockrec.descriptors import describe
from rockrec.minkowski import euler_number, perimeter


def rock(shape=(32, 32), phase_fraction=0.35, seed=0):
    """Smoothed noise, thresholded to round(phase_fraction * H * W) pixels of 1."""
    field = gaussian_filter(np.random.default_rng(seed).standard_normal(shape), 2)
    image = np.zeros(shape, np.uint8)
    image.flat[np.argsort(field.ravel())[: round(phase_fraction * image.size)]] = 1
    return image


def curves(image, names=("S2",), boundary="unbiased", n_lags=None):
    described = describe(image, names, boundary, n_lags)
    return {name: described[name][0] for name in names}


def energy_by_definition(image, targets, boundary="unbiased", weights=None):
    """Eq. 3 from a full description of the image."""
    total = 0.0
    for name, target in targets.items():
        curve = describe(image, [name], boundary, len(target))[name][0]
        total += (weights or {}).get(name, 1.0) * np.nansum((curve - target)[1:] ** 2)
    return total


SETS = [
    ("S2",),
    ("L",),
    ("P6",),
    ("S2D+", "S2D-"),
    ("S2H", "S2V", "P3H", "P3V", "P4"),
    ("C2",),
    ("C2", "S2"),
    tuple(WHOLE),
    TARGETS,
]


def of_tile(image, names, boundary="unbiased", n_lags=None):
    """Targets of one tile, of whole-tile numbers, too."""
    common = dict(target="mean", n=1, seed=0, boundary=boundary, n_lags=n_lags)
    return targets_of(image[None], [0], names, **common)[0]


def counted(one, names, shape, boundary, n_lags):
    """Counts of a realisation, and those of its image, where there is a target."""
    has_target = {name: np.ones(n_lags, bool) for name in names}
    has_target |= {
        name: np.ones(2, bool) for name in ("euler_number", "perimeter") if name in names
    }
    energy = energy_of(has_target, shape, boundary, {})
    told = energy.terms.coefficient[:, : energy.n_lags] > 0
    return one.counts * told, energy.counts(one.image)[:, : energy.n_lags] * told


@pytest.mark.parametrize("interface_moves", [True, False])
@pytest.mark.parametrize("boundary", ["unbiased", "periodic"])
@pytest.mark.parametrize("shape", [(24, 24), (20, 30)])
@pytest.mark.parametrize("names", SETS, ids="-".join)
def test_counts_after_a_run_equal_a_full_recount(names, shape, boundary, interface_moves):
    targets = of_tile(rock(shape), names, boundary, n_lags=10)
    for phase_fraction in (0.05, 0.5, 0.62, 0.95):
        # From hot to cold, so that most moves are accepted at first and the best comes late.
        for one in anneal_each(
            targets,
            shape,
            phase_fraction,
            n=2,
            seed=3,
            boundary=boundary,
            initial_temperature=1e-2,
            cooling=0.5,
            stages=20,
            moves_per_stage=100,
            interface_moves=interface_moves,
        ):
            np.testing.assert_array_equal(*counted(one, names, shape, boundary, 10))
            assert one.image.sum() == round(phase_fraction * one.image.size)
            assert one.history["acceptance"].iloc[0] > 0.1


def test_periodic_lines_that_are_full_or_bare_are_counted():
    image = np.ones((8, 8), np.uint8)
    image[3] = 0
    image[3, 4] = 1
    targets = {"L": np.zeros(4)}
    energy = energy_of({"L": np.ones(4, bool)}, (8, 8), "periodic", {})
    for one in anneal_each(
        targets,
        (8, 8),
        float(image.mean()),
        n=20,
        seed=0,
        boundary="periodic",
        initial_temperature=1e6,
        stages=3,
        moves_per_stage=2000,
        interface_moves=False,
    ):
        np.testing.assert_array_equal(one.counts, energy.counts(one.image)[:, :4])


@pytest.mark.parametrize("shape", [(32, 32), (24, 40)])
def test_the_energy_is_that_of_the_definition(shape):
    targets = curves(rock(shape), ("S2", "P4", "L"), n_lags=12)
    weights = {"P4": 3.0, "L": 0.5}
    result = anneal(targets, shape, 0.35, n=2, seed=1, weights=weights, stages=20)
    for i, image in enumerate(result.realisations):
        expected = energy_by_definition(image, targets, weights=weights)
        assert result.energies[i] == pytest.approx(expected, rel=1e-9)
        for name, target in targets.items():
            off = describe(image, [name], n_lags=12)[name][0] - target
            off[0] = 0
            assert result.fits[name][i] == pytest.approx(np.mean(off**2), rel=1e-9)


def test_the_numbers_of_a_whole_tile_are_scikit_images_per_pixel():
    images = np.stack([rock((20, 30), 0.4, seed) for seed in range(4)])
    targets, _ = targets_of(
        images, range(4), ("euler_number", "perimeter"), target="tile", n=4, seed=0
    )
    order = np.abs(perimeter(images) - targets["perimeter"][:, None]).argmin(axis=1)
    np.testing.assert_allclose(targets["perimeter"], perimeter(images)[order], rtol=1e-12)
    np.testing.assert_allclose(targets["euler_number"] * 600, euler_number(images)[order])


def test_a_network_s_clusters_are_met():
    image = rock((32, 32), 0.5)
    targets = of_tile(image, ("S2", "C2", "euler_number", "perimeter"))
    result = anneal(
        targets, (32, 32), 0.5, n=2, seed=0, initial_temperature=1e-4, cooling=0.9, stages=120
    )
    untold = anneal({"S2": targets["S2"]}, (32, 32), 0.5, n=2, seed=0)

    def off(made, measured):
        return abs(measured(made.realisations) - measured(image[None])).mean()

    for measured in (euler_number, perimeter, lambda images: describe(images, ["C2"])["C2"]):
        assert off(result, measured) < 0.2 * off(untold, measured)


def test_the_best_configuration_is_returned_and_not_the_last():
    targets = curves(rock())
    # So hot that the energy goes up and down.
    result = anneal(targets, (32, 32), 0.35, n=3, seed=2, initial_temperature=1e-5, cooling=1.0)
    last = result.history.groupby("realisation")["energy"].last().to_numpy()
    least = result.history.groupby("realisation")["energy"].min().to_numpy()
    assert (result.energies <= least).all()
    assert (result.energies < 0.5 * last).all()
    for image, energy in zip(result.realisations, result.energies, strict=True):
        assert energy == pytest.approx(energy_by_definition(image, targets), rel=1e-9)


def test_s2_is_met_to_one_count():
    image = rock((64, 64))
    result = anneal(curves(image), (64, 64), image.mean(), n=3, seed=0)
    one_count = 1 / (2 * 64 * (64 - np.arange(1, 32)))
    assert (result.energies <= np.sum(one_count**2)).all()
    assert result.converged.all()
    assert result.realisations.sum(axis=(1, 2)).tolist() == [image.sum()] * 3
    assert len({one.tobytes() for one in result.realisations}) == 3


def test_stripes_are_found_again():
    stripes = np.zeros((16, 16), np.uint8)
    stripes[:, ::4] = 1
    targets = curves(stripes, ("S2H", "S2V"), "periodic")
    settings = dict(boundary="periodic", initial_temperature=1e-2, moves_per_stage=1000)
    result = anneal(targets, (16, 16), 0.25, n=8, seed=0, **settings)
    assert (result.realisations == result.realisations[:, :1]).all()
    assert (result.energies < 1e-20).all()
    assert len({one.tobytes() for one in result.realisations}) > 1  # stripes that lie elsewhere


def test_many_descriptors_are_met_at_once():
    image = rock((48, 48), seed=5)
    names = ("S2H", "S2V", "S2D+", "S2D-", "P3H", "P3V", "P4", "L")
    targets = curves(image, names)
    met = anneal(targets, (48, 48), image.mean(), n=2, seed=0)
    untold = anneal(curves(image), (48, 48), image.mean(), n=2, seed=0)
    untold = describe(untold.realisations, names)
    for name in names:
        assert (met.fits[name] < 0.05 * np.nanmean((untold[name] - targets[name]) ** 2)).all()


def test_each_realisation_is_held_to_its_own_target():
    images = np.stack([rock(phase_fraction=0.2), rock(phase_fraction=0.5, seed=1)])
    described = describe(images, ["S2"])
    result = anneal(described, (32, 32), images.mean(axis=(1, 2)), n=2, seed=0)
    assert result.realisations.mean(axis=(1, 2)).tolist() == images.mean(axis=(1, 2)).tolist()
    for image, target, fit in zip(
        result.realisations, described["S2"], result.fits["S2"], strict=True
    ):
        assert fit < 1e-6
        assert np.mean((describe(image, ["S2"])["S2"][0] - target) ** 2) < 1e-6


def test_an_image_may_be_larger_than_the_one_its_target_is_from():
    small = rock((32, 32))
    result = anneal(curves(small), (60, 90), small.mean(), n=1, seed=0, moves_per_stage=2000)
    assert result.realisations.shape == (1, 60, 90)
    assert result.energies[0] == pytest.approx(
        energy_by_definition(result.realisations[0], curves(small)), rel=1e-9
    )
    assert result.fits["S2"][0] < 1e-7


def test_the_same_seed_gives_the_same_bytes_whatever_the_threads_and_the_other_realisations():
    targets = curves(rock(), ("S2", "P4"))
    settings = dict(n=5, seed=11, stages=30, initial_temperature=1e-6)
    whole = anneal(targets, (32, 32), 0.35, threads=1, **settings)
    again = anneal(targets, (32, 32), 0.35, threads=3, **settings)
    resumed = collected(
        [
            *anneal_each(targets, (32, 32), 0.35, indices=[3, 0], **settings),
            *anneal_each(targets, (32, 32), 0.35, indices=[1, 4, 2], **settings),
        ]
    )
    for other in (again, resumed):
        assert whole.realisations.tobytes() == other.realisations.tobytes()
        assert whole.energies.tobytes() == other.energies.tobytes()
        assert whole.history.equals(other.history)
    changed = anneal(targets, (32, 32), 0.35, **(settings | {"seed": 12}))
    assert not (whole.realisations == changed.realisations).all(axis=(1, 2)).any()


def test_metropolis_takes_every_move_when_hot_and_no_rise_when_cold():
    targets, settings = curves(rock()), dict(n=1, seed=0, stages=10, moves_per_stage=500)
    hot = anneal(targets, (32, 32), 0.35, initial_temperature=1e9, **settings)
    assert (hot.history["acceptance"] == 1).all()
    cold = anneal(targets, (32, 32), 0.35, initial_temperature=0, **settings)
    assert (np.diff(cold.history["energy"]) <= 0).all()
    assert (cold.history["acceptance"] < 1).all()


def test_cooling_is_geometric():
    history = anneal(
        curves(rock()), (32, 32), 0.35, n=1, seed=0, stages=4, moves_per_stage=10
    ).history
    np.testing.assert_allclose(history["temperature"], 1e-7 * 0.97 ** np.arange(4), rtol=1e-12)
    assert history["stage"].tolist() == [0, 1, 2, 3]


def test_interface_moves_are_accepted_more_often():
    image = rock((64, 64))
    early = [
        anneal(
            curves(image),
            (64, 64),
            image.mean(),
            n=2,
            seed=0,
            initial_temperature=1e-6,
            stages=50,
            interface_moves=moves,
        ).history["acceptance"]
        for moves in (True, False)
    ]
    assert early[0].mean() > 3 * early[1].mean()


def test_it_stops_at_the_stopping_energy():
    result = anneal(curves(rock()), (32, 32), 0.35, n=2, seed=0, stop_energy=1e-3)
    assert result.converged.all()
    assert (result.energies <= 1e-3).all()
    # Not far below either: it stopped at the first move that reached it.
    assert (result.energies > 0.9e-3).all()
    assert (result.history.groupby("realisation").size() < 250).all()


def test_contradictory_targets_end_and_are_reported():
    targets = {"S2H": np.full(16, 0.35), "S2V": np.full(16, 0.35), "P4": np.zeros(16)}
    result = anneal(targets, (32, 32), 0.35, n=2, seed=0, stages=40)
    assert not result.converged.any()
    assert (result.energies > 0.01).all()
    assert result.history.groupby("realisation").size().tolist() == [40, 40]


@pytest.mark.parametrize("phase_fraction", [0.0, 1.0, 1e-5])
def test_an_image_of_one_phase_is_returned_as_it_is(phase_fraction):
    result = anneal({"S2": np.full(8, phase_fraction)}, (16, 16), phase_fraction, n=2, seed=0)
    assert (result.realisations == round(phase_fraction)).all()
    assert result.history.empty


def test_a_phase_fraction_between_two_pixel_counts_is_said(caplog):
    with caplog.at_level(logging.WARNING, "rockrec.annealing"):
        result = anneal({"S2": np.full(4, 0.1)}, (10, 10), 0.104, n=1, seed=0, stages=1)
        assert result.realisations.sum() == 10
        assert "0.104" in caplog.text and "0.1, is taken" in caplog.text
        caplog.clear()
        anneal({"S2": np.full(4, 0.1)}, (10, 10), 0.29, n=1, seed=0, stages=1)
        assert not caplog.text


def test_lags_without_a_target_are_left_out():
    target = curves(rock())["S2"]
    gaps = target.copy()
    gaps[[3, 5]] = np.nan
    result = anneal({"S2": gaps}, (32, 32), 0.35, n=1, seed=0, stop_energy=1e-5)
    assert result.energies[0] == pytest.approx(
        energy_by_definition(result.realisations[0], {"S2": gaps}), rel=1e-9
    )


def test_descriptors_may_have_targets_of_different_lengths():
    image = rock()
    targets = curves(image, ["S2"]) | curves(image, ["P4", "L"], n_lags=6)
    result = anneal(targets, (32, 32), 0.35, n=1, seed=0, stages=20)
    assert result.energies[0] == pytest.approx(
        energy_by_definition(result.realisations[0], targets), rel=1e-9
    )


def test_progress_is_said_with_temperature_energy_and_acceptance(caplog):
    with caplog.at_level(logging.INFO, "rockrec"):
        anneal(curves(rock()), (32, 32), 0.35, n=2, seed=0, stages=3, stop_energy=0)
    assert "anneal: stage 6/6" in caplog.text
    for word in ("ETA", "temperature", "energy", "acceptance"):
        assert word in caplog.text


def test_a_run_that_is_left_does_not_go_on():
    started = anneal_each(curves(rock()), (32, 32), 0.35, n=200, seed=0, threads=2, stop_energy=0)
    first = next(started)
    started.close()
    assert first.image.shape == (32, 32)
    with pytest.raises(StopIteration):
        next(started)


GOOD = dict(targets={"S2": np.full(8, 0.2)}, shape=(16, 16), phase_fraction=0.25, n=2, seed=0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(n=0), "n is 0"),
        (dict(targets={}), "no target"),
        (dict(targets={"euler_number": np.zeros(8)}), r"euler_number has shape"),
        (dict(targets={"perimeter": np.nan}), "perimeter is no number"),
        (dict(start="quilting"), "start is 'quilting'"),
        (dict(start=np.zeros((2, 8, 8), np.uint8)), r"start from have shape \(2, 8, 8\)"),
        (dict(start="gaussian", targets={"L": np.full(8, 0.2)}), "gaussian start needs one of"),
        (dict(targets={"S3": np.zeros(8)}), "'S3' cannot be a target"),
        (dict(targets={"S2": np.zeros(9)}), "9 lags, an image of .* allows 8"),
        (dict(targets={"S2": np.zeros((3, 8))}), r"shape \(3, 8\)"),
        (dict(targets={"S2": np.full(8, 1.5)}), "1.5"),
        (dict(targets={"S2": np.full(8, np.inf)}), "inf"),
        (dict(targets={"S2": np.full(8, np.nan)}), "no lag"),
        (dict(targets={"S2": np.full(1, 0.2)}), "no lag"),
        (dict(shape=(16,)), "shape is"),
        (dict(shape=(1, 16)), "shape is"),
        (dict(phase_fraction=1.2), "phase_fraction must lie"),
        (dict(phase_fraction=np.nan), "phase_fraction must lie"),
        (dict(phase_fraction=np.full(3, 0.2)), "phase_fraction has shape"),
        (dict(boundary="amiri2023"), "boundary is 'amiri2023'"),
        (dict(weights={"P4": 1.0}), "P4, which is no target"),
        (dict(weights={"S2": 0.0}), "weight of S2 is 0.0"),
        (dict(cooling=0), "cooling must be above 0 and at most 1, not 0"),
        (dict(cooling=1.1), "cooling must be above 0 and at most 1, not 1.1"),
        (dict(stages=0), "stages must be a whole number, 1 or more, not 0"),
        (dict(moves_per_stage=0), "moves_per_stage must be .* 1 or more, or null, not 0"),
        (dict(initial_temperature=-1), "initial_temperature must be 0 or more, or null, not -1"),
        (dict(stop_energy=-1e-9), "stop_energy must be 0 or more, or null, not -1e-09"),
        (dict(threads=0), "threads is 0"),
        (dict(indices=[0, 2]), "indices must lie in 0 ... 1"),
    ],
    ids=str,
)
def test_bad_input_is_refused_with_the_reason(change, message):
    call = GOOD | change
    with pytest.raises(ValueError, match=message):
        anneal(call.pop("targets"), call.pop("shape"), call.pop("phase_fraction"), **call)
