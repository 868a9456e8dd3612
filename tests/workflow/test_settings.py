"""The config is checked before any job starts, and each mistake is named with its path."""

import copy
from pathlib import Path

import pytest
import yaml

from rockrec_settings.blocks import experiment_samples, for_sample
from rockrec_settings.mosaics import advice, mosaic_shape
from rockrec_settings.resolve import LAYERS, SettingsError, resolve
from rockrec_settings.schema import load_schema

DEMO = yaml.safe_load(Path("config/config.yaml").read_text(encoding="utf-8"))


def changed(path, value):
    """The demo's config with one key set; a list holds the path."""
    config = copy.deepcopy(DEMO)
    block = config
    for key in path[:-1]:
        block = block.setdefault(key, {})
    block[path[-1]] = value
    return config


def mistakes(config):
    with pytest.raises(SettingsError) as caught:
        resolve(config)
    return str(caught.value)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (["run", "gpus"], 3, "methods.dcgan.batch: 32 cannot be shared by run.gpus, 3"),
        (["sede"], 1, "sede: unknown key; did you mean 'seed'?"),
        (["denoise", "radus"], 3, "denoise.radus: unknown key; did you mean 'radius'?"),
        (["denoise", "radius"], 0, "denoise.radius: 0 is less than 1"),
        (["denoise", "kernel"], "median", "denoise.kernel: 'median' is none of exact, skimage"),
        (["methods", "sa", "cooling"], 1.5, "methods.sa.cooling: 1.5 is more than 1"),
        (["methods", "sa", "targets"], ["S3"], "methods.sa.targets.0: 'S3' is none of"),
        (["methods", "sa", "targets"], {"S3": "LICENSE"}, "methods.sa.targets"),
        (["methods", "sa", "targets"], {"S2": "no.csv"}, "methods.sa.targets.S2: no file 'no.csv'"),
        (["methods", "sa", "targets"], {}, "methods.sa.targets"),
        (["methods", "sa", "start"], "quilt", "methods.sa.start: experiments.comparison has no method 'quilt'; known: random, gaussian, sa_pn, quilting, wgan_gp"),
        (["methods", "sa", "start"], "sa", "methods.sa.start: sa starts from sa: none of them can be the first"),
        (["methods", "random"], {"kind": "sa"}, "methods.random: not a possible name"),
        (["methods", "sa", "penalty"], 3, "methods.sa.penalty: unknown key"),
        (["methods", "sa", "weights"], {"L": 2}, "methods.sa.weights.L: is no target; those are S2"),
        (["methods", "sa", "weights"], {"S2": 0}, "methods.sa.weights.S2: 0 is not above 0"),
        (["methods", "sa", "size"], 100, "methods.sa.size: 100 is no whole multiple of the tiles' 64 px"),
        (["methods", "new"], {}, "methods.new.kind: missing"),
        (["methods", "new"], {"kind": "vae"}, "methods.new.kind: 'vae' is none of"),
        (["experiments", "comparison", "methods"], ["gan"], "experiments.comparison.methods: no method 'gan'"),
        (["experiments", "comparison", "samples"], ["x"], "experiments.comparison.samples: no sample 'x'"),
        (["experiments", "comparison", "tiles", "window"], 100, "tiles.window: 100 is no whole multiple of size 64"),
        (["experiments", "comparison", "tiles", "window"], 4096, "a window of 4096 px does not fit"),
        (["experiments", "comparison", "tiles", "heldout_fraction"], 0.9, "leave no training window"),
        (["res", "sizes"], [64, 5000], "res.sizes: 5000 px does not fit the mosaic of"),
        (["samples", "mine"], {"mosaic": "no.tif", "labels": "no.tif", "pixel_size_nm": 5}, "samples.mine.mosaic: no file 'no.tif'"),
        (["samples", "serpentinite", "phase_fraction"], 0.1, "samples.serpentinite.phase_fraction: 0.1 is less than 0.2"),
        (["samples", "mine"], {"pixel_size_nm": 5}, "samples.mine: needs exactly one of mosaic, segmented, synthetic"),
        (["samples", "meta_igneous", "pixel_size_nm"], -1, "samples.meta_igneous.pixel_size_nm: -1 is not above 0"),
        (["samples", "figures"], {"synthetic": "pores", "pixel_size_nm": 5}, "samples.figures: not a possible name"),
        (["samples", "a/../b"], {"synthetic": "pores", "pixel_size_nm": 5}, "samples.a/../b: not a possible name"),
        (["samples", "mine"], {"mosaic": "Makefile", "pixel_size_nm": 5}, "samples.mine: needs either labels or a model"),
        (["samples", "mine"], {"mosaic": "Makefile", "model": "meta", "pixel_size_nm": 5}, "samples.mine.model: 'meta' is no file, and no other sample with labels (meta_igneous, serpentinite)"),
        (["samples", "mine"], {"mosaic": "Makefile", "labels": [{"file": "no.h5", "row": 0, "column": 0}], "pixel_size_nm": 5}, "samples.mine.labels.0.file: no file 'no.h5'"),
        (["samples", "mine"], {"mosaic": "Makefile", "labels": [{"file": "no.h5", "row": -1, "column": 0}], "pixel_size_nm": 5}, "samples.mine.labels.0.row: -1 is less than 0"),
        (["samples", "mine"], {"mosaic": "r{row}.tif", "grid": {"rows": 2, "columns": 2}, "model": "Makefile", "pixel_size_nm": 5}, "samples.mine.mosaic: 'r{row}.tif' has no {column}"),
        (["samples", "mine"], {"mosaic": "r{row}{column}.tif", "grid": {"rows": 2, "columns": 2}, "model": "Makefile", "pixel_size_nm": 5}, "samples.mine.mosaic: 4 of 4 tiles are missing, the first is 'r00.tif'"),
        (["samples", "mine"], {"segmented": "LICENSE", "outside": {}, "pixel_size_nm": 5}, "samples.mine.outside: needs a value or a mask; `outside: none`"),
        (["samples", "mine"], {"segmented": "LICENSE", "outside": {"mask": ["no.png"]}, "pixel_size_nm": 5}, "samples.mine.outside: no file 'no.png'"),
        (["samples", "mine"], {"segmented": "LICENSE", "outside": [0], "pixel_size_nm": 5}, "samples.mine.outside: [0] is not of type"),
        (["samples", "mine"], {"segmented": "LICENSE", "outside": {"value": -1}, "pixel_size_nm": 5}, "samples.mine.outside.value: -1 is less than 0"),
        (["samples", "mine"], {"segmented": "LICENSE", "outside": {"value": [0, 1]}, "pixel_size_nm": 5}, "samples.mine.outside: 1 is the phase that is reconstructed, too"),
        (["unet", "init_from"], "nobody", "unet.init_from: 'nobody' is no file"),
        (["denoise", "per_sample"], {"meta_igneus": {}}, "denoise.per_sample.meta_igneus: no such sample"),
        (["denoise", "per_sample"], {"meta_igneous": {"radius": 0}}, "denoise.per_sample.meta_igneous.radius: 0 is less than 1"),
        (["unet", "init_from"], "LICENSE", "unet.init_from: 'LICENSE' is no model, or a damaged one"),
        (["unet", "freeze_encoder_epochs"], 2, "unet.freeze_encoder_epochs: the encoder of meta_igneous was never trained"),
        (["unet", "encoder_weights"], "imagenet", "unet.encoder_weights: no file 'imagenet'"),
        (["segmentation", "overlap"], 0, "segmentation.overlap: 0 is less than 1"),
        (["segmentation", "per_sample"], {"meta_igneous": {"overlap": 300}}, "segmentation.per_sample.meta_igneous.overlap: 300 is more than"),
        (["samples", "mine"], {"mosaic": "LICENSE", "model": "serpentinite", "classes": {1: "a", 2: "b"}, "pixel_size_nm": 5}, "samples.mine.classes: are those of the model"),
        (["segmentation", "overlap"], 300, "segmentation.overlap: 300 is more than half of window 512"),
        (["unet", "encoder_weights"], "imagenet", "unet.encoder_weights: 'imagenet' are of an encoder of"),
        (["methods", "wgan_gp", "steps"], 77, "methods.wgan_gp: steps 77 must be a multiple of check_every"),
        (["methods", "stylegan2_ada", "size"], 128, "methods.stylegan2_ada.size: 128, but stylegan2_ada draws tiles of the size that it is trained on only, 64 px"),
        (["methods", "stylegan2_ada", "ada"], ["hue"], "methods.stylegan2_ada.ada.0: 'hue' is none of flips"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_path(path, value, expected):
    assert expected in mistakes(changed(path, value))


@pytest.mark.parametrize(
    ("model", "first", "second", "expected"),
    [
        (["a"], {}, {}, "models.series.samples: "),
        (["a", "nobody"], {}, {}, "models.series.samples: no sample 'nobody'; known: "),
        (["a", "b"], {}, {"labels": None, "model": "series"}, "models.series.samples: b has no labels"),
        (["a", "b"], {}, {"pixel_size_nm": 100}, "of b 100 nm, 2 times as much; one model learns"),
        (["a", "b"], {"classes": {1: "pore", 2: "x"}}, {"classes": {1: "ore", 2: "x"}}, "label 1 is 'pore' before b, and 'ore' there"),
        (["a", "c"], {}, {}, "segmentation.kind has a by a unet, c by a forest"),
        (["a", "b"], {"model": "series"}, {}, "samples.a: needs either labels or a model"),
    ],
)  # fmt: skip
def test_samples_that_cannot_teach_a_model_together_are_named(model, first, second, expected):
    config, block = copy.deepcopy(DEMO), {"mosaic": "LICENSE", "labels": "LICENSE"}
    block |= {"pixel_size_nm": 50}
    config["samples"] |= {"a": block | first, "b": block | second, "c": block}
    config["models"] = {"series": {"samples": model}}
    config["segmentation"] = {"per_sample": {"c": {"kind": "forest"}}}
    assert expected in mistakes(config)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"model": "series", "pixel_size_nm": 200}, "samples.d.model: series has pixels of 50 nm, d of 200 nm, 4 times"),
        ({"model": "series", "phase": 3}, "samples.d.phase: 3 is none of the classes, 1, 2"),
        ({"model": "a"}, "samples.d.model: the labels of a teach series with others'; name that"),
    ],
)  # fmt: skip
def test_a_model_that_does_not_fit_a_sample_is_named(changes, expected):
    config, block = copy.deepcopy(DEMO), {"mosaic": "LICENSE", "pixel_size_nm": 50}
    labelled = block | {"labels": "LICENSE"}
    config["samples"] |= {
        "a": labelled,
        "b": labelled | {"classes": {1: "pore", 2: "rest"}},
        "d": block | changes,
    }
    config["models"] = {"series": {"samples": ["a", "b"]}}
    assert expected in mistakes(config)


