# The tables, as CSV and as a fragment of HTML that the report shows: a rule each, from the records.


rule list_layers:
    """Networks of an experiment, layer by layer; it needs torch, their table does not."""
    input:
        **inputs_of(ARCHITECTURES),
        code=listing_code,
    output:
        csv="results/tables/{experiment}_architectures.csv",
    log:
        "logs/tables/{experiment}/list_layers.log",
    benchmark:
        "results/benchmarks/tables/{experiment}/list_layers.tsv"
    group:
        "drawing"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=again(4000),
        runtime=again(10),
    params:
        **params_of(ARCHITECTURES),
    message:
        "List the layers of the networks of {wildcards.experiment}"
    script:
        "../scripts/list_layers.py"


for table in TABLES:
    stem = f"results/tables/{'{experiment}_' if table.of == 'experiment' else ''}{table.name}"
    folder = FOLDER_OF[table.of]
    listed = table.listed_by is not None

    rule:
        name:
            f"make_{table.name}_table"
        input:
            **({"csv": f"{stem}.csv"} if listed else inputs_of(table)),
            code=code(f"make_{table.name}_table.py"),
        output:
            **({} if listed else {"csv": f"{stem}.csv"}),
            html=report(
                f"{stem}.html",
                caption=f"../report/{table.name}.rst",
                category="{experiment}" if folder else "paper",
                labels={"table": table.name},
            ),
        log:
            f"logs/tables/{folder}make_{table.name}_table.log",
        benchmark:
            f"results/benchmarks/tables/{folder}make_{table.name}_table.tsv"
        group:
            "drawing"
        conda:
            "../../envs/plots.yaml"
        resources:
            mem_mb=again(2000),
            runtime=again(10),
        params:
            **({} if listed else params_of(table)),
            script=f"make_{table.name}_table",
        message:
            f"Make the table of {table.name}: {{output.html}}"
        script:
            "../scripts/{params.script}.py"

    getattr(rules, f"make_{table.name}_table").rule.docstring = table.what
