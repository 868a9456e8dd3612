"""``rockrec anneal``: realisations with the descriptors of training images."""

import numpy as np
import pytest
import tifffile
from scipy.ndimage import gaussian_filter

from rockrec.annealing import anneal
from rockrec.command import main
from rockrec.descriptors import describe
from rockrec.external_stacks import read_external_stack
from rockrec.images import read_stack, stack_pixel_size, write_stack

FEW = ["--stages", "3", "--seed", "4"]


@pytest.fixture(autouse=True)
def rock(tmp_path, monkeypatch):
    """Six tiles of a rock, written as a stack."""
    monkeypatch.chdir(tmp_path)
    noise = gaussian_filter(np.random.default_rng(1).normal(size=(6, 24, 24)), (0, 2, 2))
    tiles = (noise > 0.05).astype(np.uint8)
    write_stack("tiles.tif", tiles, 50.0)
    return tiles


def run(*arguments):
    assert main(["anneal", "tiles.tif", "-o", "made.tif", *FEW, *arguments]) == 0
    return read_stack("made.tif")


def test_realisations_are_the_librarys(rock, capsys):
    made = run("-n", "2", "--target", "mean", "--targets", "S2", "L", "--weights", "L=2")
    targets = {name: curve.mean(axis=0) for name, curve in describe(rock, ["S2", "L"]).items()}
    expected = anneal(
        targets, (24, 24), rock.mean(), n=2, seed=4, stages=3, weights={"L": 2.0}
    ).realisations
    assert np.array_equal(made, expected)
    assert stack_pixel_size("made.tif") == 50.0
    assert "fit of S2, mean squared error" in capsys.readouterr().err


def test_each_realisation_has_the_phase_fraction_of_a_tile_of_its_own(rock):
    made = run("-n", "6")
    assert sorted(made.sum(axis=(1, 2))) == sorted(rock.sum(axis=(1, 2)))


@pytest.mark.parametrize("size", [10, 40])
def test_other_sizes(rock, size):
    made = run("-n", "1", "--size", str(size), "--target", "mean")
    assert made.shape == (1, size, size)
    assert made.mean() == pytest.approx(rock.mean(), abs=1 / size**2)


def test_one_phase_of_an_image_without_a_pixel_size():
    labels = np.random.default_rng(2).integers(1, 4, (16, 20)).astype(np.uint8)
    tifffile.imwrite("labels.tif", labels)
    arguments = ["labels.tif", "--phase", "2", "-n", "1", "-o", "made.tif", *FEW]
    assert main(["anneal", *arguments, "--boundary", "periodic", "--no-interface-moves"]) == 0
    made = read_external_stack("made.tif")
    assert made.shape == (1, 16, 20) and made.sum() == (labels == 2).sum()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["-n", "0"], "a whole number from 1 is needed, not 0"),
        (["-n", "1", "--targets", "C3"], "not C3"),
        (["-n", "1", "--targets", "S2=a.csv", "L"], "must be NAME=VALUE, not L"),
        (["-n", "1", "--targets", "C3=a.csv"], "not C3"),
        (["-n", "1", "--targets", "S2=a.csv"], "need --size, and no training images"),
        (["-n", "1", "--weights", "L"], "must be NAME=VALUE, not L"),
        (["-n", "1", "--weights", "L=2"], "a weight is given for L, which is no target"),
        (["-n", "1", "--weights", "S2=0"], "--weights: must be above 0, not 0"),
        (["-n", "1", "--cooling", "2"], "must be above 0 and at most 1, not 2"),
        (["-n", "1", "--stages", "many"], "must be a whole number, 1 or more, not many"),
        (["-n", "1", "--size", "2"], "has no lag r > 0 that an image of (2, 2) allows"),
        (
            ["-n", "1", "--phase", "5"],
            "--phase: 5 is none of the values of tiles.tif, which are 0: ",
        ),
    ],
)
def test_what_cannot_be_annealed_is_said_in_one_line(capsys, more, message):
    with pytest.raises(SystemExit) as stop:
        main(["anneal", "tiles.tif", "-o", "made.tif", *more])
    told = capsys.readouterr().err.splitlines()
    assert stop.value.code == 2
    assert message in told[-1] and told[-1].startswith("rockrec anneal: ")


def test_realisations_of_a_curve_of_ones_own(capsys):
    r = np.arange(13)
    curve = 0.25 + 0.25 * np.exp(-r / 3)
    lines = [f"{lag / 20:g},{value:.6f}" for lag, value in zip(r, curve, strict=True)]
    with open("debye.csv", "w", encoding="utf-8") as file:
        file.write("\n".join(["lag_um,value", *lines]))
    asked = ["--targets", "S2=debye.csv", "-n", "2", "--size", "24", "--pixel-size", "50"]
    assert main(["anneal", *asked, "--boundary", "periodic", "-o", "made.tif"]) == 0
    made = read_stack("made.tif")
    np.testing.assert_allclose(
        describe(made, ["S2"], "periodic")["S2"][0, :12], curve[:12], atol=0.01
    )
    assert stack_pixel_size("made.tif") == 50.0
    assert "fit of S2" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["anneal", "--targets", "S2", "-n", "1", "-o", "made.tif"])
    assert "there are no training images" in capsys.readouterr().err


def test_training_images_have_one_size(rock, capsys):
    write_stack("small.tif", rock[:, :20, :20], 50.0)
    with pytest.raises(SystemExit):
        main(["anneal", "tiles.tif", "small.tif", "-n", "1", "-o", "made.tif"])
    assert "training images need one size" in capsys.readouterr().err
