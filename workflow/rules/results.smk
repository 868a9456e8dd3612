# What a run ends in: which figures and tables, made from what, and shown where.


# Of an experiment, and of each sample of one, in the order of the report.
FIGURES = (
    *("shapes", "resizing", "history", "realisations", "polytope_curves", "repetition"),
    *("lineal_path", "pores"),
)
SAMPLE_FIGURES = ("descriptors", "diversity")


def has_networks(experiment):
    kinds = {settings["methods"][m]["kind"] for m in settings["experiments"][experiment]["methods"]}
    return bool(kinds & set(NETWORKS))


def latent_space_of(experiment, key):
    """(sample, run) of the networks of an experiment that are asked for `key`, unless 0 or []."""
    return [
        (sample, run)
        for sample in experiment_samples(settings, experiment)
        for run in runs_of(experiment)
        if for_sample(settings["methods"][method_of(run)], sample).get(key)
    ]


def latent_space_files(key, name):
    """An input function: a file of each such network."""
    return lambda wildcards: [
        f"results/{sample}/{wildcards.experiment}/{run}/{name}"
        for sample, run in latent_space_of(wildcards.experiment, key)
    ]


def figures_of(experiment):
    """(title, stem of the files) of every figure of an experiment."""
    names = [*FIGURES, "strip"] if has_networks(experiment) else list(FIGURES)
    if any(latent_space_of(experiment, key) for key in ("interpolation", "project")):
        names.append("latent_space")
    figures = [(name.replace("_", " "), f"{experiment}/{name}") for name in names]
    figures += [
        (f"{name} of {sample}", f"{experiment}/{sample}/{name}")
        for name in SAMPLE_FIGURES
        for sample in experiment_samples(settings, experiment)
    ]
    return [(f"{experiment}: {title}", f"results/figures/{stem}") for title, stem in figures]


def all_figures():
    stems = [stem for _, stem in report_figures()]
    return [f"{stem}.{kind}" for stem in stems for kind in ("pdf", "png")]


# Of an experiment; beside them stands the table of claims, on all of them.
TABLES = ("architectures", "settings", "costs", "errors", "faults")


# By kind of method and setting, the value that the paper states.
STATED_IN_THE_PAPER = {
    kind: {
        key: str(sub["paper"])
        for key, sub in load_schema()["$defs"][kind]["properties"].items()
        if "paper" in sub
    }
    for kind in ("sa", *NETWORKS)
}


def report_tables():
    """(kind, experiment) of every table; that of the claims has no experiment."""
    tables = [
        (kind, experiment)
        for experiment in EXPERIMENTS
        for kind in TABLES
        if kind != "architectures" or has_networks(experiment)
    ]
    return [*tables, ("claims", "")]


def table_stem(kind, experiment):
    return f"results/tables/{experiment}_{kind}" if experiment else f"results/tables/{kind}"


def all_tables():
    stems = [table_stem(*table) for table in report_tables()]
    return [f"{stem}.{kind}" for stem in stems for kind in ("csv", "html")]


# Each sample of each experiment.
SCENES = [(e, sample) for e in EXPERIMENTS for sample in experiment_samples(settings, e)]


def of_scenes(name):
    return [f"results/{sample}/{experiment}/{name}" for experiment, sample in SCENES]


def of_scene_runs(experiment, sample, name):
    return [f"results/{sample}/{experiment}/{run}/{name}" for run in runs_of(experiment)]


def networks_of(experiment):
    return [r for r in runs_of(experiment) if settings["methods"][method_of(r)]["kind"] in NETWORKS]


def of_scene_networks(experiment, sample, name):
    return [f"results/{sample}/{experiment}/{run}/{name}" for run in networks_of(experiment)]


def realisations_of_kinds(*kinds):
    """The realisations of every method of these kinds."""
    return [
        f"results/{sample}/{experiment}/{run}/realisations.tif"
        for experiment, sample in SCENES
        for run in runs_of(experiment)
        if settings["methods"][method_of(run)]["kind"] in kinds
    ]


def describe_scene(experiment, sample):
    """What the table of claims has to know of a sample's methods in an experiment."""
    told = ("kind", "targets", "upsampling")
    methods = {
        method: {
            key: value
            for key, value in for_sample(settings["methods"][method], sample).items()
            if key in told
        }
        for method in settings["experiments"][experiment]["methods"]
    }
    return {
        "experiment": experiment,
        "sample": sample,
        "settings": methods,
        "runs": runs_of(experiment),
        "networks": networks_of(experiment),
    }


def of_experiment(pattern):
    """An input function: `pattern` for every sample of the figure's experiment."""
    return lambda wildcards: per_sample_of(wildcards.experiment, pattern)


def of_runs(pattern):
    """An input function: `pattern` sample by sample, for each sample run by run."""
    return lambda wildcards: per_run_of(wildcards.experiment, pattern)


def runs_of_sample(pattern):
    """An input function: `pattern` of the figure's sample run by run."""
    return lambda wildcards: expand(pattern, run=runs_of(wildcards.experiment), allow_missing=True)


def kinds_of(wildcards):
    """A params function: the kind of every method of an experiment."""
    methods = settings["experiments"][wildcards.experiment]["methods"]
    return {method: settings["methods"][method]["kind"] for method in methods}


def names_of(wildcards):
    return experiment_samples(settings, wildcards.experiment)


def run_labels(wildcards):
    return runs_of(wildcards.experiment)


def report_figures():
    """What the report shows: each figure with its title and the stem of its caption file."""
    shown = [("Representative size", "results/figures/res")]
    if GRAY_SAMPLES:
        shown.insert(0, ("Segmentation", "results/figures/segmentation"))
    for experiment in EXPERIMENTS:
        shown += figures_of(experiment)
    return shown


def figure_in_report(title, stem):
    """What the report has to know of a figure: results/figures/<experiment>/.../<name>."""
    *folders, name = Path(stem).relative_to("results/figures").parts
    experiment = folders[0] if folders else ""
    return {"name": name, "experiment": experiment, "title": title, "caption": caption(stem)}


def scene_in_report(experiment, sample):
    tiles = for_sample(settings["experiments"][experiment]["tiles"], sample)
    pixel_size_nm = settings["samples"][sample]["pixel_size_nm"]
    return experiment, sample, tiles["window"], tiles["size"], pixel_size_nm


def caption(stem):
    return Path(workflow.basedir, "workflow/report", f"{Path(stem).name}.rst").read_text(
        encoding="utf-8"
    )
