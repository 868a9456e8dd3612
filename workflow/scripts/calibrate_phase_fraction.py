"""Tell the phase fraction of a mosaic, with its interval where points were judged."""

import json
import logging
from pathlib import Path

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.segmentation.points.answers import judged, read_answers
from rockrec.segmentation.points.interval import fraction_of

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    plan = json.loads(Path(inputs.plan).read_text(encoding="utf-8"))
    told = {"found": plan["found"], "expected": plan["expected"], "judged": None}
    if path := inputs.get("points"):
        classes = [int(value) for value in params.classes]
        answers = read_answers(path, plan["rock"], plan["shape"], classes)
        value, low, high = fraction_of(judged(answers, params.phase))
        told["judged"] = {"value": value, "low": low, "high": high, "points": len(answers)}
        log.info(
            "phase fraction %.4f, 95 %% interval %.4f to %.4f, of %d points; found: %.4f",
            *(value, low, high, len(answers), plan["found"]),
        )
        if not low <= plan["found"] <= high:
            log.warning(
                "the segmentation's phase fraction, %.4f, lies outside the interval that the "
                "points give: its strokes do not stand for the rock",
                plan["found"],
            )
    else:
        log.info("phase fraction %.4f, without an interval: no points are judged", plan["found"])
        for number, half in plan["expected"]:
            log.info("%d points: ± %.2g, as far as the model doubts justly", number, half)
    with written_whole(snakemake.output.fraction) as partial:
        partial.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


main()
