"""Count the values of a segmented mosaic, and refuse what is no label image of the phase."""

import logging

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import check_stated_pixel_size
from rockrec.label_values import label_values
from rockrec.mosaics import open_mosaic

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    path, params = snakemake.input.segmented, snakemake.params
    names = {int(value): name for value, name in params.classes.items()}
    with open_mosaic(path, threads=snakemake.threads) as mosaic:
        check_stated_pixel_size(mosaic, params.mosaic["pixel_size_nm"], snakemake.resources.trust)
        # What was segmented here are labels, however they look.
        values = label_values(mosaic, range(256) if params.made else names)
    log.info("%s: %s", path, values.told(names))
    values.check_phase(params.mosaic["phase"], f"samples.{snakemake.wildcards.sample}.phase")
    with written_whole(snakemake.output.values) as partial:
        values.table(names).to_csv(partial, index=False)


main()
