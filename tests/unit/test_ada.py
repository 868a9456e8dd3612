"""ADA: its matrices, its warp without aliases, its controller, and that nothing leaks."""

import math

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from rockrec.fabric import FabricError, check_fabric
from rockrec.gans.ada.controller import Controller
from rockrec.gans.ada.matrices import rotation, scaling, translation
from rockrec.gans.ada.pipeline import Pipeline
from rockrec.gans.ada.warping import warped
from rockrec.gans.augmentation import shown_motions
from rockrec.gans.draws import Draws
from rockrec.gans.processes import Processes
from rockrec.gans.settings import gan_settings
from rockrec.plain.records.kinds.stylegan2_ada import ADA

ALWAYS = torch.tensor(1.0)


def one(value):
    return torch.tensor([float(value)])


def wave(size, matrix, waves=3.0):
    """A plane wave, seen after a motion of the plane."""
    places = torch.arange(size) + 0.5 - size / 2
    y, x = torch.meshgrid(places, places, indexing="ij")
    before = torch.linalg.inv(matrix) @ torch.stack([x, y, torch.ones_like(x)]).flatten(1)
    return torch.sin(2 * math.pi * waves / size * (before[0] + 0.5 * before[1])).view(size, size)


@pytest.mark.parametrize(
    ("matrix", "point", "moved"),
    [
        (translation(one(3), one(-1)), (1, 2), (4, 1)),
        (scaling(one(2), one(0.5)), (1, 2), (2, 1)),
        (rotation(one(math.pi / 2)), (1, 0), (0, 1)),
        (rotation(one(math.pi / 6)), (2, 0), (math.sqrt(3), 1)),
    ],
)
def test_matrices_move_points(matrix, point, moved):
    found = matrix[0] @ torch.tensor([*point, 1.0])
    assert torch.allclose(found, torch.tensor([*moved, 1.0]), atol=1e-6)


@pytest.mark.parametrize(
    "matrix",
    [
        torch.eye(3)[None],
        translation(one(2.3), one(-0.6)),
        rotation(one(0.4)),
        scaling(one(1.3), one(1.3)),
        scaling(one(0.8), one(1.25)) @ rotation(one(-0.3)),
    ],
)
def test_warped_waves_are_waves_warped(matrix):
    image = wave(64, torch.eye(3))[None, None]
    expected = wave(64, matrix[0])
    inside = slice(20, 44)  # away from the mirrored outside
    found = warped(image, matrix)[0, 0]
    assert torch.allclose(found[inside, inside], expected[inside, inside], atol=0.02)


def test_what_is_shrunk_is_not_aliased():
    """Stripes of 2 px made twice as narrow are beyond what pixels can show: even gray."""
    stripes = (torch.arange(64) % 2 * 2.0 - 1).expand(1, 1, 64, 64)
    shrunk = warped(stripes, scaling(one(0.6), one(0.6)))
    assert shrunk[..., 20:44, 20:44].abs().max() < 0.15


def test_outside_an_image_is_its_mirror_image():
    image = torch.zeros(1, 1, 32, 32)
    image[..., 4:8] = 1  # mirrored at the left border: columns -8 to -5
    moved = warped(image, translation(one(10), one(0)))[0, 0, 16]
    expected = torch.zeros(32)
    expected[14:18] = expected[2:6] = 1
    assert torch.allclose(moved, expected, atol=0.2)
    assert (moved > 0.5).equal(expected > 0.5)


def tiles(n, seed=0, size=16):
    random = torch.Generator().manual_seed(seed)
    return torch.randint(0, 2, (n, 1, size, size), generator=random) * 2.0 - 1


def test_nothing_drawn_leaves_images_as_they_are_and_everything_changes_them():
    images = tiles(8)
    pipeline = Pipeline(ADA)
    assert torch.equal(pipeline(images, torch.tensor(0.0), Draws(0, 8)), images)
    for name in ADA:
        changed = Pipeline((name,))(images, ALWAYS, Draws(1, 8))
        assert not torch.equal(changed, images), name
        assert changed.shape == images.shape


@pytest.mark.parametrize("name", ["flips", "quarter_turns", "shifts"])
def test_moves_by_whole_pixels_change_no_gray_level(name):
    images = tiles(64)
    changed = Pipeline((name,))(images, ALWAYS, Draws(1, 64))
    assert set(changed.unique().tolist()) == {-1.0, 1.0}
    if name != "shifts":
        assert torch.equal(changed.sum(dim=(1, 2, 3)), images.sum(dim=(1, 2, 3)))


