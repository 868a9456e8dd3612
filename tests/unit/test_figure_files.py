"""Files of figures: of the kind and size that is asked for, and the same twice."""

import subprocess
import sys

import example_results
from matplotlib.image import imread

from rockrec.figures import style
from rockrec.figures.lineal_path import plot_lineal_path

SAVE_ONE = """
import sys; sys.path[:0] = sys.argv[3:]
import example_results
from rockrec.figures import style
from rockrec.figures.polytope_curves import plot_polytope_curves
figure = plot_polytope_curves({"rock": {"real": example_results.curves()}})
style.save(figure, sys.argv[1], sys.argv[2], dpi=100)
"""


def test_a_figure_is_saved_as_pdf_and_png_of_the_resolution_asked_for(tmp_path):
    figure = plot_lineal_path({"rock": {"real": example_results.curves()}})
    style.save(figure, tmp_path / "a.pdf", tmp_path / "a.png", dpi=30)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    width, height = figure.get_size_inches()
    assert imread(tmp_path / "a.png").shape[:2] == (round(height * 30), round(width * 30))


def test_same_bytes_in_another_process(tmp_path):
    paths = [path for path in sys.path if "unit" in path or "scripts" in path]
    for run in ("1", "2"):
        files = [tmp_path / f"{run}.pdf", tmp_path / f"{run}.png"]
        subprocess.run([sys.executable, "-c", SAVE_ONE, *files, *paths], check=True)
    for kind in ("pdf", "png"):
        assert (tmp_path / f"1.{kind}").read_bytes() == (tmp_path / f"2.{kind}").read_bytes()
    assert b"Matplotlib" not in (tmp_path / "1.png").read_bytes()
