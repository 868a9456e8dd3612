# Figures of what was reconstructed, beside real tiles.


rule plot_history:
    """The workflow, and how each reconstruction was fitted (the paper's Fig. 2)."""
    input:
        trainings=of_trained("history.csv"),
        annealings=of_kinds("history.csv", "sa"),
        code=code("plot_history.py"),
    output:
        pdf="results/figures/{experiment}/history.pdf",
        png=report(
            "results/figures/{experiment}/history.png",
            caption="../report/history.rst",
            category="{experiment}",
            labels={"figure": "workflow and training"},
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
        dpi=settings["figures"]["dpi"],
        kinds=kinds_of,
    message:
        "Plot workflow and training of {wildcards.experiment}"
    script:
        "../scripts/plot_history.py"


rule plot_strip:
    """What the networks draw at the same latent vectors over the training."""
    input:
        strips=of_trained("strip.npz"),
        history=of_trained("history.csv"),
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
        dpi=settings["figures"]["dpi"],
    message:
        "Plot tiles over the training of {wildcards.experiment}"
    script:
        "../scripts/plot_strip.py"


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
        dpi=settings["figures"]["dpi"],
        samples=names_of,
        methods=run_labels,
    message:
        "Plot realisations of {wildcards.experiment}"
    script:
        "../scripts/plot_realisations.py"


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
        dpi=settings["figures"]["dpi"],
        samples=names_of,
        methods=run_labels,
        quantity=settings["figures"]["quantity"],
    message:
        "Plot polytope curves of {wildcards.experiment}"
    script:
        "../scripts/plot_polytope_curves.py"


rule plot_repetition:
    """Tiles at large with repetition marked where it was found (the paper's Fig. 6)."""
    input:
        tiles=of_experiment("results/{sample}/{experiment}/tiles.tif"),
        tables=of_experiment("results/{sample}/{experiment}/tiles.csv"),
        realisations=of_runs("results/{sample}/{experiment}/{run}/realisations.tif"),
        diagnosis=of_experiment("results/{sample}/{experiment}/diagnosis.csv"),
        code=code("plot_repetition.py"),
    output:
        pdf="results/figures/{experiment}/repetition.pdf",
        png=report(
            "results/figures/{experiment}/repetition.png",
            caption="../report/repetition.rst",
            category="{experiment}",
            labels={"figure": "repetition"},
        ),
    log:
        "logs/figures/{experiment}/plot_repetition.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_repetition.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        dpi=settings["figures"]["dpi"],
        samples=names_of,
        methods=run_labels,
    message:
        "Plot tiles and repetition of {wildcards.experiment}"
    script:
        "../scripts/plot_repetition.py"


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
        dpi=settings["figures"]["dpi"],
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
        dpi=settings["figures"]["dpi"],
        samples=names_of,
        methods=run_labels,
    message:
        "Plot pores of {wildcards.experiment}"
    script:
        "../scripts/plot_pores.py"


rule plot_descriptors:
    """Descriptors of one sample, real and reconstructed (the paper's Figs. 9 and 10)."""
    input:
        heldout="results/{sample}/{experiment}/heldout/curves.csv",
        reconstructed=runs_of_sample("results/{sample}/{experiment}/{run}/curves.csv"),
        code=code("plot_descriptors.py"),
    output:
        pdf="results/figures/{experiment}/{sample}/descriptors.pdf",
        png=report(
            "results/figures/{experiment}/{sample}/descriptors.png",
            caption="../report/descriptors.rst",
            category="{experiment}",
            labels={"figure": "descriptors", "sample": "{sample}"},
        ),
    log:
        "logs/figures/{experiment}/{sample}/plot_descriptors.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/{sample}/plot_descriptors.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        dpi=settings["figures"]["dpi"],
        methods=run_labels,
        quantity=settings["figures"]["quantity"],
    message:
        "Plot descriptors of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/plot_descriptors.py"


rule plot_diversity:
    """Many tiles of one sample with their S2 curves (the paper's Fig. S1)."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        heldout="results/{sample}/{experiment}/heldout/descriptors.npz",
        realisations=runs_of_sample("results/{sample}/{experiment}/{run}/realisations.tif"),
        reconstructed=runs_of_sample("results/{sample}/{experiment}/{run}/descriptors.npz"),
        code=code("plot_diversity.py"),
    output:
        pdf="results/figures/{experiment}/{sample}/diversity.pdf",
        png=report(
            "results/figures/{experiment}/{sample}/diversity.png",
            caption="../report/diversity.rst",
            category="{experiment}",
            labels={"figure": "diversity", "sample": "{sample}"},
        ),
    log:
        "logs/figures/{experiment}/{sample}/plot_diversity.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/{sample}/plot_diversity.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        dpi=settings["figures"]["dpi"],
        methods=run_labels,
        n_tiles=settings["figures"]["diversity_tiles"],
    message:
        "Plot many tiles of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/plot_diversity.py"


rule plot_latent_space:
    """Walks through the latent space of networks, and real tiles projected into it."""
    input:
        films=latent_space_files("interpolation", "interpolation.tif"),
        pairs=latent_space_files("project", "projections.tif"),
        code=code("plot_latent_space.py"),
    output:
        pdf="results/figures/{experiment}/latent_space.pdf",
        png=report(
            "results/figures/{experiment}/latent_space.png",
            caption="../report/latent_space.rst",
            category="{experiment}",
            labels={"figure": "latent space"},
        ),
    log:
        "logs/figures/{experiment}/plot_latent_space.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_latent_space.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        dpi=settings["figures"]["dpi"],
    message:
        "Plot the latent space of networks of {wildcards.experiment}"
    script:
        "../scripts/plot_latent_space.py"
