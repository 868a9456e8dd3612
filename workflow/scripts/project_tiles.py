"""Find real tiles in the latent space of a trained StyleGAN2 (GAN inversion)."""

import numpy as np
import pandas as pd

from rockrec.gans.sampling import load_model
from rockrec.gans.stylegan2.latent_space import project
from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.threads import keep_large_blocks, use_threads
from rockrec.images import read_stack, stack_pixel_size, write_stack
from rockrec.plain.seeds import seed_for


@logged(snakemake)
def main():
    params, inputs, output = snakemake.params, snakemake.input, snakemake.output
    wildcards = snakemake.wildcards
    use_threads(snakemake.threads)
    keep_large_blocks()
    model = load_model(inputs.model, choose_device(snakemake.resources.device))
    stack, table = read_stack(inputs.tiles), pd.read_csv(inputs.table)
    beyond = [line for line in params.lines if line >= len(table)]
    if beyond:
        raise ValueError(f"project: line {beyond[0]} of {inputs.table}, which has {len(table)}")
    real = np.asarray(stack[params.lines])
    names = wildcards.sample, wildcards.experiment, wildcards.method, wildcards.replicate
    seed = seed_for(params.seed, *names, "projection")
    found = project(model.generator, real, params.steps, seed)
    tiles = (found.gray > 0).astype(np.uint8)
    # Each real tile is followed by its projection.
    pairs = np.stack([real, tiles], axis=1).reshape(-1, *real.shape[1:])
    write_stack(output.pairs, pairs, stack_pixel_size(inputs.tiles))
    chosen = table.iloc[params.lines].reset_index(names="line")
    chosen["projected_phase_fraction"] = tiles.mean(axis=(1, 2))
    chosen["differing_pixels"] = (tiles != real).mean(axis=(1, 2))
    with written_whole(output.table) as partial:
        chosen.to_csv(partial, index=False)
    with written_whole(output.styles) as partial, open(partial, "wb") as file:
        np.savez_compressed(file, styles=found.styles, starts=found.starts)


main()
