"""Stochastic reconstruction by simulated annealing (Yeong and Torquato 1998)."""

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numba
import numpy as np
import pandas as pd

from rockrec.annealing.clusters import Clusters
from rockrec.annealing.energy import Energy
from rockrec.annealing.kernels import Best, run_stage
from rockrec.annealing.problem import Problem, problem_of
from rockrec.annealing.schedule import moves_of, stop_of, temperature_for
from rockrec.annealing.sites import Sites, list_sites
from rockrec.annealing.start import gaussian_start, random_start, with_pixels
from rockrec.descriptors.clusters import label_clusters
from rockrec.housekeeping.progress import Progress
from rockrec.plain.records.kinds.sa import STARTS, Schedule

log = logging.getLogger(__name__)

INTERFACE_SHARE = 0.9
TRIAL_MOVES = 2000
# Share of the trial moves that raise the energy which is accepted at first: where there is nothing
# to keep, and where there is.
ACCEPTED = {True: 0.1, False: 0.01}
NOT_TRIED = np.zeros(0)
PAIRS_ALONG_AXES = ("S2", "S2H", "S2V")
HISTORY = ["realisation", "stage", "temperature", "energy", "acceptance"]


@dataclass(frozen=True)
class Realisation:
    """One annealed image.

    Attributes
    ----------
    index : which realisation of the set it is; its seed depends on it.
    image : uint8 (H, W), 1 = phase of interest: the configuration of least energy met.
    energy : of the image (Eq. 3).
    fits : by descriptor, the mean over the lags of the squared error against its own target.
    converged : whether the energy is at most the stopping energy.
    core_seconds : seconds of one core that it took.
    counts : int64 (channels, lags), of the image, as the moves left them.
    history : realisation, stage, temperature, energy and acceptance, a line for each stage.
    """

    index: int
    image: np.ndarray
    energy: float
    fits: dict[str, float]
    converged: bool
    core_seconds: float
    counts: np.ndarray
    history: pd.DataFrame


@dataclass(frozen=True)
class Annealed:
    """A set of realisations, in the order of their indices.

    Attributes
    ----------
    realisations : uint8 (n, H, W).
    energies : float64 (n,).
    fits : by descriptor, float64 (n,), see `Realisation`.
    converged : bool (n,).
    core_seconds : float64 (n,).
    history : realisation, stage, temperature, energy, acceptance.
    """

    realisations: np.ndarray
    energies: np.ndarray
    fits: dict[str, np.ndarray]
    converged: np.ndarray
    core_seconds: np.ndarray
    history: pd.DataFrame


def anneal(
    targets: Mapping[str, np.ndarray],
    shape: tuple[int, int],
    phase_fraction: float | np.ndarray,
    *,
    n: int,
    seed: int,
    **settings,
) -> Annealed:
    """Anneal `n` realisations and return them together; see `anneal_each`."""
    return collected(anneal_each(targets, shape, phase_fraction, n=n, seed=seed, **settings))


def collected(realisations: Iterable[Realisation]) -> Annealed:
    """Put realisations into one set, sorted by index."""
    each = sorted(realisations, key=lambda realisation: realisation.index)
    return Annealed(
        realisations=np.stack([one.image for one in each]),
        energies=np.array([one.energy for one in each]),
        fits={name: np.array([one.fits[name] for one in each]) for name in each[0].fits},
        converged=np.array([one.converged for one in each]),
        core_seconds=np.array([one.core_seconds for one in each]),
        history=pd.concat([one.history for one in each], ignore_index=True),
    )


def tell_fits(annealed: Annealed) -> int:
    """Log how near a set came to its targets; return how many reached the stopping energy."""
    for name, fits in annealed.fits.items():
        log.info(
            "fit of %s, mean squared error: median %.2g, worst %.2g",
            name,
            np.median(fits),
            fits.max(),
        )
    n, converged = len(annealed.converged), int(annealed.converged.sum())
    (log.info if converged == n else log.warning)(
        "%d of %d reached the stopping energy%s",
        converged,
        n,
        "" if converged == n else ": the others are the best met; more stages or moves come nearer",
    )
    return converged


