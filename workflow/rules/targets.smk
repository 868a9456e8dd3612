# Targets for a stage: `snakemake --cores 24 segment` makes what that stage ends in, and all before.


rule denoise:
    """Stage: all denoised mosaics."""
    input:
        expand("results/{sample}/mosaic/denoised.tif", sample=GRAY_SAMPLES),
    localrule: True


rule segment:
    """Stage: all segmented mosaics, with their figure and the networks' scores."""
    input:
        [segmented_of(sample) for sample in SAMPLES],
        expand("results/{sample}/unet/scores.csv", sample=LABELLED_SAMPLES),
        [f"{stem}.png" for _, stem in report_figures() if Path(stem).name == "segmentation"],
    localrule: True


rule tiles:
    """Stage: the tiles of all experiments, divided into their three parts."""
    input:
        of_scenes("tiles.tif"),
    localrule: True


rule res:
    """Stage: the representative size of every sample, with its figure."""
    input:
        "results/figures/res.png",
        expand("results/{sample}/res/errors.csv", sample=SAMPLES),
    localrule: True


rule sa:
    """Stage: all annealed realisations."""
    input:
        realisations_of_kinds("sa"),
    localrule: True


rule gan:
    """Stage: all networks, trained, and their realisations."""
    input:
        realisations_of_kinds(*NETWORKS),
    localrule: True


rule figures:
    """Stage: all figures, as PDF and PNG."""
    input:
        all_figures(),
    localrule: True


rule tables:
    """Stage: all tables, as CSV and HTML."""
    input:
        all_tables(),
    localrule: True


rule report:
    """Stage: the report, with the figures and tables that it shows."""
    input:
        "results/report.html",
    localrule: True
