# From the segmented mosaic to tiles in three separate parts, and what the reduction does to them.


rule cut_tiles:
    """Cut windows out of the segmented mosaic and reduce them to the experiment's tile size."""
    input:
        **INSPECTION,
        segmented=segmented_mosaic,
        code=code("cut_tiles.py", stop_at=SHAPES_NO_PIXEL),
    output:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
    log:
        "logs/{sample}/{experiment}/cut_tiles.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/cut_tiles.tsv"
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=memory(4000, beside_input=1),
        runtime=again(60),
    params:
        contents=contents(segmented=segmented_mosaic),
        tiles=tile_setting,
        mosaic=sample_settings("phase", "pixel_size_nm"),
    message:
        "Cut the tiles of {wildcards.sample} for {wildcards.experiment}"
    script:
        "../scripts/cut_tiles.py"


rule measure_resizing:
    """Lineal path, phase fraction and pores of training windows, before and after the reduction."""
    input:
        segmented=segmented_mosaic,
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        code=code("measure_resizing.py"),
    output:
        resizing="results/{sample}/{experiment}/resizing.csv",
    log:
        "logs/{sample}/{experiment}/measure_resizing.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/measure_resizing.tsv"
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=memory(4000, beside_input=1),
        runtime=again(60),
    params:
        contents=contents(segmented=segmented_mosaic),
        mosaic=sample_settings("phase", "pixel_size_nm"),
        window=lambda wildcards: tile_setting(wildcards)["window"],
    message:
        "Measure what resizing does to {wildcards.sample}, {wildcards.experiment}"
    script:
        "../scripts/measure_resizing.py"
