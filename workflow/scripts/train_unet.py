"""Train a U-Net on the labelled pixels of a mosaic."""

import pandas as pd

from logbook import logged
from rockrec.images import check_labels, read_mosaic
from rockrec.outputs import written_whole
from rockrec.seeds import seed_for
from rockrec.segmentation import UNetSettings, save_unet, train_unet


@logged(snakemake)
def main():
    mosaic = read_mosaic(snakemake.input.denoised)
    labels = read_mosaic(snakemake.input.labels)
    check_labels(labels, snakemake.input.labels, mosaic.shape)
    trained = train_unet(
        mosaic,
        labels,
        settings=UNetSettings(**snakemake.params.unet),
        seed=seed_for(snakemake.params.seed, snakemake.wildcards.sample, "unet"),
        device=snakemake.resources.device,
    )
    save_unet(snakemake.output.model, trained.unet)
    for rows, output in (
        (trained.history, snakemake.output.history),
        (trained.scores, snakemake.output.scores),
    ):
        with written_whole(output) as partial:
            pd.DataFrame(rows).to_csv(partial, index=False)


main()
