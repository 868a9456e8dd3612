# Settings, wildcards and input functions that several stages share.
import os
import re
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.io import IOFile
from snakemake.logging import logger

# The settings are checked and the run is planned here, in Snakemake's own process, with this
# checkout's plain modules: they come before those of an installed rockrec.
sys.path[:0] = [f"{workflow.basedir}/workflow{folder}" for folder in ("", "/scripts")]

from rockrec_planning.code_inputs import library_code
from rockrec.plain.grid import Grid
from rockrec.plain.motions import AUGMENTATIONS
from rockrec.plain.seeds import seed_for
from rockrec_settings.blocks import experiment_samples, for_sample
from rockrec_settings.schema import load_schema
from rockrec_settings.mosaics import advice
from rockrec_planning.preflight import announce
from rockrec.plain.records.kinds import NETWORKS
from rockrec_settings.resolve import NOT_FOR_THE_NETWORK, SettingsError, resolve
from rockrec_planning.stage_times import time_table

try:
    settings = resolve(config)
except SettingsError as error:
    files = ", ".join(map(str, workflow.configfiles)) or "the config"
    raise WorkflowError(f"{files} cannot be used:\n{error}") from None

for line in advice(settings):
    logger.warning(line)

announce(workflow, settings, logger)


SAMPLES = list(settings["samples"])
EXPERIMENTS = list(settings["experiments"])


# How a stage logs, writes and shares the processor. Editing it never trains a network anew, so
# neither does it make anew what networks are trained on.
SHAPES_NO_PIXEL = ("rockrec.housekeeping",)
# Modules that decide no weights of a network: editing them redescribes, it never retrains.
SHAPES_NO_WEIGHTS = (
    *SHAPES_NO_PIXEL,
    "rockrec.comparison",
    "rockrec.descriptors",
    "rockrec.gans.monitor",
)


def one_of(names):
    """A wildcard constraint that matches just these names."""
    return "|".join(names) or "no_such_name"


def methods_of_kind(*kinds):
    return one_of(name for name, method in settings["methods"].items() if method["kind"] in kinds)


wildcard_constraints:
    sample=one_of(SAMPLES),
    experiment=one_of(EXPERIMENTS),
    method=one_of(settings["methods"]),
    replicate=r"[1-9][0-9]*",
    part="train|heldout",
    chunk="[0-9]+",
    chunks="[0-9]+",


def code(script, stop_at=()):
    """The library modules a script runs on: an edited one reruns the rule."""
    return [os.path.relpath(path) for path in library_code(script, stop_at)]


def training_code(wildcards):
    """Modules that decide a network's weights; of a guided one the descriptors, too."""
    guided = method_setting()(wildcards)["guide"]
    stop_at = [name for name in SHAPES_NO_WEIGHTS if not (guided and name == "rockrec.descriptors")]
    return code("train_gan.py", stop_at=tuple(stop_at))


def door(sample):
    """Where a sample enters: raw mosaic, segmented mosaic or synthetic rock."""
    return next(
        key for key in ("mosaic", "segmented", "synthetic") if key in settings["samples"][sample]
    )


def is_labelled(sample):
    return door(sample) == "synthetic" or bool(settings["samples"][sample].get("labels"))


LABELLED_SAMPLES = [sample for sample in SAMPLES if is_labelled(sample)]
GRAY_SAMPLES = [sample for sample in SAMPLES if door(sample) != "segmented"]


def samples_through(*doors):
    """A wildcard constraint for the samples that enter by one of these doors."""
    return one_of(sample for sample in SAMPLES if door(sample) in doors)


def setting(block):
    """A params function: the settings of a stage for the job's sample."""
    return lambda wildcards: for_sample(settings[block], wildcards.sample)


def sample_settings(*keys):
    """A params function: several keys of the job's sample, in one block.

    Snakemake compares params without their names: of two bare numbers it would not see that
    they changed places.
    """
    return lambda wildcards: {key: settings["samples"][wildcards.sample][key] for key in keys}


