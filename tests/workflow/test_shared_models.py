"""One model that the labels of several samples teach, and that segments one without labels."""

import numpy as np
import pandas as pd
import pytest
import tifffile
import yaml
from running import CORES, jobs, run_snakemake

from rockrec.synthetic import make_rock


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three mosaics of a series: two labelled, of 8 and of 16 bit, and one that is not."""
    folder = tmp_path_factory.mktemp("series")
    samples = {}
    for seed, name in enumerate(("first", "second", "third")):
        rock = make_rock("fractures", 300, 400, seed=seed)
        wide = name == "second"
        gray = rock.gray.astype(np.uint16) * 150 + 2000 if wide else rock.gray
        tifffile.imwrite(folder / f"{name}.tif", gray)
        tifffile.imwrite(folder / f"{name}_labels.tif", rock.labels)
        samples[name] = {"mosaic": f"{name}.tif", "pixel_size_nm": 500}
        samples[name] |= {"labels": f"{name}_labels.tif"} if seed < 2 else {"model": "series"}
    settings = {
        "samples": samples,
        "models": {"series": {"samples": ["first", "second"]}},
        "segmentation": {"kind": "forest"},
        "forest": {"trees": 10},
        "unet": {"crop": 64, "batch": 2, "epochs": 1, "steps": 2},
        "res": {"sizes": [32, 64]},
        "methods": {},
        "experiments": {"one": {"tiles": {"window": 32, "stride": 32, "size": 32}, "methods": []}},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return folder


def test_two_samples_teach_a_forest_that_segments_a_third(folder):
    segmented = [f"results/{name}/mosaic/segmented.tif" for name in ("second", "third")]
    run_snakemake(folder, "--configfile", "config.yaml", "--cores", CORES, *segmented)
    assert not (folder / "results/second/forest").exists()
    scores = pd.read_csv(folder / "results/models/series/forest/scores.csv")
    assert scores["part"].unique().tolist() == [
        f"unseen places{of}" for of in ("", " of first", " of second")
    ]
    parts = scores.groupby("part", sort=False)["pixels"].sum()
    assert parts.iloc[0] == parts.iloc[1:].sum()
    truth = make_rock("fractures", 300, 400, seed=2).truth == 1
    found = tifffile.imread(folder / segmented[1]) == 1
    assert (found & truth).sum() / (found | truth).sum() > 0.8


def test_a_network_is_taught_so_too(folder):
    text = (folder / "config.yaml").read_text(encoding="utf-8").replace("kind: forest", "batch: 1")
    (folder / "unet.yaml").write_text(text, encoding="utf-8")
    wanted = "results/models/series/unet/scores.csv"
    run_snakemake(folder, "--configfile", "unet.yaml", "--cores", CORES, wanted)
    assert set(pd.read_csv(folder / wanted)["part"]) == {
        f"unseen places{of}" for of in ("", " of first", " of second")
    }
    done = run_snakemake(folder, "--configfile", "unet.yaml", "--dry-run", "segment")
    assert jobs(done)["segment_mosaic"] == 3 and "train_unet" not in jobs(done)
