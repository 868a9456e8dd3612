"""Can a small network tell a method's tiles from real ones?"""

import math

import pandas as pd

from rockrec.diagnosis.classifier import Accuracy, classifier_accuracy
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import in_pieces, read_stack
from rockrec.plain.records.verdicts import FEWEST_TILES
from rockrec.plain.seeds import seed_for
from rockrec.tiles import disjoint_tiles


@logged(snakemake)
def main():
    inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
    stack, table = read_stack(inputs.tiles), pd.read_csv(inputs.table)

    heldout = stack[disjoint_tiles(table, "heldout")]
    sets = {("real", ""): stack[disjoint_tiles(table, "train")]}
    for (method, replicate), path in zip(params.methods, inputs.realisations, strict=True):
        sets[method, replicate] = in_pieces(read_stack(path), stack.shape[1])
    rows = []
    for (method, replicate), tiles in sets.items():
        names = wildcards.sample, wildcards.experiment, "classifier", method, replicate
        seed = seed_for(params.seed, *names)
        some = min(params.n_tiles, len(tiles), len(heldout))
        found = Accuracy(math.nan, math.nan, math.nan, some)
        if some >= FEWEST_TILES:
            found = classifier_accuracy(heldout[:some], tiles[:some], seed % 2**32)
        rows.append({"method": method, "replicate": replicate, **found._asdict()})
    with written_whole(snakemake.output.classifier) as partial:
        pd.DataFrame(rows).to_csv(partial, index=False)


main()
