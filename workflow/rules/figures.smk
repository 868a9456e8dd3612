# Figures, tables and the report.

FIGURES = ("realisations", "polytope_curves", "lineal_path", "pores")


def has_networks(experiment):
    kinds = {settings["methods"][m]["kind"] for m in settings["experiments"][experiment]["methods"]}
    return bool(kinds & set(NETWORKS))


def figures_of(experiment):
    names = [*FIGURES, "history"] if has_networks(experiment) else FIGURES
    return [f"results/figures/{experiment}/{name}" for name in names]


def all_figures():
    stems = [stem for experiment in EXPERIMENTS for stem in figures_of(experiment)]
    return [f"{stem}.{kind}" for stem in ["results/figures/res", *stems] for kind in ("pdf", "png")]


def all_tables():
    return [f"results/tables/{experiment}_errors.{kind}" for experiment in EXPERIMENTS for kind in ("csv", "html")]


def of_experiment(pattern):
    """An input function: `pattern` for every sample of the figure's experiment."""
    return lambda wildcards: per_sample_of(wildcards.experiment, pattern)


def of_runs(pattern):
    """An input function: `pattern` sample by sample, for each sample run by run."""
    return lambda wildcards: per_run_of(wildcards.experiment, pattern)


def names_of(wildcards):
    return experiment_samples(settings, wildcards.experiment)


def run_labels(wildcards):
    return runs_of(wildcards.experiment)


rule plot_realisations:
    """Tiles, real and reconstructed (the paper's Figs. 3 and 6)."""
    input:
        tiles=of_experiment(RESULTS + "/tiles.tif"),
        tables=of_experiment(RESULTS + "/tiles.csv"),
        realisations=of_runs(RESULTS + "/{run}/realisations.tif"),
        code=code("plot_realisations.py"),
    output:
        pdf="results/figures/{experiment}/realisations.pdf",
        png=report(
            "results/figures/{experiment}/realisations.png",
            caption="../report/realisations.rst",
            category="{experiment}",
            labels={"figure": "realisations"},
        ),
    params:
        samples=names_of,
        methods=run_labels,
    log:
        "logs/figures/{experiment}/plot_realisations.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_realisations.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/plots.yaml"
    message:
        "Plot realisations of {wildcards.experiment}"
    script:
        "../scripts/plot_realisations.py"


rule plot_polytope_curves:
    """S2 and the polytope functions, real and reconstructed (the paper's Fig. 4)."""
    input:
        heldout=of_experiment(RESULTS + "/heldout/curves.csv"),
        reconstructed=of_runs(RESULTS + "/{run}/curves.csv"),
        code=code("plot_polytope_curves.py"),
    output:
        pdf="results/figures/{experiment}/polytope_curves.pdf",
        png=report(
            "results/figures/{experiment}/polytope_curves.png",
            caption="../report/polytope_curves.rst",
            category="{experiment}",
            labels={"figure": "polytope curves"},
        ),
    params:
        samples=names_of,
        methods=run_labels,
        quantity="P",
    log:
        "logs/figures/{experiment}/plot_polytope_curves.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_polytope_curves.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/plots.yaml"
    message:
        "Plot polytope curves of {wildcards.experiment}"
    script:
        "../scripts/plot_polytope_curves.py"


rule plot_lineal_path:
    """Lineal path, real and reconstructed (the paper's Fig. 7)."""
    input:
        heldout=of_experiment(RESULTS + "/heldout/curves.csv"),
        reconstructed=of_runs(RESULTS + "/{run}/curves.csv"),
        code=code("plot_lineal_path.py"),
    output:
        pdf="results/figures/{experiment}/lineal_path.pdf",
        png=report(
            "results/figures/{experiment}/lineal_path.png",
            caption="../report/lineal_path.rst",
            category="{experiment}",
            labels={"figure": "lineal path"},
        ),
    params:
        samples=names_of,
        methods=run_labels,
    log:
        "logs/figures/{experiment}/plot_lineal_path.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_lineal_path.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/plots.yaml"
    message:
        "Plot lineal path of {wildcards.experiment}"
    script:
        "../scripts/plot_lineal_path.py"


