# Stochastic reconstruction by image quilting: patches of the training tiles, laid side by side.


rule quilt:
    """Lay patches of training tiles side by side along the cut of least error."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        code=code("quilt.py", stop_at=SHAPES_NO_PIXEL),
    output:
        realisations="results/{sample}/{experiment}/{method}/{replicate}/realisations.tif",
        provenance="results/{sample}/{experiment}/{method}/{replicate}/provenance.json",
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/quilt.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/quilt.tsv"
    wildcard_constraints:
        method=methods_that("is_quilted"),
    conda:
        "../../envs/imaging.yaml"
    threads: 8
    resources:
        mem_mb=memory(4000, beside_input=4, most=2),
        runtime=720,
    params:
        method=method_setting("replicates", "draw"),
        checkpoints=CHECKPOINTS,
        seed=run_seed,
    message:
        "Quilt {wildcards.method} {wildcards.replicate} of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/quilt.py"


rule quilt_mosaic:
    """Quilt a single mosaic of any size, row by row of patches, in memory that does not grow."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        code=code("quilt_mosaic.py", stop_at=SHAPES_NO_PIXEL),
    output:
        mosaic="results/{sample}/{experiment}/{method}/{replicate}/mosaic.tif",
        provenance="results/{sample}/{experiment}/{method}/{replicate}/mosaic.json",
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/quilt_mosaic.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/quilt_mosaic.tsv"
    wildcard_constraints:
        method=methods_that("is_quilted"),
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=memory(4000, beside_input=4, most=2),
        runtime=720,
    params:
        method=method_setting("replicates", "realisations", "size"),
        checkpoints=CHECKPOINTS,
        seed=run_seed,
    message:
        "Quilt a mosaic by {wildcards.method} {wildcards.replicate} of {wildcards.sample}"
    script:
        "../scripts/quilt_mosaic.py"