def anneal_each(
    targets: Mapping[str, np.ndarray],
    shape: tuple[int, int],
    phase_fraction: float | np.ndarray,
    *,
    n: int,
    seed: int,
    indices: Iterable[int] | None = None,
    boundary: str = "unbiased",
    weights: Mapping[str, float] | None = None,
    start: str | np.ndarray = "random",
    threads: int | None = None,
    **schedule,
) -> Iterator[Realisation]:
    """Anneal random images until their descriptors are the targets; yield each when finished.

    A move swaps two pixels of different phase, and is accepted by Metropolis' rule (Amiri et al.
    2023, Eqs. 3 and 4). The energy is the sum over the descriptors, each times its weight, and
    over the lags r > 0 of the squared error. Realisation i depends on the seed, on i and on its
    target alone: not on `n`, the other indices or the threads. So a run that was stopped goes on
    with the indices that are missing.

    Parameters
    ----------
    targets : by descriptor (any of `TARGETS`), its curve at the lags r = 0, 1, ... px: (lags,)
        for all realisations or (n, lags) for each its own. NaN: no target at this lag.
    shape : (H, W) px of the realisations; may be larger than the image the target is from.
    phase_fraction : of all realisations, or (n,) of each; the nearest that H * W pixels can have
        is taken.
    n : number of realisations in the whole set.
    seed : of the set, from 0.
    indices : which of 0 ... n - 1 to make; by default all.
    boundary : convention of targets and realisations: ``"unbiased"`` or ``"periodic"``.
    weights : of the descriptors in the energy; 1 where none is given.
    start : what they begin with: ``"random"`` pixels, a ``"gaussian"`` field that has S2 (any
        target among S2, S2H and S2V) nearly, or images (m, H, W) of 0/1, realisation i with image
        i, again from the first after the last. An image's phase is grown or shrunk at its
        interface to the phase fraction.
    threads : realisations annealed at a time; by default numba's number of threads.
    **schedule : temperatures, moves and stopping energy, see `Schedule`.

    Raises
    ------
    ValueError : a target that is unknown, longer than half the shorter side of the image, or no
        probability; a phase fraction outside 0 ... 1; shapes that do not match; n < 1; a weight,
        boundary or schedule that makes no sense.
    """
    plan = Schedule(**schedule)
    problem = problem_of(targets, shape, phase_fraction, n, boundary, weights)
    wanted = list(range(n)) if indices is None else [int(i) for i in indices]
    if any(not 0 <= i < n for i in wanted):
        raise ValueError(f"indices must lie in 0 ... {n - 1}, not {wanted}")
    threads = numba.get_num_threads() if threads is None else threads
    if threads < 1:
        raise ValueError(f"threads is {threads}: at least 1 is needed")
    _check_start(start, problem)
    return _annealed_in_parallel(problem, plan, seed, start, wanted, threads)


def _check_start(start, problem: Problem) -> None:
    if not isinstance(start, str):
        if start.ndim != 3 or start.shape[1:] != problem.energy.shape:
            raise ValueError(
                f"the images to start from have shape {start.shape}, the realisations "
                f"{problem.energy.shape}"
            )
    elif start not in STARTS:
        raise ValueError(f"start is {start!r}: {', '.join(STARTS)}, or images are known")
    elif start == "gaussian" and not set(problem.energy.names) & set(PAIRS_ALONG_AXES):
        raise ValueError(
            f"a gaussian start needs one of {', '.join(PAIRS_ALONG_AXES)} among the targets"
        )


def _annealed_in_parallel(problem, plan, seed, start, indices, threads) -> Iterator[Realisation]:
    watch = _Watch(plan, len(indices))
    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(_anneal_one, problem, plan, seed, start, i, watch) for i in indices]
        try:
            for job in as_completed(jobs):
                yield job.result()
        finally:
            watch.cancelled.set()
            pool.shutdown(cancel_futures=True)


class _Watch:
    """Says where the annealing is, and lets it be cancelled between two stages."""

    def __init__(self, plan: Schedule, n: int):
        self.progress = Progress("anneal: stage", n * plan.stages)
        self.done = 0
        self.lock = threading.Lock()
        self.cancelled = threading.Event()

    def report(self, stages: int, line: tuple) -> None:
        index, stage, temperature, energy, acceptance = line
        detail = (
            f"realisation {index}, stage {stage}: temperature {temperature:.2e}, "
            f"energy {energy:.3e}, acceptance {acceptance:.4f}"
        )
        log.debug("%s", detail)
        with self.lock:
            self.done += stages
            self.progress.report(self.done, detail)


