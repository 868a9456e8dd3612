# Reconstruction by generative adversarial networks: train once, sample as often as wanted.


rule train_gan:
    """Train a GAN on the training tiles; the descriptors of the validation tiles pick the weights."""
    input:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        code=training_code,
    output:
        model="results/{sample}/{experiment}/{method}/{replicate}/model.pt",
        history="results/{sample}/{experiment}/{method}/{replicate}/history.csv",
        strip="results/{sample}/{experiment}/{method}/{replicate}/strip.npz",
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/train_gan.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/train_gan.tsv"
    wildcard_constraints:
        method=methods_that("is_network"),
    conda:
        "../../envs/torch.yaml"
    threads: RUN["training_threads"]
    resources:
        mem_mb=memory(16000, beside_input=2, most=2),
        runtime=1440,
        gpu=GPU * RUN["gpus"],
        nodes=1,
        processes=RUN["gpus"],
        device=RUN["device"],
        checkpoint_interval_s=RUN["checkpoint_interval_s"],
        log_interval_s=RUN["log_interval_s"],
        # On SLURM it is told to save before its time is up, and the next job goes on.
        slurm_extra="--signal=TERM@300",
    params:
        method=lambda wildcards: told.trained_with(method_setting()(wildcards)),
        checkpoints=CHECKPOINTS,
        seed=settings["seed"],
    message:
        "Train {wildcards.method} {wildcards.replicate} on {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/train_gan.py"


rule sample_gan:
    """Draw realisations from a trained generator."""
    input:
        model="results/{sample}/{experiment}/{method}/{replicate}/model.pt",
        tiles="results/{sample}/{experiment}/tiles.tif",
        code=drawing_code("sample_gan.py"),
    output:
        realisations="results/{sample}/{experiment}/{method}/{replicate}/realisations.tif",
        provenance="results/{sample}/{experiment}/{method}/{replicate}/provenance.json",
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/sample_gan.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/sample_gan.tsv"
    wildcard_constraints:
        method=methods_that("is_network"),
    conda:
        "../../envs/torch.yaml"
    threads: 2
    resources:
        mem_mb=again(8000),
        runtime=again(60),
        gpu=GPU,
        device=RUN["device"],
    params:
        sampling=lambda wildcards: told.sampled_with(method_setting()(wildcards)),
        seed=settings["seed"],
    message:
        "Sample {wildcards.method} {wildcards.replicate} of {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/sample_gan.py"


rule draw_plane:
    """Draw a mosaic of any size from the plane of an endless generator (off by default)."""
    input:
        model="results/{sample}/{experiment}/{method}/{replicate}/model.pt",
        tiles="results/{sample}/{experiment}/tiles.tif",
        code=drawing_code("draw_plane.py"),
    output:
        mosaic="results/{sample}/{experiment}/{method}/{replicate}/mosaic.tif",
        provenance="results/{sample}/{experiment}/{method}/{replicate}/mosaic.json",
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/draw_plane.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/draw_plane.tsv"
    wildcard_constraints:
        method=methods_that("is_endless"),
    conda:
        "../../envs/torch.yaml"
    threads: 8
    resources:
        mem_mb=memory(8000, most=2),
        runtime=720,
        gpu=GPU,
        device=RUN["device"],
    params:
        drawing=lambda wildcards: told.drawn_with(method_setting()(wildcards)),
        checkpoints=CHECKPOINTS,
        seed=settings["seed"],
    message:
        "Draw a mosaic by {wildcards.method} {wildcards.replicate} of {wildcards.sample}"
    script:
        "../scripts/draw_plane.py"


rule interpolate_gan:
    """Draw a closed walk through the latent space of a StyleGAN2, as a film (off by default)."""
    input:
        model="results/{sample}/{experiment}/{method}/{replicate}/model.pt",
        tiles="results/{sample}/{experiment}/tiles.tif",
        code=drawing_code("interpolate_gan.py"),
    output:
        film="results/{sample}/{experiment}/{method}/{replicate}/interpolation.tif",
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/interpolate_gan.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/interpolate_gan.tsv"
    wildcard_constraints:
        method=methods_that("walks_latent_space"),
    conda:
        "../../envs/torch.yaml"
    threads: 2
    resources:
        mem_mb=again(8000),
        runtime=again(30),
        gpu=GPU,
        device=RUN["device"],
    params:
        frames=lambda wildcards: method_setting()(wildcards)["interpolation"],
        threshold=lambda wildcards: method_setting()(wildcards)["threshold"],
        seed=settings["seed"],
    message:
        "Walk through the latent space of {wildcards.method} {wildcards.replicate}, {wildcards.sample}"
    script:
        "../scripts/interpolate_gan.py"


rule project_tiles:
    """Find real tiles in the latent space of a StyleGAN2, GAN inversion (off by default)."""
    input:
        model="results/{sample}/{experiment}/{method}/{replicate}/model.pt",
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        code=drawing_code("project_tiles.py"),
    output:
        pairs="results/{sample}/{experiment}/{method}/{replicate}/projections.tif",
        table="results/{sample}/{experiment}/{method}/{replicate}/projections.csv",
        styles="results/{sample}/{experiment}/{method}/{replicate}/projections.npz",
    log:
        "logs/{sample}/{experiment}/{method}/{replicate}/project_tiles.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/{method}/{replicate}/project_tiles.tsv"
    wildcard_constraints:
        method=methods_that("walks_latent_space"),
    conda:
        "../../envs/torch.yaml"
    threads: 2
    resources:
        mem_mb=memory(8000, beside_input=2),
        runtime=again(120),
        gpu=GPU,
        device=RUN["device"],
    params:
        lines=lambda wildcards: method_setting()(wildcards)["project"],
        steps=lambda wildcards: method_setting()(wildcards)["project_steps"],
        seed=settings["seed"],
    message:
        "Project tiles of {wildcards.sample} into {wildcards.method} {wildcards.replicate}"
    script:
        "../scripts/project_tiles.py"
