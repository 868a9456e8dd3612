"""``rockrec describe`` and ``rockrec compare``: segmented images in numbers."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest
import tifffile
from imagecodecs import png_encode
from scipy.ndimage import gaussian_filter

from rockrec.command import main
from rockrec.descriptors import describe
from rockrec.images import write_stack
from rockrec.plain.records.verdicts import DIFFERENT, SAME


def rock(n, seed, grain=2.0, side=32):
    noise = np.random.default_rng(seed).standard_normal((n, side, side))
    return (gaussian_filter(noise, (0, grain, grain), mode="wrap") > 0.05).astype(np.uint8)


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(name, image, **more):
        tifffile.imwrite(name, image, **{"photometric": "minisblack"} | more)
        return name

    return write


def shown(capsys):
    """The table that was printed."""
    return pd.read_csv(StringIO(capsys.readouterr().out))


# --- describe -------------------------------------------------------------------------------


def test_curves_of_an_image_as_csv_and_plot(write, tmp_path):
    image = rock(1, 1)[0]
    arguments = [write("image.tif", image * 255), "-o", "out.csv", "--plot", "out.png"]
    assert main(["describe", *arguments, "--pixel-size", "50"]) == 0
    table = pd.read_csv("out.csv")
    for name, curve in describe(image).items():
        found = table[(table["descriptor"] == name) & (table["quantity"] == "P")]
        np.testing.assert_allclose(found["mean"], curve[0])
        np.testing.assert_allclose(found["lag_um"], 0.05 * np.arange(16))
    assert (tmp_path / "out.png").read_bytes()[:4] == b"\x89PNG"


def test_images_of_several_sizes_are_one_set(write, capsys):
    small, large = rock(1, 2)[0, :20], rock(3, 3)
    paths = [write("small.tif", small), write("large.tif", large)]
    assert main(["describe", *paths, "--functions", "P4", "--boundary", "periodic"]) == 0
    table = shown(capsys).query("quantity == 'P'")
    curves = [describe(i, ["P4"], "periodic", 10)["P4"] for i in (small, large)]
    np.testing.assert_allclose(table["mean"], np.concatenate(curves).mean(axis=0))
    assert set(table["n"]) == {4}


def test_one_phase_of_label_images(write, capsys):
    labels = np.random.default_rng(4).integers(0, 4, (16, 16)).astype(np.uint8)
    without = np.where(labels == 3, 0, labels)
    paths = [write("labels.tif", labels), write("without.tif", without)]
    assert main(["describe", *paths, "--phase", "3", "--functions", "S2H"]) == 0
    expected = describe(labels == 3, ["S2H"])["S2H"][0]
    np.testing.assert_allclose(shown(capsys).query("quantity == 'P'")["mean"], expected / 2)


def test_a_png_is_read_as_a_tiff_is(write, tmp_path, capsys):
    image = rock(1, 5)[0]
    (tmp_path / "image.png").write_bytes(png_encode(image * np.uint8(255)))
    assert main(["describe", "image.png"]) == 0
    of_png = shown(capsys)
    assert main(["describe", write("image.tif", image)]) == 0
    pd.testing.assert_frame_equal(of_png, shown(capsys))


def test_the_pixel_size_is_the_files_own(write, capsys):
    write_stack("stack.tif", rock(2, 6), 200.0)
    assert main(["describe", "stack.tif", "--functions", "S2"]) == 0
    table = shown(capsys)
    np.testing.assert_allclose(table["lag_um"], 0.2 * table["lag_px"])
    assert main(["describe", "stack.tif", "--functions", "S2", "--pixel-size", "50"]) == 0
    told = capsys.readouterr()
    assert "stack.tif states pixels of 200 nm; 50 are taken" in told.err
    assert pd.read_csv(StringIO(told.out))["lag_um"].max() == pytest.approx(0.05 * 15)


def test_without_a_pixel_size_there_are_no_micrometres(write, capsys, tmp_path):
    assert main(["describe", write("image.tif", rock(1, 7)), "--plot", "plot.pdf"]) == 0
    assert "lag_um stays empty" in capsys.readouterr().err
    assert (tmp_path / "plot.pdf").read_bytes()[:4] == b"%PDF"
    assert main(["describe", "image.tif"]) == 0
    assert shown(capsys)["lag_um"].isna().all()


# --- compare --------------------------------------------------------------------------------


def verdicts(capsys):
    """By descriptor and quantity, the rest of its line in the table that was printed."""
    lines = capsys.readouterr().out.splitlines()[1:]
    return {tuple(line.split()[:2]): line for line in lines}


def test_other_rock_is_told_from_real(write, capsys):
    real, other = write("real.tif", rock(60, 5)), write("other.tif", rock(60, 6, grain=3))
    assert main(["compare", other, "--real", real, "-o", "errors.csv"]) == 0
    found = verdicts(capsys)
    for measure in (("S2", "P"), ("perimeter", "scalar"), ("pore_area", "scalar")):
        assert found[measure].endswith(DIFFERENT)
    table = pd.read_csv("errors.csv").set_index(["descriptor", "quantity", "form"])
    line = table.loc[("S2", "P", "mean")]
    assert line["ratio"] == pytest.approx(line["error"] / line["floor"])
    assert line["ratio"] > 5


def test_the_same_rock_is_not_although_its_images_are_larger(write, capsys):
    larger = write("larger.tif", rock(20, 8, side=64))
    assert main(["compare", larger, "--real", write("real.tif", rock(60, 5))]) == 0
    told = capsys.readouterr()
    assert "compared in squares of 32 px" in told.err
    assert next(x for x in told.out.splitlines() if x.split()[:2] == ["S2", "P"]).endswith(SAME)


def test_real_label_images_beside_binary_ones(write, capsys):
    made, real = rock(30, 11), rock(30, 12)
    paths = [write("made.tif", made), "--real", write("real.tif", real), "-o"]
    assert main(["compare", *paths, "binary.csv"]) == 0
    write("real.tif", 1 + real)
    assert main(["compare", *paths, "labels.csv", "--real-phase", "2"]) == 0
    pd.testing.assert_frame_equal(pd.read_csv("binary.csv"), pd.read_csv("labels.csv"))


def test_fewer_lags_and_smaller_sets(write):
    paths = write("a.tif", rock(40, 9)), "--real", write("b.tif", rock(40, 10))
    arguments = ["--max-lag", "5", "--set-size", "35", "--seed", "3"]
    assert main(["compare", *paths, *arguments, "-o", "one.csv"]) == 0
    table = pd.read_csv("one.csv")
    assert set(table.query("quantity != 'scalar'")["lags"]) == {6}
    assert set(table["n_a"]) == {35}
    assert main(["compare", *paths, *arguments, "-o", "two.csv"]) == 0
    pd.testing.assert_frame_equal(table, pd.read_csv("two.csv"))


# --- what is unfit --------------------------------------------------------------------------

GRAY = np.arange(64, dtype=np.uint8).reshape(8, 8)
LABELS = np.arange(64, dtype=np.uint8).reshape(8, 8) % 3
BINARY = np.eye(8, dtype=np.uint8)


@pytest.mark.parametrize(
    ("image", "more", "message"),
    [
        (GRAY, [], "image.tif: values must be 0 and 1, or 0 and 255, not 0, 1"),
        (LABELS, [], "of label images, one has to be named as the phase"),
        (
            LABELS,
            ["--phase", "7"],
            "--phase: 7 is none of the values of image.tif, which are 0: 34.4 %, 1: 32.8 %",
        ),
        (
            np.arange(81, dtype=np.uint8).reshape(9, 9),
            ["--phase", "3"],
            "image.tif: 81 different values are no labels",
        ),
        (GRAY / 3, ["--phase", "3"], "image.tif: 0.333333 is no label"),
        (
            np.dstack([GRAY, GRAY, GRAY + 1]),
            ["--phase", "3"],
            "image.tif: is in colour (3 channels)",
        ),
        (BINARY, ["--lags", "9"], "9 lags of a 8 x 8 image"),
        (BINARY, ["--lags", "0"], "a whole number from 1 is needed, not 0"),
        (BINARY, ["--functions", "S9"], "'S9'"),
        (BINARY[:, :7], ["--boundary", "amiri2023"], "square images only"),
        (BINARY, ["--pixel-size", "-5"], "a length in nm above 0 is needed, not -5"),
        (BINARY, ["--plot", "x.xyz"], "x.xyz must end in one of .pdf, .png, .svg"),
        (BINARY, ["gone.tif"], "gone.tif: no such file"),
        (BINARY, ["-o", "image.tif"], "image.tif would be overwritten, but it is read"),
        (BINARY, ["-o", "."], ". is a folder"),
        (BINARY, ["-o", "image.tif/curves.csv"], "is no folder to write to"),
    ],
)
def test_what_cannot_be_described_is_said_in_one_line(write, capsys, image, more, message):
    colour = {"photometric": "rgb"} if image.ndim == 3 else {}
    with pytest.raises(SystemExit) as stop:
        main(["describe", write("image.tif", image, **colour), *more])
    told = capsys.readouterr().err.splitlines()
    assert stop.value.code == 2
    assert message in told[-1] and told[-1].startswith("rockrec describe: ")


def test_a_phase_that_is_absent_is_named_with_its_option(write, capsys):
    paths = [write("a.tif", rock(30, 1)), "--real", write("b.tif", 1 + rock(30, 2))]
    with pytest.raises(SystemExit):
        main(["compare", *paths, "--real-phase", "5"])
    assert "--real-phase: 5 is none of the values of b.tif" in capsys.readouterr().err


def test_images_that_lost_their_values_are_refused(write, capsys):
    image = np.kron(rock(1, 3)[0], np.ones((4, 4), np.uint8)) * 255
    with pytest.raises(SystemExit):
        main(["describe", write("j.tif", image, compression="jpeg", tile=(64, 64))])
    assert "j.tif: is stored with lossy compression (JPEG)" in capsys.readouterr().err


def test_images_of_several_pixel_sizes_are_no_set(write, capsys):
    for name, size in (("a.tif", 50.0), ("b.tif", 100.0)):
        write_stack(name, rock(4, 1), size)
    with pytest.raises(SystemExit):
        main(["compare", "a.tif", "--real", "b.tif"])
    assert "b.tif: its pixels have 100 nm, those of others 50 nm" in capsys.readouterr().err
