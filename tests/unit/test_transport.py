"""Effective diffusivity against what is known of it: layers, duality, discs, a direct solver."""

import numpy as np
import pytest
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

from rockrec.plain.records.scalars import DIFFUSIVITIES
from rockrec.transport import effective_diffusivity, measure_diffusivity
from rockrec.transport.solver import solve

CONTRAST = 0.1


def field(seed, phi, size=48, smooth=2.0):
    """A thresholded Gaussian field."""
    noise = np.random.default_rng(seed).normal(size=(size, size))
    smoothed = ndimage.gaussian_filter(noise, smooth, mode="wrap")
    return (smoothed > np.quantile(smoothed, 1 - phi)).astype(np.uint8)


def solved_directly(conductivity):
    """The same finite volumes along rows as one sparse system, pixel by pixel."""
    height, width = conductivity.shape
    labels, _ = ndimage.label(conductivity > 0)
    kept = np.isin(labels, np.setdiff1d(np.intersect1d(labels[:, 0], labels[:, -1]), [0]))
    if not kept.any():
        return 0.0
    number = {pixel: n for n, pixel in enumerate(zip(*np.nonzero(kept), strict=True))}
    matrix, given = sparse.lil_array((len(number), len(number))), np.zeros(len(number))
    for (i, j), n in number.items():
        here = conductivity[i, j]
        for other in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
            if other in number:
                there = conductivity[other]
                between = 2 * here * there / (here + there)
                matrix[n, n] += between
                matrix[n, number[other]] -= between
        matrix[n, n] += 2 * here * ((j == 0) + (j == width - 1))
        given[n] += 2 * here * (j == 0)
    values = spsolve(sparse.csc_array(matrix), given)
    flux = sum(2 * conductivity[i, j] * (1 - values[n]) for (i, j), n in number.items() if j == 0)
    return flux * width / height


def test_a_uniform_tile_has_its_own_conductivity():
    for shape in ((1, 1), (5, 31), (40, 3), (64, 64)):
        for axis in "xy":
            assert effective_diffusivity(np.full(shape, 0.3), axis) == pytest.approx(0.3, rel=1e-6)


@pytest.mark.parametrize("axis", ["x", "y"])
def test_layers_are_exact_along_and_across(axis):
    layers = np.random.default_rng(1).uniform(0.01, 1.0, 37)
    along = np.broadcast_to(layers[:, None], (37, 50))
    along, across = (along, along.T) if axis == "x" else (along.T, along)
    assert effective_diffusivity(along, axis) == pytest.approx(layers.mean(), rel=1e-5)
    assert effective_diffusivity(across, axis) == pytest.approx(1 / np.mean(1 / layers), rel=1e-5)


def test_a_straight_channel_conducts_by_its_share_and_a_bend_less():
    tile = np.zeros((20, 20))
    tile[7:10] = 1
    assert effective_diffusivity(tile, "x") == pytest.approx(3 / 20, rel=1e-6)
    tile[7:10, 10:] = 0
    tile[12:15, 10:] = tile[7:15, 9:12] = 1
    assert 0.05 < effective_diffusivity(tile, "x") < 3 / 20


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("axis", ["x", "y"])
def test_it_is_what_a_direct_solver_finds(seed, axis):
    rng = np.random.default_rng(seed)
    conductivity = rng.uniform(size=tuple(rng.integers(3, 40, 2))) ** 4
    conductivity[rng.uniform(size=conductivity.shape) < 0.3 * (seed % 2)] = 0
    expected = solved_directly(conductivity if axis == "x" else conductivity.T)
    assert effective_diffusivity(conductivity, axis) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("contrast", [1e-3, 1e-6, 1e-9])
def test_islands_in_what_hardly_conducts_are_what_a_direct_solver_finds(contrast):
    for seed in range(3):
        conductivity = np.maximum(field(seed, 0.3, smooth=1.0), contrast)
        expected = solved_directly(conductivity)
        assert effective_diffusivity(conductivity, "x") == pytest.approx(expected, rel=2e-5)


@pytest.mark.parametrize(("phi", "smooth"), [(0.55, 1.0), (0.7, 0.0), (0.6, 3.0)])
def test_thin_and_winding_ways_are_what_a_direct_solver_finds(phi, smooth):
    for seed in range(4):
        phase = field(seed, phi, smooth=smooth).astype(float)
        for conductivity in (phase, 1 - phase, np.maximum(phase, 1e-3)):
            expected = solved_directly(conductivity)
            assert effective_diffusivity(conductivity, "x") == pytest.approx(expected, rel=1e-5)


def refined(tile, factor):
    return np.kron(tile, np.ones((factor, factor)))


def test_keller_duality_holds_ever_better_on_finer_grids():
    """In 2D, D_x of a medium times D_y of the one with both phases' conductivities inverted is 1.

    Keller (1964), A theorem on the conductivity of a composite medium, J. Math. Phys. 5.
    """
    for seed in range(3):
        tile = field(seed, 0.5, size=64, smooth=5.0)
        errors = []
        for factor in (1, 2, 3):
            phase = refined(tile, factor)
            conducting = np.where(phase, 1.0, CONTRAST)
            product = effective_diffusivity(conducting, "x") * effective_diffusivity(
                1 / conducting, "y"
            )
            errors.append(abs(product - 1))
        assert errors[0] < 0.04
        assert errors[0] > 2 * errors[1] > 2 * errors[2]
        assert errors[2] < 0.01