def test_a_model_has_a_name_of_its_own():
    said = mistakes(
        changed(["models", "serpentinite"], {"samples": ["meta_igneous", "serpentinite"]})
    )
    assert "models.serpentinite: is the name of a sample, too" in said
    points = {"mosaic": "LICENSE", "labels": "LICENSE", "pixel_size_nm": 5}
    points |= {"points": "results/mine/mosaic/points.csv"}
    said = mistakes(changed(["samples", "mine"], points))
    assert "samples.mine.points: results/mine/mosaic/points.csv is written anew by the run" in said


def test_missing_tiles_are_told_in_one_line(tmp_path):
    for column in range(7, 90):
        (tmp_path / f"row5-{column:03}.tif").touch()
    sample = {"mosaic": str(tmp_path / "row{row}-{column:03}.tif"), "model": "Makefile"}
    sample |= {"grid": {"rows": 50, "columns": 40, "first": 5}, "pixel_size_nm": 5}
    line, _ = mistakes(changed(["samples", "mine"], sample)).splitlines()
    first = str(tmp_path / "row5-005.tif")
    assert line == f"samples.mine.mosaic: 1,962 of 2,000 tiles are missing, the first is {first!r}"


def test_a_phase_that_is_no_class_and_a_class_without_labels_are_named():
    # Any files that are there: they would be opened only if nothing else were wrong.
    sample = {"mosaic": "LICENSE", "labels": "LICENSE", "pixel_size_nm": 50, "phase": 7}
    sample |= {"classes": {1: "pore", 2: "grain"}, "unlabelled": 2}
    said = mistakes(changed(["samples", "rock"], sample))
    assert "samples.rock.phase: 7 is none of the classes, 1, 2" in said
    assert "samples.rock.unlabelled: 2 is one of the classes, too" in said


