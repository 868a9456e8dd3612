# The report: one page that tells what was run and what came out.


rule make_report:
    """One page that tells what was run and what came out."""
    input:
        figures=[f"{stem}.png" for _, stem in report_figures()],
        tables=[f"{table_stem(*table)}.html" for table in report_tables()],
        errors=expand("results/tables/{experiment}_errors.csv", experiment=EXPERIMENTS),
        faults=expand("results/tables/{experiment}_faults.csv", experiment=EXPERIMENTS),
        costs=expand("results/tables/{experiment}_costs.csv", experiment=EXPERIMENTS),
        provenance=[path for scene in SCENES for path in of_scene_runs(*scene, "provenance.json")],
        tiles=of_scenes("tiles.csv"),
        mosaics=[segmented_of(sample) for sample in SAMPLES],
        scores=expand("results/{sample}/unet/scores.csv", sample=LABELLED_SAMPLES),
        res=expand("results/{sample}/res/errors.csv", sample=SAMPLES),
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
        mem_mb=2000,
        runtime=10,
    params:
        figures=[figure_in_report(title, stem) for title, stem in report_figures()],
        tables=report_tables(),
        experiments=EXPERIMENTS,
        scenes=[scene_in_report(*scene) for scene in SCENES],
        mosaics=[(s, door(s), settings["samples"][s]["pixel_size_nm"]) for s in SAMPLES],
        scored=LABELLED_SAMPLES,
        samples=SAMPLES,
        config_files=[Path(path).name for path in workflow.configfiles],
        settings={key: value for key, value in settings.items() if key != "run"},
    message:
        "Write the report"
    script:
        "../scripts/make_report.py"
