"""Draw random points of a mosaic, to be judged by its user."""

import json
import logging

import numpy as np
import tifffile

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.mosaics import open_mosaic
from rockrec.plain.seeds import seed_for
from rockrec.segmentation.confidence import read_summary
from rockrec.segmentation.points.answers import table_of
from rockrec.segmentation.points.images import shown
from rockrec.segmentation.points.strata import Found

log = logging.getLogger(__name__)

EXPECTED = (100, 300, 1000)  # points whose interval is told beforehand


@logged(snakemake)
def main():
    inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
    number, micron = params.points["number"], params.mosaic["pixel_size_nm"] / 1000
    random = np.random.default_rng(seed_for(params.seed, snakemake.wildcards.sample, "points"))
    with open_mosaic(inputs.confidence) as confidence, open_mosaic(inputs.segmented) as segmented:
        cell_px = read_summary(inputs.summary)["cell_px"]
        found = Found(segmented, confidence[:], cell_px, params.mosaic["phase"])
        strata = found.strata()
        points = strata.points(number)
        places = found.drawn(strata, points, random)
    expected = [(one, strata.half_width(one)) for one in EXPECTED]
    log.info(
        "points: %s of strata of %s pixels, where the model doubts by %s",
        *(points.tolist(), strata.pixels.tolist(), np.round(strata.doubt, 4).tolist()),
    )
    with open_mosaic(inputs.denoised) as mosaic, written_whole(outputs.images) as partial:
        tifffile.imwrite(
            partial,
            shown(mosaic, [place[:2] for place in places]),
            imagej=True,
            resolution=(1 / micron, 1 / micron),
            metadata={"unit": "um", "axes": "ZYX"},
        )
    with written_whole(outputs.table) as partial:
        table_of(places, strata.pixels, random).to_csv(partial, index=False)
    told = {
        "shape": found.shape,
        "rock": int(strata.pixels.sum()),
        "found": float(strata.pixels[strata.is_phase].sum() / strata.pixels.sum()),
        "expected": expected,
    }
    with written_whole(outputs.plan) as partial:
        partial.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


main()
