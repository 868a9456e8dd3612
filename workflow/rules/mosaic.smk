# From the raw mosaic to the segmented one, and the size at which it is representative.


rule make_synthetic_rock:
    """Make a synthetic rock with known truth: gray mosaic and sparse labels (no data needed)."""
    input:
        code=code("make_synthetic_rock.py", stop_at=SHAPES_NO_PIXEL),
    output:
        mosaic="results/{sample}/mosaic/raw.tif",
        labels="results/{sample}/mosaic/labels.tif",
        truth="results/{sample}/mosaic/truth.tif",
    log:
        "logs/{sample}/make_synthetic_rock.log",
    benchmark:
        "results/benchmarks/{sample}/make_synthetic_rock.tsv"
    wildcard_constraints:
        sample=samples_that("is_made"),
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=again(4000),
        runtime=again(120),
    params:
        rock=sample_settings("synthetic", "height", "width", "pixel_size_nm", *ROCK_VARIANT),
        seed=settings["seed"],
    message:
        "Make the synthetic rock {wildcards.sample}"
    script:
        "../scripts/make_synthetic_rock.py"


rule inspect_mosaic:
    """Look at all pixels of a mosaic: what of it is rock; of labels, whether they are any."""
    input:
        mosaic=raw_mosaic,
        masks=masks_of,
        code=code("inspect_mosaic.py", stop_at=SHAPES_NO_PIXEL),
    output:
        outside="results/{sample}/mosaic/outside.tif",
        inspection="results/{sample}/mosaic/inspection.json",
    log:
        "logs/{sample}/inspect_mosaic.log",
    benchmark:
        "results/benchmarks/{sample}/inspect_mosaic.tsv"
    wildcard_constraints:
        sample=one_of(INSPECTED),
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=again(4000),
        runtime=again(60),
        trust=sample_setting("pixel_size_trust"),
        classes=lambda wildcards: told.named_labels(settings["samples"][wildcards.sample]),
    params:
        contents=contents(mosaic=raw_mosaic, masks=masks_of),
        outside=outside_setting,
        grid=sample_setting("grid"),
        mosaic=lambda wildcards: told.inspected_as(settings["samples"][wildcards.sample]),
    message:
        "Inspect the mosaic of {wildcards.sample}"
    script:
        "../scripts/inspect_mosaic.py"


rule find_scan_faults:
    """Find where the scan of a gray mosaic went wrong: seams, repeated lines, what is out of focus."""
    input:
        **INSPECTION,
        mosaic=raw_mosaic,
        code=code("find_scan_faults.py", stop_at=SHAPES_NO_PIXEL),
    output:
        faults="results/{sample}/mosaic/scan_faults.csv",
        mask="results/{sample}/mosaic/scan_faults.tif",
    log:
        "logs/{sample}/find_scan_faults.log",
    benchmark:
        "results/benchmarks/{sample}/find_scan_faults.tsv"
    wildcard_constraints:
        sample=samples_that("brings_gray"),
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=again(4000),
        runtime=again(60),
    params:
        contents=contents(mosaic=raw_mosaic),
        grid=sample_setting("grid"),
        pixel_size_nm=sample_setting("pixel_size_nm"),
    message:
        "Look for faults of the scan in the mosaic of {wildcards.sample}"
    script:
        "../scripts/find_scan_faults.py"


rule denoise_mosaic:
    """Denoise the raw mosaic with a bilateral filter, which keeps edges."""
    input:
        **INSPECTION,
        mosaic=raw_mosaic,
        code=code("denoise_mosaic.py", stop_at=SHAPES_NO_PIXEL),
    output:
        denoised="results/{sample}/mosaic/denoised.tif",
        contrast="results/{sample}/mosaic/contrast.json",
    log:
        "logs/{sample}/denoise_mosaic.log",
    benchmark:
        "results/benchmarks/{sample}/denoise_mosaic.tsv"
    wildcard_constraints:
        sample=samples_that("is_gray"),
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=memory(4000, beside_input=0.1),
        runtime=again(120),
        trust=sample_setting("pixel_size_trust"),
    params:
        contents=contents(mosaic=raw_mosaic),
        denoise=setting("denoise"),
        grid=sample_setting("grid"),
        pixel_size_nm=sample_setting("pixel_size_nm"),
    message:
        "Denoise the mosaic of {wildcards.sample}"
    script:
        "../scripts/denoise_mosaic.py"


