# rockrec: from a raw backscattered-electron mosaic to evaluated reconstructions.
#
# The stages, each a rule, a script and a library module of the same name:
#
#   mosaic -> denoised -> segmented -> tiles -> RES
#                                        |----> annealed ------|
#                                        |----> trained, sampled --> described -> compared -> figures,
#                                        |----> held out ------|                              tables, report
from snakemake.utils import min_version

min_version("9.10")


# The demo's rocks, unless the user brings a config of her own (a second one would be merged in).
if not workflow.configfiles:

    configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/results.smk"
include: "workflow/rules/fetch.smk"
include: "workflow/rules/mosaic.smk"
include: "workflow/rules/tiles.smk"
include: "workflow/rules/anneal.smk"
include: "workflow/rules/gans.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/rock_figures.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/targets.smk"


rule all:
    """Everything: all figures, all tables, the report."""
    default_target: True
    input:
        "results/report.html",
        all_figures(),
        all_tables(),
