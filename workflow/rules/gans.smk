# Reconstruction by generative adversarial networks: train once, sample as often as wanted.


rule train_gan:
    """Train a GAN on the training tiles; the descriptors of the validation tiles pick the weights."""
    input:
        tiles=RESULTS + "/tiles.tif",
        table=RESULTS + "/tiles.csv",
        code=code("train_gan.py", stop_at=SHAPES_NO_WEIGHTS),
    output:
        model=REALISATIONS + "/model.pt",
        history=REALISATIONS + "/history.csv",
    params:
        method=method_setting("replicates", "realisations"),
        checkpoints="results/checkpoints/{sample}",
        seed=settings["seed"],
    wildcard_constraints:
        method=methods_of_kind(*NETWORKS),
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/train_gan.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/train_gan.tsv"
    threads: 8
    resources:
        mem_mb=16000,
        runtime=1440,
        gpu=1 if settings["run"]["device"] != "cpu" else 0,
        device=settings["run"]["device"],
        checkpoint_interval_s=settings["run"]["checkpoint_interval_s"],
        log_interval_s=settings["run"]["log_interval_s"],
    conda:
        "../../envs/torch.yaml"
    message:
        "Train {wildcards.method} {wildcards.replicate} on {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/train_gan.py"


rule sample_gan:
    """Draw realisations from a trained generator."""
    input:
        model=REALISATIONS + "/model.pt",
        tiles=RESULTS + "/tiles.tif",
        code=code("sample_gan.py"),
    output:
        realisations=REALISATIONS + "/realisations.tif",
        provenance=REALISATIONS + "/provenance.json",
    params:
        realisations=lambda wildcards: method_setting()(wildcards)["realisations"],
        threshold=lambda wildcards: method_setting()(wildcards)["threshold"],
        seed=settings["seed"],
    wildcard_constraints:
        method=methods_of_kind(*NETWORKS),
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/sample_gan.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/sample_gan.tsv"
    threads: 2
    resources:
        mem_mb=8000,
        runtime=60,
        gpu=1 if settings["run"]["device"] != "cpu" else 0,
        device=settings["run"]["device"],
    conda:
        "../../envs/torch.yaml"
    message:
        "Sample {wildcards.method} {wildcards.replicate} of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/sample_gan.py"