def test_one_class_alone_is_refused():
    sample = {"mosaic": "LICENSE", "labels": "LICENSE", "pixel_size_nm": 50, "phase": 3}
    said = mistakes(changed(["samples", "rock"], sample | {"classes": {3: "pore"}}))
    assert "samples.rock.classes: 3 alone; a network tells two or more" in said


def test_networks_that_start_from_one_another_in_a_circle_are_named():
    config = copy.deepcopy(DEMO)
    start = {"meta_igneous": {"init_from": "serpentinite"}}
    resolve(config | {"unet": {"per_sample": start}})
    start["serpentinite"] = {"init_from": "meta_igneous"}
    said = mistakes(config | {"unet": {"per_sample": start}})
    assert "meta_igneous from serpentinite from meta_igneous: none of them can be the first" in said


def test_annealings_that_start_from_one_another_in_a_circle_are_named():
    config = changed(["methods", "sa", "start"], "sa_pn")
    resolve(config)
    config["methods"]["sa_pn"]["start"] = "sa"
    said = mistakes(config)
    assert "sa starts from sa_pn starts from sa: none of them can be the first" in said


def test_an_annealing_starts_from_images_of_its_own_size():
    config = changed(["methods", "sa", "start"], "quilting")
    config["methods"]["quilting"]["size"] = 128
    said = mistakes(config)
    assert "methods.sa.start: quilting has another size, 128, than sa, that of the tiles" in said


