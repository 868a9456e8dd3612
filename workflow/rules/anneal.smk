# Stochastic reconstruction by simulated annealing (Yeong-Torquato), and stacks made elsewhere.


rule anneal:
    """Anneal realisations to the descriptors of training tiles."""
    input:
        tiles=RESULTS + "/tiles.tif",
        table=RESULTS + "/tiles.csv",
        code=code("anneal.py"),
    output:
        realisations=REALISATIONS + "/realisations.tif",
        history=REALISATIONS + "/history.csv",
        provenance=REALISATIONS + "/provenance.json",
    params:
        method=method_setting("replicates"),
        seed=settings["seed"],
    wildcard_constraints:
        method=methods_of_kind("sa"),
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/anneal.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/anneal.tsv"
    threads: 24
    resources:
        mem_mb=4000,
        runtime=720,
    conda:
        "../../envs/imaging.yaml"
    message:
        "Anneal {wildcards.method} {wildcards.replicate} of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/anneal.py"


rule import_external:
    """Take in a stack of images that another tool made, to be compared like any method."""
    input:
        stack=lambda wildcards: method_setting()(wildcards)["stack"],
        tiles=RESULTS + "/tiles.tif",
        code=code("import_external.py"),
    output:
        realisations=REALISATIONS + "/realisations.tif",
        provenance=REALISATIONS + "/provenance.json",
    wildcard_constraints:
        method=methods_of_kind("external"),
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/import_external.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/import_external.tsv"
    resources:
        mem_mb=4000,
        runtime=10,
    conda:
        "../../envs/imaging.yaml"
    message:
        "Take in {wildcards.method} of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/import_external.py"