def test_a_checkerboard_nears_the_root_of_the_contrast():
    """By duality a checkerboard of 1 and c conducts by √c; a grid comes near as it gets finer."""
    board = np.indices((4, 4)).sum(axis=0) % 2
    found = [effective_diffusivity(np.where(refined(board, n), 1.0, 0.3), "x") for n in (8, 16, 32)]
    errors = np.abs(np.array(found) / np.sqrt(0.3) - 1)
    assert errors[0] > 2 * errors[1] > 4 * errors[2]
    assert errors[-1] < 0.0025


@pytest.mark.parametrize("radius", [12, 16, 24])
def test_insulating_discs_lower_it_as_maxwell_has_it(radius):
    """Discs at 3 %, each in a cell of its own: D = (1 - φ) / (1 + φ)."""
    side = round(radius * np.sqrt(np.pi / 0.03))
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    rest = (rows**2 + columns**2 > radius**2).astype(float)
    phi = 1 - rest.mean()
    expected = (1 - phi) / (1 + phi)
    for axis in "xy":
        assert effective_diffusivity(rest, axis) == pytest.approx(expected, rel=0.005)


def test_what_no_path_leads_through_conducts_nothing():
    tile = np.ones((20, 20))
    tile[:, 11] = 0
    assert effective_diffusivity(tile, "x") == 0
    assert effective_diffusivity(tile, "y") == pytest.approx(19 / 20)
    assert effective_diffusivity(np.zeros((8, 8)), "x") == 0
    corners = np.eye(9)  # pixels that touch at corners alone
    assert effective_diffusivity(corners, "x") == 0


def test_what_leads_nowhere_changes_nothing():
    tile = np.zeros((30, 30))
    tile[10:13] = 1
    alone = effective_diffusivity(tile, "x")
    tile[20:25, 5:9] = tile[0, 0] = 1  # isolated, and at one side only
    assert effective_diffusivity(tile, "x") == pytest.approx(alone, rel=1e-7)


def test_what_flows_in_flows_through_each_column():
    conductivity = np.maximum(field(3, 0.5), 0.05).astype(float)
    values, flux, steps = solve(conductivity, 1e-16)
    assert steps > 0
    left, right = conductivity[:, :-1], conductivity[:, 1:]
    between = 2 * left * right / (left + right)
    through = (between * (values[:, :-1] - values[:, 1:])).sum(axis=0)
    assert through == pytest.approx(np.full(47, flux), rel=1e-6)
    assert 2 * conductivity[:, -1] @ values[:, -1] == pytest.approx(flux, rel=1e-6)


def test_it_stays_within_the_bounds_of_wiener():
    """No arrangement conducts better than layers along, or worse than layers across."""
    for seed in range(5):
        conductivity = np.random.default_rng(seed).uniform(0.01, 1, (33, 33))
        for axis in "xy":
            found = effective_diffusivity(conductivity, axis)
            assert 1 / np.mean(1 / conductivity) < found < conductivity.mean()


def test_turned_mirrored_and_scaled_tiles_conduct_alike():
    tile = np.maximum(field(5, 0.4), 0.01).astype(float)
    along = effective_diffusivity(tile, "x")
    assert effective_diffusivity(tile[:, ::-1], "x") == pytest.approx(along, rel=1e-5)
    assert effective_diffusivity(tile.T, "y") == pytest.approx(along, rel=1e-5)
    assert effective_diffusivity(250 * tile, "x") == pytest.approx(250 * along, rel=1e-5)


def test_a_table_has_a_line_for_each_tile_and_both_phases_in_their_turn():
    tiles = np.stack([field(seed, 0.6) for seed in range(4)])
    table = measure_diffusivity(tiles, 0.01)
    assert list(table) == ["tile", "phase_fraction", *DIFFUSIVITIES]
    assert table["tile"].tolist() == [0, 1, 2, 3]
    assert table["phase_fraction"].tolist() == tiles.mean(axis=(1, 2)).tolist()
    phase = tiles[2].astype(float)
    line = table.loc[2]
    assert line["diffusivity_y"] == effective_diffusivity(phase, "y")
    assert line["diffusivity_rest_x"] == effective_diffusivity(1 - phase, "x")
    assert line["diffusivity_contrast_x"] == effective_diffusivity(np.maximum(phase, 0.01), "x")
    # In a plane what leads from left to right bars the other phase from top to bottom.
    assert (table["diffusivity_x"] * table["diffusivity_rest_y"] == 0).all()


def test_isolated_pores_have_a_number_where_both_phases_conduct():
    tile = np.zeros((1, 32, 32), np.uint8)
    tile[0, 10:14, 10:14] = 1
    line = measure_diffusivity(tile, 0.001).loc[0]
    assert line["diffusivity_x"] == line["diffusivity_y"] == 0
    assert 0.001 < line["diffusivity_contrast_x"] < 0.0015


def test_no_tiles_give_an_empty_table():
    table = measure_diffusivity(np.zeros((0, 8, 8), np.uint8), 0.001)
    assert len(table) == 0 and "diffusivity_x" in table


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="axis 'z' is none of x, y"):
        effective_diffusivity(np.ones((4, 4)), "z")
    for bad in (np.full((4, 4), np.nan), -np.ones((4, 4)), np.ones((2, 4, 4))):
        with pytest.raises(ValueError, match="0 or more"):
            effective_diffusivity(bad, "x")
    with pytest.raises(ValueError):
        measure_diffusivity(np.full((1, 8, 8), 7, np.uint8), 0.001)


def test_an_iteration_that_does_not_end_is_told(monkeypatch):
    monkeypatch.setattr("rockrec.transport.diffusivity.solve", lambda *_: (None, 1.0, -1))
    with pytest.raises(ArithmeticError, match="not solved"):
        effective_diffusivity(np.ones((4, 4)), "x")
    assert solve(np.maximum(field(1, 0.5), 0.01).astype(float), 1e-12, 2)[2] == -1