def test_a_raw_mosaic_of_numbers_that_are_no_gray_levels_is_found_before_any_job(tmp_path):
    tifffile = pytest.importorskip("tifffile")
    tifffile.imwrite(tmp_path / "raw.tif", shape=(400, 400), dtype="float32")
    sample = {"mosaic": str(tmp_path / "raw.tif"), "labels": "LICENSE", "pixel_size_nm": 50}
    assert "raw.tif: gray levels of float32" in mistakes(changed(["samples", "rock"], sample))


def test_an_automatic_batch_has_to_be_shared_by_the_gpus_too():
    config = changed(["methods", "stylegan2_ada", "batch"], None)
    resolve(config | {"run": {"gpus": 2}})
    said = mistakes(config | {"run": {"gpus": 3}})
    assert "stylegan2_ada.batch: null, which is 32 for tiles of 64 px (experiments." in said
    assert "cannot be shared by run.gpus, 3" in said
    config = changed(["methods", "stylegan2_ada", "batch"], 12)
    assert "batch: 12 leaves 3 tiles to each of run.gpus, 4" in mistakes(
        config | {"run": {"gpus": 4}}
    )


def test_all_mistakes_of_a_layer_are_listed_at_once_and_what_was_not_looked_at_is_said():
    config = changed(["denoise", "radius"], 0)
    config["res"] = {"squares": 0}
    config["samples"]["figures"] = config["samples"]["meta_igneous"]
    found = mistakes(config)
    assert "denoise.radius" in found
    assert "res.squares" in found
    assert "samples.figures" not in found
    layers = [what for what, _ in LAYERS]
    assert found.endswith(f"\n(Not looked at before this is mended: {'; '.join(layers[1:])}.)")


@pytest.mark.parametrize(
    ("path", "value", "layer"),
    [
        (["denoise", "radius"], 0, 0),
        (["samples", "figures"], {"synthetic": "pores", "pixel_size_nm": 5}, 1),
        (["methods", "wgan_gp", "steps"], 77, 2),
        (["res", "sizes"], [64, 5000], 3),
    ],
)
def test_a_mistake_hides_the_layers_that_stand_on_it(path, value, layer):
    with pytest.raises(SettingsError) as caught:
        resolve(changed(path, value))
    assert caught.value.unseen == [what for what, _ in LAYERS[layer + 1 :]]


def test_a_truncated_mosaic_is_found_before_any_job(tmp_path):
    tifffile = pytest.importorskip("tifffile")
    import numpy as np

    path = tmp_path / "mosaic.tif"
    tifffile.imwrite(path, np.random.default_rng(0).integers(0, 255, (300, 700), np.uint8))
    path.write_bytes(path.read_bytes()[:200])
    found = mistakes(changed(["samples", "mine"], {"segmented": str(path), "pixel_size_nm": 5}))
    assert "samples.mine" in found
    assert str(path) in found


