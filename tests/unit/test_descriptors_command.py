"""The command line of the descriptors."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest
import tifffile
from scipy.ndimage import gaussian_filter

from rockrec.descriptors import describe
from rockrec.descriptors.__main__ import main


def rock(n, seed, grain=2.0):
    noise = np.random.default_rng(seed).standard_normal((n, 32, 32))
    return (gaussian_filter(noise, (0, grain, grain), mode="wrap") > 0.05).astype(np.uint8)


@pytest.fixture
def write(tmp_path):
    def write(name, image):
        tifffile.imwrite(tmp_path / name, image, photometric="minisblack")
        return str(tmp_path / name)

    return write


def test_curves_of_an_image_as_csv_and_plot(write, tmp_path):
    image = rock(1, 1)[0]
    csv, plot = tmp_path / "out.csv", tmp_path / "out.png"
    arguments = [write("image.tif", image * 255), "--csv", str(csv), "--plot", str(plot)]
    assert main([*arguments, "--pixel-size", "50"]) == 0
    table = pd.read_csv(csv)
    for name, curve in describe(image).items():
        found = table[(table["descriptor"] == name) & (table["quantity"] == "P")]
        np.testing.assert_allclose(found["mean"], curve[0])
        np.testing.assert_allclose(found["lag_um"], 0.05 * np.arange(16))
    assert plot.read_bytes()[:4] == b"\x89PNG"


def test_images_of_several_sizes_are_one_set(write, capsys):
    small, large = rock(1, 2)[0, :20], rock(3, 3)
    paths = [write("small.tif", small), write("large.tif", large)]
    assert main([*paths, "--functions", "P4", "--boundary", "periodic"]) == 0
    table = pd.read_csv(StringIO(capsys.readouterr().out)).query("quantity == 'P'")
    curves = [describe(i, ["P4"], "periodic", 10)["P4"] for i in (small, large)]
    np.testing.assert_allclose(table["mean"], np.concatenate(curves).mean(axis=0))
    assert set(table["n"]) == {4}


def test_one_phase_of_a_label_image(write, capsys):
    labels = np.random.default_rng(4).integers(0, 4, (16, 16)).astype(np.uint8)
    assert main([write("labels.tif", labels), "--phase", "3", "--functions", "S2H"]) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = describe(labels == 3, ["S2H"])["S2H"][0, 1]
    assert float(lines[2].split(",")[7]) == pytest.approx(expected)


def test_two_sets_are_compared(write, capsys):
    real, other = write("real.tif", rock(60, 5)), write("other.tif", rock(60, 6, grain=3))
    assert main([other, "--against", real, "--functions", "S2", "L"]) == 0
    (line,) = (x for x in capsys.readouterr().out.splitlines() if x.split()[:2] == ["S2", "P"])
    assert line.endswith("differs from real")


@pytest.mark.parametrize(
    ("image", "more", "message"),
    [
        (np.arange(64, dtype=np.uint8).reshape(8, 8), [], "image.tif: values must be 0 and 1"),
        (np.eye(8, dtype=np.uint8), ["--lags", "9"], "9 lags of a 8 x 8 image"),
        (np.eye(8, dtype=np.uint8), ["--lags", "0"], "0 lags of a 8 x 8 image"),
        (np.eye(8, dtype=np.uint8), ["--functions", "S9"], "invalid choice: 'S9'"),
        (np.eye(8, 9, dtype=np.uint8), ["--boundary", "amiri2023"], "square images only"),
    ],
)
def test_what_is_unfit_is_said(write, capsys, image, more, message):
    with pytest.raises(SystemExit) as stop:
        main([write("image.tif", image), *more])
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_sets_of_unequal_sizes_are_not_compared(write, capsys):
    with pytest.raises(SystemExit):
        main([write("a.tif", rock(40, 7)), "--against", write("b.tif", rock(40, 8)[:, :20])])
    assert "must have one size" in capsys.readouterr().err
