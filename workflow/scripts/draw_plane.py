"""Draw a mosaic of any size from the plane of a trained endless generator."""

import json
from pathlib import Path

import numpy as np

from rockrec.gans.endless.mosaics import drawn_bands
from rockrec.gans.endless.plane import Plane
from rockrec.gans.sampling import load_model
from rockrec.gans.settings import as_dict
from rockrec.housekeeping.devices import choose_device, device_name
from rockrec.housekeeping.integrity import checksum
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.progress import Progress
from rockrec.housekeeping.provenance import write_provenance
from rockrec.images import stack_pixel_size
from rockrec.mosaics import write_mosaic
from rockrec.plain.seeds import seed_for


@logged(snakemake)
def main():
    inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
    height, width = params.drawing["draw"]
    device = choose_device(snakemake.resources.device)
    model = load_model(inputs.model, device)
    names = wildcards.sample, wildcards.experiment, wildcards.method, wildcards.replicate
    seed = seed_for(params.seed, *names, "mosaic")
    level = model.level(params.drawing["threshold"])
    # What is finished outlives a killed job, and is the upper part of a higher mosaic.
    shaping = json.dumps([width, level]), checksum(inputs.model), *map(checksum, inputs.code)
    folder = Path(params.checkpoints, f"plane-{seed_for(seed, *shaping):016x}")
    progress, done, of_phase = Progress("draw_plane", height), [], []

    def bands():
        plane = Plane(model.generator, seed)
        for band in drawn_bands(plane, level, (height, width), folder, snakemake.threads):
            done.append(len(band))
            of_phase.append(int(band.sum()))
            progress.report(sum(done))
            yield band

    pixel_size_nm = stack_pixel_size(inputs.tiles)
    write_mosaic(snakemake.output.mosaic, bands(), pixel_size_nm, (height, width), np.uint8)
    write_provenance(
        snakemake.output.provenance,
        inputs=[inputs.model, inputs.tiles],
        settings=as_dict(model.settings) | dict(params.drawing),
        seed=seed,
        step=model.step,
        level=level,
        device=device_name(device),
        phase_fraction=sum(of_phase) / (height * width),
    )


main()