def sample_setting(key, without=None):
    """A params function: one key of the job's sample; `without` where its door has no such key."""
    return lambda wildcards: settings["samples"][wildcards.sample].get(key, without)


def tile_setting(wildcards):
    return for_sample(settings["experiments"][wildcards.experiment]["tiles"], wildcards.sample)


def method_setting(*omit):
    """A params function: the settings of the job's method, without the keys that do not concern it."""

    def block(wildcards):
        method = for_sample(settings["methods"][wildcards.method], wildcards.sample)
        return {key: value for key, value in method.items() if key not in omit}

    return block


def network_setting(wildcards):
    """A params function: what the training of a network depends on, and the windows it may use."""
    omit = [key for key in NOT_FOR_THE_NETWORK if key not in ("limit", "per_sample")]
    method = method_setting(*omit)(wildcards)
    if not method["guide"]:
        del method["guide_weight"]
    return method


def sampling_setting(wildcards):
    """A params function: what the sampling of a network depends on besides its model."""
    method = {"truncation": 1.0} | method_setting()(wildcards)
    return {key: method[key] for key in ("realisations", "size", "threshold", "truncation")}


def run_seed(wildcards):
    """A params function: the seed of one replicate of a method."""
    names = wildcards.sample, wildcards.experiment, wildcards.method, wildcards.replicate
    return seed_for(settings["seed"], *names)


def annealed_chunks(wildcards):
    """The chunks that the realisations of a method are annealed in.

    A finished set keeps its chunks as long as its settings stay, so that another number of jobs
    reruns nothing.
    """
    method = method_setting("replicates")(wildcards)
    folder = "results/{sample}/{experiment}/{method}/{replicate}".format(**wildcards)
    finished, records = IOFile(f"{folder}/realisations.tif"), workflow.persistence
    if repr(method) in (records.params(finished) or []):
        return [path for path in records.input(finished) if path.startswith(f"{folder}/annealed/")]
    chunks = min(settings["run"]["annealing_jobs"], method["realisations"])
    return [f"{folder}/annealed/{chunk}of{chunks}.npz" for chunk in range(1, chunks + 1)]


def segmented_mosaic(wildcards):
    return segmented_of(wildcards.sample)


def segmented_of(sample):
    """The segmented mosaic of a sample: the user's file, or the one made here."""
    made_here = f"results/{sample}/mosaic/segmented.tif"
    return settings["samples"][sample].get("segmented", made_here)


def archive_file(archive):
    """Where a published archive is put while mosaics are taken out of it; none if no address."""
    if archive["url"] is None:
        return []
    name = re.sub(r"[^\w.-]", "_", archive["url"].rsplit("/", 1)[-1])
    return f"resources/downloads/{archive['sha256'][:12]}-{name}"


# Published mosaics that are not there yet: by file name under resources/, where they come from.
TO_FETCH = {
    Path(sample["segmented"]).name: sample["archive"]
    for sample in settings["samples"].values()
    if sample.get("archive") and not os.path.exists(sample["segmented"])
}
ARCHIVES = {
    Path(archive_file(archive)).name: archive
    | {
        "mosaics": [
            f"resources/{name}"
            for name, other in TO_FETCH.items()
            if other["url"] == archive["url"]
        ]
    }
    for archive in TO_FETCH.values()
    if archive["url"]
}


def method_of(run):
    return Path(run).parent.name


def runs_of(experiment):
    """``method/replicate`` of every reconstruction of an experiment, in the config's order."""
    return [
        f"{method}/{replicate}"
        for method in settings["experiments"][experiment]["methods"]
        for replicate in range(1, settings["methods"][method].get("replicates", 1) + 1)
    ]


def per_sample_of(experiment, pattern):
    """`pattern` filled in for every sample of an experiment."""
    samples = experiment_samples(settings, experiment)
    return expand(pattern, sample=samples, experiment=experiment)


