"""The blocks of the config, in its order."""

from dataclasses import dataclass

from rockrec.plain.records.descriptors import RES_DESCRIPTORS
from rockrec.plain.records.forest import ForestBlock
from rockrec.plain.records.methods import BySample
from rockrec.plain.records.settings import REQUIRED, Settings, block, setting
from rockrec.plain.records.unet import SegmentationBlock, UNetBlock
from rockrec.plain.records.verdicts import WANTED_TILES


@dataclass(frozen=True, kw_only=True)
class DenoiseBlock(BySample):
    """Bilateral filter, Gaussian in space and in gray."""

    kernel: str = setting(
        "exact",
        "exact (the formula over a circular window; 8 bit by OpenCV) or skimage (scikit-image's, "
        "as in the paper; its kernel is sheared).",
        choices=("exact", "skimage"),
        paper="skimage",
    )
    radius: int = setting(4, "Radius of the filter's window, px.", minimum=1, maximum=50)
    sigma_space: float = setting(2.0, "Standard deviation of the Gaussian in space, px.", above=0)
    sigma_gray: float = setting(
        30.0,
        "Standard deviation of the Gaussian in gray, gray levels (0 to 255); for 16 bit, 255ths of "
        "the mosaic's contrast range.",
        above=0,
    )
    illumination: str = setting(
        "none",
        "Uneven brightness that is divided out before - none, background (it changes smoothly over "
        "the mosaic), or tiles (all tiles of a grid have it in common, as a vignette).",
        choices=("none", "background", "tiles"),
    )
    illumination_scale: int = setting(
        1024,
        "Length over which a background is smooth, px; larger than grains and pores are.",
        minimum=64,
        maximum=100_000,
    )


@dataclass(frozen=True, kw_only=True)
class ModelBlock(Settings):
    """A model that the labels of several samples teach, and that segments them."""

    samples: tuple[str, ...] = setting(
        REQUIRED,
        "Names of the samples, of one pixel size (within 10 %). Others name the model as theirs.",
        at_least=2,
    )


@dataclass(frozen=True, kw_only=True)
class PointsBlock(BySample):
    """Random points that are proposed to be judged, for the phase fraction and its interval."""

    number: int = setting(300, "Points of a mosaic.", minimum=20, maximum=100_000)


@dataclass(frozen=True, kw_only=True)
class ResBlock(BySample):
    """Representative elementary size (the paper's Fig. 5)."""

    sizes: tuple[int, ...] = setting(
        (64, 128, 256, 512, 1024, 2048),
        "Sides of the squares, mosaic px. The largest is the reference.",
        minimum=8,
        at_least=2,
        paper="largest 2048",
    )
    descriptor: str = setting(
        "S2",
        "What the sizes are compared by - the scaled curve of this descriptor (of L and C2, the "
        "curve over the phase fraction).",
        choices=RES_DESCRIPTORS,
        paper="S2",
    )
    squares: int = setting(30, "Random squares of each size in one repeat.", minimum=2, paper=30)
    repeats: int = setting(10, "Independent repeats, for the range of the error.", minimum=2)


@dataclass(frozen=True, kw_only=True)
class PrecisionBlock(BySample):
    """How sure one mosaic makes of its rock."""

    wanted: tuple[float, ...] = setting(
        (0.1, 0.05, 0.02, 0.01),
        "Half widths of 95 % intervals, as shares of the value, for which the report says how "
        "large a mosaic has to be; the first is also what a single window is to hold.",
        above=0,
        below=1,
        at_least=1,
    )


@dataclass(frozen=True, kw_only=True)
class TilesBlock(BySample):
    """Windows of the mosaic and the tiles they are reduced to."""

    window: int = setting(
        REQUIRED,
        "Side of a window, mosaic px.",
        minimum=8,
        paper="512; 1024 for the serpentinite",
    )
    stride: int = setting(
        REQUIRED,
        "Step from one window to the next, mosaic px.",
        minimum=1,
        paper="256; 200 for the serpentinite",
    )
    size: int = setting(
        REQUIRED,
        "Side of a tile, tile px. The window is a whole multiple of it.",
        minimum=32,
        paper="128 and 512",
    )
    resize: str = setting(
        "keep_fraction",
        "keep_fraction (keeps the phase fraction) or any_nonzero (the paper's code; dilates the "
        "phase).",
        choices=("keep_fraction", "any_nonzero"),
        paper="any_nonzero",
    )
    validation_fraction: float = setting(
        0.15, "Share of the mosaic's longer axis for the validation part.", above=0, below=1
    )
    heldout_fraction: float = setting(
        0.3, "Share of the mosaic's longer axis for the held-out part.", above=0, below=1
    )


@dataclass(frozen=True, kw_only=True)
class ExperimentBlock(Settings):
    """A tile size, the samples and the methods compared at it."""

    samples: tuple[str, ...] | None = setting(
        None, "Names of the samples; null for all of them.", at_least=1
    )
    tiles: TilesBlock = block(REQUIRED)
    methods: tuple[str, ...] = setting(REQUIRED, "Labels of the methods compared.")


