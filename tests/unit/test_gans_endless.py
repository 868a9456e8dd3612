"""A field of rock on the infinite plane: any window of it, and no place that is like no other."""

import numpy as np
import pytest
import torch
from tiny_training import TRAIN, Killed, killed_after, rock, run, tiny

from rockrec.gans import loop
from rockrec.gans.batches import Crops, TileSubset
from rockrec.gans.endless import generator as endless_generator
from rockrec.gans.endless.noise import place_noise, smooth_place_noise
from rockrec.gans.endless.plane import BLOCK, Plane
from rockrec.gans.endless.spans import spans
from rockrec.gans.networks import build
from rockrec.gans.sampling import load_model, realise, sample_larger
from rockrec.gans.settings import gan_settings
from rockrec.gans.training import train


def seeds(*numbers):
    return torch.tensor(numbers, dtype=torch.int32)


def generator(size=16, seed=0, **more):
    settings = tiny("endless", **{"stride": 16, "max_channels": 8, **more})
    return build(size, settings, seed).generator.eval().requires_grad_(False)


def test_noise_belongs_to_a_place_whatever_window_shows_it():
    whole = place_noise(seeds(7, 8), 3, range(-20, 30), range(100, 180), 2)
    part = place_noise(seeds(8), 3, range(-5, 9), range(130, 131), 2)
    assert torch.equal(part, whole[1:, :, 15:29, 30:31])
    smooth = smooth_place_noise(seeds(7), 3, range(-20, 30), range(100, 180))
    assert torch.allclose(
        smooth_place_noise(seeds(7), 3, range(0, 9), range(150, 170)),
        smooth[:, :, 20:29, 50:70],
        atol=1e-6,
    )


def test_noise_is_white_and_normal_and_other_for_each_layer_channel_and_seed():
    fields = torch.cat(
        [
            place_noise(seeds(1, 2), layer, range(-128, 128), range(5000, 5256), 2).flatten(0, 1)
            for layer in (-1, 0, 5)
        ]
    )
    n = fields[0].numel()
    assert fields.mean(dim=(1, 2)).abs().max() < 4 / n**0.5
    assert (fields.var(dim=(1, 2)) - 1).abs().max() < 4 * (2 / n) ** 0.5
    assert (fields.pow(4).mean(dim=(1, 2)) - 3).abs().max() < 4 * (96 / n) ** 0.5
    between = torch.corrcoef(fields.flatten(1)) - torch.eye(len(fields))
    assert between.abs().max() < 5 / n**0.5
    for lagged in (fields[:, 1:] * fields[:, :-1], fields[:, :, 1:] * fields[:, :, :-1]):
        assert lagged.mean(dim=(1, 2)).abs().max() < 4 / n**0.5


def test_no_two_of_many_rows_have_the_same_noise():
    """Of 32 bits, a hash of 100,000 rows takes some number twice: both of two never."""
    column = place_noise(seeds(1), 0, range(-50_000, 50_000), range(3, 5))[0, 0]
    assert len(torch.unique(column, dim=0)) == len(column)


@pytest.mark.parametrize("wanted", [range(0, 1), range(-37, 90), range(63, 65), range(5, 517)])
def test_each_level_is_given_what_the_next_needs(wanted):
    found = spans(wanted, (32, 16, 8, 4, 2, 1))
    assert found[-1].made == wanted
    for coarse, fine in zip(found, found[1:], strict=False):
        assert 2 * coarse.made.start + 2 <= fine.given.start
        assert 2 * coarse.made.stop - 2 >= fine.given.stop
        # No more than one pixel of the coarse level could be spared at either side.
        assert 2 * (coarse.made.start + 1) + 2 > fine.given.start
        assert 2 * (coarse.made.stop - 1) - 2 < fine.given.stop


def test_a_window_alone_is_that_of_a_larger_one():
    made = generator().double()
    whole = made.draw(seeds(3, 4), range(-70, 90), range(1000, 1100))
    for rows, columns in ((range(0, 16), range(1033, 1050)), (range(-69, 2), range(1000, 1003))):
        part = made.draw(seeds(4), rows, columns)
        same = whole[1:, :, rows.start + 70 : rows.stop + 70, columns.start - 1000 :]
        assert torch.allclose(part, same[..., : len(columns)], atol=1e-6)  # noise: 32 bits
    assert whole.std() > 0.05


