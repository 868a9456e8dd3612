# The report: one page that tells what was run and what came out.


rule make_report:
    """One page that tells what was run and what came out."""
    input:
        figures=[f"{one.stem}.png" for one in shown_figures(settings)],
        tables=[f"{one.stem}.html" for one in shown_tables(settings)],
        errors=expand("results/tables/{experiment}_errors.csv", experiment=EXPERIMENTS),
        faults=expand("results/tables/{experiment}_faults.csv", experiment=EXPERIMENTS),
        costs=expand("results/tables/{experiment}_costs.csv", experiment=EXPERIMENTS),
        provenance=[one.file("provenance.json") for one in reconstructions(settings)],
        tiles=[scene.file("tiles.csv") for scene in scenes(settings)],
        mosaics=[segmented_of(sample) for sample in SAMPLES],
        scores=SCORES,
        doubts=[rock.file("mosaic/confidence.json") for rock in rocks(settings, "is_gray")],
        proposals=[rock.file("mosaic/paint_next.csv") for rock in rocks(settings, "is_gray")],
        calibrated=[rock.file("mosaic/phase_fraction.json") for rock in rocks(settings, "is_gray")],
        res=[rock.file("res/errors.csv") for rock in rocks(settings)],
        references=[rock.file("res/references.csv") for rock in rocks(settings)],
        fractions=[rock.file("precision/fraction.json") for rock in rocks(settings)],
        sizes=[rock.file("precision/sizes.csv") for rock in rocks(settings)],
        stationarity=[rock.file("precision/stationarity.csv") for rock in rocks(settings)],
        values=[rock.file("res/values.csv") for rock in rocks(settings)],
        scan_faults=[Rock(sample).file("mosaic/scan_faults.csv") for sample in SCANNED],
        code=code("make_report.py"),
    output:
        "results/report.html",
    log:
        "logs/make_report.log",
    benchmark:
        "results/benchmarks/make_report.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=again(2000),
        runtime=again(10),
    params:
        figures=[told.figure_in_report(one, WORKFLOW / "report") for one in shown_figures(settings)],
        tables=[(one.record.name, one.experiment) for one in shown_tables(settings)],
        experiments=EXPERIMENTS,
        scenes=[told.scene_in_report(settings, scene) for scene in scenes(settings)],
        mosaics=[
            (sample, door_of(block).name, *(block.get(key) for key in TOLD_OF_MOSAICS))
            for sample, block in settings["samples"].items()
        ],
        scored=SCORED,
        doubted=[rock.sample for rock in rocks(settings, "is_gray")],
        scanned=SCANNED,
        samples=SAMPLES,
        config_files=[Path(path).name for path in workflow.configfiles],
        settings={key: value for key, value in settings.items() if key != "run"},
    message:
        "Write the report"
    script:
        "../scripts/make_report.py"
