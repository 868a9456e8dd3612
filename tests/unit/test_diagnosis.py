"""Diagnoses: none on real tiles, each on the fault that it is for."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rockrec.diagnosis import TURNS, best_matches, diagnose, fit_checks
from rockrec.diagnosis.splits import draw_splits, studentised, studentised_splits
from rockrec.plain.records.diagnoses import DIAGNOSES
from rockrec.plain.records.verdicts import CANNOT_TELL, FOUND, NOT_FOUND

SIZE, N = 32, 48


def rock(n, seed, grain=2.0):
    """Tiles of one random field, cut at a fixed level."""
    side = SIZE * int(np.ceil(np.sqrt(n)))
    noise = np.random.default_rng(seed).standard_normal((side, side))
    field = gaussian_filter(noise, grain, mode="wrap") * 2 * grain * np.sqrt(np.pi) > 0.5
    tiles = field.reshape(side // SIZE, SIZE, -1, SIZE).swapaxes(1, 2).reshape(-1, SIZE, SIZE)
    return tiles[:n].astype(np.uint8)


TRAIN, HELDOUT = rock(128, 1), rock(64, 2)


@pytest.fixture
def generated():
    return rock(N, 3)


@pytest.fixture(scope="module")
def checks():
    return fit_checks(TRAIN, HELDOUT, N, seed=0, turns=TURNS, originals=TRAIN[:32])


def flip(tiles, probability, seed=0):
    noise = np.random.default_rng(seed).random(tiles.shape)
    return tiles ^ (noise < probability).astype(np.uint8)


def repeating(tiles):
    """Every tile holds its left part three times."""
    return tiles[:, :, np.arange(SIZE) % 11]


def checkered(tiles, period, locked=True, amplitude=0.15):
    rng = np.random.default_rng(5)
    rows, columns = np.indices(tiles.shape[1:])
    offset = 0 if locked else rng.integers(period, size=(len(tiles), 1, 1))
    board = ((rows + offset) // (period // 2) + columns // (period // 2)) % 2
    return np.where(rng.random(tiles.shape) < amplitude, board, tiles).astype(np.uint8)


def thick_at(tiles, rows):
    spoilt = tiles.copy()
    spoilt[:, rows] |= flip(0 * tiles, 0.3)[:, rows]
    return spoilt


def few(tiles, modes=4):
    return flip(np.repeat(tiles[:modes], N // modes, axis=0), 0.02)


def alike(_):
    """Different tiles that all have nearly the same S2."""
    many = rock(2500, 7)
    phi = many.mean(axis=(1, 2))
    return many[np.argsort(abs(phi - phi.mean()))[:N]]


def twins(tiles):
    return np.concatenate([tiles[:-1], np.roll(tiles[:1], 3, axis=1)])


def copied(tiles):
    return np.concatenate([tiles[:-1], TRAIN[17:18]])


FAULTS = [
    ("repeated_pattern", repeating),
    ("low_spread", few),
    ("low_spread", alike),
    ("similar_curves", few),
    ("repeated_tiles", few),
    ("repeated_tiles", twins),
    ("checkerboard_phase", lambda tiles: checkered(tiles, 2)),
    ("checkerboard_phase", lambda tiles: checkered(tiles, 4)),
    ("checkerboard_phase", lambda tiles: checkered(tiles, 8)),
    ("checkerboard_power", lambda tiles: checkered(tiles, 4)),
    ("checkerboard_power", lambda tiles: checkered(tiles, 4, locked=False)),
    ("edge_excess", lambda tiles: thick_at(tiles, slice(0, 1))),
    ("edge_excess", lambda tiles: thick_at(tiles, slice(-3, None))),
    ("memorised_tiles", copied),
]


@pytest.mark.parametrize("diagnosis, spoil", FAULTS)
def test_each_fault_is_found(checks, generated, diagnosis, spoil):
    assert checks[diagnosis](generated).verdict == NOT_FOUND
    assert checks[diagnosis](spoil(generated)).verdict == FOUND


def test_false_alarms_are_as_rare_as_promised():
    """At most 5 % are promised; more than 4 of 20 sets would come up once in 300 times."""
    alarms = 0
    for seed in range(20):
        tiles = rock(N + 128 + 64, 100 + seed, grain=1.5 + seed % 3)
        table = diagnose(tiles[:N], tiles[N:-64], tiles[-64:], seed=seed)
        alarms += (table["verdict"] == FOUND).any()
    assert alarms <= 4


def test_table_has_a_line_for_each_diagnosis(generated):
    table = diagnose(generated, TRAIN, HELDOUT, seed=0)
    assert list(table.columns) == ["diagnosis", "value", "threshold", "where", "verdict"]
    assert list(table["diagnosis"]) == list(DIAGNOSES)
    assert ((table["value"] > table["threshold"]) == (table["verdict"] == FOUND)).all()


def test_same_seed_same_table(generated):
    first, second = (diagnose(generated, TRAIN, HELDOUT, seed=4) for _ in range(2))
    assert first.equals(second)


@pytest.mark.parametrize("grain", [1.0, 3.0])
def test_finer_or_coarser_pores_are_no_repetition(checks, grain):
    finding = checks["repeated_pattern"](rock(N, 3, grain))
    assert finding.value <= finding.threshold


def test_where_names_the_fault(checks, generated):
    assert "period 8 px" in checks["checkerboard_phase"](checkered(generated, 8)).where
    assert "top, 1 px deep" in checks["edge_excess"](thick_at(generated, slice(0, 1))).where
    assert "S2H, lag 11 px" in checks["repeated_pattern"](repeating(generated)).where
    assert f"tile {N - 1} in training tile 17" in checks["memorised_tiles"](copied(generated)).where


@pytest.mark.parametrize("turn", TURNS)
def test_copy_is_found_turned_and_shifted(checks, turn):
    generated = rock(N, 3)
    inverse = {"turn_90": "turn_270", "turn_270": "turn_90"}.get(turn, turn)
    copy = TURNS[inverse](TRAIN[30])  # mirrored turns undo themselves
    generated[5, 4:, :-7] = copy[:-4, 7:]
    finding = checks["memorised_tiles"](generated)
    assert finding.verdict == FOUND
    assert finding.where.startswith("tile 5 in training tile 30")
    assert turn == "identity" or finding.where.endswith(turn)


def test_turned_copy_is_not_sought_where_training_did_not_turn():
    generated = rock(N, 3)
    generated[5] = TRAIN[30][::-1]
    table = diagnose(generated, TRAIN, HELDOUT, seed=0).set_index("diagnosis")
    assert table.loc["memorised_tiles", "verdict"] == NOT_FOUND
    table = diagnose(generated, TRAIN, HELDOUT, seed=0, turns=["mirror_turn_180"])
    assert table.set_index("diagnosis").loc["memorised_tiles", "verdict"] == FOUND


def test_copy_of_an_overlapping_training_tile_is_found():
    generated, more = rock(N, 3), rock(40, 9)
    generated[5] = more[20]
    table = diagnose(generated, TRAIN, HELDOUT, seed=0, originals=np.concatenate([TRAIN, more]))
    assert table.set_index("diagnosis").loc["memorised_tiles", "verdict"] == FOUND


@pytest.mark.parametrize("down, right", [(0, 0), (10, -6), (-14, 3)])
def test_shift_of_a_match_at_full_resolution(down, right):
    mosaic = gaussian_filter(np.random.default_rng(0).standard_normal((256, 256)), 4) > 0
    original = mosaic[64:192, 64:192].astype(np.uint8)
    tile = mosaic[64 + down : 192 + down, 64 + right : 192 + right].astype(np.uint8)
    (match,) = best_matches(tile[None], original[None])
    assert (match.down, match.right) == (down, right)
    overlap = (128 - abs(down)) * (128 - abs(right)) / 128**2
    assert match.score == pytest.approx(np.sqrt(overlap) * np.arctanh(0.999), rel=1e-6)


def test_tile_is_not_sought_in_itself():
    tiles = rock(4, 3)
    assert all(i != match.original for i, match in enumerate(best_matches(tiles, tiles, same=True)))


def test_studentised_difference_by_hand():
    a, b = np.array([[1.0], [2.0], [3.0]]), np.array([[0.0], [4.0]])
    expected = (2 - 2) / np.sqrt(1 / 3 + 8 / 2)
    assert studentised(a, b) == pytest.approx(expected)
    b = b + 1
    assert studentised(a, b) == pytest.approx(-1 / np.sqrt(1 / 3 + 8 / 2))


def test_features_that_do_not_vary_make_no_difference():
    assert studentised(np.ones((5, 1)), np.ones((4, 1))) == 0
    assert studentised(np.ones((5, 1)), np.zeros((4, 1))) > 1e6


def test_splits_are_disjoint_sets_of_the_size_asked_for():
    rng = np.random.default_rng(0)
    assert set(draw_splits(20, 5, rng).sum(axis=1)) == {4}
    assert set(draw_splits(20, 50, rng).sum(axis=1)) == {10}
    tiles = rng.standard_normal((20, 3))
    splits = draw_splits(20, 6, rng)[:2]
    by_hand = [studentised(tiles[first], tiles[~first]) for first in splits]
    np.testing.assert_allclose(studentised_splits(tiles, splits), by_hand)


@pytest.mark.parametrize(
    "n, n_train, n_heldout, unable",
    [
        (20, 128, 64, set(DIAGNOSES) - {"memorised_tiles"}),
        (48, 40, 64, set(DIAGNOSES) - {"memorised_tiles"}),
        (48, 128, 20, {"memorised_tiles"}),
    ],
)
def test_too_few_tiles_give_no_verdict(n, n_train, n_heldout, unable):
    table = diagnose(rock(n, 3), TRAIN[:n_train], HELDOUT[:n_heldout], seed=0)
    assert set(table["diagnosis"][table["verdict"] == CANNOT_TELL]) == unable
    assert table["where"][table["verdict"] == CANNOT_TELL].str.contains("are needed").all()


@pytest.mark.parametrize("value", [0, 1])
def test_tiles_of_one_phase_are_told_from_rock(value):
    table = diagnose(np.full((N, SIZE, SIZE), value, np.uint8), TRAIN, HELDOUT, seed=0)
    verdicts = table.set_index("diagnosis")["verdict"]
    assert verdicts["low_spread"] == verdicts["similar_curves"] == FOUND


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"generated": TRAIN[:N, :16, :16]}, "generated tiles must be"),
        ({"generated": TRAIN[:N] * 2}, "must be 0 or 1"),
        ({"generated": TRAIN[:N].astype(float)}, "uint8"),
        ({"generated": TRAIN[:0]}, "no generated tiles"),
        ({"heldout": HELDOUT[:, :16]}, "heldout tiles must be"),
        ({"turns": ["upside_down"]}, "unknown turns"),
    ],
)
def test_unfit_input_is_refused(changes, message):
    arguments = {"generated": TRAIN[:N], "train": TRAIN, "heldout": HELDOUT, "seed": 0}
    with pytest.raises(ValueError, match=message):
        diagnose(**(arguments | changes))


def test_small_tiles_are_refused():
    small = TRAIN[:, :16, :16]
    with pytest.raises(ValueError, match="at least 32 px"):
        diagnose(small, small, small, seed=0)
