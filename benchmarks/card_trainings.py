"""Trainings to the end on one card, several at once, in the order of what they are worth.

Berea sandstone and the built-in rocks, see card_rocks.py; WGAN-GP in the paper's widths,
StyleGAN2-ADA as it is by default, and as the original is. First every rock and method once at
128 px, then with more seeds, then at 512 px. Each has `--each` seconds from its start to its line
in the table: by default what lets the first round fit into the minutes at hand. How it is trained
and measured: card_training.py.

Written after each training: ``results.csv`` (ratios error / floor by descriptor against training
and held-out tiles; a line `real` compares these two with each other; spread and border over those
of real tiles; seconds to within two floors), ``checks.csv`` (all checks), ``tiles.npz`` (16 tiles
of each, as bits) and from it ``sheet_<px>.png``, and small models where they are asked for. A
training that stands there without an error, or in a table named by ``--done``, is not done again.
"""

import argparse
import contextlib
import gc
import json
import multiprocessing
import os
import signal
import sys
import time
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np
import pandas as pd
from card_networks import METHODS, QUICK
from card_sheets import write_sheet

from rockrec.housekeeping.outputs import written_whole

ASKED = ["wgan_gp", "stylegan2_small", "stylegan2_original"]
REALISATIONS = {128: 1024, 512: 384}
KEY = ["rock", "px", "method", "seed"]
STARTS = 30.0  # s, of a process: imports, compiled code
# s from the last step to the table, until it has been seen, and how much longer it may take then.
RESERVE, LONGER = {128: 6.0, 512: 15.0}, 1.3
LEAST = 10.0  # s that a training is worth starting for
MARGIN, SLACK = 2.0, 4.0  # s before the end: to write the tables, and for a training that is late