def _anneal_one(
    problem: Problem,
    plan: Schedule,
    seed: int,
    start: str | np.ndarray,
    index: int,
    watch: _Watch,
) -> Realisation:
    began = time.thread_time()
    energy = problem.energy
    rng = np.random.default_rng([seed, index])
    image = _first_image(problem, start, index, rng)
    random_state = rng.integers(1, 2**63, size=1, dtype=np.uint64)

    targets = problem.target(index)
    lattice, counts = energy.lattice(image), energy.counts(image)
    best = Best(
        image.ravel().copy(),
        counts.copy(),
        np.zeros((image.size, 2), np.int64),
        np.zeros(2, np.int64),
    )
    sites = Sites(
        *(np.zeros(size, np.int64) for size in ((2, 2, image.size), (2, 2), (2, image.size)))
    )
    list_sites(image, lattice.periodic, sites)
    clusters = _clusters(image, lattice.periodic)

    def run(temperature, moves, stop, least, rises=NOT_TRIED):
        return run_stage(
            image,
            lattice,
            energy.terms,
            sites,
            best,
            energy.padded(targets),
            counts,
            clusters,
            temperature,
            moves,
            stop,
            least,
            INTERFACE_SHARE if plan.interface_moves else 0.0,
            random_state,
            rises,
        )

    moves, stop = moves_of(plan, energy), stop_of(plan, energy)
    now = least = _energy(energy, targets, counts)
    temperature, history = plan.initial_temperature, []
    if temperature is None and least > stop and sites.n.all():
        rises = np.zeros(TRIAL_MOVES)
        run(0.0, TRIAL_MOVES, stop, least, rises)
        temperature = temperature_for(rises, ACCEPTED[isinstance(start, str)])
    for stage in range(plan.stages):
        if watch.cancelled.is_set():
            raise RuntimeError("annealing was cancelled")
        if least <= stop or not sites.n.all():
            break
        tried, accepted, now, least = run(temperature, moves, stop, least)
        history.append((index, stage, temperature, now, accepted / max(tried, 1)))
        watch.report(1, history[-1])
        temperature *= plan.cooling
    watch.report(plan.stages - len(history), history[-1] if history else (index, 0, 0.0, now, 0.0))
    return _realisation(problem, index, best, stop, history, time.thread_time() - began)


def _first_image(problem: Problem, start, index: int, rng: np.random.Generator) -> np.ndarray:
    energy, n_pixels = problem.energy, int(problem.pixels[index])
    if not isinstance(start, str):
        return with_pixels(start[index % len(start)], n_pixels, rng)
    if start == "random":
        return random_start(energy.shape, n_pixels, rng)
    among = [energy.names.index(name) for name in PAIRS_ALONG_AXES if name in energy.names]
    s2 = problem.target(index)[among].mean(axis=0)
    s2[0] = n_pixels / (energy.shape[0] * energy.shape[1])
    return gaussian_start(s2, energy.shape, n_pixels, rng)


def _clusters(image: np.ndarray, periodic: bool) -> Clusters:
    labels = label_clusters(image, periodic).ravel()
    size = np.zeros(image.size + 2, np.int32)
    numbers = np.bincount(labels)
    size[: len(numbers)] = numbers
    return Clusters(
        labels,
        size,
        np.zeros(image.size, np.int64),
        np.zeros((4, image.size), np.int32),
        np.zeros((3 * image.size + 2, 2), np.int32),
        np.zeros(3, np.int64),
    )


def _energy(energy: Energy, targets: np.ndarray, counts: np.ndarray) -> float:
    off = np.where(energy.weight > 0, energy.curves(counts) - targets, 0.0)
    return float((energy.weight * off**2).sum())


def _realisation(problem, index, best, stop, history, core_seconds) -> Realisation:
    energy, targets = problem.energy, problem.target(index)
    least = _energy(energy, targets, best.counts)
    off = np.where(energy.weight > 0, energy.curves(best.counts) - targets, 0.0)
    # r = 0 belongs to the lags of a mean squared error; there every curve is the phase fraction.
    fits = (off**2).sum(axis=1) / ((energy.weight > 0).sum(axis=1) + 1)
    return Realisation(
        index=index,
        image=best.image.reshape(energy.shape),
        energy=least,
        fits=dict(zip(energy.names, fits.tolist(), strict=True)),
        converged=least <= stop,
        core_seconds=core_seconds,
        counts=best.counts[:, : energy.n_lags],
        history=pd.DataFrame(history, columns=HISTORY),
    )
