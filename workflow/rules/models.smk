# Models that the labels of several samples teach together.


rule train_shared_forest:
    """Fit one forest to the labelled pixels of several samples; score it on each."""
    input:
        **of_teachers(
            denoised="mosaic/denoised.tif",
            contrast="mosaic/contrast.json",
            outside="mosaic/outside.tif",
            inspection="mosaic/inspection.json",
        ),
        labels=labels_of_teachers,
        code=code("train_shared_forest.py", stop_at=SHAPES_NO_WEIGHTS),
    output:
        model="results/models/{model}/forest/model.npz",
        scores="results/models/{model}/forest/scores.csv",
    log:
        "logs/models/{model}/train_shared_forest.log",
    benchmark:
        "results/benchmarks/models/{model}/train_shared_forest.tsv"
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=memory(4000, beside_input=0.5),
        runtime=again(60),
    params:
        contents=contents(labels=labels_of_teachers),
        forest=model_setting("forest"),
        teachers=teachers_told,
        classes=classes_of_teachers,
        seed=settings["seed"],
    message:
        "Fit the forest {wildcards.model}"
    script:
        "../scripts/train_shared_forest.py"


rule train_shared_unet:
    """Train one U-Net on the labelled pixels of several samples; keep the best epoch."""
    input:
        **of_teachers(
            denoised="mosaic/denoised.tif",
            contrast="mosaic/contrast.json",
            outside="mosaic/outside.tif",
            inspection="mosaic/inspection.json",
        ),
        labels=labels_of_teachers,
        initial=initial_of_model,
        encoder=encoder_of_model,
        code=code("train_shared_unet.py", stop_at=SHAPES_NO_WEIGHTS),
    output:
        model="results/models/{model}/unet/model.pt",
        history="results/models/{model}/unet/history.csv",
        scores="results/models/{model}/unet/scores.csv",
    log:
        "logs/models/{model}/train_shared_unet.log",
    benchmark:
        "results/benchmarks/models/{model}/train_shared_unet.tsv"
    conda:
        "../../envs/torch.yaml"
    threads: 2
    resources:
        mem_mb=memory(8000, beside_input=0.5, most=2),
        runtime=240,
        gpu=GPU,
        device=RUN["device"],
        checkpoint_interval_s=RUN["checkpoint_interval_s"],
        slurm_extra="--signal=TERM@300",
    params:
        contents=contents(
            labels=labels_of_teachers,
            initial=initial_of_model,
            encoder=encoder_of_model,
        ),
        unet=model_setting("unet", "init_from"),
        forest=model_setting("forest"),
        checkpoints=f"{placed('results/checkpoints')}/models/{{model}}",
        teachers=teachers_told,
        classes=classes_of_teachers,
        seed=settings["seed"],
    message:
        "Train the U-Net {wildcards.model}"
    script:
        "../scripts/train_shared_unet.py"
