"""Curves of the user's own: read with their units, refused where no homogeneous medium has them."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rockrec.annealing import anneal
from rockrec.annealing.own_curves import ImpossibleCurve, faults, read_curves
from rockrec.descriptors import describe

R = np.arange(32)


def debye(phi=0.4, length=5.0, r=R):
    return phi**2 + phi * (1 - phi) * np.exp(-r / length)


def write(path, values, lags=R, lag="lag_px"):
    lines = [f"{lag},value", *(f"{a:g},{b:.8f}" for a, b in zip(lags, values, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_debyes_curve_is_met(tmp_path):
    curves, phi = read_curves({"S2": write(tmp_path / "debye.csv", debye())}, None, 32)
    assert phi == pytest.approx(0.4)
    made = anneal(curves, (64, 64), phi, n=1, seed=0, boundary="periodic")
    assert made.converged.all()
    found = describe(made.realisations, ["S2"], "periodic")["S2"][0]
    np.testing.assert_allclose(found, debye(), atol=1e-3)


def test_lags_in_micrometres_are_those_of_pixels(tmp_path):
    r = np.arange(0, 20, 0.25)
    file = write(tmp_path / "um.csv", debye(length=2.5, r=r), r, "lag_um")
    curves, _ = read_curves({"S2": file}, 500.0, 32)
    np.testing.assert_allclose(curves["S2"], debye(), atol=1e-6)
    coarse, _ = read_curves({"S2": file}, 2000.0, 32)
    assert len(coarse["S2"]) == 10
    with pytest.raises(ImpossibleCurve, match="lag_um needs the size of a pixel"):
        read_curves({"S2": file}, None, 32)


def test_curves_of_real_images_pass():
    rng = np.random.default_rng(0)
    for width in (0.0, 1.0, 3.0):
        noise = gaussian_filter(rng.standard_normal((12, 64, 64)), (0, width, width), mode="wrap")
        for phi in (0.1, 0.5, 0.8):
            tiles = (noise > np.quantile(noise, 1 - phi)).astype(np.uint8)
            for boundary in ("unbiased", "periodic"):
                names = ("S2", "S2H", "S2D+", "P4", "L", "C2")
                for name, curve in describe(tiles, names, boundary).items():
                    assert not list(faults(name, curve.mean(axis=0)))
    stripes = np.zeros((1, 64, 64), np.uint8)
    stripes[:, :, ::2] = 1
    assert not list(faults("S2H", describe(stripes, ["S2H"], "periodic")["S2H"][0]))


def changed(curve, lag, value):
    curve = curve.copy()
    curve[lag] = value
    return curve


@pytest.mark.parametrize(
    ("name", "curve", "message"),
    [
        ("S2", changed(debye(), 0, 1.2), "at lag 0 px it is 1.2, no phase fraction"),
        ("S2", changed(debye(), 7, -0.1), "at lag 7 px it is -0.1, below 0"),
        ("S2", changed(debye(), 1, 0.45), "at lag 1 px it is 0.45, above its value at lag 0, 0.4"),
        ("S2", changed(debye(0.9), 4, 0.7), "at lag 4 px it is 0.7, below 2φ - 1 = 0.8"),
        ("S2", 0.25 + 0.25 * np.exp(-((R / 6.0) ** 2)), "at lag 2 px .*triangle inequality"),
        ("S2", np.where(R < 2, 0.5, 0.05), "at lag 2 px .*triangle inequality"),
        ("S2", np.where(R == 0, 0.5, 0.04), "power of its fluctuations is negative"),
        ("L", changed(debye(), 9, 0.35), "at lag 9 px it rises to 0.35"),
        ("P4", changed(debye(), 5, 0.6), "above its value at lag 0"),
    ],
)
def test_what_no_homogeneous_medium_has_is_refused_with_lag_and_reason(
    tmp_path, name, curve, message
):
    file = write(tmp_path / "curve.csv", curve)
    with pytest.raises(ImpossibleCurve, match=message):
        read_curves({name: file}, None, 32)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("r,value\n0,0.4\n", "needs the columns value and one of lag_px, lag_um; it has r, value"),
        ("lag_px,lag_um,value\n0,0,0.4\n", "one of lag_px, lag_um"),
        ("lag_px,value\n0,0.4\n1,x\n", "line 3 holds no number"),
        ("lag_px,value\n", "it has no line"),
        ("", "no CSV"),
        ("lag_px,value\n1,0.3\n2,0.2\n", "must begin at 0"),
        ("lag_px,value\n0,0.4\n2,0.3\n2,0.3\n", "rise from line to line"),
        ("lag_px,value\n0,0.4\n", "reaches no lag of 1 px"),
    ],
)
def test_a_file_that_holds_no_curve_is_refused(tmp_path, text, message):
    (tmp_path / "curve.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ImpossibleCurve, match=message):
        read_curves({"S2": tmp_path / "curve.csv"}, None, 32)


def test_curves_of_one_phase_fraction_only(tmp_path):
    files = {"S2": write(tmp_path / "a.csv", debye()), "L": write(tmp_path / "b.csv", debye(0.3))}
    with pytest.raises(ImpossibleCurve, match="different phase fractions at lag 0: 0.4 .S2., 0.3"):
        read_curves(files, None, 32)


def test_numbers_of_a_tile_are_no_curves(tmp_path):
    with pytest.raises(ImpossibleCurve, match="perimeter is no curve"):
        read_curves({"perimeter": write(tmp_path / "a.csv", debye())}, None, 32)
