# The report: one page that tells what was run and what came out.


rule make_report:
    """One page that tells what was run and what came out."""
    input:
        figures=[f"{stem}.png" for _, stem in report_figures()],
        tables=[f"{stem}.html" for _, stem in report_tables()],
        scores=expand(
            "results/{sample}/unet/scores.csv",
            sample=LABELLED_SAMPLES,
        ),
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
        figures=[{"title": title, "caption": caption(stem)} for title, stem in report_figures()],
        tables=[title for title, _ in report_tables()],
        scored=LABELLED_SAMPLES,
        samples=SAMPLES,
        settings={key: value for key, value in settings.items() if key != "run"},
    message:
        "Write the report"
    script:
        "../scripts/make_report.py"
