"""The figures of a run: what each shows, what it reads, where it stands in the report.

Of each there are beside its record a module in `rockrec.figures`, a script ``plot_<name>.py`` and a
caption ``workflow/report/<name>.rst``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rockrec.plain.records.files import Files


@dataclass(frozen=True)
class Figure:
    """A figure.

    Attributes
    ----------
    name : of its files, its script and its caption.
    title : as the report has it.
    what : what it shows, in a sentence.
    section : of the report: mosaics, tiles, res, methods, comparison or faults.
    of : ``run`` (one), ``experiment`` (one of each) or ``sample`` (one of each in each experiment).
    inputs : by the name that the script knows them by. A figure without any file is left out.
    params : what else its script is told: samples, methods (as ``method/replicate``), kinds,
        whose (of each input, the names that its files belong to), phases, pixel_sizes_nm, or keys
        of the config's block ``figures``.
    always : it is drawn where it has no file, too.
    """

    name: str
    title: str
    what: str
    section: str
    of: str
    inputs: Mapping[str, Files]
    params: tuple[str, ...] = ()
    always: bool = False


_TILES = {"tiles": Files("tiles.tif", "scene"), "tables": Files("tiles.csv", "scene")}
_CURVES = {
    "heldout": Files("heldout/curves.csv", "scene"),
    "reconstructed": Files("curves.csv", "reconstruction"),
}
_REALISATIONS = {"realisations": Files("realisations.tif", "reconstruction")}

# In the order of the report.
FIGURES = (
    Figure(
        name="segmentation",
        title="segmentation",
        what="The segmented mosaics over their gray images.",
        section="mosaics",
        of="run",
        inputs={
            "denoised": Files("mosaic/denoised.tif", "rock", that="is_gray"),
            "segmented": Files("mosaic/segmented.tif", "rock", that="is_gray"),
            "contrast": Files("mosaic/contrast.json", "rock", that="is_gray"),
            "outside": Files("mosaic/outside.tif", "rock", that="brings_gray"),
            "faults": Files("mosaic/scan_faults.csv", "rock", that="brings_gray"),
        },
        params=("whose", "phases", "pixel_sizes_nm"),
    ),
    Figure(
        name="res",
        title="representative size",
        what="F_n by image size, and the size at which it is representative (the paper's Fig. 5).",
        section="res",
        of="run",
        inputs={
            "curves": Files("res/curves.csv", "rock"),
            "errors": Files("res/errors.csv", "rock"),
        },
        params=("whose",),
    ),
    Figure(
        name="shapes",
        title="shapes of the descriptors",
        what="What the descriptors look for, drawn on real tiles (the paper's Fig. 1).",
        section="tiles",
        of="experiment",
        inputs=_TILES,
        params=("samples",),
    ),
    Figure(
        name="resizing",
        title="resizing",
        what="Lineal path of windows before and after they are reduced to tiles.",
        section="tiles",
        of="experiment",
        inputs={"resizing": Files("resizing.csv", "scene")},
        params=("samples",),
    ),
    Figure(
        name="history",
        title="workflow and training",
        what="The workflow; losses, errors and the step that was kept (the paper's Fig. 2).",
        section="methods",
        of="experiment",
        inputs={
            "trainings": Files("history.csv", "reconstruction", that="is_network"),
            "annealings": Files("history.csv", "reconstruction", that="is_annealed"),
        },
        params=("kinds", "whose"),
        always=True,
    ),
    Figure(
        name="realisations",
        title="realisations",
        what="Tiles, real and reconstructed, with lines that show L (the paper's Fig. 3).",
        section="methods",
        of="experiment",
        inputs=_TILES | _REALISATIONS,
        params=("samples", "methods"),
    ),
    Figure(
        name="polytope_curves",
        title="polytope curves",
        what="S2 and the polytope functions, real and reconstructed (the paper's Fig. 4).",
        section="comparison",
        of="experiment",
        inputs=_CURVES,
        params=("samples", "methods", "quantity"),
    ),
    Figure(
        name="repetition",
        title="repetition",
        what="Tiles at large, with repetition marked where it was found (the paper's Fig. 6).",
        section="faults",
        of="experiment",
        inputs=_TILES | _REALISATIONS | {"diagnosis": Files("diagnosis.csv", "scene")},
        params=("samples", "methods"),
    ),
    Figure(
        name="novelty",
        title="novelty",
        what="Which pixels of the methods' tiles are copied from training tiles, and from where.",
        section="faults",
        of="experiment",
        inputs={
            "maps": Files("novelty.npz", "scene"),
            "tables": Files("novelty.csv", "scene"),
        },
        params=("samples",),
    ),
    Figure(
        name="lineal_path",
        title="lineal path",
        what="L with its band, and the flat part magnified (the paper's Fig. 7).",
        section="comparison",
        of="experiment",
        inputs=_CURVES,
        params=("samples", "methods"),
    ),
    Figure(
        name="pores",
        title="pores",
        what="Area and orientation of single pores (the paper's Fig. 8).",
        section="comparison",
        of="experiment",
        inputs={"pores": Files("pores.csv", "scene")},
        params=("samples", "methods"),
    ),
    Figure(
        name="mosaics",
        title="mosaics drawn",
        what="Mosaics that methods drew, whole and in part, if asked for.",
        section="methods",
        of="experiment",
        inputs={"mosaics": Files("mosaic.tif", "reconstruction", "draws_mosaics", "draw")},
        params=("whose",),
    ),
    Figure(
        name="transport",
        title="transport",
        what="Effective diffusivity of tiles, real and reconstructed.",
        section="comparison",
        of="experiment",
        inputs={"transport": Files("transport.csv", "scene")},
        params=("samples", "methods"),
    ),
    Figure(
        name="widths",
        title="widths of the phase",
        what="Local thickness and chord lengths, real and reconstructed.",
        section="comparison",
        of="experiment",
        inputs={"widths": Files("widths.csv", "scene")},
        params=("samples", "methods"),
    ),
    Figure(
        name="strip",
        title="tiles over the training",
        what="What the networks draw at the same latent vectors over the training.",
        section="methods",
        of="experiment",
        inputs={
            "strips": Files("strip.npz", "reconstruction", that="is_network"),
            "history": Files("history.csv", "reconstruction", that="is_network"),
        },
        params=("whose",),
    ),
    Figure(
        name="latent_space",
        title="latent space",
        what="Walks through the latent space and tiles projected into it, if asked for.",
        section="methods",
        of="experiment",
        inputs={
            "films": Files("interpolation.tif", "reconstruction", asked="interpolation"),
            "pairs": Files("projections.tif", "reconstruction", asked="project"),
        },
        params=("whose",),
    ),
    Figure(
        name="descriptors",
        title="descriptors",
        what="All descriptors with the band of the real mean (the paper's Figs. 9 and 10).",
        section="comparison",
        of="sample",
        inputs=_CURVES,
        params=("methods", "quantity"),
    ),
    Figure(
        name="diversity",
        title="diversity",
        what="Many tiles of one sample with their S2 curves (the paper's Fig. S1).",
        section="faults",
        of="sample",
        inputs=_TILES
        | _REALISATIONS
        | {
            "heldout": Files("heldout/descriptors.npz", "scene"),
            "reconstructed": Files("descriptors.npz", "reconstruction"),
        },
        params=("methods", "diversity_tiles"),
    ),
)