def per_run_of(experiment, pattern):
    """`pattern` filled in sample by sample, and for each sample run by run."""
    return [
        path
        for sample in experiment_samples(settings, experiment)
        for path in expand(pattern, sample=sample, experiment=experiment, run=runs_of(experiment))
    ]


def targeted_by(wildcards):
    """A params function: by method, what its realisations were fitted or forced to."""

    def targeted(method):
        block = for_sample(settings["methods"][method], wildcards.sample)
        if block["kind"] == "sa":
            means = ["S2"] if {"S2H", "S2V"} <= set(block["targets"]) else []
            return [*block["targets"], *means, "phase_fraction"]
        fitted = list(block.get("guide", []))
        return [
            *fitted,
            *(["phase_fraction"] if block.get("threshold") == "phase_fraction" else []),
        ]

    return {
        method: targeted(method)
        for method in settings["experiments"][wildcards.experiment]["methods"]
    }


def augmentations(wildcards):
    """A params function: all flips and turns that training tiles of an experiment may undergo."""
    methods = settings["experiments"][wildcards.experiment]["methods"]
    blocks = [for_sample(settings["methods"][method], wildcards.sample) for method in methods]
    named = {
        name for block in blocks for key in ("augmentation", "ada") for name in block.get(key) or []
    }
    return sorted(named & set(AUGMENTATIONS))


def trained_runs(experiment):
    """(sample, method, replicate) of every network trained in an experiment."""
    return [run for run in all_runs(experiment) if kind_of(run) in NETWORKS]


def all_runs(experiment):
    """(sample, method, replicate) of every reconstruction of an experiment."""
    return [
        (sample, *run.split("/"))
        for sample in experiment_samples(settings, experiment)
        for run in runs_of(experiment)
    ]


def kind_of(run):
    """The kind of the method of a (sample, method, replicate)."""
    return settings["methods"][run[1]]["kind"]


def of_kinds(name, *kinds):
    """An input function: a file of every reconstruction by methods of these kinds."""
    return lambda wildcards: [
        f"results/{run[0]}/{wildcards.experiment}/{run[1]}/{run[2]}/{name}"
        for run in all_runs(wildcards.experiment)
        if kind_of(run) in kinds
    ]


def of_trained(name):
    """An input function: a file of every network trained in the experiment."""
    return of_kinds(name, *NETWORKS)


def raw_mosaic(wildcards):
    """The raw mosaic: the user's file, her tiles, or the synthetic rock's."""
    sample = settings["samples"][wildcards.sample]
    if sample.get("grid"):
        return Grid(**sample["grid"]).paths(sample["mosaic"])
    return sample.get("mosaic", f"results/{wildcards.sample}/mosaic/raw.tif")


def labels_of(wildcards):
    """The labels as the config gives them: a path, or fields with their offsets."""
    sample = settings["samples"][wildcards.sample]
    return sample.get("labels") or f"results/{wildcards.sample}/mosaic/labels.tif"


def label_files(wildcards):
    labels = labels_of(wildcards)
    return labels if isinstance(labels, str) else [field["file"] for field in labels]


def unet_settings(wildcards):
    block = for_sample(settings["unet"], wildcards.sample)
    return {key: value for key, value in block.items() if key != "init_from"}


def trained_unet(name):
    """The file of a U-Net that is named by its path or by the sample it is trained on."""
    return f"results/{name}/unet/model.pt" if name in SAMPLES else name


def initial_model(wildcards):
    name = for_sample(settings["unet"], wildcards.sample)["init_from"]
    return [] if name is None else trained_unet(name)


def model_of(wildcards):
    """The U-Net that segments a sample: one that is given, or its own."""
    given = settings["samples"][wildcards.sample].get("model")
    return trained_unet(given or wildcards.sample)


onsuccess:
    print(time_table("results"))
    print("The report: results/report.html; figures: results/figures; tables: results/tables")