def test_no_row_or_column_of_the_field_is_like_no_other():
    """Mean and variance by place modulo the stride, over many fields, are those of all places."""
    gray = generator(max_channels=4).draw(seeds(*range(400)), range(0, 32), range(0, 32))[:, 0]
    by_row = gray.mean(dim=2)  # (fields, rows)
    error = by_row.std(dim=0) / len(gray) ** 0.5
    assert ((by_row.mean(dim=0) - gray.mean()).abs() < 5 * error).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_window_has_the_same_bits_however_it_is_asked_for(threads):
    field = Plane(generator(), seed=5)
    whole = field.window(range(-300, 300), range(100, 700), threads)
    assert np.ptp(whole) > 0.1
    parts = [field.window(range(top, top + 150), range(100, 700)) for top in range(-300, 300, 150)]
    assert (np.concatenate(parts) == whole).all()
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert (field.window(range(-20, 30), range(333, 340)) == whole[280:330, 233:240]).all()
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_another_seed_is_another_field():
    made = generator()
    one, other = (Plane(made, s).window(range(64), range(64)) for s in (1, 2))
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.5


def test_the_level_of_a_model_leaves_its_phase_fraction():
    made = generator()
    level = made.level_for(0.2)
    gray = Plane(made, 999).window(range(4 * BLOCK), range(4 * BLOCK))
    assert (gray > level).mean() == pytest.approx(0.2, abs=0.03)


def test_crops_are_the_windows_of_the_tiles():
    tiles = rock(5, 0, size=32)
    crops = Crops(TileSubset(tiles, np.array([1, 3])), 30)
    assert crops.shape == (2 * 9, 30, 30)
    found = crops[np.arange(18)]
    assert (found[0] == tiles[1, :30, :30]).all()
    assert (found[9 + 3 * 2 + 1] == tiles[3, 2:32, 1:31]).all()


ENDLESS = dict(stride=16, max_channels=8, crop=16, ada=["shifts", "scaling"], r1_every=3)


def test_it_learns_from_crops_and_is_judged_at_the_size_of_the_tiles(tmp_path, monkeypatch):
    monkeypatch.setattr(endless_generator, "OF_LEVEL", 2)
    settings = gan_settings({**tiny("endless").__dict__, **ENDLESS, "steps": 8, "check_every": 4})
    files = train(
        rock(12, 1, 32), rock(8, 2, 32), settings, seed=3, checkpoints=tmp_path, threads=1
    )
    model = load_model(files.model)
    assert model.size == 32
    tiles = realise(model, 5, 11, how="phase_fraction")
    assert tiles.shape == (5, 32, 32)
    assert (tiles[:3] == realise(model, 3, 11, how="phase_fraction")).all()
    larger = realise(model, 2, 11, how="phase_fraction", size=96)
    assert larger.shape == (2, 96, 96)
    gray = sample_larger(model, 2, 96, 11)
    assert (sample_larger(model, 1, 288, 11)[0, :96, :96] == gray[0]).all()


def test_resumed_after_a_kill_equals_undisturbed_bit_by_bit(tmp_path, monkeypatch):
    settings = tiny("endless", **ENDLESS)
    undisturbed = run(tmp_path / "a", settings)
    for step in (3, 8):
        killed_after(monkeypatch, step)
        with pytest.raises(Killed):
            run(tmp_path / "b", settings, checkpoint_seconds=0.0)
        monkeypatch.undo()
    assert run(tmp_path / "b", settings).model.read_bytes() == undisturbed.model.read_bytes()


def test_the_discriminator_sees_crops_and_the_monitor_tiles(monkeypatch, tmp_path):
    shown = []
    of_lines = loop.images_of

    def noted(tiles, *arguments):
        shown.append(tiles.shape[1])
        return of_lines(tiles, *arguments)

    monkeypatch.setattr(loop, "images_of", noted)
    settings = gan_settings({**tiny("endless").__dict__, **ENDLESS, "steps": 4, "check_every": 4})
    train(rock(12, 1, 32), TRAIN.repeat(2, 1).repeat(2, 2), settings, seed=3, checkpoints=tmp_path)
    assert set(shown) == {16}


@pytest.mark.parametrize("name", ["crop", "stride"])
def test_sides_that_no_network_can_have_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} 48 is none of 16, 32, 64"):
        gan_settings({"kind": "endless", name: 48})