rule train_unet:
    """Train a U-Net on the labelled pixels and a forest's answers; keep the epoch that scores best."""
    input:
        **INSPECTION,
        denoised="results/{sample}/mosaic/denoised.tif",
        contrast="results/{sample}/mosaic/contrast.json",
        labels=label_files,
        initial=initial_model,
        encoder=encoder_file,
        code=code("train_unet.py", stop_at=SHAPES_NO_WEIGHTS),
    output:
        model="results/{sample}/unet/model.pt",
        history="results/{sample}/unet/history.csv",
        scores="results/{sample}/unet/scores.csv",
    log:
        "logs/{sample}/train_unet.log",
    benchmark:
        "results/benchmarks/{sample}/train_unet.tsv"
    wildcard_constraints:
        sample=one_of(LABELLED_SAMPLES),
    conda:
        "../../envs/torch.yaml"
    threads: 2
    resources:
        mem_mb=memory(8000, beside_input=0.5, most=2),
        runtime=240,
        gpu=GPU,
        device=RUN["device"],
        phase=sample_setting("phase"),
        checkpoint_interval_s=RUN["checkpoint_interval_s"],
        # On SLURM it is told to save before its time is up, and the next job goes on.
        slurm_extra="--signal=TERM@300",
    params:
        contents=contents(labels=label_files, initial=initial_model, encoder=encoder_file),
        unet=unet_settings,
        forest=setting("forest"),
        labels=labels_of,
        unlabelled=sample_setting("unlabelled", 0),
        classes=sample_setting("classes", {}),
        checkpoints=CHECKPOINTS,
        seed=settings["seed"],
    message:
        "Train the U-Net of {wildcards.sample}"
    script:
        "../scripts/train_unet.py"


rule train_forest:
    """Fit a forest to the labelled pixels; score it on places that it has not seen."""
    input:
        **INSPECTION,
        denoised="results/{sample}/mosaic/denoised.tif",
        contrast="results/{sample}/mosaic/contrast.json",
        labels=label_files,
        code=code("train_forest.py", stop_at=SHAPES_NO_WEIGHTS),
    output:
        model="results/{sample}/forest/model.npz",
        scores="results/{sample}/forest/scores.csv",
    log:
        "logs/{sample}/train_forest.log",
    benchmark:
        "results/benchmarks/{sample}/train_forest.tsv"
    wildcard_constraints:
        sample=one_of(LABELLED_SAMPLES),
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=memory(4000, beside_input=0.5),
        runtime=again(60),
        phase=sample_setting("phase"),
    params:
        contents=contents(labels=label_files),
        forest=setting("forest"),
        labels=labels_of,
        unlabelled=sample_setting("unlabelled", 0),
        classes=sample_setting("classes", {}),
        seed=settings["seed"],
    message:
        "Fit the forest of {wildcards.sample}"
    script:
        "../scripts/train_forest.py"


rule segment_mosaic:
    """Segment the mosaic: a label for every pixel, without seams between windows."""
    input:
        **INSPECTION,
        denoised="results/{sample}/mosaic/denoised.tif",
        contrast="results/{sample}/mosaic/contrast.json",
        model=model_of,
        code=code("segment_mosaic.py", stop_at=SHAPES_NO_PIXEL),
    output:
        segmented="results/{sample}/mosaic/segmented.tif",
        confidence="results/{sample}/mosaic/confidence.tif",
        summary="results/{sample}/mosaic/confidence.json",
    log:
        "logs/{sample}/segment_mosaic.log",
    benchmark:
        "results/benchmarks/{sample}/segment_mosaic.tsv"
    wildcard_constraints:
        sample=segmented_by("unet"),
    conda:
        "../../envs/torch.yaml"
    threads: 2
    resources:
        mem_mb=memory(8000, beside_input=0.1),
        runtime=again(720),
        gpu=GPU,
        device=RUN["device"],
        phase=sample_setting("phase"),
    params:
        contents=contents(model=model_of),
        segmentation=inference_settings,
        pixel_size_nm=sample_setting("pixel_size_nm"),
    message:
        "Segment the mosaic of {wildcards.sample}"
    script:
        "../scripts/segment_mosaic.py"


rule segment_with_forest:
    """Segment the mosaic with a forest: a label for every pixel, the same however it is divided."""
    input:
        **INSPECTION,
        denoised="results/{sample}/mosaic/denoised.tif",
        contrast="results/{sample}/mosaic/contrast.json",
        model=model_of,
        code=code("segment_with_forest.py", stop_at=SHAPES_NO_PIXEL),
    output:
        segmented="results/{sample}/mosaic/segmented.tif",
        confidence="results/{sample}/mosaic/confidence.tif",
        summary="results/{sample}/mosaic/confidence.json",
    log:
        "logs/{sample}/segment_with_forest.log",
    benchmark:
        "results/benchmarks/{sample}/segment_with_forest.tsv"
    wildcard_constraints:
        sample=segmented_by("forest"),
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=memory(4000, beside_input=0.1),
        runtime=again(720),
        phase=sample_setting("phase"),
    params:
        contents=contents(model=model_of),
        segmentation=inference_settings,
        pixel_size_nm=sample_setting("pixel_size_nm"),
    message:
        "Segment the mosaic of {wildcards.sample} with a forest"
    script:
        "../scripts/segment_with_forest.py"


