# Input and params functions of single stages, in the order of the stages.


# --- fetch


def archive_file(archive):
    """Where a published archive is put while mosaics are taken out of it; none if no address."""
    if archive["url"] is None:
        return []
    name = re.sub(r"[^\w.-]", "_", archive["url"].rsplit("/", 1)[-1])
    return local(f"resources/downloads/{archive['sha256'][:12]}-{name}")


# By file name under resources/, where they come from.
TO_FETCH = {
    Path(mosaic_of(sample)).name: sample["archive"]
    for sample in settings["samples"].values()
    if sample.get("archive") and not os.path.exists(mosaic_of(sample))
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


# --- mosaic


def raw_mosaic(wildcards):
    """The raw mosaic: the user's file, her tiles, or the synthetic rock's."""
    sample = settings["samples"][wildcards.sample]
    if sample.get("grid"):
        return list(map(local, Grid(**sample["grid"]).paths(mosaic_of(sample))))
    if door_of(sample).is_made:
        return Rock(wildcards.sample).file("mosaic/raw.tif")
    return local(mosaic_of(sample))


def labels_of(wildcards):
    """The labels as the config gives them: a path, or fields with their offsets."""
    labels = settings["samples"][wildcards.sample].get("labels")
    return labels or str(placed(Rock(wildcards.sample).file("mosaic/labels.tif")))


def label_files(wildcards):
    labels = settings["samples"][wildcards.sample].get("labels")
    if not labels:
        return Rock(wildcards.sample).file("mosaic/labels.tif")
    return local(labels) if isinstance(labels, str) else [local(one["file"]) for one in labels]


def unet_settings(wildcards):
    block = for_sample(settings["unet"], wildcards.sample)
    return {key: value for key, value in block.items() if key != "init_from"}


def inference_settings(wildcards):
    block = for_sample(settings["segmentation"], wildcards.sample)
    return {key: value for key, value in block.items() if key != "kind"}


MODELS = {"unet": "unet/model.pt", "forest": "forest/model.npz"}


def trained(kind, name):
    """The file of a model that is named by its path or by the sample whose labels teach it."""
    return Rock(name).file(MODELS[kind]) if name in SAMPLES else local(name)


def initial_model(wildcards):
    name = for_sample(settings["unet"], wildcards.sample)["init_from"]
    return [] if name is None else trained("unet", name)


def model_of(wildcards):
    """What segments a sample: a model that is given, or its own."""
    given = settings["samples"][wildcards.sample].get("model")
    return trained(segmenter(wildcards.sample), given or wildcards.sample)


# --- anneal


def run_seed(wildcards):
    """A params function: the seed of one replicate of a method."""
    names = wildcards.sample, wildcards.experiment, wildcards.method, wildcards.replicate
    return seed_for(settings["seed"], *names)


def annealed_chunks(wildcards):
    """The chunks that the realisations of a method are annealed in.

    A finished set keeps its chunks as long as its settings stay, so that another number of jobs
    reruns nothing.
    """
    method, records = method_setting("replicates")(wildcards), workflow.persistence
    folder = "results/{sample}/{experiment}/{method}/{replicate}".format(**wildcards)
    finished = IOFile(placed(f"{folder}/realisations.tif"))
    if repr(method) in (records.params(finished) or []):
        before = [path for path in records.input(finished) if path.endswith(".npz")]
        return [f"{folder}/annealed/{Path(path).name}" for path in before]
    chunks = min(RUN["annealing_jobs"], method["realisations"])
    return [f"{folder}/annealed/{chunk}of{chunks}.npz" for chunk in range(1, chunks + 1)]


# --- gans


def training_code(wildcards):
    """Modules that decide a network's weights; of a guided one the descriptors, too."""
    method = method_setting()(wildcards)
    spared = ["rockrec.descriptors"] if method["guide"] else []
    stop_at = tuple(name for name in SHAPES_NO_WEIGHTS if name not in spared)
    return code("train_gan.py", method["kind"], stop_at=stop_at)


def drawing_code(script):
    """An input function: modules that a trained network is drawn from with, its kind's own too."""

    def modules(wildcards):
        kind = settings["methods"][wildcards.method]["kind"]
        return code(script, kind, stop_at=(RECORDS,))

    return modules


def listing_code(wildcards):
    """Modules that the networks of an experiment are built with."""
    networks = reconstructions(settings, wildcards.experiment, that="is_network")
    return code("list_layers.py", *sorted({one.kind for one in networks}))


def network_setting(wildcards):
    """A params function: what the training of a network depends on, and the windows it may use."""
    method = method_setting()(wildcards)
    shaping = {*KINDS[method["kind"]].trained_on, "limit"}
    method = {key: value for key, value in method.items() if key in shaping}
    if not method["guide"]:
        del method["guide_weight"]
    return method


def sampling_setting(wildcards):
    """A params function: what the sampling of a network depends on besides its model."""
    method = {"truncation": 1.0} | method_setting()(wildcards)
    return {key: method[key] for key in ("realisations", "size", "threshold", "truncation")}


# --- evaluate


def targeted_by(wildcards):
    """A params function: by method, what its realisations were fitted or forced to."""

    def targeted(block):
        if KINDS[block["kind"]].is_annealed:
            return [*met_by(block["targets"]), "phase_fraction"]
        forced = ["phase_fraction"] if block.get("threshold") == "phase_fraction" else []
        return [*block.get("guide", []), *forced]

    return {name: targeted(block) for name, block in methods_of(wildcards).items()}


def augmentations(wildcards):
    """A params function: all flips and turns that training tiles of an experiment may undergo."""
    named = {
        name
        for block in methods_of(wildcards).values()
        for key in ("augmentation", "ada")
        for name in block.get(key) or []
    }
    return sorted(named & set(AUGMENTATIONS))


# --- figures

ALL_FIGURES = [f"{one.stem}.{end}" for one in shown_figures(settings) for end in ("pdf", "png")]

# What a figure or table may be told, by the name that its record asks for it by.
TOLD = {
    "samples": lambda wildcards: experiment_samples(settings, wildcards.experiment),
    "methods": labels_of_reconstructions,
    "kinds": lambda wildcards: {
        name: settings["methods"][name]["kind"]
        for name in settings["experiments"][wildcards.experiment]["methods"]
    },
    "phases": [settings["samples"][rock.sample]["phase"] for rock in rocks(settings, "is_gray")],
    "pixel_sizes_nm": [
        settings["samples"][rock.sample]["pixel_size_nm"] for rock in rocks(settings, "is_gray")
    ],
    **settings["figures"],
}


def which(wildcards):
    """The experiment and the sample that a job's wildcards name, None where they name none."""
    return {key: wildcards.get(key) for key in ("experiment", "sample")}


def inputs_of(record):
    """Input functions of a figure or table, by the name of the input.

    A figure of one sample has one scene, whose file comes alone; all others come as a list.
    """

    def of_record(files):
        alone = record.of == "sample" and files.of == "scene"

        def found(wildcards):
            several = paths(settings, files, **which(wildcards))
            return several[0] if alone else several

        return found

    return {name: of_record(files) for name, files in record.inputs.items()}


def params_of(record):
    """What a figure's or table's script is told, by name."""
    told = {name: TOLD[name] for name in record.params if name != "whose"}
    if "whose" in record.params:
        told["whose"] = lambda wildcards: whose(settings, record.inputs, **which(wildcards))
    return told


FOLDER_OF = {"run": "", "experiment": "{experiment}/", "sample": "{experiment}/{sample}/"}


# --- tables

ALL_TABLES = [f"{one.stem}.{end}" for one in shown_tables(settings) for end in ("csv", "html")]


def describe_scene(scene):
    """What the table of claims has to know of a sample's methods in an experiment."""
    told = ("kind", "targets", "upsampling")
    methods = {
        name: for_sample(settings["methods"][name], scene.sample)
        for name in settings["experiments"][scene.experiment]["methods"]
    }
    return {
        "experiment": scene.experiment,
        "sample": scene.sample,
        "settings": {
            name: {key: value for key, value in block.items() if key in told}
            for name, block in methods.items()
        },
    }


TOLD |= {
    "paper": {name: of_the_paper(kind.settings) for name, kind in KINDS.items()},
    "scenes": [describe_scene(scene) for scene in scenes(settings)],
}


# --- report


def figure_in_report(shown):
    """What the report has to know of a figure beside its picture."""
    figure, of_sample = shown.record, f" of {shown.sample}" if shown.sample else ""
    title = f"{shown.experiment}: {figure.title}" if shown.experiment else figure.title.capitalize()
    return {
        "name": figure.name,
        "experiment": shown.experiment,
        "section": figure.section,
        "title": f"{title}{of_sample}",
        "caption": (WORKFLOW / "report" / f"{figure.name}.rst").read_text(encoding="utf-8"),
    }


def scene_in_report(scene):
    tiles = for_sample(settings["experiments"][scene.experiment]["tiles"], scene.sample)
    pixel_size_nm = settings["samples"][scene.sample]["pixel_size_nm"]
    return scene.experiment, scene.sample, tiles["window"], tiles["size"], pixel_size_nm
