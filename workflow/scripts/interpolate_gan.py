"""Draw a walk through the latent space of a trained StyleGAN2."""

from rockrec.gans.sampling import latents, load_model, threshold
from rockrec.gans.stylegan2.latent_space import interpolation
from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.logbook import logged
from rockrec.images import stack_pixel_size, write_stack
from rockrec.plain.seeds import seed_for

CORNERS = 4


@logged(snakemake)
def main():
    params, wildcards = snakemake.params, snakemake.wildcards
    device = choose_device(snakemake.resources.device)
    model = load_model(snakemake.input.model, device)
    names = wildcards.sample, wildcards.experiment, wildcards.method, wildcards.replicate
    seed = seed_for(params.seed, *names, "interpolation")
    corners = latents(CORNERS, model.settings.latent, seed).to(device)
    gray = interpolation(model.generator, corners, params.frames)
    tiles = threshold(gray, params.threshold, model.phase_fraction)
    write_stack(snakemake.output.film, tiles, stack_pixel_size(snakemake.input.tiles))


main()
