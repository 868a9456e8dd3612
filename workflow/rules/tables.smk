# Tables, as CSV and as a fragment of HTML that the report shows.


rule make_error_table:
    """Errors, floors and verdicts of an experiment in one table (the paper's Tables S3 and S4)."""
    input:
        errors=of_experiment("results/{sample}/{experiment}/errors.csv"),
        code=code("make_error_table.py"),
    output:
        csv="results/tables/{experiment}_errors.csv",
        html=report(
            "results/tables/{experiment}_errors.html",
            caption="../report/errors.rst",
            category="{experiment}",
            labels={"table": "errors"},
        ),
    log:
        "logs/tables/{experiment}/make_error_table.log",
    benchmark:
        "results/benchmarks/tables/{experiment}/make_error_table.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        samples=names_of,
    message:
        "Make the error table of {wildcards.experiment}"
    script:
        "../scripts/make_error_table.py"


rule make_fault_table:
    """Artefacts by name, and whether a small network tells the tiles from real ones."""
    input:
        diagnosis=of_experiment("results/{sample}/{experiment}/diagnosis.csv"),
        classifier=of_experiment("results/{sample}/{experiment}/classifier.csv"),
        code=code("make_fault_table.py"),
    output:
        csv="results/tables/{experiment}_faults.csv",
        html=report(
            "results/tables/{experiment}_faults.html",
            caption="../report/faults.rst",
            category="{experiment}",
            labels={"table": "faults"},
        ),
    log:
        "logs/tables/{experiment}/make_fault_table.log",
    benchmark:
        "results/benchmarks/tables/{experiment}/make_fault_table.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        samples=names_of,
    message:
        "Make the table of faults of {wildcards.experiment}"
    script:
        "../scripts/make_fault_table.py"
