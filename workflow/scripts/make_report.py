"""Make the report: one page that tells a run from the mosaic to the verdicts."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import yaml

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.provenance import machine, revision
from rockrec.label_values import values_in_words
from rockrec.mosaics import open_mosaic
from rockrec.plain.stage_times import stage_times
from rockrec.report.advice import advice
from rockrec.report.page import Figure, Report, RunFacts, render
from rockrec.report.story import (
    Mosaic,
    calibrated_in_words,
    doubt_in_words,
    phases_in_words,
    sureness,
    tile_set,
)
from rockrec.report.verdicts import verdicts
from rockrec.report.versions import all_versions
from rockrec.scan_faults.fault import read_faults, told
from rockrec.tables.by_method import read_by_method


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    page = Path(snakemake.output[0])
    scores = by_name(params.scored, map(pd.read_csv, inputs.scores))
    res = by_name(params.samples, map(pd.read_csv, inputs.res))
    tiles = [
        tile_set(*scene, pd.read_csv(path))
        for scene, path in zip(params.scenes, inputs.tiles, strict=True)
    ]
    errors = in_experiments(map(read_by_method, inputs.errors))
    faults = in_experiments(map(read_by_method, inputs.faults))
    scans = by_name(params.scanned, map(told, map(read_faults, inputs.scan_faults)))
    costs = in_experiments(map(read_by_method, inputs.costs))
    report = Report(
        run=run_facts(map(read_json, inputs.provenance)),
        settings=yaml.safe_dump(params.settings, sort_keys=False, allow_unicode=True),
        mosaics=[
            Mosaic(
                *(sample, door, *shape_of(path), pixel_size_nm),
                *(
                    values_in_words(values, by_value(classes)),
                    trust,
                    phases_in_words(door, phase, values),
                    scans.get(sample),
                ),
            )
            for (sample, door, pixel_size_nm, trust, phase, classes), path, values in zip(
                params.mosaics, inputs.mosaics, map(pd.read_csv, inputs.values), strict=True
            )
        ],
        scores=scores,
        doubts={
            sample: doubt_in_words(read_json(doubt), len(pd.read_csv(fields)), Path(fields))
            for sample, doubt, fields in zip(
                params.doubted, inputs.doubts, inputs.proposals, strict=True
            )
        },
        fractions={
            sample: calibrated_in_words(read_json(path), Path(path).with_name("points.csv"))
            for sample, path in zip(params.doubted, inputs.calibrated, strict=True)
        },
        tiles=tiles,
        res=res,
        references=by_name(params.samples, map(pd.read_csv, inputs.references)),
        sureness=by_name(
            params.samples,
            map(
                sureness,
                map(read_json, inputs.fractions),
                map(pd.read_csv, inputs.sizes),
                map(pd.read_csv, inputs.stationarity),
                (min(shape_of(path)) for path in inputs.mosaics),
            ),
        ),
        figures=[
            Figure(**figure, png=Path(path).read_bytes())
            for figure, path in zip(params.figures, inputs.figures, strict=True)
        ],
        tables=by_name(
            map(tuple, params.tables), (Path(path).read_text("utf-8") for path in inputs.tables)
        ),
        verdicts={
            (tile.experiment, tile.sample): verdicts(
                of_scene(errors, tile), of_scene(faults, tile), of_scene(costs, tile)
            )
            for tile in tiles
        },
        advice=advice(tiles, res, scores, errors, faults, costs),
        times=stage_times(page.parent / "benchmarks"),
    )
    with written_whole(page) as partial:
        partial.write_text(render(report), encoding="utf-8")


def run_facts(provenances):
    records = list(provenances)
    machines = [record["machine"] for record in records] + [machine()]
    return RunFacts(
        versions=all_versions(record["versions"] for record in records),
        revision=revision() or "not in a git repository",
        machines=list(dict.fromkeys(map(in_words, machines))),
        finished=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        config=snakemake.params.config_files,
        seed=snakemake.params.settings["seed"],
    )


def in_words(found):
    return "{host}: {processors} x {processor}, {system}".format(**found)


def in_experiments(tables):
    """Put the tables of all experiments below one another, the experiment in a column."""
    named = zip(snakemake.params.experiments, tables, strict=True)
    return pd.concat([table.assign(experiment=name) for name, table in named])


def of_scene(table, tile):
    return table[(table["experiment"] == tile.experiment) & (table["sample"] == tile.sample)]


def shape_of(path):
    with open_mosaic(path) as mosaic:
        return mosaic.shape


def read_json(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def by_value(classes):
    """Names by label value, whose quotes in the config do not matter."""
    return {int(value): name for value, name in (classes or {}).items()}


def by_name(names, values):
    return dict(zip(names, values, strict=True))


main()
