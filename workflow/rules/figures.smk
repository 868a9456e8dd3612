# The figures: a rule each, made from the records.


for figure in FIGURES:
    folder = FOLDER_OF[figure.of]

    rule:
        name:
            f"plot_{figure.name}"
        input:
            **inputs_of(figure),
            code=code(f"plot_{figure.name}.py"),
        output:
            pdf=f"results/figures/{folder}{figure.name}.pdf",
            png=report(
                f"results/figures/{folder}{figure.name}.png",
                caption=f"../report/{figure.name}.rst",
                category="{experiment}" if folder else figure.section,
                labels={"figure": figure.title}
                | ({"sample": "{sample}"} if figure.of == "sample" else {}),
            ),
        log:
            f"logs/figures/{folder}plot_{figure.name}.log",
        benchmark:
            f"results/benchmarks/figures/{folder}plot_{figure.name}.tsv"
        group:
            "drawing"
        conda:
            "../../envs/plots.yaml"
        resources:
            mem_mb=again(2000),
            runtime=again(10),
        params:
            **params_of(figure),
            dpi=settings["figures"]["dpi"],
            script=f"plot_{figure.name}",
        message:
            f"Plot {figure.title}: {{output.png}}"
        script:
            "../scripts/{params.script}.py"

    # A docstring is text in Snakemake's grammar, and cannot be computed.
    getattr(rules, f"plot_{figure.name}").rule.docstring = figure.what
