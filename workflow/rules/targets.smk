# Targets for a stage: `snakemake segment --cores 24` makes what that stage ends in, and all before.


rule denoise:
    """Stage: all denoised mosaics."""
    input:
        [rock.file("mosaic/denoised.tif") for rock in rocks(settings, "is_gray")],
    localrule: True


rule segment:
    """Stage: all segmented mosaics, their figure, the models' scores, what to paint and judge."""
    input:
        [segmented_of(sample) for sample in SAMPLES],
        SCORES,
        [rock.file("mosaic/paint_next.csv") for rock in rocks(settings, "is_gray")],
        [rock.file("mosaic/phase_fraction.json") for rock in rocks(settings, "is_gray")],
        [path for path in ALL_FIGURES if path == "results/figures/segmentation.png"],
    localrule: True


rule tiles:
    """Stage: the tiles of all experiments, divided into their three parts."""
    input:
        [scene.file("tiles.tif") for scene in scenes(settings)],
    localrule: True


rule res:
    """Stage: how sure each mosaic makes, and the representative size, with its figure."""
    input:
        "results/figures/res.png",
        [rock.file("precision/fraction.json") for rock in rocks(settings)],
        [rock.file("res/errors.csv") for rock in rocks(settings)],
    localrule: True


rule sa:
    """Stage: all annealed realisations."""
    input:
        [one.file("realisations.tif") for one in reconstructions(settings, that="is_annealed")],
    localrule: True


rule gan:
    """Stage: all networks, trained, and their realisations."""
    input:
        [one.file("realisations.tif") for one in reconstructions(settings, that="is_network")],
    localrule: True


rule draw_mosaic:
    """Stage: the single mosaics that methods are asked for by their key `draw`."""
    input:
        [
            one.file("mosaic.tif")
            for one in reconstructions(settings, that="draws_mosaics", asked="draw")
        ],
    localrule: True


rule figures:
    """Stage: all figures, as PDF and PNG."""
    input:
        ALL_FIGURES,
    localrule: True


rule tables:
    """Stage: all tables, as CSV and HTML."""
    input:
        ALL_TABLES,
    localrule: True


rule report:
    """Stage: the report, with the figures and tables that it shows."""
    input:
        "results/report.html",
    localrule: True
