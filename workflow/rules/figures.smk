# Figures.


rule plot_realisations:
    """Tiles, real and reconstructed (the paper's Figs. 3 and 6)."""
    input:
        tiles=of_experiment("results/{sample}/{experiment}/tiles.tif"),
        tables=of_experiment("results/{sample}/{experiment}/tiles.csv"),
        realisations=of_runs("results/{sample}/{experiment}/{run}/realisations.tif"),
        code=code("plot_realisations.py"),
    output:
        pdf="results/figures/{experiment}/realisations.pdf",
        png=report(
            "results/figures/{experiment}/realisations.png",
            caption="../report/realisations.rst",
            category="{experiment}",
            labels={"figure": "realisations"},
        ),
    log:
        "logs/figures/{experiment}/plot_realisations.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_realisations.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        samples=names_of,
        methods=run_labels,
    message:
        "Plot realisations of {wildcards.experiment}"
    script:
        "../scripts/plot_realisations.py"


rule plot_segmentation:
    """The segmented mosaics over their gray images."""
    input:
        denoised=expand("results/{sample}/mosaic/denoised.tif", sample=GRAY_SAMPLES),
        segmented=expand("results/{sample}/mosaic/segmented.tif", sample=GRAY_SAMPLES),
        contrast=expand("results/{sample}/mosaic/contrast.json", sample=GRAY_SAMPLES),
        code=code("plot_segmentation.py"),
    output:
        pdf="results/figures/segmentation.pdf",
        png=report(
            "results/figures/segmentation.png",
            caption="../report/segmentation.rst",
            category="segmentation",
            labels={"figure": "segmentation"},
        ),
    log:
        "logs/figures/plot_segmentation.log",
    benchmark:
        "results/benchmarks/figures/plot_segmentation.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        samples=GRAY_SAMPLES,
        phases=[settings["samples"][sample]["phase"] for sample in GRAY_SAMPLES],
        pixel_sizes_nm=[settings["samples"][sample]["pixel_size_nm"] for sample in GRAY_SAMPLES],
    message:
        "Plot the segmented mosaics"
    script:
        "../scripts/plot_segmentation.py"


rule plot_resizing:
    """Lineal path of windows before and after they are reduced to tiles."""
    input:
        resizing=of_experiment("results/{sample}/{experiment}/resizing.csv"),
        code=code("plot_resizing.py"),
    output:
        pdf="results/figures/{experiment}/resizing.pdf",
        png=report(
            "results/figures/{experiment}/resizing.png",
            caption="../report/resizing.rst",
            category="{experiment}",
            labels={"figure": "resizing"},
        ),
    log:
        "logs/figures/{experiment}/plot_resizing.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_resizing.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        samples=names_of,
    message:
        "Plot what resizing does in {wildcards.experiment}"
    script:
        "../scripts/plot_resizing.py"


rule plot_polytope_curves:
    """S2 and the polytope functions, real and reconstructed (the paper's Fig. 4)."""
    input:
        heldout=of_experiment("results/{sample}/{experiment}/heldout/curves.csv"),
        reconstructed=of_runs("results/{sample}/{experiment}/{run}/curves.csv"),
        code=code("plot_polytope_curves.py"),
    output:
        pdf="results/figures/{experiment}/polytope_curves.pdf",
        png=report(
            "results/figures/{experiment}/polytope_curves.png",
            caption="../report/polytope_curves.rst",
            category="{experiment}",
            labels={"figure": "polytope curves"},
        ),
    log:
        "logs/figures/{experiment}/plot_polytope_curves.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_polytope_curves.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        samples=names_of,
        methods=run_labels,
        quantity="P",
    message:
        "Plot polytope curves of {wildcards.experiment}"
    script:
        "../scripts/plot_polytope_curves.py"


rule plot_lineal_path:
    """Lineal path, real and reconstructed (the paper's Fig. 7)."""
    input:
        heldout=of_experiment("results/{sample}/{experiment}/heldout/curves.csv"),
        reconstructed=of_runs("results/{sample}/{experiment}/{run}/curves.csv"),
        code=code("plot_lineal_path.py"),
    output:
        pdf="results/figures/{experiment}/lineal_path.pdf",
        png=report(
            "results/figures/{experiment}/lineal_path.png",
            caption="../report/lineal_path.rst",
            category="{experiment}",
            labels={"figure": "lineal path"},
        ),
    log:
        "logs/figures/{experiment}/plot_lineal_path.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_lineal_path.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        samples=names_of,
        methods=run_labels,
    message:
        "Plot lineal path of {wildcards.experiment}"
    script:
        "../scripts/plot_lineal_path.py"


rule plot_pores:
    """Pore area and orientation, real and reconstructed (the paper's Fig. 8)."""
    input:
        pores=of_experiment("results/{sample}/{experiment}/pores.csv"),
        code=code("plot_pores.py"),
    output:
        pdf="results/figures/{experiment}/pores.pdf",
        png=report(
            "results/figures/{experiment}/pores.png",
            caption="../report/pores.rst",
            category="{experiment}",
            labels={"figure": "pores"},
        ),
    log:
        "logs/figures/{experiment}/plot_pores.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_pores.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        samples=names_of,
        methods=run_labels,
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
    log:
        "logs/figures/{experiment}/plot_history.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_history.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        labels=lambda wildcards: [label for _, label in trainings_of(wildcards.experiment)],
    message:
        "Plot the training history of {wildcards.experiment}"
    script:
        "../scripts/plot_history.py"


rule plot_strip:
    """What the networks draw at the same latent vectors over the training."""
    input:
        strips=lambda wildcards: [
            path.replace("history.csv", "strip.npz")
            for path, _ in trainings_of(wildcards.experiment)
        ],
        history=lambda wildcards: [path for path, _ in trainings_of(wildcards.experiment)],
        code=code("plot_strip.py"),
    output:
        pdf="results/figures/{experiment}/strip.pdf",
        png=report(
            "results/figures/{experiment}/strip.png",
            caption="../report/strip.rst",
            category="{experiment}",
            labels={"figure": "tiles over training"},
        ),
    log:
        "logs/figures/{experiment}/plot_strip.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_strip.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        labels=lambda wildcards: [label for _, label in trainings_of(wildcards.experiment)],
    message:
        "Plot tiles over the training of {wildcards.experiment}"
    script:
        "../scripts/plot_strip.py"


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
    log:
        "logs/figures/plot_res.log",
    benchmark:
        "results/benchmarks/figures/plot_res.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        samples=SAMPLES,
    message:
        "Plot the RES analysis"
    script:
        "../scripts/plot_res.py"
