"""List the layers of an experiment's trained networks."""

from rockrec.gans.architecture import list_layers
from rockrec.gans.sampling import load_model
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.tables.architectures import architecture_table


@logged(snakemake)
def main():
    layers = {}
    owners = snakemake.params.whose["models"]
    for (sample, _, method, *_), path in zip(owners, snakemake.input.models, strict=True):
        if (sample, method) not in layers:  # replicates have the same layers
            model = load_model(path)
            layers[sample, method] = list_layers(model.settings, model.size)
    with written_whole(snakemake.output.csv) as partial:
        architecture_table(layers).to_csv(partial, index=False)


main()
