# Published mosaics that are not there yet. Both rules run where Snakemake runs: compute nodes have
# no internet. A mosaic that is there, placed by hand or fetched before, has no rule: it is the
# user's file, and nothing overwrites it.


rule fetch_archive:
    """Fetch a published archive and verify its checksum."""
    input:
        code=code("fetch_archive.py"),
    output:
        temp(local("resources/downloads/{archive}")),
    log:
        "logs/downloads/{archive}/fetch_archive.log",
    benchmark:
        "results/benchmarks/downloads/{archive}/fetch_archive.tsv"
    wildcard_constraints:
        archive=one_of(map(re.escape, ARCHIVES)),
    localrule: True
    conda:
        "../../envs/imaging.yaml"
    params:
        url=lambda wildcards: ARCHIVES[wildcards.archive]["url"],
        sha256=lambda wildcards: ARCHIVES[wildcards.archive]["sha256"],
        page=lambda wildcards: ARCHIVES[wildcards.archive]["page"],
        mosaics=lambda wildcards: ARCHIVES[wildcards.archive]["mosaics"],
    message:
        "Fetch {wildcards.archive}"
    script:
        "../scripts/fetch_archive.py"


rule unpack_mosaic:
    """Take a published mosaic out of its archive."""
    input:
        archive=archive_file,
        code=code("unpack_mosaic.py"),
    output:
        local("resources/{mosaic}"),
    log:
        "logs/downloads/{mosaic}/unpack_mosaic.log",
    benchmark:
        "results/benchmarks/downloads/{mosaic}/unpack_mosaic.tsv"
    wildcard_constraints:
        mosaic=one_of(map(re.escape, TO_FETCH)),
    localrule: True
    conda:
        "../../envs/imaging.yaml"
    params:
        member=lambda wildcards: TO_FETCH[wildcards.mosaic]["member"],
        page=lambda wildcards: TO_FETCH[wildcards.mosaic]["page"],
    message:
        "Unpack {output}"
    script:
        "../scripts/unpack_mosaic.py"
