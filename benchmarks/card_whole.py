"""All that a card is wanted for, in the minutes at hand: profile, timings, then trainings.

Each part runs in a process of its own and stands in ``steps.csv`` when it is through; one that
stands there without a failure is not done again, so that a second lease goes on where the first one
ended. `--before` names a folder with the library as it was (its ``workflow/scripts``): the same
profile and timings are taken of it in between, on the same card. Before, the filters are depthwise
convolutions that autograd derives; `after` they are their own derivatives, without a compiler;
`passes` and `graphs` are the two ways of `compile`.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from card_speed import append

CARD = Path(__file__).with_name("card.py")
LIBRARY = Path(__file__).parents[1] / "workflow" / "scripts"
ORIGINAL = [
    f"stylegan2_ada-{size}-{precision}"
    for size, precision in ((512, "float32"), (128, "float32"), (512, "bfloat16"))
]
PLAIN = ["wgan_gp-128-float32", "wgan_gp-128-bfloat16", "dcgan-128-float32"]
SHARE = 0.5  # of the time, that profile and timings may take
LONGEST = 0.15  # of the time, for one of them: compiling may not end
# In the order of what they are worth: part, label, cases, how it is compiled.
STEPS = [
    ("profile", "after", ORIGINAL[:2], "none"),
    ("profile", "before", ORIGINAL[:2], "none"),
    ("filters", "", ["all"], ""),
    ("timings", "after", ORIGINAL, "none"),
    ("timings", "passes", ORIGINAL[:1], "passes"),
    ("timings", "before", ORIGINAL[:2], "none"),
    ("timings", "graphs", ORIGINAL[1:2], "graphs"),
    ("timings", "passes", ORIGINAL[2:], "passes"),
    ("timings", "after", PLAIN, "none"),
    ("timings", "passes", PLAIN[:2], "passes"),
    ("timings", "graphs", PLAIN[:1], "graphs"),
]


def add_options(part: str, parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="made by pack")
    parser.add_argument("--minutes", type=float, default=9.0)
    parser.add_argument("--before", type=Path, help="folder of the earlier library")
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--quick", action="store_true", help="tiny networks")


def whole(options: argparse.Namespace) -> None:
    """Do all parts that are not done yet, as far as the time goes."""
    seconds = 60 * options.minutes
    done = finished(options.out / "steps.csv")
    single = [(*step[:2], case, step[3]) for step in STEPS for case in step[2]]
    for part, label, case, compiled in single:
        name = {"part": part, "label": label, "case": case, "compile": compiled}
        left = SHARE * seconds - (time.monotonic() - options.began)
        is_earlier = label == "before"
        if tuple(name.values()) in done or left <= 0 or (is_earlier and options.before is None):
            continue
        asked = []
        if part != "filters":
            asked = ["--label", label, "--cases", case]
            asked += ["--settings", json.dumps({"compile": compiled})]
        library = options.before if is_earlier else LIBRARY
        run(options, part, name, asked, library, min(left, LONGEST * seconds))
    left = (seconds - (time.monotonic() - options.began)) / 60
    asked = ["--data", str(options.data), "--minutes", f"{left:.3f}"]
    # It knows itself what is done, and when to end.
    run(options, "trainings", {"part": "trainings"}, asked, LIBRARY, 60 * left + 10)


def run(options, part: str, name: dict, asked: list[str], library: Path, limit: float) -> None:
    """Do a part in a process, end it when its time is over, and note what came of it."""
    command = [sys.executable, str(CARD), part, "--out", str(options.out), *asked]
    command += ["--device", options.device, *["--quick"] * options.quick]
    paths = [str(library), *filter(None, [os.environ.get("PYTHONPATH")])]
    began = time.monotonic()
    try:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        code = subprocess.run(command, env=environment, timeout=limit).returncode
    except subprocess.TimeoutExpired:
        code = "time over"
    line = {"part": "", "label": "", "case": "", "compile": ""} | name
    append(options.out / "steps.csv", line | {"seconds": time.monotonic() - began, "code": code})


def finished(path: Path) -> set[tuple]:
    """Return what ran to its end earlier, and did not fail: part, label, case, compile."""
    failed = {(line["label"], line["case"]) for line in lines(path.with_name("failed.csv"))}
    return {
        tuple(line[name] for name in ("part", "label", "case", "compile"))
        for line in lines(path)
        if line["code"] == "0" and (line["label"], line["case"]) not in failed
    }


def lines(path: Path) -> list[dict]:
    """Read a table, if it is there."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
