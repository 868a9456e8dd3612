"""What is copied is found, under motions and with other edges; an independent rock is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import binary_dilation, binary_erosion, gaussian_filter
from test_quilting import grains

from rockrec.novelty import Library, Novelty, measure, search
from rockrec.novelty.maps import SHOWN, read_maps, write_maps
from rockrec.plain.motions import AUGMENTATIONS, motions
from rockrec.plain.records.verdicts import CANNOT_TELL, FOUND, NOT_FOUND
from rockrec.quilting import Patches, Quilter, reconstruct


def rock(n, seed, side=48):
    """Cut Gaussian fields, every tile its own, with a third of the phase."""
    noise = np.random.default_rng(seed).standard_normal((n, side + 16, side + 16))
    field = gaussian_filter(noise, (0, 2.5, 2.5))[:, 8:-8, 8:-8]
    return (field > 0.4 * field.std()).astype(np.uint8)


TRAIN = rock(60, 1)


@pytest.fixture(scope="module")
def novelty():
    return Novelty(TRAIN, rock(60, 2), (), seed=3)


def table_of(novelty, tiles):
    return novelty.table({side: novelty.copied(tiles, side) for side in novelty.libraries})


def plain_nearest(piece, tiles):
    """Unlike pixels at the nearest place, every place compared in the plainest way."""
    side, least = len(piece), piece.size
    cross = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
    for tile in tiles:
        possible = binary_dilation(tile, cross)
        sure = binary_erosion(tile, cross, border_value=1)
        for y in range(tile.shape[0] - side + 1):
            for x in range(tile.shape[1] - side + 1):
                at = slice(y, y + side), slice(x, x + side)
                least = min(least, np.sum(piece & ~possible[at]) + np.sum(~piece & sure[at]))
    return least


def test_every_place_is_compared_or_has_a_neighbour_that_is():
    for rows, columns in ((1, 1), (1, 9), (7, 4), (23, 17)):
        reached = np.zeros((rows + 2, columns + 2), bool)
        for y, x in search._places(rows, columns) + 1:
            reached[y, x - 1 : x + 2] = reached[y - 1 : y + 2, x] = True
        assert reached[1:-1, 1:-1].all()


def test_the_nearest_place_is_that_of_a_plain_search():
    tiles, pieces = rock(4, 4, side=30), rock(12, 5, side=16)
    found = Library(tiles, (), 16).nearest(pieces).unlike
    least = [plain_nearest(piece.astype(bool), tiles.astype(bool)) for piece in pieces]
    assert (found >= least).all(), "it is no less than the least"
    assert np.mean(found - least) < 0.05 * np.mean(least) + 0.5


@given(st.data())
def test_an_exact_copy_is_found_under_every_motion_that_is_allowed(data):
    number = data.draw(st.integers(0, 7))
    y, x = (data.draw(st.integers(0, 24)) for _ in range(2))
    flip, turn = data.draw(st.sampled_from(motions(AUGMENTATIONS)))
    tile = TRAIN[number, ::, ::-1] if flip else TRAIN[number]
    piece = np.ascontiguousarray(np.rot90(tile, turn)[y : y + 24, x : x + 24])
    place = Library(TRAIN[:8], AUGMENTATIONS, 24).nearest(piece[None])
    assert place.unlike[0] == 0


def test_a_motion_that_is_not_allowed_is_not_looked_for():
    piece = TRAIN[:1, 7:31, 5:29]
    turned = np.ascontiguousarray(np.rot90(piece, 1, (1, 2)))
    for augmentation, found in (((), False), (("quarter_turns",), True)):
        unlike = Library(TRAIN[:8], augmentation, 24).nearest(turned).unlike[0]
        assert (unlike == 0) == found


def test_training_tiles_are_copies_and_other_edges_do_not_hide_it(novelty):
    for tiles in (TRAIN, measure._with_other_edges(TRAIN, np.random.default_rng(6))):
        table = table_of(novelty, tiles)
        assert (table["copied"] > 0.99).all() and (table["novelty"] < 0.02).all()
        assert set(table["verdict"]) == {FOUND}
    assert (table["copied_control"] > 0.99).all()


def test_another_piece_of_the_same_rock_is_none(novelty):
    table = table_of(novelty, rock(120, 7))
    assert (table["novelty_low"] < 1.05).all() and (table["novelty"] > 0.8).all()
    assert set(table["verdict"]) == {NOT_FOUND}
    assert (table["copied"] < 0.35).all()


def test_patches_laid_side_by_side_are_copies(monkeypatch):
    monkeypatch.setattr(reconstruct, "TRIED", 2000)
    monkeypatch.setattr(reconstruct, "TRIAL_AREA", 20_000)
    train, heldout = grains(80, 48, 0.3, 1), grains(60, 48, 0.3, 2)
    quilter = Quilter(train, Patches(24, 4), seed=5)
    tiles = np.stack([one.image for one in quilter.quilt((48, 48), range(40))])
    smallest = table_of(Novelty(train, heldout, (), 3), tiles).iloc[0]
    assert smallest["verdict"] == FOUND and smallest["novelty"] < 0.7


def test_half_copied_is_half_new(novelty):
    tiles = rock(60, 8)
    tiles[::2] = TRAIN[::2]
    found = table_of(novelty, tiles).iloc[-1]
    assert found["novelty"] == pytest.approx(0.5, abs=0.12)
    assert found["novelty_low"] < found["novelty"] < found["novelty_high"] < 1


def test_the_map_tells_the_place(novelty):
    tile = np.concatenate([TRAIN[3, :, :24], TRAIN[9, :, 24:]], axis=1)[None]
    found = novelty.copied(tile, min(novelty.libraries))
    left, right = found.origin[0, :, :12], found.origin[0, :, -12:]
    assert found.copied[0, :, :12].mean() > 0.8
    for half in (left, right):
        places, counts = np.unique(half[half >= 0], return_counts=True)
        assert counts.max() > 0.9 * counts.sum(), "one half, one place"
    assert np.median(left) != np.median(right)
    assert (found.origin[~found.copied] == -1).all()


def test_few_heldout_tiles_or_nothing_that_tells_give_no_verdict(novelty):
    few = Novelty(TRAIN, rock(20, 9), (), seed=3)
    assert set(table_of(few, TRAIN)["verdict"]) == {CANNOT_TELL}
    empty = table_of(novelty, np.zeros((5, 48, 48), np.uint8))
    assert set(empty["verdict"]) == {CANNOT_TELL}
    assert empty["copied"].isna().all() and (empty["pieces"] == 0).all()
    bare = Novelty(np.zeros_like(TRAIN), np.zeros_like(TRAIN), (), seed=3)
    assert set(table_of(bare, TRAIN)["verdict"]) == {CANNOT_TELL}


def test_of_many_training_tiles_some_are_searched_and_it_is_said(monkeypatch):
    monkeypatch.setattr(search, "MOST_PLACES", 5000)
    assert Library(TRAIN, (), 24).searched < 0.5
    assert Library(TRAIN[:2], (), 24).searched == 1


@pytest.mark.parametrize("size", [16, 32, 64, 128])
def test_pieces_fit_the_tiles(size):
    made = Novelty(rock(4, 10, size), rock(30, 11, size), (), seed=1)
    assert max(made.libraries) == min(48, size * 3 // 4)
    assert len(table_of(made, rock(3, 12, size))) == len(made.libraries)


def test_same_seed_same_table(novelty):
    again = Novelty(TRAIN, rock(60, 2), (), seed=3)
    tiles = rock(20, 13)
    assert table_of(again, tiles).equals(table_of(novelty, tiles))


def test_maps_survive_the_file(novelty, tmp_path):
    side = min(novelty.libraries)
    sets = {"real": novelty.real[side], "gan/1": novelty.copied(TRAIN[:1], side)}
    with open(tmp_path / "novelty.npz", "wb") as file:
        write_maps(file, sets)
    read = read_maps(tmp_path / "novelty.npz")
    assert list(read) == ["real", "gan/1"]
    assert [len(one.tiles) for one in read.values()] == [SHOWN, 1]
    assert (read["gan/1"].origin >= 0).mean() > 0.9
