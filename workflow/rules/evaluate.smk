# What the tiles and the realisations are in numbers, and how far they lie apart.


rule describe_tiles:
    """Descriptors of the training or the held-out tiles, those that do not overlap."""
    input:
        tiles=RESULTS + "/tiles.tif",
        table=RESULTS + "/tiles.csv",
        code=code("describe_tiles.py"),
    output:
        descriptors=RESULTS + "/{part}/descriptors.npz",
        curves=RESULTS + "/{part}/curves.csv",
    params:
        boundary=settings["evaluation"]["boundary"],
        window=lambda wildcards: tile_setting(wildcards)["window"],
    log:
        "logs/{sample}/{experiment}/{part}/describe_tiles.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{part}/describe_tiles.tsv"
    threads: 4
    resources:
        mem_mb=4000,
        runtime=60,
    conda:
        "../../envs/imaging.yaml"
    message:
        "Describe the {wildcards.part} tiles of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/describe_tiles.py"


rule describe_realisations:
    """Descriptors of a method's realisations."""
    input:
        realisations=REALISATIONS + "/realisations.tif",
        code=code("describe_realisations.py"),
    output:
        descriptors=REALISATIONS + "/descriptors.npz",
        curves=REALISATIONS + "/curves.csv",
    params:
        boundary=settings["evaluation"]["boundary"],
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/describe_realisations.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/describe_realisations.tsv"
    threads: 4
    resources:
        mem_mb=4000,
        runtime=60,
    conda:
        "../../envs/imaging.yaml"
    message:
        "Describe {wildcards.method} {wildcards.replicate} of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/describe_realisations.py"


rule compare:
    """Error of every method against real tiles, beside the noise floor, with a verdict."""
    input:
        train=RESULTS + "/train/descriptors.npz",
        heldout=RESULTS + "/heldout/descriptors.npz",
        realisations=lambda wildcards: expand(
            RESULTS + "/{run}/descriptors.npz", run=runs_of(wildcards.experiment), allow_missing=True
        ),
        code=code("compare.py"),
    output:
        errors=RESULTS + "/errors.csv",
    params:
        runs=lambda wildcards: runs_of(wildcards.experiment),
        targeted=targeted_by,
        evaluation=settings["evaluation"],
        seed=settings["seed"],
    log:
        "logs/{sample}/{experiment}/compare.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/compare.tsv"
    resources:
        mem_mb=4000,
        runtime=30,
    conda:
        "../../envs/imaging.yaml"
    message:
        "Compare the methods on {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/compare.py"


rule measure_pores:
    """Area and orientation of single pores, real and reconstructed."""
    input:
        heldout=RESULTS + "/tiles.tif",
        tiles=RESULTS + "/tiles.csv",
        realisations=lambda wildcards: expand(
            RESULTS + "/{run}/realisations.tif", run=runs_of(wildcards.experiment), allow_missing=True
        ),
        code=code("measure_pores.py"),
    output:
        pores=RESULTS + "/pores.csv",
    params:
        sources=lambda wildcards: runs_of(wildcards.experiment),
        n_tiles=settings["pores"]["tiles"],
        drop_border=settings["pores"]["drop_border"],
    log:
        "logs/{sample}/{experiment}/measure_pores.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/measure_pores.tsv"
    resources:
        mem_mb=4000,
        runtime=30,
    conda:
        "../../envs/imaging.yaml"
    message:
        "Measure the pores of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/measure_pores.py"