def test_labels_of_another_shape_are_found_before_any_job(tmp_path):
    tifffile = pytest.importorskip("tifffile")
    import numpy as np

    rng = np.random.default_rng(0)
    for name, shape in (("mosaic", (3000, 4000)), ("labels", (3000, 3999))):
        tifffile.imwrite(tmp_path / f"{name}.tif", rng.integers(0, 255, shape, np.uint8))
    sample = {name: str(tmp_path / f"{name}.tif") for name in ("mosaic", "labels")}
    found = mistakes(changed(["samples", "mine"], {**sample, "pixel_size_nm": 5}))
    assert "labels.tif has 3000 x 3999 px" in found
    assert "mosaic.tif 3000 x 4000 px" in found


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("labels.npy", "labels.npy has 900 x 1199 px, "),
        (
            [{"file": "labels.npy", "row": 0, "column": 2}],
            "labels.npy has 900 x 1199 px at row 0, column 2, ",
        ),
        ("coarse.tif", "coarse.tif: its pixels have 100 nm, pixel_size_nm in the config is 50"),
    ],
)
def test_labels_that_do_not_fit_their_mosaic_are_found_before_any_job(
    tmp_path, monkeypatch, labels, said
):
    np, tifffile = pytest.importorskip("numpy"), pytest.importorskip("tifffile")
    tifffile.imwrite(tmp_path / "mosaic.tif", shape=(900, 1200), dtype="uint8")
    np.save(tmp_path / "labels.npy", np.zeros((900, 1199), np.uint8))
    tifffile.imwrite(
        tmp_path / "coarse.tif",
        shape=(900, 1200),
        dtype="uint8",
        ome=True,
        metadata={"axes": "YX", "PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1},
    )
    monkeypatch.chdir(tmp_path)
    sample = {"mosaic": "mosaic.tif", "labels": labels, "pixel_size_nm": 50}
    assert said in mistakes(changed(["samples", "mine"], sample))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "denoise.radius: 101 px do not fit the mosaic of mine, 95 x 900 px"),
        ({"photometric": "miniswhite"}, "m.tif: its 0 is white (MinIsWhite)"),
    ],
)
def test_a_raw_mosaic_that_cannot_be_denoised_is_found_before_any_job(tmp_path, options, said):
    tifffile = pytest.importorskip("tifffile")
    file = str(tmp_path / "m.tif")
    tifffile.imwrite(file, shape=(95, 900), dtype="uint8", **options)
    config = changed(["denoise", "radius"], 50)
    config["samples"]["mine"] = {"mosaic": file, "labels": file, "pixel_size_nm": 5}
    assert said in mistakes(config)


def test_a_mosaic_is_opened_once_as_long_as_it_is_the_same(tmp_path, monkeypatch):
    """Every job of a run asks for its shape, and it may be a thousand tiles."""
    mosaics, tifffile = (pytest.importorskip(m) for m in ("rockrec.mosaics", "tifffile"))
    file, opened = tmp_path / "m.tif", []
    open_mosaic = mosaics.open_mosaic
    monkeypatch.setattr(
        mosaics, "open_mosaic", lambda *a, **b: opened.append(a) or open_mosaic(*a, **b)
    )
    sample = {"segmented": str(file), "pixel_size_nm": 5, "pixel_size_trust": "both"}
    for side in (300, 400):
        tifffile.imwrite(file, shape=(side, 900), dtype="uint8")
        assert [mosaic_shape(sample) for _ in range(3)] == [(side, 900)] * 3
    assert len(opened) == 2


def test_few_heldout_windows_are_said():
    config = changed(["experiments", "comparison", "tiles", "heldout_fraction"], 0.1)
    said = "\n".join(advice(resolve(config)))
    assert "experiments.comparison: meta_igneous has 48 disjoint held-out windows, 128 are" in said
    config["experiments"]["comparison"]["tiles"]["heldout_fraction"] = 0.04
    assert "no verdict under 30" in "\n".join(advice(resolve(config)))
    assert not advice(resolve(DEMO))


def test_defaults_come_from_the_schema_and_the_config_is_left_as_it_was():
    config = copy.deepcopy(DEMO)
    settings = resolve(config)
    assert config == DEMO
    properties = load_schema()["properties"]["evaluation"]["properties"]
    assert settings["evaluation"] == {key: sub["default"] for key, sub in properties.items()}


def test_numbers_that_yaml_reads_as_text_are_numbers():
    config = yaml.safe_load(
        yaml.safe_dump(DEMO).replace("kind: sa", "kind: sa\n    initial_temperature: 1e-6")
    )
    assert config["methods"]["sa"]["initial_temperature"] == "1e-6"
    assert resolve(config)["methods"]["sa"]["initial_temperature"] == 1e-6


def test_keys_of_one_sample_override_the_others():
    settings = resolve(changed(["denoise", "per_sample"], {"serpentinite": {"radius": 7}}))
    assert for_sample(settings["denoise"], "serpentinite")["radius"] == 7
    assert for_sample(settings["denoise"], "meta_igneous")["radius"] == DEMO["denoise"]["radius"]
    assert experiment_samples(settings, "comparison") == ["meta_igneous", "serpentinite"]


def leaves(node, path="config"):
    """Every key of the schema with its path, its own node and that of its block."""
    if isinstance(node, list):
        for item in node:
            yield from leaves(item, path)
    if isinstance(node, dict):
        for key, sub in node.get("properties", {}).items():
            yield f"{path}.{key}", key, sub, node
            yield from leaves(sub, f"{path}.{key}")
        for name in ("items", "additionalProperties", "allOf", "then"):
            yield from leaves(node.get(name), path)


def test_every_key_has_a_description_and_a_default_or_is_required():
    checked = 0
    for path, key, node, block in leaves(load_schema()):
        assert node["description"], path
        assert "default" in node or "const" in node or key in block["required"], path
        checked += 1
    assert checked > 150