def add_options(part: str, parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="made by pack")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--each", type=float, help="seconds for each training, all in all")
    parser.add_argument("--at-once", type=int, default=3)
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--rocks", nargs="+", help="by default all")
    parser.add_argument("--px", nargs="+", type=int, help="by default both sizes")
    parser.add_argument("--methods", nargs="+", default=ASKED, choices=METHODS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON, keys of a method")
    parser.add_argument("--models", type=int, default=0, help="small models written, at most")
    parser.add_argument("--done", nargs="+", type=Path, default=[], help="tables of earlier runs")
    parser.add_argument("--quick", action="store_true", help="tiny networks")


def trainings(options: argparse.Namespace) -> None:
    """Do the queue until it or the time is at its end."""
    end = options.began + 60 * options.minutes - MARGIN
    options.out.mkdir(parents=True, exist_ok=True)
    threads = max(1, len(os.sched_getaffinity(0)) // options.at_once)
    os.environ["OMP_NUM_THREADS"] = str(threads)
    # So that what is running is ended, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    crew = Crew(options, threads)
    try:
        results = Results(options)
        jobs = [job for job in queue(options) if not results.has(job)]
        if jobs:
            run(jobs, crew, results, each_seconds(options, jobs), end)
        print(results.told(), flush=True)
    finally:
        crew.stop()


def queue(options: argparse.Namespace) -> list[dict]:
    """All trainings, in order."""
    from card_rocks import ROCKS, sizes_of

    rocks = options.rocks or list(ROCKS)
    sizes = {rock: sizes_of(options.data, rock) for rock in rocks}
    px_in_order = sorted({px for some in sizes.values() for px in some})
    return [
        {"rock": rock, "px": px, "method": method, "seed": seed}
        for px in px_in_order
        if options.px is None or px in options.px
        for seed in options.seeds
        for rock in rocks
        if px in sizes[rock]
        for method in options.methods
    ]


def each_seconds(options: argparse.Namespace, jobs: list[dict]) -> float:
    """Seconds that each training has by default."""
    if options.each or not jobs:
        return options.each or 0.0
    first = [job for job in jobs if (job["px"], job["seed"]) == (jobs[0]["px"], jobs[0]["seed"])]
    rounds = -(-len(first) // options.at_once)
    return max((60 * options.minutes - STARTS) / rounds, LEAST)


def run(jobs: list[dict], crew: "Crew", results: "Results", each: float, end: float) -> None:
    """Give out jobs as processes become free, and take in what they have done."""
    reserve, waiting = dict(RESERVE), list(jobs)
    while time.monotonic() < end:
        for done in crew.heard(until=end):
            if "row" in done and "evaluate_s" in done["row"]:
                px, took = done["row"]["px"], LONGER * done["row"]["evaluate_s"] + 1
                reserve[px] = max(took, reserve.get(px, 0) / 2)
            for member in crew.idle():
                needs = reserve.get(waiting[0]["px"], RESERVE[128]) if waiting else 0.0
                left = end - SLACK - time.monotonic()
                if not waiting or left < needs + LEAST:
                    break
                # What is too short for one more is given to this one.
                takes = left if left - each < needs + LEAST else each
                job = waiting.pop(0)
                until = time.monotonic() + takes
                member.give(job | {"until": until, "reserve": needs} | results.wanted(job))
            if "row" in done:
                results.add(done)
        results.draw()
        if len(crew.idle()) == len(crew.members):
            return  # all is done, or too little time is left


# --- processes -------------------------------------------------------------------------------


class Member:
    """A process that does one job after another; at first its job is to get ready."""

    def __init__(self, options: argparse.Namespace, threads: int):
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=work, args=(other, options, threads), daemon=True)
        self.process.start()
        other.close()
        self.job, self.is_idle = None, False

    def give(self, job: dict) -> None:
        self.job, self.is_idle = job, False
        self.connection.send(job)


class Crew:
    """Some processes; one that dies is replaced, within reason."""

    def __init__(self, options: argparse.Namespace, threads: int):
        self.options, self.threads, self.lost = options, threads, 0
        self.members = [Member(options, threads) for _ in range(options.at_once)]

    def idle(self) -> list[Member]:
        return [member for member in self.members if member.is_idle]

    def heard(self, until: float):
        """Yield what has been done, once there is something."""
        by_connection = {member.connection: member for member in self.members}
        for connection in wait(list(by_connection), max(0.0, until - time.monotonic())):
            member = by_connection[connection]
            try:
                done = connection.recv()
                member.is_idle = True
            except (EOFError, OSError):
                done = failed(member.job, "its process has died") if member.job else {}
                self._replace(member)
            yield done

    def _replace(self, member: Member) -> None:
        self.members.remove(member)
        self.lost += 1
        if self.lost > 2 * self.options.at_once:
            raise RuntimeError(f"{self.lost} processes have died")
        self.members.append(Member(self.options, self.threads))

    def stop(self) -> None:
        for member in self.members:
            member.process.terminate()
        for member in self.members:
            member.process.join(5)
            if member.process.is_alive():
                member.process.kill()


def work(connection, options: argparse.Namespace, threads: int) -> None:
    """Do the jobs that come, and send back what came of them."""
    import card_training
    import torch

    from rockrec.housekeeping.devices import choose_device, device_name
    from rockrec.housekeeping.threads import keep_large_blocks, use_threads

    use_threads(threads)
    keep_large_blocks()
    device = choose_device(options.device)
    card_training.describe_set(np.eye(32, dtype=np.uint8)[None], 1.0, "unbiased")  # compiles
    connection.send({})
    while True:
        job = connection.recv()
        block = METHODS[job["method"]] | (QUICK if options.quick else {}) | options.settings
        tiles = 64 if options.quick else REALISATIONS[job["px"]]
        job |= {"block": block, "tiles": tiles, "path": options.data}
        try:
            done = card_training.job_done(job, device)
            if job["wants_real"]:
                done["real_row"] = card_training.real_row(job)
        except Exception as error:
            done = failed(job, f"{type(error).__name__}: {error}".splitlines()[0])
        done["row"] |= {"at_once": options.at_once, "device": device_name(device)}
        connection.send(done)
        gc.collect()
        if device.type == "cuda":
            torch.cuda.empty_cache()


def failed(job: dict, error: str) -> dict:
    return {"row": {name: job[name] for name in KEY} | {"error": error}, "checks": []}


# --- tables and pictures ---------------------------------------------------------------------


class Results:
    """All that is known, in memory and on disk."""

    def __init__(self, options: argparse.Namespace):
        self.out, self.models = options.out, options.models
        self.rows = _rows(self.out / "results.csv")
        self.elsewhere = [row for path in options.done for row in _rows(path)]
        self.tiles, self.undrawn = {}, set()
        with contextlib.suppress(FileNotFoundError), np.load(self.out / "tiles.npz") as file:
            self.tiles = dict(file)
        self.asked_real = {(r["rock"], r["px"]) for r in self.rows if r["method"] == "real"}

    def has(self, job: dict) -> bool:
        return any(
            all(row[name] == job[name] for name in KEY) and not row["error"]
            for row in (*self.rows, *self.elsewhere)
        )

    def wanted(self, job: dict) -> dict:
        """What else a job is to bring."""
        rock = job["rock"], job["px"]
        is_first = rock not in self.asked_real
        self.asked_real.add(rock)
        return {"wants_real": is_first, "wants_model": self.models > 0}

    def add(self, done: dict) -> None:
        """Write what a training has brought."""
        row = done["row"]
        self.rows = [r for r in self.rows if any(r[name] != row[name] for name in KEY)]
        self.rows += [row, *filter(None, [done.get("real_row")])]
        self._write_table()
        print(_in_a_line(row), flush=True)
        if done["checks"]:
            checks = self.out / "checks.csv"
            lines = pd.DataFrame(done["checks"])
            lines.to_csv(checks, mode="a", header=not checks.exists(), index=False)
        name = "-".join(str(row[key]) for key in KEY)
        if "model" in done and self.models > 0:
            self.models -= 1
            (self.out / f"model_{name}.pt").write_bytes(done["model"])
        if "made" in done:
            side = row["px"]
            self.tiles[name] = np.packbits(done["made"], axis=2)
            self.tiles[f"{row['rock']}-{side}-real"] = np.packbits(done["real"], axis=2)
            with written_whole(self.out / "tiles.npz") as partial, open(partial, "wb") as file:
                np.savez_compressed(file, **self.tiles)
            self.undrawn.add(side)

    def draw(self) -> None:
        """Make the pictures anew that have changed."""
        while self.undrawn:
            px = self.undrawn.pop()
            write_sheet(self.out / f"sheet_{px}.png", self.tiles, self.rows, px)

    def _write_table(self) -> None:
        with written_whole(self.out / "results.csv") as partial:
            pd.DataFrame(self.rows).to_csv(partial, index=False, float_format="%.5g")

    def told(self) -> str:
        """The most telling columns, as text."""
        wanted = [*KEY, "train_s", "steps", "S2 train", "P3H train", "P4 train", "L train"]
        wanted += ["S2 heldout", "spread", "all_near_s", "error"]
        table = pd.DataFrame(self.rows)
        return table[[name for name in wanted if name in table]].to_string(
            index=False, float_format="%.3g", na_rep=""
        )


def _rows(path: Path) -> list[dict]:
    if not path.exists():
        return []
    return pd.read_csv(path, keep_default_na=True).fillna({"error": ""}).to_dict("records")


def _in_a_line(row: dict) -> str:
    return "  ".join(f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items())
