"""A descriptor, or a diagnosis, is added by its record and its module alone, and shows up."""

import json
import os
import subprocess
import sys
from pathlib import Path

from rockrec_planning.code_inputs import SCRIPTS

# Modules are loaded from edited copies, all others are the library's own.
LOAD = """
import importlib.util, json, sys
import numpy as np
def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
"""

PENTAGON = """
from rockrec.annealing import anneal
from rockrec.comparison import compare_sets, curve_table
from rockrec.description import describe_set
from rockrec.figures.descriptors import panels_of
from rockrec.figures.polytope_curves import plot_polytope_curves
from rockrec.figures.shapes import place_shapes
from rockrec.report.errors import error_fragment
from rockrec.report.story import res_in_words
from rockrec.res import analyse_res
from rockrec.tables.errors import headline
from rockrec_settings.schema import load_schema

rng = np.random.default_rng(0)
tiles = [np.kron(rng.random((n, 8, 8)) < 0.5, np.ones((4, 4))).astype(np.uint8) for n in (12, 9)]
made, real = (describe_set(some, 50.0, "unbiased") for some in tiles)
told = dict(against="heldout", method="gan", replicate="1", targeted=(), seed=0, floor_source=real)
errors = compare_sets(made, real, n_pairs=20, permutations=10, **told)
curves = curve_table(real)
figure = plot_polytope_curves({"rock": {"real": curves}})
res = analyse_res(np.tile(tiles[0][0], (3, 3)), 1, [16, 32], 50.0, descriptor="P5", squares=3)
annealed = anneal({"P5": real["P5"].mean(axis=0)}, (32, 32), 0.5, n=1, seed=0, stages=2)
schema = json.dumps(load_schema())
print(json.dumps({
    "at lag 0": bool(np.allclose(made["P5"][:, 0], made["phase_fraction"])),
    "errors": errors.loc[errors["descriptor"] == "P5", "form"].tolist(),
    "printed": error_fragment(errors.assign(sample="rock")).count("F<sub>5</sub>"),
    "headline": headline(errors)["name"].tolist(),
    "panels": panels_of({"real": curves}, "P")[0],
    "legend": [text.get_text() for text in figure.legends[0].get_texts()],
    "placed": list(place_shapes(np.ones((96, 96), np.uint8))),
    "annealed": list(annealed.fits),
    "res": res_in_words(res.errors, res.references)[0],
    "enumerations": schema.count('"P5"') - schema.count('"P6"'),
}))
"""

HALVES = """
import example_results
import pandas as pd
from rockrec.diagnosis import diagnose
from rockrec.report.faults import fault_fragment, fault_table
from rockrec.report.verdicts import verdicts

rng = np.random.default_rng(0)
train, heldout, made = ((rng.random((n, 32, 32)) < 0.3).astype(np.uint8) for n in (64, 32, 32))
made[:, :, :16] = 1
found = diagnose(made, train, heldout, seed=0).set_index("diagnosis")
few = diagnose(made[:5], train, heldout, seed=0).set_index("diagnosis")
columns = ["method", "replicate", "accuracy", "low", "high", "n"]
classifier = pd.DataFrame([("sa", "1", 0.9, 0.8, 1.0, 32)], columns=columns)
diagnosis = found.reset_index().assign(method="sa", replicate="1")
table = fault_table({"rock": (diagnosis, example_results.novelty(), classifier)})
print(json.dumps({
    "verdict": found.loc["halves", "verdict"],
    "few": few.loc["halves", "where"],
    "page": "left and right" in fault_fragment(table),
    "said": {one.method: one.sentences for one in verdicts(example_results.errors(), table)}["sa"],
}))
"""

MODULE = """
import numpy as np
from rockrec.diagnosis.findings import Finding


def halves(train):
    def check(generated):
        left, right = (side.mean() for side in np.split(generated, 2, axis=2))
        return Finding("halves", abs(left - right), 0.1, "left against right")

    return check
"""

RECORD = """
        Diagnosis(
            "halves",
            title="halves that differ, left and right",
            fault="uneven halves",
            does="draws uneven halves",
            fit=_halves,
            explains=("P6",),
            generated=6,
        ),
"""

FIT = """
def _halves(known):
    from rockrec.diagnosis.halves import halves

    return halves(known.train)


"""


def edited(folder: Path, module: str, before: str, inserted: str) -> Path:
    """Copy a module of the library with a piece inserted before another."""
    text = SCRIPTS.joinpath(module).read_text(encoding="utf-8")
    assert text.count(before) == 1
    path = folder / Path(module).name
    path.write_text(text.replace(before, inserted + before), encoding="utf-8")
    return path


def told(program: str, modules: dict[str, Path]) -> dict:
    """Run a program with some modules loaded from copies, and return what it prints."""
    loads = [f"load({name!r}, {str(path)!r})" for name, path in modules.items()]
    folders = map(str, (SCRIPTS, SCRIPTS.parent, Path(__file__).parent))
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([LOAD, *loads, program])],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(folders)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_a_polytope_is_a_record_and_its_vertices(tmp_path):
    (tmp_path / "records").mkdir()
    record = edited(
        tmp_path / "records",
        "rockrec/plain/records/descriptors.py",
        '        Descriptor("P6"',
        '        Descriptor("P5", 5, "pentagon", ORANGE),\n',
    )
    vertices = edited(
        tmp_path,
        "rockrec/descriptors/polytopes.py",
        '    "P6": lambda',
        '    "P5": lambda r: [(0, 0), (0, r), (r, 0), (r, r), (-(r // 2), r // 2)],\n',
    )
    found = told(
        PENTAGON,
        {
            "rockrec.plain.records.descriptors": record,
            "rockrec.descriptors.polytopes": vertices,
        },
    )
    assert found["at lag 0"]
    assert found["errors"] == ["mean", "pooled", "per_image", "at_phi"]
    assert found["printed"] > 0 and found["headline"].count("P5") == 1
    assert "P5" in found["panels"] and "$P_{5}$" in found["legend"]
    assert "P5" in found["placed"]
    assert found["annealed"] == ["P5"]
    assert "pooled F5" in found["res"]
    assert found["enumerations"] == 0  # of the schema: as many as P6 has


def test_a_diagnosis_is_a_record_and_its_module(tmp_path):
    module = tmp_path / "halves.py"
    module.write_text(MODULE, encoding="utf-8")
    last = '        Diagnosis(\n            "memorised_tiles"'
    record = edited(tmp_path, "rockrec/plain/records/diagnoses.py", last, RECORD)
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace("# In the order of the tables", FIT + "# In the order", 1))
    found = told(
        HALVES,
        {"rockrec.plain.records.diagnoses": record, "rockrec.diagnosis.halves": module},
    )
    assert found["verdict"] == "found"
    assert found["few"] == "5 generated tiles, at least 6 are needed"
    assert found["page"]
    assert "P6 is 40 times the floor: uneven halves" in found["said"]
