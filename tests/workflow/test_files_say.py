"""What files of a sample say of themselves is held against the config before any job starts."""

import numpy as np
import pytest
import tifffile

from rockrec_settings.resolve import SettingsError, resolve

IMAGE = np.random.default_rng(0).integers(0, 200, (400, 900), np.uint8)


def config(**sample):
    return {
        "samples": {"rock": {"pixel_size_nm": 20} | sample},
        "res": {"sizes": [32, 64]},
        "methods": {},
        "experiments": {"e": {"tiles": {"window": 32, "stride": 32, "size": 32}, "methods": []}},
    }


def mistakes(**sample):
    with pytest.raises(SettingsError) as caught:
        resolve(config(**sample))
    return str(caught.value)


@pytest.fixture
def segmented(tmp_path):
    """A mosaic that states pixels of 30 nm."""
    sizes = {f"PhysicalSize{axis}": 0.03 for axis in "XY"}
    path = tmp_path / "rock.tif"
    tifffile.imwrite(path, IMAGE, ome=True, metadata={"axes": "YX", **sizes})
    return str(path)


def test_the_config_may_overrule_a_file(segmented):
    said = mistakes(segmented=segmented)
    assert "rock.tif: its pixels have 30 nm, pixel_size_nm in the config is 20" in said
    assert "`pixel_size_trust: config` beside it, where the config is right" in said
    resolve(config(segmented=segmented, pixel_size_trust="config"))


@pytest.mark.parametrize(("size", "meant"), [(0.05, False), (1e6, False), (0.6, True), (9e4, True)])
def test_a_pixel_size_that_can_hardly_be_meant_asks_back(size, meant):
    sample = {"synthetic": "pores", "pixel_size_nm": size}
    if not meant:
        said = mistakes(**sample)
        assert f"samples.rock.pixel_size_nm: {size:g} nm can hardly be meant" in said
        sample["pixel_size_trust"] = "config"
    resolve(config(**sample))


def test_colour_and_lossy_labels_are_found_before_any_job(tmp_path):
    colours = np.stack([np.arange(256)] * 3).astype(np.uint16) * 257
    colours[0, 7] = 0
    tifffile.imwrite(tmp_path / "p.tif", IMAGE, photometric="palette", colormap=colours)
    tifffile.imwrite(tmp_path / "j.tif", IMAGE, compression="jpeg", tile=(64, 64))
    tifffile.imwrite(tmp_path / "gray.tif", IMAGE)
    gray, palette, jpeg = (str(tmp_path / name) for name in ("gray.tif", "p.tif", "j.tif"))
    said = mistakes(mosaic=palette, labels=gray)
    assert "p.tif: is in colour by its palette" in said
    assert "j.tif: is stored with lossy compression (JPEG)" in mistakes(mosaic=gray, labels=jpeg)
    assert "j.tif: is stored with lossy compression (JPEG)" in mistakes(segmented=jpeg)
    resolve(config(mosaic=jpeg, labels=palette))  # gray levels may be, and labels are numbers


def test_classes_of_a_segmented_mosaic_are_its_values(segmented):
    said = mistakes(segmented=segmented, classes={0: "rock", 2: "pore"})
    assert "samples.rock.phase: 1 is none of the classes, 0, 2" in said
    assert "samples.rock.classes.-1: a label is a whole number from 0 to 65535" in mistakes(
        segmented=segmented, classes={-1: "rock", 1: "pore"}
    )


def test_a_network_of_another_pixel_size_is_found_before_any_job(tmp_path):
    tifffile.imwrite(tmp_path / "fine.tif", IMAGE)
    fine = {"mosaic": str(tmp_path / "fine.tif"), "model": "coarse", "pixel_size_nm": 12}
    settings = config(synthetic="pores")
    settings["samples"] = {"coarse": {"synthetic": "pores", "pixel_size_nm": 30}, "fine": fine}
    with pytest.raises(SettingsError) as caught:
        resolve(settings)
    assert str(caught.value).startswith(
        "samples.fine.model: coarse has pixels of 30 nm, fine of 12 nm, 0.4 times as much; "
        "segmentation.resample: true segments at the network's pixel size"
    )
    resolve(settings | {"segmentation": {"per_sample": {"fine": {"resample": True}}}})
    resolve(settings | {"samples": settings["samples"] | {"fine": fine | {"pixel_size_nm": 32}}})
