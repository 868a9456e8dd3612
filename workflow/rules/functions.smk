# Input and params functions of single stages, in the order of the stages.


# --- fetch


TO_FETCH = to_fetch(settings)
ARCHIVES = archives(TO_FETCH)


def archive_file(wildcards):
    """An input function: where the archive of a mosaic is put; none if it has no address."""
    name = archive_name(TO_FETCH[wildcards.mosaic])
    return local(f"resources/downloads/{name}") if name else []


# --- mosaic


def raw_mosaic(wildcards):
    """The raw mosaic: the user's file, her tiles, or the synthetic rock's."""
    sample = settings["samples"][wildcards.sample]
    if sample.get("grid"):
        return list(map(of_the_user, Grid(**sample["grid"]).paths(mosaic_of(sample))))
    if door_of(sample).is_made:
        return Rock(wildcards.sample).file("mosaic/raw.tif")
    return of_the_user(mosaic_of(sample))


def masks_of(wildcards):
    return list(map(of_the_user, outside_of(settings["samples"][wildcards.sample]).masks))


def outside_setting(wildcards):
    """A params function: what the user says is outside of her mosaic."""
    return outside_of(settings["samples"][wildcards.sample])._asdict()


def labels_of_sample(sample):
    """The labels as the config gives them: a path, or fields with their offsets."""
    labels = settings["samples"][sample].get("labels")
    return labels or str(placed(Rock(sample).file("mosaic/labels.tif")))


def labels_of(wildcards):
    return labels_of_sample(wildcards.sample)


def label_files_of(sample):
    labels = settings["samples"][sample].get("labels")
    if not labels:
        return [Rock(sample).file("mosaic/labels.tif")]
    paths = [labels] if isinstance(labels, str) else [one["file"] for one in labels]
    return list(map(of_the_user, paths))


def label_files(wildcards):
    return label_files_of(wildcards.sample)


def unet_settings(wildcards):
    block = for_sample(settings["unet"], wildcards.sample)
    return {key: value for key, value in block.items() if key != "init_from"}


def inference_settings(wildcards):
    """What concerns a sample's segmentation: a forest has neither windows nor a precision."""
    block = for_sample(settings["segmentation"], wildcards.sample)
    if segmenter(wildcards.sample) == "forest":
        return {"resample": block["resample"]}
    return {key: value for key, value in block.items() if key != "kind"}


MODELS = {"unet": "unet/model.pt", "forest": "forest/model.npz"}


def trained(kind, name):
    """The file of a model that is named by its path, or by what teaches it."""
    if name in settings["models"]:
        return Rock(f"models/{name}").file(MODELS[kind])
    return Rock(name).file(MODELS[kind]) if name in SAMPLES else of_the_user(name)


def encoder_file(wildcards):
    """The pretrained weights of a network's encoder, if there are any."""
    path = for_sample(settings["unet"], wildcards.sample)["encoder_weights"]
    return of_the_user(path) if path else []


def initial_model(wildcards):
    name = for_sample(settings["unet"], wildcards.sample)["init_from"]
    return [] if name is None else trained("unet", name)


def model_of(wildcards):
    """What segments a sample: a model that is given, that it teaches with others, or its own."""
    given = settings["samples"][wildcards.sample].get("model")
    shared = shared_model(settings, wildcards.sample)
    return trained(segmenter(wildcards.sample), given or shared or wildcards.sample)


def teachers_of(wildcards):
    """The samples whose labels teach a shared model."""
    return settings["models"][wildcards.model]["samples"]


def of_teachers(**names):
    """Input functions: files of every sample that teaches a model; marks where there are any."""

    def files(name):
        marks = name in ("mosaic/outside.tif", "mosaic/inspection.json")
        return lambda wildcards: [
            Rock(sample).file(name)
            for sample in teachers_of(wildcards)
            if not marks or sample in INSPECTED
        ]

    return {key: files(name) for key, name in names.items()}


def labels_of_teachers(wildcards):
    return [path for sample in teachers_of(wildcards) for path in label_files_of(sample)]


def teachers_told(wildcards):
    """A params function: what a training has to know of each sample that teaches the model."""
    return [
        {
            "name": sample,
            "labels": labels_of_sample(sample),
            "unlabelled": settings["samples"][sample].get("unlabelled", 0),
            "inspected": sample in INSPECTED,
        }
        for sample in teachers_of(wildcards)
    ]


def classes_of_teachers(wildcards):
    return merged_classes(settings, wildcards.model)


def model_setting(block, *omit):
    """A params function: the settings of a shared model, without the keys that do not concern it."""

    def of_model(wildcards):
        found = for_sample(settings[block], wildcards.model)
        return {key: value for key, value in found.items() if key not in omit}

    return of_model


def encoder_of_model(wildcards):
    path = for_sample(settings["unet"], wildcards.model)["encoder_weights"]
    return of_the_user(path) if path else []


def initial_of_model(wildcards):
    name = for_sample(settings["unet"], wildcards.model)["init_from"]
    return [] if name is None else trained("unet", name)


def points_of(wildcards):
    """The table of points that the user judged, if she did."""
    points = settings["samples"][wildcards.sample].get("points")
    return of_the_user(points) if points else []


# --- anneal


def external_stack(wildcards):
    return of_the_user(method_setting()(wildcards)["stack"])


def run_seed(wildcards):
    """A params function: the seed of one replicate of a method."""
    names = wildcards.sample, wildcards.experiment, wildcards.method, wildcards.replicate
    return seed_for(settings["seed"], *names)


def start_of(wildcards):
    """The realisations that an annealing begins with; none where it begins with no method."""
    method = method_started_from(method_setting()(wildcards))
    if method is None:
        return []
    replicates = settings["methods"][method].get("replicates", 1)
    replicate = (int(wildcards.replicate) - 1) % replicates + 1
    kind = settings["methods"][method]["kind"]
    names = wildcards.sample, wildcards.experiment, method, replicate, kind
    return Reconstruction(*names).file("realisations.tif")


def target_curves(wildcards):
    """The user's own curves that realisations are annealed to."""
    targets = method_setting()(wildcards)["targets"]
    return list(map(of_the_user, targets.values())) if isinstance(targets, dict) else []


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


TOLD |= {
    "paper": {name: of_the_paper(kind.settings) for name, kind in KINDS.items()},
    "scenes": told.described_scenes(settings),
}


TOLD_OF_MOSAICS = "pixel_size_nm", "pixel_size_trust", "phase", "classes"
