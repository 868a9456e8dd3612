# What `snakemake` finds here, and what others name with `--snakefile`: the workflow in workflow/.
# A rule that is included is no default, so this file states its own.
include: "workflow/Snakefile"


rule everything:
    """Everything: all figures, all tables, the report."""
    default_target: True
    input:
        rules.all.input,
    localrule: True
