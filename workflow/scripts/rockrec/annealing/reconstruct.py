"""Stochastic reconstruction by simulated annealing (Yeong and Torquato 1998)."""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numba
import numpy as np
import pandas as pd

from ..progress import Progress
from .energy import Energy
from .kernels import Best, Sites, list_sites, run_stage
from .problem import Problem, problem_of

log = logging.getLogger(__name__)

HISTORY = ["realisation", "stage", "temperature", "energy", "acceptance"]
# A mean squared error of a curve that needs no bettering: a tenth of the paper's best.
FINE_ERROR = 1e-9


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
    counts : int64 (channels, lags), of the image, as the moves left them.
    history : realisation, stage, temperature, energy and acceptance, a line for each stage.
    """

    index: int
    image: np.ndarray
    energy: float
    fits: dict[str, float]
    converged: bool
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
    history : realisation, stage, temperature, energy, acceptance.
    """

    realisations: np.ndarray
    energies: np.ndarray
    fits: dict[str, np.ndarray]
    converged: np.ndarray
    history: pd.DataFrame


@dataclass(frozen=True)
class Schedule:
    """Geometric cooling: `moves_per_stage` moves at T0, then at T0 * cooling, ..., `stages` times.

    The defaults of T0, cooling and stages are the paper's. It states neither the moves of a
    stage nor the stopping energy: by default there are as many moves as pixels, and the
    annealing stops where every curve is within a mean squared error of 1e-9, or within one
    count of each lag where an image is too small to tell that.
    """

    initial_temperature: float = 1e-7
    cooling: float = 0.97
    stages: int = 250
    moves_per_stage: int | None = None
    stop_energy: float | None = None
    interface_moves: bool = True

    def __post_init__(self):
        if not 0 <= self.initial_temperature < np.inf:
            raise ValueError(f"initial_temperature is {self.initial_temperature}: from 0 is needed")
        if not 0 < self.cooling <= 1:
            raise ValueError(f"cooling is {self.cooling}: above 0, up to 1 is needed")
        if self.stages < 1:
            raise ValueError(f"stages is {self.stages}: at least 1 is needed")
        if self.moves_per_stage is not None and self.moves_per_stage < 1:
            raise ValueError(f"moves_per_stage is {self.moves_per_stage}: at least 1 is needed")
        if self.stop_energy is not None and not 0 <= self.stop_energy < np.inf:
            raise ValueError(f"stop_energy is {self.stop_energy}: from 0 is needed")


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
        history=pd.concat([one.history for one in each], ignore_index=True),
    )


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
    threads : realisations annealed at a time; by default numba's number of threads.
    **schedule : see `Schedule`. With ``interface_moves`` only pixels that have an unlike neighbour
        are swapped.

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
    return _annealed_in_parallel(problem, plan, seed, wanted, threads)


def _annealed_in_parallel(problem, plan, seed, indices, threads) -> Iterator[Realisation]:
    watch = _Watch(plan, len(indices))
    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(_anneal_one, problem, plan, seed, i, watch) for i in indices]
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
    problem: Problem, plan: Schedule, seed: int, index: int, watch: _Watch
) -> Realisation:
    energy, height, width = problem.energy, *problem.energy.shape
    rng = np.random.default_rng([seed, index])
    image = np.zeros(height * width, np.uint8)
    image[rng.permutation(image.size)[: problem.pixels[index]]] = 1
    image = image.reshape(height, width)
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
        np.zeros((2, image.size), np.int64), np.zeros(2, np.int64), np.zeros(image.size, np.int64)
    )
    list_sites(image, lattice.periodic, sites, plan.interface_moves)
    stop = _stopping_energy(energy) if plan.stop_energy is None else plan.stop_energy
    moves = image.size if plan.moves_per_stage is None else plan.moves_per_stage
    temperature, history = plan.initial_temperature, []
    now = least = _energy(energy, targets, counts)
    for stage in range(plan.stages):
        if watch.cancelled.is_set():
            raise RuntimeError("annealing was cancelled")
        if least <= stop or not sites.n.all():
            break
        tried, accepted, now, least = run_stage(
            image,
            lattice,
            energy.terms,
            sites,
            best,
            energy.padded(targets),
            counts,
            temperature,
            moves,
            stop,
            least,
            plan.interface_moves,
            random_state,
        )
        history.append((index, stage, temperature, now, accepted / max(tried, 1)))
        watch.report(1, history[-1])
        temperature *= plan.cooling
    watch.report(plan.stages - len(history), history[-1] if history else (index, 0, 0.0, now, 0.0))
    return _realisation(problem, index, best, stop, history)


def _energy(energy: Energy, targets: np.ndarray, counts: np.ndarray) -> float:
    off = np.where(energy.weight > 0, energy.curves(counts) - targets, 0.0)
    return float((energy.weight * off**2).sum())


def _realisation(problem, index, best, stop, history) -> Realisation:
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
        counts=best.counts[:, : energy.n_lags],
        history=pd.DataFrame(history, columns=HISTORY),
    )


def _stopping_energy(energy: Energy) -> float:
    return float((energy.weight * np.maximum(energy.of_one_count(), FINE_ERROR)).sum())
