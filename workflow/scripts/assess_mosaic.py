"""Assess a segmented mosaic: how sure it makes of its rock, and whether it is one rock."""

import json
import logging

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import ImageError
from rockrec.mosaics import open_mosaic, open_outside
from rockrec.precision.assess import assess
from rockrec.precision.words import fraction_in_words, stationarity_in_words

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    path, params, output = snakemake.input.segmented, snakemake.params, snakemake.output
    marks = snakemake.input.get("outside"), snakemake.input.get("inspection")
    with open_mosaic(path, threads=snakemake.threads) as mosaic, open_outside(*marks) as outside:
        try:
            found = assess(
                mosaic,
                params.mosaic["phase"],
                params.mosaic["pixel_size_nm"],
                params.precision["wanted"],
                outside=outside,
            )
        except ValueError as error:
            raise ImageError(f"{path}: {error}") from error
    log.info("%s", fraction_in_words(found.told(), found.sizes))
    for line in stationarity_in_words(found.stationarity):
        log.info("%s", line)
    with written_whole(output.fraction) as partial:
        partial.write_text(json.dumps(found.told(), indent=2) + "\n", encoding="utf-8")
    for table, path in (
        (found.curves, output.curves),
        (found.sizes, output.sizes),
        (found.stationarity, output.stationarity),
    ):
        with written_whole(path) as partial:
            table.to_csv(partial, index=False)


main()
