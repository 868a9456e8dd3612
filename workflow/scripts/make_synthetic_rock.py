"""Make a synthetic rock: its gray mosaic, sparse labels, and the truth behind them."""

from rockrec.housekeeping.logbook import logged
from rockrec.mosaics import write_mosaic
from rockrec.plain.seeds import seed_for
from rockrec.synthetic import make_rock


@logged(snakemake)
def main():
    params, pixel_size_nm = snakemake.params.rock, snakemake.params.rock["pixel_size_nm"]
    seed = seed_for(snakemake.params.seed, snakemake.wildcards.sample, "synthetic")
    rock = make_rock(params["synthetic"], params["height"], params["width"], seed)
    write_mosaic(snakemake.output.mosaic, rock.gray, pixel_size_nm)
    write_mosaic(snakemake.output.labels, rock.labels, pixel_size_nm)
    write_mosaic(snakemake.output.truth, rock.truth, pixel_size_nm)


main()
