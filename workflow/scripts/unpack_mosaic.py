"""Take a published mosaic out of its archive."""

from rockrec.fetching import FetchError, by_hand, unpack
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    params, mosaic = snakemake.params, snakemake.output[0]
    if not snakemake.input.archive:
        raise FetchError(by_hand(mosaic, params.page, "the config names no address for it"))
    try:
        unpack(snakemake.input.archive, params.member, mosaic)
    except FetchError as error:
        raise FetchError(by_hand(mosaic, params.page, str(error))) from None


main()