@dataclass(frozen=True, kw_only=True)
class EvaluationBlock(Settings):
    """How realisations are compared with real tiles."""

    boundary: str = setting(
        "unbiased",
        "Boundary convention of the descriptors.",
        choices=("unbiased", "periodic", "amiri2023"),
        paper="amiri2023",
    )
    set_size: int = setting(
        WANTED_TILES,
        "Tiles on each side of a comparison (fewer where fewer exist).",
        minimum=2,
        paper=128,
    )
    pairs: int = setting(20, "Random pairs of sets over which a ratio is averaged.", minimum=20)
    permutations: int = setting(
        1000, "Shuffles of the permutation test behind the verdict.", minimum=100
    )
    max_lag: int | None = setting(
        None, "Largest lag in the errors, tile px; null for all lags.", minimum=1
    )


@dataclass(frozen=True, kw_only=True)
class PoresBlock(Settings):
    """Label analysis of pores (the paper's Fig. 8)."""

    tiles: int = setting(128, "Tiles of each set that are measured.", minimum=1)
    drop_border: bool = setting(False, "Leave out pores that touch the border of their tile.")


@dataclass(frozen=True, kw_only=True)
class TransportBlock(Settings):
    """How tiles conduct between two faces, and how wide and how long the phase is in them."""

    tiles: int = setting(128, "Tiles of each set that are measured.", minimum=1)
    contrast: float = setting(
        0.001,
        "Conductivity of the rest over that of the phase, where both conduct - so that pores that "
        "no path leads through have a number that is not 0.",
        above=0,
        below=1,
    )


@dataclass(frozen=True, kw_only=True)
class FiguresBlock(Settings):
    """How figures look. Changes no number, and reruns just the figures that it concerns."""

    dpi: int = setting(
        200,
        "Resolution of the PNGs, and of tiles within the PDFs, dots per inch.",
        minimum=30,
        maximum=1200,
    )
    quantity: str = setting(
        "P",
        "What Figs. 4, 9 and 10 show - P (probabilities) or F (scaled autocovariance, Eq. 2).",
        choices=("P", "F"),
        paper="P",
    )
    diversity_tiles: int = setting(
        64, "Tiles of each method, with their S2 curves, in Fig. S1.", minimum=1, paper=64
    )


@dataclass(frozen=True, kw_only=True)
class RunBlock(Settings):
    """How the work is done. Changes no number, so it reruns nothing."""

    device: str = setting(
        "cpu",
        "cpu, cuda, or auto (cuda where torch sees a GPU; said in the log).",
        choices=("cpu", "cuda", "auto"),
    )
    gpus: int = setting(
        1,
        "GPUs of one machine that train a GAN together, each with its part of every batch (on the "
        "CPU, as many processes). Rounding apart, only BatchNorm tells the difference.",
        minimum=1,
    )
    training_threads: int = setting(
        8,
        "Most threads with which a GAN is trained on the CPU. Networks of small tiles together are "
        "done sooner side by side, a thread each, than one after another. Only rounding tells the "
        "difference.",
        minimum=1,
    )
    log_interval_s: float = setting(10.0, "Least seconds between two lines of progress.", above=0)
    annealing_jobs: int = setting(
        1,
        "Jobs that share the realisations of one annealing; on a cluster about as many as make "
        "each take half an hour.",
        minimum=1,
        maximum=1000,
    )
    checkpoint_interval_s: float = setting(
        60.0, "Seconds between two checkpoints of a training.", above=0
    )


@dataclass(frozen=True, kw_only=True)
class Config(Settings):
    """The whole config; what samples and methods hold, their doors and kinds say."""

    seed: int = setting(
        2023,
        "Every random number follows from this seed and the name of the item that draws it.",
        minimum=0,
    )
    samples: dict[str, dict] = setting(
        REQUIRED,
        "The rocks. Each enters at one door - mosaic with labels, segmented, or synthetic.",
        at_least=1,
    )
    denoise: DenoiseBlock = block()
    unet: UNetBlock = block()
    forest: ForestBlock = block()
    models: dict[str, ModelBlock] = setting(
        {},
        "Models that the labels of several samples teach together, each by a name of your own.",
    )
    segmentation: SegmentationBlock = block()
    points: PointsBlock = block()
    precision: PrecisionBlock = block()
    res: ResBlock = block()
    methods: dict[str, dict] = setting(
        REQUIRED, "The reconstruction methods, each a label of your own with its settings."
    )
    experiments: dict[str, ExperimentBlock] = setting(
        REQUIRED, "A tile size, the samples and the methods compared at it.", at_least=1
    )
    evaluation: EvaluationBlock = block()
    pores: PoresBlock = block()
    transport: TransportBlock = block()
    figures: FiguresBlock = block()
    run: RunBlock = block()
