# What the tiles and the realisations are in numbers, and how far they lie apart.


rule describe_tiles:
    """Descriptors of the training or the held-out tiles, those that do not overlap."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        code=code("describe_tiles.py"),
    output:
        descriptors="results/{sample}/{experiment}/{part}/descriptors.npz",
        curves="results/{sample}/{experiment}/{part}/curves.csv",
    log:
        "logs/{sample}/{experiment}/{part}/describe_tiles.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{part}/describe_tiles.tsv"
    conda:
        "../../envs/imaging.yaml"
    threads: 4
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(60),
    params:
        boundary=settings["evaluation"]["boundary"],
    message:
        "Describe the {wildcards.part} tiles of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/describe_tiles.py"


rule describe_realisations:
    """Descriptors of a method's realisations."""
    input:
        realisations="results/{sample}/{experiment}/{method}/{replicate}/realisations.tif",
        code=code("describe_realisations.py"),
    output:
        descriptors="results/{sample}/{experiment}/{method}/{replicate}/descriptors.npz",
        curves="results/{sample}/{experiment}/{method}/{replicate}/curves.csv",
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/describe_realisations.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/describe_realisations.tsv"
    conda:
        "../../envs/imaging.yaml"
    threads: 4
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(60),
    params:
        boundary=settings["evaluation"]["boundary"],
        size=lambda wildcards: tile_setting(wildcards)["size"],
    message:
        "Describe {wildcards.method} {wildcards.replicate} of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/describe_realisations.py"


rule compare:
    """Error of every method against real tiles, beside the noise floor, with a verdict."""
    input:
        train="results/{sample}/{experiment}/train/descriptors.npz",
        heldout="results/{sample}/{experiment}/heldout/descriptors.npz",
        realisations=of_each_reconstruction("descriptors.npz"),
        pores="results/{sample}/{experiment}/pores.csv",
        transport="results/{sample}/{experiment}/transport.csv",
        widths="results/{sample}/{experiment}/widths.csv",
        code=code("compare.py"),
    output:
        errors="results/{sample}/{experiment}/errors.csv",
    log:
        "logs/{sample}/{experiment}/compare.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/compare.tsv"
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(60),
    params:
        methods=methods_of_reconstructions,
        targeted=lambda wildcards: told.targeted(methods_of(wildcards)),
        evaluation=settings["evaluation"],
        pore_tiles=settings["pores"]["tiles"],
        seed=settings["seed"],
    message:
        "Compare the methods on {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/compare.py"


rule diagnose:
    """Look for known artefacts in every method's tiles, and in real ones."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        realisations=of_each_reconstruction("realisations.tif"),
        code=code("diagnose.py", records=["rockrec.plain.records.diagnoses"]),
    output:
        diagnosis="results/{sample}/{experiment}/diagnosis.csv",
    log:
        "logs/{sample}/{experiment}/diagnose.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/diagnose.tsv"
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(60),
    params:
        methods=methods_of_reconstructions,
        window=lambda wildcards: tile_setting(wildcards)["window"],
        n_tiles=settings["evaluation"]["set_size"],
        augmentation=lambda wildcards: told.augmentations(methods_of(wildcards)),
        seed=settings["seed"],
    message:
        "Look for artefacts in {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/diagnose.py"


rule measure_novelty:
    """How much of every method's tiles is copied from the training tiles, and from where."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        realisations=of_each_reconstruction("realisations.tif"),
        code=code("measure_novelty.py"),
    output:
        novelty="results/{sample}/{experiment}/novelty.csv",
        maps="results/{sample}/{experiment}/novelty.npz",
    log:
        "logs/{sample}/{experiment}/measure_novelty.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/measure_novelty.tsv"
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(60),
    params:
        methods=methods_of_reconstructions,
        window=lambda wildcards: tile_setting(wildcards)["window"],
        n_tiles=settings["evaluation"]["set_size"],
        augmentation=lambda wildcards: told.augmentations(methods_of(wildcards)),
        seed=settings["seed"],
    message:
        "Look for what is copied in {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/measure_novelty.py"


rule classify_tiles:
    """Can a small network tell a method's tiles from real ones?"""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        realisations=of_each_reconstruction("realisations.tif"),
        code=code("classify_tiles.py"),
    output:
        classifier="results/{sample}/{experiment}/classifier.csv",
    log:
        "logs/{sample}/{experiment}/classify_tiles.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/classify_tiles.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(120),
    params:
        methods=methods_of_reconstructions,
        n_tiles=settings["evaluation"]["set_size"],
        seed=settings["seed"],
    message:
        "Let a network tell real from reconstructed, {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/classify_tiles.py"


rule measure_pores:
    """Area and orientation of single pores, real and reconstructed."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        realisations=of_each_reconstruction("realisations.tif"),
        code=code("measure_pores.py"),
    output:
        pores="results/{sample}/{experiment}/pores.csv",
    log:
        "logs/{sample}/{experiment}/measure_pores.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/measure_pores.tsv"
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(60),
    params:
        methods=methods_of_reconstructions,
        pores=settings["pores"],
    message:
        "Measure the pores of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/measure_pores.py"


rule measure_transport:
    """Effective diffusivity of tiles, real and reconstructed."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        realisations=of_each_reconstruction("realisations.tif"),
        code=code("measure_transport.py"),
    output:
        transport="results/{sample}/{experiment}/transport.csv",
    log:
        "logs/{sample}/{experiment}/measure_transport.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/measure_transport.tsv"
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(60),
    params:
        methods=methods_of_reconstructions,
        transport=settings["transport"],
    message:
        "Measure how tiles of {wildcards.sample} conduct, {wildcards.experiment}"
    script:
        "../scripts/measure_transport.py"


rule measure_widths:
    """Local thickness and chord lengths, real and reconstructed."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        realisations=of_each_reconstruction("realisations.tif"),
        code=code("measure_widths.py"),
    output:
        widths="results/{sample}/{experiment}/widths.csv",
    log:
        "logs/{sample}/{experiment}/measure_widths.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/measure_widths.tsv"
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=memory(4000, beside_input=4),
        runtime=again(60),
    params:
        methods=methods_of_reconstructions,
        n_tiles=settings["transport"]["tiles"],
    message:
        "Measure the widths of the phase of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/measure_widths.py"
