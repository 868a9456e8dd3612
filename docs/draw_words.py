"""Draw the pictures of docs/words.md, on built-in rocks and with the project's own descriptors.

PYTHONPATH=workflow/scripts python docs/draw_words.py
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy.ndimage import binary_erosion

from rockrec.comparison.errors import floor, mse
from rockrec.descriptors import describe
from rockrec.descriptors.clusters import label_clusters
from rockrec.figures.shapes import plot_shapes
from rockrec.figures.style import PAGE_WIDTH, shared_style, styled
from rockrec.figures.tile_images import Tiles, draw_tile, hide_frame
from rockrec.plain.records.colours import BLUE, GRAY, GREEN, ORANGE, VERMILLION
from rockrec.plain.windows import part_bands, split_windows
from rockrec.synthetic import make_rock
from rockrec.tiles import cut_tiles

DOCS = Path(__file__).parent
WINDOW, SIZE = 128, 64  # px
PARTS = {"train": BLUE, "validation": ORANGE, "heldout": VERMILLION}
FRACTIONS = 0.15, 0.3  # of the mosaic, for validation and held-out windows
SET_SIZE, PAIRS = 128, 5000


def tiles_of(truth: np.ndarray) -> np.ndarray:
    """Cut a rock into tiles (n, SIZE, SIZE) that do not overlap."""
    windows = split_windows(*truth.shape, WINDOW, WINDOW, *FRACTIONS)
    return np.stack(list(cut_tiles(truth, 1, windows, WINDOW, SIZE, "keep_fraction")))


@styled
def parts(truth: np.ndarray) -> Figure:
    """Draw the three parts of a mosaic, windows in each, and one window as a tile."""
    height, width = truth.shape
    figure = Figure(figsize=(PAGE_WIDTH, 1.75))
    mosaic, tile = figure.subplots(1, 2, width_ratios=[4.6, 1])
    mosaic.imshow(truth, cmap="gray", vmin=-1, vmax=1, interpolation="antialiased")
    hide_frame(mosaic)
    windows = split_windows(height, width, WINDOW, WINDOW, *FRACTIONS)
    for part, (first, end) in part_bands(width, WINDOW, *FRACTIONS).items():
        mosaic.axvspan(first, end, color=PARTS[part], alpha=0.25, linewidth=0)
        middle = (first + end) / 2
        mosaic.text(middle, -20, part, ha="center", color=PARTS[part])
        if first:
            mosaic.text(first - WINDOW / 2, -20, "gap", ha="center")
        for window in windows:
            if window.split == part:
                corner = window.column, window.row
                square = Rectangle(corner, WINDOW, WINDOW, fill=False, ec=PARTS[part], lw=0.7)
                mosaic.add_patch(square)
    mosaic.set_xlabel(f"mosaic, {height} x {width} px, with windows of {WINDOW} px")
    first = [window for window in windows if window.split == "heldout"][:1]
    draw_tile(tile, next(cut_tiles(truth, 1, first, WINDOW, SIZE, "keep_fraction")))
    tile.set_xlabel(f"a window as a tile,\n{SIZE} px")
    return figure


@styled
def joined(tiles: np.ndarray, lag: int = 16) -> Figure:
    """Draw on a tile what S2, C2 and L count, on the first that has an example of each."""
    tile, examples = next(
        (tile, examples)
        for tile, examples in ((tile, examples_on(tile, lag)) for tile in tiles)
        if all(found.any() for found in examples.values())
    )
    figure = Figure(figsize=(PAGE_WIDTH, 2.6))
    for axes, (title, found) in zip(figure.subplots(1, 3), examples.items(), strict=True):
        draw_tile(axes, tile)
        axes.set_title(title)
        places = np.argwhere(found)
        middle = np.array([SIZE / 2, (SIZE - lag) / 2])
        row, column = places[np.linalg.norm(places - middle, axis=1).argmin()]
        ends = [column, column + lag], [row, row]
        axes.plot(*ends, "o-", color=VERMILLION, linewidth=1.6, markersize=5)
    return figure


def examples_on(tile: np.ndarray, lag: int) -> dict[str, np.ndarray]:
    """Find the places (row, column) where a line of `lag` begins that some of the three count.

    Both ends lie within the phase, and where L does not count the line half of it does not. Where
    C2 does not, one end lies in a cluster that the tile shows whole.
    """
    clusters = label_clusters(tile)
    at_edge = np.unique(np.concatenate([*clusters[[0, -1]], *clusters[:, [0, -1]].T]))
    whole = ~np.isin(clusters, at_edge)
    within = binary_erosion(tile)
    ends = within[:, :-lag] & within[:, lag:]
    same = clusters[:, :-lag] == clusters[:, lag:]
    share = np.mean([tile[:, k : SIZE - lag + k] for k in range(lag + 1)], axis=0)
    return {
        "$S_2$ alone": ends & ~same & (share < 0.5) & (whole[:, :-lag] | whole[:, lag:]),
        "$S_2$ and $C_2$": ends & same & (share < 0.5),
        "$S_2$, $C_2$ and $L$": ends & (share == 1),
    }


@styled
def floor_of_real_tiles(tiles: np.ndarray) -> Figure:
    """Draw how far two sets of real tiles lie apart, and the errors of many such pairs."""
    curves = describe(tiles, ["S2"])["S2"]
    first, second = pairs_of_sets(len(curves))
    ratios = mse(first @ curves, second @ curves) / floor(curves, SET_SIZE, SET_SIZE)
    figure = Figure(figsize=(PAGE_WIDTH, 2.4))
    left, right = figure.subplots(1, 2)
    for weights, colour, name in ((first[0], BLUE, "one set"), (second[0], GREEN, "another")):
        left.plot(weights @ curves, color=colour, label=f"{name} of {SET_SIZE} real tiles")
    left.set(xlabel="lag r [px]", ylabel="$S_2$", title="the mean curves of two sets")
    left.legend()
    right.hist(ratios, bins=np.arange(0, 6, 0.1), color=GRAY)
    right.axvline(ratios.mean(), color=VERMILLION, label=f"mean: {ratios.mean():.1f}")
    right.set(xlabel="error / floor", ylabel="pairs", title=f"{PAIRS:,} pairs of real sets")
    right.legend()
    return figure


def pairs_of_sets(n: int) -> np.ndarray:
    """Draw pairs of disjoint sets out of `n` tiles, as weights of a mean (2, PAIRS, n)."""
    place = np.random.default_rng(1).permuted(np.tile(np.arange(n), (PAIRS, 1)), axis=1)
    of_set = np.stack([place < SET_SIZE, (place >= SET_SIZE) & (place < 2 * SET_SIZE)])
    return of_set / SET_SIZE


def main() -> None:
    """Draw all pictures."""
    fractures = make_rock("fractures", 2048, 8192, seed=1).truth
    pores = make_rock("pores", 2048, 4096, seed=1).truth
    tiles = {"fractures": tiles_of(fractures), "pores": tiles_of(pores)}
    shown = {name: Tiles(images, pixel_size_nm=100.0) for name, images in tiles.items()}
    pictures = {
        "shapes": plot_shapes(shown),
        "parts": parts(fractures[:512, :2560]),
        "joined": joined(tiles["fractures"]),
        "floor": floor_of_real_tiles(tiles["fractures"]),
    }
    for name, figure in pictures.items():
        with shared_style():
            figure.draw_without_rendering()  # the layout knows titles above a second axis by then
            figure.savefig(DOCS / f"words_{name}.png", dpi=120, metadata={"Software": None})


if __name__ == "__main__":
    main()