rule propose_fields:
    """Find the fields in which the model doubts most, and cut them out to be painted next."""
    input:
        denoised="results/{sample}/mosaic/denoised.tif",
        confidence="results/{sample}/mosaic/confidence.tif",
        summary="results/{sample}/mosaic/confidence.json",
        code=code("propose_fields.py", stop_at=SHAPES_NO_PIXEL),
    output:
        table="results/{sample}/mosaic/paint_next.csv",
        images=directory("results/{sample}/mosaic/paint_next"),
    log:
        "logs/{sample}/propose_fields.log",
    benchmark:
        "results/benchmarks/{sample}/propose_fields.tsv"
    wildcard_constraints:
        sample=samples_that("is_gray"),
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=again(2000),
        runtime=again(10),
    params:
        labels=sample_setting("labels"),
        pixel_size_nm=sample_setting("pixel_size_nm"),
    message:
        "Propose fields of {wildcards.sample} to paint"
    script:
        "../scripts/propose_fields.py"


rule propose_points:
    """Draw random points of a mosaic, to be judged by its user, and cut out what is around them."""
    input:
        segmented="results/{sample}/mosaic/segmented.tif",
        confidence="results/{sample}/mosaic/confidence.tif",
        summary="results/{sample}/mosaic/confidence.json",
        denoised="results/{sample}/mosaic/denoised.tif",
        code=code("propose_points.py", stop_at=SHAPES_NO_PIXEL),
    output:
        table="results/{sample}/mosaic/points.csv",
        images="results/{sample}/mosaic/points.tif",
        plan="results/{sample}/mosaic/points.json",
    log:
        "logs/{sample}/propose_points.log",
    benchmark:
        "results/benchmarks/{sample}/propose_points.tsv"
    wildcard_constraints:
        sample=samples_that("is_gray"),
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=again(2000),
        runtime=again(30),
    params:
        points=setting("points"),
        mosaic=sample_settings("phase", "pixel_size_nm"),
        seed=settings["seed"],
    message:
        "Propose points of {wildcards.sample} to judge"
    script:
        "../scripts/propose_points.py"


rule calibrate_phase_fraction:
    """Tell the phase fraction, with its interval where points were judged."""
    input:
        plan="results/{sample}/mosaic/points.json",
        points=points_of,
        code=code("calibrate_phase_fraction.py", stop_at=SHAPES_NO_PIXEL),
    output:
        fraction="results/{sample}/mosaic/phase_fraction.json",
    log:
        "logs/{sample}/calibrate_phase_fraction.log",
    benchmark:
        "results/benchmarks/{sample}/calibrate_phase_fraction.tsv"
    wildcard_constraints:
        sample=samples_that("is_gray"),
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=again(2000),
        runtime=again(10),
    params:
        contents=contents(points=points_of),
        phase=sample_setting("phase"),
        classes=sample_setting("classes", {}),
    message:
        "Tell the phase fraction of {wildcards.sample}"
    script:
        "../scripts/calibrate_phase_fraction.py"


rule assess_mosaic:
    """How sure a mosaic makes of its rock: intervals, wanted sizes, and whether it is one rock."""
    input:
        **INSPECTION,
        segmented=segmented_mosaic,
        code=code("assess_mosaic.py"),
    output:
        fraction="results/{sample}/precision/fraction.json",
        curves="results/{sample}/precision/curves.csv",
        sizes="results/{sample}/precision/sizes.csv",
        stationarity="results/{sample}/precision/stationarity.csv",
    log:
        "logs/{sample}/assess_mosaic.log",
    benchmark:
        "results/benchmarks/{sample}/assess_mosaic.tsv"
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=again(4000),
        runtime=again(60),
    params:
        contents=contents(segmented=segmented_mosaic),
        precision=setting("precision"),
        mosaic=sample_settings("phase", "pixel_size_nm"),
    message:
        "Assess how sure the mosaic of {wildcards.sample} makes of its rock"
    script:
        "../scripts/assess_mosaic.py"


rule analyse_res:
    """Find the representative elementary size (RES) of a sample from a descriptor of random squares."""
    input:
        **INSPECTION,
        segmented=segmented_mosaic,
        code=code("analyse_res.py"),
    output:
        curves="results/{sample}/res/curves.csv",
        errors="results/{sample}/res/errors.csv",
        references="results/{sample}/res/references.csv",
        values="results/{sample}/res/values.csv",
    log:
        "logs/{sample}/analyse_res.log",
    benchmark:
        "results/benchmarks/{sample}/analyse_res.tsv"
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=memory(4000, beside_input=1),
        runtime=again(60),
    params:
        contents=contents(segmented=segmented_mosaic),
        res=setting("res"),
        mosaic=sample_settings("phase", "pixel_size_nm"),
        seed=settings["seed"],
    message:
        "Find the representative size of {wildcards.sample}"
    script:
        "../scripts/analyse_res.py"
