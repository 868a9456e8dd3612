# Tables, as CSV and as a fragment of HTML that the report shows.


rule list_layers:
    """Networks of an experiment, layer by layer (the paper's Table S1)."""
    input:
        models=of_trained("model.pt"),
        code=code("list_layers.py"),
    output:
        csv="results/tables/{experiment}_architectures.csv",
    log:
        "logs/tables/{experiment}/list_layers.log",
    benchmark:
        "results/benchmarks/tables/{experiment}/list_layers.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        networks=lambda wildcards: [run[:2] for run in trained_runs(wildcards.experiment)],
    message:
        "List the layers of the networks of {wildcards.experiment}"
    script:
        "../scripts/list_layers.py"


rule make_architecture_table:
    """The networks' layers as a table for people."""
    input:
        csv="results/tables/{experiment}_architectures.csv",
        code=code("make_architecture_table.py"),
    output:
        html=report(
            "results/tables/{experiment}_architectures.html",
            caption="../report/architectures.rst",
            category="{experiment}",
            labels={"table": "architectures"},
        ),
    log:
        "logs/tables/{experiment}/make_architecture_table.log",
    benchmark:
        "results/benchmarks/tables/{experiment}/make_architecture_table.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    message:
        "Format the networks of {wildcards.experiment}"
    script:
        "../scripts/make_architecture_table.py"


rule make_settings_table:
    """Settings of an experiment's methods (the paper's Table S2)."""
    input:
        provenance=of_runs("results/{sample}/{experiment}/{run}/provenance.json"),
        code=code("make_settings_table.py"),
    output:
        csv="results/tables/{experiment}_settings.csv",
        html=report(
            "results/tables/{experiment}_settings.html",
            caption="../report/settings.rst",
            category="{experiment}",
            labels={"table": "settings"},
        ),
    log:
        "logs/tables/{experiment}/make_settings_table.log",
    benchmark:
        "results/benchmarks/tables/{experiment}/make_settings_table.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        paper=STATED_IN_THE_PAPER,
        runs=lambda wildcards: all_runs(wildcards.experiment),
    message:
        "List the settings of {wildcards.experiment}"
    script:
        "../scripts/make_settings_table.py"


rule make_cost_table:
    """Costs of training and sampling, and the speed-up over annealing."""
    input:
        provenance=of_runs("results/{sample}/{experiment}/{run}/provenance.json"),
        history=of_trained("history.csv"),
        code=code("make_cost_table.py"),
    output:
        csv="results/tables/{experiment}_costs.csv",
        html=report(
            "results/tables/{experiment}_costs.html",
            caption="../report/costs.rst",
            category="{experiment}",
            labels={"table": "costs"},
        ),
    log:
        "logs/tables/{experiment}/make_cost_table.log",
    benchmark:
        "results/benchmarks/tables/{experiment}/make_cost_table.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        runs=lambda wildcards: all_runs(wildcards.experiment),
        networks=lambda wildcards: trained_runs(wildcards.experiment),
    message:
        "Sum up what {wildcards.experiment} cost"
    script:
        "../scripts/make_cost_table.py"


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


rule make_claim_table:
    """The paper's statements, each with this run's number and whether it holds."""
    input:
        errors=of_scenes("errors.csv"),
        diagnosis=of_scenes("diagnosis.csv"),
        pores=of_scenes("pores.csv"),
        real=of_scenes("heldout/curves.csv"),
        res=[f"results/{sample}/res/errors.csv" for _, sample in SCENES],
        costs=[f"results/tables/{experiment}_costs.csv" for experiment, _ in SCENES],
        curves=[path for scene in SCENES for path in of_scene_runs(*scene, "curves.csv")],
        histories=[path for scene in SCENES for path in of_scene_networks(*scene, "history.csv")],
        code=code("make_claim_table.py"),
    output:
        csv="results/tables/claims.csv",
        html=report(
            "results/tables/claims.html",
            caption="../report/claims.rst",
            category="paper",
            labels={"table": "claims"},
        ),
    log:
        "logs/tables/make_claim_table.log",
    benchmark:
        "results/benchmarks/tables/make_claim_table.tsv"
    conda:
        "../../envs/plots.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        scenes=[describe_scene(*scene) for scene in SCENES],
    message:
        "Hold the paper's statements against this run"
    script:
        "../scripts/make_claim_table.py"
