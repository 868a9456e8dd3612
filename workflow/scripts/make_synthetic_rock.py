"""Make a synthetic rock: its gray mosaic, sparse labels, and the truth behind them."""

from logbook import logged
from rockrec.mosaics import write_mosaic
from rockrec.seeds import seed_for
from rockrec.synthetic import make_rock


@logged(snakemake)
def main():
    params = snakemake.params
    seed = seed_for(params.seed, snakemake.wildcards.sample, "synthetic")
    rock = make_rock(params.kind, params.height, params.width, seed)
    write_mosaic(snakemake.output.mosaic, rock.gray, params.pixel_size_nm)
    write_mosaic(snakemake.output.labels, rock.labels, params.pixel_size_nm)
    write_mosaic(snakemake.output.truth, rock.truth, params.pixel_size_nm)


main()
