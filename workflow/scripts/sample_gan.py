"""Draw realisations from a trained generator."""

import time

from rockrec.gans.sampling import load_model, realise
from rockrec.gans.settings import as_dict
from rockrec.housekeeping.devices import choose_device, device_name
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.provenance import write_provenance
from rockrec.images import stack_pixel_size, write_stack
from rockrec.plain.seeds import seed_for


@logged(snakemake)
def main():
    path, sampling = snakemake.input.model, snakemake.params.sampling
    wildcards = snakemake.wildcards
    n, size = sampling["realisations"], sampling["size"]
    device = choose_device(snakemake.resources.device)
    model = load_model(path, device)
    names = wildcards.sample, wildcards.experiment, wildcards.method, wildcards.replicate
    seed = seed_for(snakemake.params.seed, *names, "sample")
    began = time.monotonic()
    how, truncation = sampling["threshold"], sampling["truncation"]
    realisations = realise(model, n, seed, how=how, size=size, truncation=truncation)
    seconds = time.monotonic() - began
    pixel_size_nm = stack_pixel_size(snakemake.input.tiles)
    write_stack(snakemake.output.realisations, realisations, pixel_size_nm)
    write_provenance(
        snakemake.output.provenance,
        inputs=[path, snakemake.input.tiles],
        settings=as_dict(model.settings) | sampling,
        seed=seed,
        step=model.step,
        device=device_name(device),
        threads=snakemake.threads,
        seconds=round(seconds, 3),
        seconds_per_realisation=seconds / n,
    )


main()
