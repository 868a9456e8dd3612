# From the segmented mosaic to tiles in three separate parts.


rule cut_tiles:
    """Cut windows out of the segmented mosaic and reduce them to the experiment's tile size."""
    input:
        segmented=segmented_mosaic,
        code=code("cut_tiles.py"),
    output:
        tiles="results/{sample}/{experiment}/tiles.tif",
        table="results/{sample}/{experiment}/tiles.csv",
        resizing="results/{sample}/{experiment}/resizing.csv",
    log:
        "logs/{sample}/{experiment}/cut_tiles.log",
    benchmark:
        "results/benchmarks/{sample}/{experiment}/cut_tiles.tsv"
    conda:
        "../../envs/imaging.yaml"
    threads: 2
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        tiles=tile_setting,
        mosaic=sample_settings("phase", "pixel_size_nm"),
    message:
        "Cut the tiles of {wildcards.sample} for {wildcards.experiment}"
    script:
        "../scripts/cut_tiles.py"
