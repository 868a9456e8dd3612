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
        method=method_setting("replicates"),
        checkpoints=CHECKPOINTS,
        seed=run_seed,
    message:
        "Quilt {wildcards.method} {wildcards.replicate} of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/quilt.py"
