"""List the layers of a trained network."""

from logbook import logged
from rockrec.gans.architecture import list_layers
from rockrec.gans.sampling import load_model
from rockrec.outputs import written_whole


@logged(snakemake)
def main():
    model = load_model(snakemake.input.model)
    with written_whole(snakemake.output.layers) as partial:
        list_layers(model.settings, model.size).to_csv(partial, index=False)


main()
