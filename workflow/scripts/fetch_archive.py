"""Fetch a published archive and verify its checksum."""

from rockrec.fetching import FetchError, by_hand, download
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    params = snakemake.params
    try:
        download(params.url, params.sha256, snakemake.output[0])
    except FetchError as error:
        raise FetchError(by_hand(" and ".join(params.mosaics), params.page, str(error))) from None


main()
