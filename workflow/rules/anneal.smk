# Stochastic reconstruction by simulated annealing (Yeong-Torquato), and stacks made elsewhere.


rule anneal:
    """Anneal a chunk of the realisations to the descriptors of training tiles."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        start=start_of,
        curves=target_curves,
        code=code("anneal.py", stop_at=SHAPES_NO_PIXEL),
    output:
        temp("results/{sample}/{experiment}/{method}/{replicate}/annealed/{chunk}of{chunks}.npz"),
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/annealed/{chunk}of{chunks}/anneal.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/annealed/{chunk}of{chunks}/anneal.tsv"
    wildcard_constraints:
        method=methods_that("is_annealed"),
    conda:
        "../../envs/imaging.yaml"
    threads: 24
    resources:
        mem_mb=memory(4000, beside_input=2, most=2),
        runtime=720,
    params:
        method=method_setting("replicates"),
        checkpoints=CHECKPOINTS,
        seed=run_seed,
        contents=contents(curves=target_curves),
    message:
        "Anneal {wildcards.method} {wildcards.replicate} of {wildcards.sample}, {wildcards.experiment}"
        " ({wildcards.chunk} of {wildcards.chunks})"
    script:
        "../scripts/anneal.py"


rule gather_realisations:
    """Put the annealed chunks together."""
    input:
        chunks=annealed_chunks,
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        start=start_of,
        curves=target_curves,
        code=code("gather_realisations.py", stop_at=SHAPES_NO_PIXEL),
    output:
        realisations="results/{sample}/{experiment}/{method}/{replicate}/realisations.tif",
        history="results/{sample}/{experiment}/{method}/{replicate}/history.csv",
        provenance="results/{sample}/{experiment}/{method}/{replicate}/provenance.json",
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/gather_realisations.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/gather_realisations.tsv"
    wildcard_constraints:
        method=methods_that("is_annealed"),
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(10),
    params:
        method=method_setting("replicates"),
        seed=run_seed,
        contents=contents(curves=target_curves),
    message:
        "Gather {wildcards.method} {wildcards.replicate} of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/gather_realisations.py"


rule import_external:
    """Take in a stack of images that another tool made, to be compared like any method."""
    input:
        stack=external_stack,
        tiles="results/{sample}/{experiment}/tiles.tif",
        code=code("import_external.py"),
    output:
        realisations="results/{sample}/{experiment}/{method}/{replicate}/realisations.tif",
        provenance="results/{sample}/{experiment}/{method}/{replicate}/provenance.json",
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/import_external.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/import_external.tsv"
    wildcard_constraints:
        method=methods_that("is_external"),
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(10),
    params:
        contents=contents(stack=external_stack),
    message:
        "Take in {wildcards.method} of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/import_external.py"
