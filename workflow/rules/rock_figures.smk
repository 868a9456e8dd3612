# Figures of the rock itself, before anything is reconstructed.


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
        dpi=settings["figures"]["dpi"],
        samples=GRAY_SAMPLES,
        phases=[settings["samples"][sample]["phase"] for sample in GRAY_SAMPLES],
        pixel_sizes_nm=[settings["samples"][sample]["pixel_size_nm"] for sample in GRAY_SAMPLES],
    message:
        "Plot the segmented mosaics"
    script:
        "../scripts/plot_segmentation.py"


rule plot_shapes:
    """What the descriptors look for, drawn on real tiles (the paper's Fig. 1)."""
    input:
        tiles=of_experiment("results/{sample}/{experiment}/tiles.tif"),
        tables=of_experiment("results/{sample}/{experiment}/tiles.csv"),
        code=code("plot_shapes.py"),
    output:
        pdf="results/figures/{experiment}/shapes.pdf",
        png=report(
            "results/figures/{experiment}/shapes.png",
            caption="../report/shapes.rst",
            category="{experiment}",
            labels={"figure": "descriptors"},
        ),
    log:
        "logs/figures/{experiment}/plot_shapes.log",
    benchmark:
        "results/benchmarks/figures/{experiment}/plot_shapes.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        dpi=settings["figures"]["dpi"],
        samples=names_of,
    message:
        "Draw the descriptors of {wildcards.experiment} on tiles"
    script:
        "../scripts/plot_shapes.py"


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
        dpi=settings["figures"]["dpi"],
        samples=SAMPLES,
    message:
        "Plot the RES analysis"
    script:
        "../scripts/plot_res.py"


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
        dpi=settings["figures"]["dpi"],
        samples=names_of,
    message:
        "Plot what resizing does in {wildcards.experiment}"
    script:
        "../scripts/plot_resizing.py"