rule plot_pores:
    """Pore area and orientation, real and reconstructed (the paper's Fig. 8)."""
    input:
        pores=of_experiment(RESULTS + "/pores.csv"),
        code=code("plot_pores.py"),
    output:
        pdf="results/figures/{experiment}/pores.pdf",
        png=report(
            "results/figures/{experiment}/pores.png",
            caption="../report/pores.rst",
            category="{experiment}",
            labels={"figure": "pores"},
        ),
    params:
        samples=names_of,
        methods=run_labels,
    log:
        "logs/figures/{experiment}/plot_pores.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_pores.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/plots.yaml"
    message:
        "Plot pores of {wildcards.experiment}"
    script:
        "../scripts/plot_pores.py"


rule plot_history:
    """Losses and S2 error of the networks over training (the paper's Fig. 2b)."""
    input:
        history=lambda wildcards: [path for path, _ in trainings_of(wildcards.experiment)],
        code=code("plot_history.py"),
    output:
        pdf="results/figures/{experiment}/history.pdf",
        png=report(
            "results/figures/{experiment}/history.png",
            caption="../report/history.rst",
            category="{experiment}",
            labels={"figure": "training history"},
        ),
    params:
        labels=lambda wildcards: [label for _, label in trainings_of(wildcards.experiment)],
    log:
        "logs/figures/{experiment}/plot_history.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_history.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/plots.yaml"
    message:
        "Plot the training history of {wildcards.experiment}"
    script:
        "../scripts/plot_history.py"


rule plot_res:
    """F2 by image size, and the size at which it is representative (the paper's Fig. 5)."""
    input:
        curves=expand("results/{sample}/res/curves.csv", sample=SAMPLES),
        errors=expand("results/{sample}/res/errors.csv", sample=SAMPLES),
        code=code("plot_res.py"),
    output:
        pdf="results/figures/res.pdf",
        png=report(
            "results/figures/res.png",
            caption="../report/res.rst",
            category="samples",
            labels={"figure": "representative size"},
        ),
    params:
        samples=SAMPLES,
    log:
        "logs/figures/plot_res.log",
    benchmark:
        "results/benchmarks/figures/plot_res.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/plots.yaml"
    message:
        "Plot the RES analysis"
    script:
        "../scripts/plot_res.py"


rule make_error_table:
    """Errors, floors and verdicts of an experiment in one table (the paper's Tables S3 and S4)."""
    input:
        errors=of_experiment(RESULTS + "/errors.csv"),
        code=code("make_error_table.py"),
    output:
        csv="results/tables/{experiment}_errors.csv",
        html=report(
            "results/tables/{experiment}_errors.html",
            caption="../report/errors.rst",
            category="{experiment}",
            labels={"table": "errors"},
        ),
    params:
        samples=names_of,
    log:
        "logs/tables/{experiment}/make_error_table.log",
    benchmark:
        "results/benchmarks/tables/{experiment}/make_error_table.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/plots.yaml"
    message:
        "Make the error table of {wildcards.experiment}"
    script:
        "../scripts/make_error_table.py"


def report_figures():
    """What the report shows: each figure with its title and the stem of its caption file."""
    shown = [("Representative size", "results/figures/res")]
    for experiment in EXPERIMENTS:
        for stem in figures_of(experiment):
            shown.append((f"{experiment}: {Path(stem).name.replace('_', ' ')}", stem))
    return shown


def caption(stem):
    return Path(workflow.basedir, "workflow/report", f"{Path(stem).name}.rst").read_text(encoding="utf-8")


rule make_report:
    """One page that tells what was run and what came out."""
    input:
        figures=[f"{stem}.png" for _, stem in report_figures()],
        tables=[f"results/tables/{experiment}_errors.html" for experiment in EXPERIMENTS],
        scores=expand("results/{sample}/unet/scores.csv", sample=[s for s in SAMPLES if door(s) != "segmented"]),
        res=expand("results/{sample}/res/errors.csv", sample=SAMPLES),
        code=code("make_report.py"),
    output:
        "results/report.html",
    params:
        figures=[
            {"title": title, "caption": caption(stem)} for title, stem in report_figures()
        ],
        tables=[f"Errors: {experiment}" for experiment in EXPERIMENTS],
        scored=[s for s in SAMPLES if door(s) != "segmented"],
        samples=SAMPLES,
        settings=settings,
    log:
        "logs/make_report.log",
    benchmark:
        "results/benchmarks/make_report.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/plots.yaml"
    message:
        "Write the report"
    script:
        "../scripts/make_report.py"
