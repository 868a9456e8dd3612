"""A network knows what it was trained on; another kind of mosaic is refused, or brought to it."""

import logging

import numpy as np
import pytest
import tifffile
import torch
from scipy.ndimage import gaussian_filter

from rockrec.mosaics import Contrast, open_mosaic, write_mosaic
from rockrec.segmentation import (
    TransferError,
    UNet,
    UNetSettings,
    compare_contrast,
    factor_of,
    load_unet,
    save_unet,
    segment,
    segmented_at,
)
from rockrec.segmentation.model import build_network
from rockrec.segmentation.resampling import Resampled, brought_back

SETTINGS = {"window": 64, "overlap": 16, "batch": 4, "precision": "float32"}


class Dark(torch.nn.Module):
    """A network with a known answer: dark pixels are class 0, bright ones class 1."""

    def __init__(self):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.tensor(10.0))

    def forward(self, gray):
        return self.gain * torch.cat([-gray, gray], dim=1)


def unet_of(**trained_on):
    return UNet(Dark(), UNetSettings(), (4, 9), (0.0, 255.0), **trained_on)


@pytest.fixture(scope="module")
def gray():
    noise = np.random.default_rng(3).standard_normal((230, 310))
    field = gaussian_filter(noise, 9)
    return (127 + 90 * field / np.abs(field).max()).astype(np.uint8)


# --- what a network knows ---------------------------------------------------------------------


def test_a_file_tells_what_its_network_was_trained_on(tmp_path):
    settings = UNetSettings(encoder="resnet18")
    unet = UNet(build_network(settings, 2), settings, (1, 2), (5.0, 90.0), {}, 62.5, 16)
    save_unet(tmp_path / "a.pt", unet)
    back = load_unet(tmp_path / "a.pt")
    assert (back.pixel_size_nm, back.bits, back.gray_range) == (62.5, 16, (5.0, 90.0))
    content = torch.load(tmp_path / "a.pt", weights_only=True)
    for name in ("pixel_size_nm", "bits"):
        del content[name]
    torch.save(content | {"format": 2}, tmp_path / "older.pt")
    older = load_unet(tmp_path / "older.pt")
    assert older.pixel_size_nm is None and older.bits is None


@pytest.mark.parametrize(("known", "found", "factor"), [(40, 100, 2.5), (100, 40, 0.4)])
def test_another_pixel_size_is_refused_with_the_factor_and_the_cure(known, found, factor):
    unet = unet_of(pixel_size_nm=float(known))
    said = f"m.pt was trained on pixels of {known} nm, .* have {found} nm, {factor} times as much: "
    with pytest.raises(TransferError, match=said + "resample .segmentation.resample: true"):
        factor_of(unet, float(found), False, "m.pt")
    assert factor_of(unet, float(found), True, "m.pt") == pytest.approx(factor)


def test_nearly_the_same_pixel_size_is_the_same():
    unet = unet_of(pixel_size_nm=50.0)
    assert factor_of(unet, 54.9, False, "m.pt") == factor_of(unet, 46.0, True, "m.pt") == 1


def test_a_network_that_does_not_say_is_used_with_a_word(caplog):
    assert factor_of(unet_of(), 50.0, False, "m.pt") == 1
    assert "m.pt does not say on what pixel size it was trained" in caplog.text


@pytest.mark.parametrize(
    ("low", "high", "dtype", "warned"),
    [
        (0, 255, np.uint8, False),
        (20, 220, np.uint8, False),
        (0, 65535, np.uint16, True),
        (90, 140, np.uint8, True),
        (0, 150, np.uint8, True),
    ],
)
def test_another_contrast_is_warned_of(caplog, low, high, dtype, warned):
    unet = unet_of(bits=8)
    compare_contrast(unet, Contrast(low, high, low, high), dtype, "m.pt")
    assert ("m.pt was trained on gray levels of 0 to 255 in 8 bit" in caplog.text) == warned


# --- another pixel size -----------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.31, 0.5, 1.7, 3.0])
def test_rows_come_out_the_same_whichever_are_read_with_them(gray, factor):
    whole = Resampled(gray, factor)
    assert whole.shape == tuple(round(side * factor) for side in gray.shape)
    image = whole[:]
    parts = [whole[top : top + 7] for top in range(0, whole.shape[0], 7)]
    assert np.array_equal(np.concatenate(parts), image)
    assert whole[5:5].shape == (0, whole.shape[1])


@pytest.mark.parametrize("factor", [0.25, 0.5, 2.0, 2.6])
def test_a_mosaic_keeps_its_levels_and_its_places(gray, factor):
    image = Resampled(gray, factor)[:]
    assert image.mean() == pytest.approx(gray.mean(), abs=0.5)
    ramp = np.arange(300.0)[None].repeat(200, axis=0)
    columns = Resampled(ramp, factor)[:][0]
    expected = (np.arange(len(columns)) + 0.5) * 300 / len(columns) - 0.5
    inner = slice(6, -6)
    np.testing.assert_allclose(columns[inner], expected[inner], atol=1e-3)
    np.testing.assert_allclose(Resampled(np.full((50, 60), 7), factor)[:], 7, rtol=1e-5)


def test_labels_are_brought_back_to_where_they_were():
    labels = np.random.default_rng(0).integers(1, 4, (60, 90)).astype(np.uint8)
    large = np.kron(labels, np.ones((3, 3), np.uint8))
    bands = [large[:11], large[11:12], large[12:100], large[100:]]
    back = np.concatenate(list(brought_back(bands, labels.shape, large.shape)))
    assert np.array_equal(back, labels)
    back = np.concatenate(list(brought_back([labels[:1], labels[1:]], large.shape, labels.shape)))
    assert np.array_equal(back, large)


@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_a_mosaic_is_segmented_at_another_pixel_size_block_by_block(tmp_path, gray, factor):
    unet = unet_of()
    expected = segment(unet, gray, **SETTINGS)
    write_mosaic(tmp_path / "g.tif", gray, 50.0)
    with open_mosaic(tmp_path / "g.tif") as mosaic:
        found = np.concatenate(list(segmented_at(unet, mosaic, factor, **SETTINGS)))
    assert found.shape == gray.shape
    assert (found == expected).mean() > 0.98
    assert set(np.unique(found)) == {4, 9}


@pytest.mark.parametrize("factor", [1, 0.5, 1.7])
def test_what_is_outside_is_0_at_any_pixel_size_and_changes_no_label_elsewhere(gray, factor):
    unet = unet_of(pixel_size_nm=50.0)
    outside = np.zeros(gray.shape, bool)
    outside[:70, 40:], outside[-9:] = True, True
    whole = np.concatenate(list(segmented_at(unet, gray, factor, **SETTINGS)))
    found = np.concatenate(list(segmented_at(unet, gray, factor, outside=outside, **SETTINGS)))
    assert found.shape == gray.shape and not found[outside].any()
    assert np.array_equal(found[~outside], whole[~outside])


def test_a_micrometre_that_this_project_wrote_is_believed(tmp_path, gray, caplog):
    write_mosaic(tmp_path / "g.tif", gray, 1000.0)
    with caplog.at_level(logging.WARNING), open_mosaic(tmp_path / "g.tif") as mosaic:
        assert mosaic.pixel_size_nm == pytest.approx(1000.0)
    assert not caplog.messages
    with tifffile.TiffFile(tmp_path / "g.tif") as tiff:
        assert 'Creator="rockrec"' in tiff.ome_metadata