def test_shifts_move_by_an_eighth_of_the_side_at_most():
    image = torch.arange(256.0).view(1, 1, 16, 16).repeat(400, 1, 1, 1)
    moved = Pipeline(("shifts",))(image, ALWAYS, Draws(2, 400))[:, 0, 8, 8]
    rows, columns = moved // 16 - 8, moved % 16 - 8
    for axis in (rows, columns):
        assert set(axis.tolist()) == {-2, -1, 0, 1, 2}


def test_each_augmentation_is_drawn_with_the_probability():
    images = tiles(4000, size=8)
    p = torch.tensor(0.3)
    for name in ("brightness", "contrast", "scaling", "rotation", "fractional_shifts"):
        changed = Pipeline((name,))(images, p, Draws(3, 4000))
        share = (changed != images).flatten(1).any(dim=1).float().mean().item()
        assert share == pytest.approx(0.3, abs=0.03), name


def test_each_augmentation_is_as_strong_as_in_the_paper():
    """Karras et al., 2020 b, appendix B: read off a ramp, whose gray level is the column."""
    n, size = 1000, 32
    ramp = torch.arange(float(size)).view(1, 1, 1, size).repeat(n, 1, size, 1)

    def centre(name):
        """Gray level and slope at the centre of each image."""
        row = Pipeline((name,))(ramp, ALWAYS, Draws(4, n))[:, 0, size // 2]
        before, after = row[:, size // 2 - 1], row[:, size // 2]
        return (before + after) / 2 - (size - 1) / 2, after - before

    def spread(values):
        return values.std().item()

    assert spread(centre("brightness")[0]) == pytest.approx(0.2, rel=0.08)
    for name, expected in (("contrast", 0.5), ("scaling", 0.2), ("stretching", 0.2)):
        assert spread(torch.log2(centre(name)[1])) == pytest.approx(expected, rel=0.08), name
    assert spread(centre("fractional_shifts")[0]) == pytest.approx(0.125 * size, rel=0.08)


def test_gradients_pass_to_the_images():
    images = tiles(6).requires_grad_()
    Pipeline(ADA)(images, ALWAYS, Draws(4, 6)).square().sum().backward()
    assert (images.grad.flatten(1).abs().sum(dim=1) > 0).all()


def test_processes_augment_as_one_would():
    images = tiles(6)
    pipeline, p = Pipeline(ADA), torch.tensor(0.5)
    whole = pipeline(images, p, Draws(5, 6))
    halves = [
        pipeline(images[3 * k : 3 * k + 3], p, Draws(5, 6, Processes(k, 2))) for k in range(2)
    ]
    assert torch.allclose(torch.cat(halves), whole, atol=1e-6)


def test_the_controller_moves_p_at_its_rate_and_settles_where_r_is_the_target():
    """A discriminator that is the less sure of real tiles the more they are augmented."""
    controller = Controller(target=0.6, every=4, images=1000)
    random = np.random.default_rng(0)
    history = []
    for step in range(400):
        sure = 1.0 - controller.p.item()  # r = 0.6 at p = 0.4
        signs = np.where(random.random(20) < (1 + sure) / 2, 1.0, -1.0)
        controller.update(torch.from_numpy(signs).float(), Processes())
        history.append(controller.p.item())
        if step == 3:
            assert history[:3] == [0, 0, 0]
            assert history[3] == pytest.approx(4 * 20 / 1000)
    assert np.mean(history[200:]) == pytest.approx(0.4, abs=0.05)
    assert np.std(history[200:]) < 0.15


def test_the_probability_to_draw_by_is_p_whoever_changed_it():
    controller = Controller(target=0.6, every=2, images=40)
    surely = torch.ones(10)
    expected = [0.0, 0.5, 0.5, 1.0]
    for p in expected:
        controller.update(surely, Processes())
        assert controller.probability() == controller.p == p
    other = Controller(target=0.6, every=2, images=40)
    assert other.probability() == 0
    other.update(surely, Processes())
    other.load_state_dict(controller.state_dict())
    assert other.probability() == 1 and other.batches == 4


def test_the_controller_stays_within_probabilities():
    controller = Controller(target=0.6, every=1, images=10)
    for _ in range(3):
        controller.update(-torch.ones(20), Processes())
    assert controller.p == 0
    for _ in range(3):
        controller.update(torch.ones(20), Processes())
    assert controller.p == 1


def test_the_same_rock_alone_looks_like_this_one_under_augmentation():
    """No leak: the augmented rock tells which rock it is.

    Two rocks, one the other's mirror image, differ by S2D+ - S2D-; so they do under flips and
    turns of moderate probability, by the share of tiles that stay as they are: a generator that
    drew mirrored tiles, too, would still be found out. Where all are drawn, it would not.
    """
    size, n = 16, 3000
    field = np.random.default_rng(0).normal(size=(n, size + 4, size + 4))
    oblique = sum(field[:, k : k + size, k : k + size] for k in range(5)) > 0
    images = torch.from_numpy(oblique[:, None] * 2.0 - 1).float()

    def fabric(some):
        down = (some[..., :-2, :-2] * some[..., 2:, 2:]).mean()
        up = (some[..., :-2, 2:] * some[..., 2:, :-2]).mean()
        return (down - up).item()

    def augmented(p):
        pipeline = Pipeline(("flips", "quarter_turns"))
        return fabric(pipeline(images, torch.tensor(p), Draws(6, n)))

    before = fabric(images)
    # A flip is drawn for p / 2 of the tiles, an odd turn for p / 2: either exchanges the two.
    for p in (0.3, 0.6):
        assert augmented(p) == pytest.approx(before * (1 - p) ** 2, rel=0.15)
    assert abs(augmented(1.0)) < 0.1 * before


def test_motions_that_the_fabric_forbids_are_refused_by_name():
    settings = gan_settings({"kind": "stylegan2_ada", "ada": ["shifts", "rotation", "flips"]})
    assert shown_motions(settings) == ("rotation", "flips")
    layered = np.random.default_rng(0).random((100, 16, 16)) < 0.3
    layered = np.repeat(layered[:, :, ::4], 4, axis=2).astype(np.uint8)
    check_fabric(["flips"], layered)
    with pytest.raises(FabricError, match="rotation.*S2H and S2V"):
        check_fabric(["rotation"], layered)


def test_rotation_is_refused_where_the_rock_is_one_along_its_axes_and_another_across():
    random = np.random.default_rng(0)
    bars = np.zeros((300, 32, 32), np.uint8)
    for tile in bars:
        for row, column in random.integers(0, 32, (6, 2)):
            along, across = (2, 12) if random.random() < 0.5 else (12, 2)
            tile[row : row + along, column : column + across] = 1
    check_fabric(["quarter_turns"], bars)
    with pytest.raises(FabricError, match="along the axes and S2 along the diagonals"):
        check_fabric(["rotation"], bars)
    for scale in (1.0, 2.0):  # px
        noise = random.normal(size=(300, 32, 32))
        check_fabric(["rotation"], (gaussian_filter(noise, (0, scale, scale)) > 0).astype(np.uint8))


@pytest.mark.parametrize("p", [0.3, 0.6])
def test_a_generator_that_is_told_from_augmented_tiles_alone_learns_the_rock_as_it_is(p):
    """The game on four pictures, one tile in its four orientations, of which the rock has one.

    The generator's weights are the odds of the four, the discriminator is the best there is, and
    both see what the pipeline makes of the pictures.
    """
    picture = torch.arange(16.0).view(4, 4)
    pictures = torch.stack([torch.rot90(picture, turns) for turns in range(4)])
    shown = torch.zeros(4, 4)
    for before in range(4):
        images = pictures[before].expand(4000, 1, 4, 4)
        seen = Pipeline(("quarter_turns",))(images, torch.tensor(p), Draws(before, 4000))
        which = (seen == pictures).flatten(2).all(dim=2).float().argmax(dim=1)
        shown[before] = torch.bincount(which, minlength=4) / 4000
    real = torch.tensor([1.0, 0, 0, 0]) @ shown
    logits = torch.zeros(4, requires_grad=True)
    optimiser = torch.optim.Adam([logits], 0.05)
    for _ in range(600):
        odds = logits.softmax(dim=0)
        fake = odds @ shown
        scores = (real / fake).log().detach()
        optimiser.zero_grad()
        (fake * torch.nn.functional.softplus(-scores)).sum().backward()
        optimiser.step()
    assert logits.softmax(dim=0)[0].item() > 0.95
