"""Several GPUs for one training (here processes on the CPU), started by the rule's script."""

import numpy as np
import tifffile
import yaml
from running import CORES, run_snakemake
from scipy.ndimage import gaussian_filter

MODEL = "results/rock/one/wgan_gp/1/model.pt"


def test_two_processes_train_one_network(tmp_path):
    noise = gaussian_filter(np.random.default_rng(4).normal(size=(256, 768)), 2)
    tifffile.imwrite(tmp_path / "rock.tif", (noise > 0).astype(np.uint8))
    network = {"kind": "wgan_gp", "channels": 4, "latent": 8, "steps": 8, "batch": 8}
    network |= {"check_every": 4, "check_tiles": 16, "decay_from": None, "decay_to": None}
    tiles = {"window": 32, "stride": 32, "size": 32}
    config = {
        "samples": {"rock": {"segmented": "rock.tif", "pixel_size_nm": 50}},
        "res": {"sizes": [16, 32]},
        "methods": {"wgan_gp": network},
        "experiments": {"one": {"tiles": tiles, "methods": ["wgan_gp"]}},
        "run": {"gpus": 2},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    run_snakemake(tmp_path, "--configfile", tmp_path / "config.yaml", "--cores", CORES, MODEL)
    log = (tmp_path / "logs/rock/one/wgan_gp/1/train_gan.log").read_text(encoding="utf-8")
    lines = log.splitlines()
    assert "2 processes of 1 threads" in log
    assert lines[0].endswith("train_gan: start") and "train_gan: done" in lines[-1]
    assert log.count("wgan_gp 8/8") == 1, "both processes say the same"
