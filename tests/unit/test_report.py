"""The report holds everything it was given, alone in one file, whatever is missing."""

import re
from html.parser import HTMLParser

import example_results
import numpy as np
import pandas as pd
import pytest

from rockrec.figures import style
from rockrec.figures.history import plot_history
from rockrec.report.errors import error_fragment
from rockrec.report.faults import fault_fragment, fault_table
from rockrec.report.page import Figure, Report, render
from rockrec.report.times import StageTime, stage_times
from rockrec.tables.errors import error_table

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Balanced(HTMLParser):
    """Collects what is unbalanced, and every address the page refers to."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.addresses, self.ids = [], [], [], set()

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name in ("src", "href"):
                self.addresses.append(value)
            elif name == "id":
                self.ids.add(value)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def parsed(html):
    parser = Balanced()
    parser.feed(html)
    assert not parser.wrong and not parser.open
    return parser


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def report(tmp_path):
    figure = plot_history({"wgan_gp": example_results.gan_history()})
    style.save(figure, tmp_path / "a.pdf", tmp_path / "a.png")
    table = error_table({"rock": example_results.errors()})
    return Report(
        versions={"rockrec": "0.1.0", "numpy": "2.4"},
        settings="seed: 1\nname: <b>bold</b>\n",
        scores={"rock": example_results.scores()},
        res={"rock": example_results.res_tables(chosen=256)[1]},
        figures=[Figure("History", "Losses & errors.", (tmp_path / "a.png").read_bytes())],
        tables={"Errors": error_fragment(table)},
        times=[StageTime("train_gan", 3, 123.4, 60.0)],
    )


def test_the_page_is_self_contained_and_well_formed(report):
    page = parsed(render(report))
    assert all(address.startswith(("data:", "#")) for address in page.addresses)
    inner = {address[1:] for address in page.addresses if address.startswith("#")}
    assert inner and inner <= page.ids


def test_the_page_tells_what_it_was_given(report):
    text = text_of(render(report))
    for expected in (
        "rockrec&nbsp;0.1.0", "seed: 1", "0.910", "12,345",
        "by pooled F₂, 256 px = 12.8 µm, relative to 512 px", "Losses &amp; errors.",
        "differs from real : F 6 (40), L (12);", "train_gan 3 123.4 60.0",
    ):  # fmt: skip
        assert expected in text


def test_settings_cannot_break_the_page(report):
    assert "<b>bold</b>" not in render(report)


def test_an_empty_run_still_makes_a_page():
    html = render(Report({}, "", {}, {}, [], {}, []))
    parsed(html)
    text = text_of(html)
    for expected in ("No sample was segmented", "No RES", "No figure", "Nothing was compared"):
        assert expected in text


def test_res_in_words_without_a_representative_size(report):
    scene = Report({}, "", {}, {"rock": example_results.res_tables(chosen=None)[1]}, [], {}, [])
    assert "no size up to 512 px is representative" in render(scene)
    scene = Report({}, "", {}, {"rock": example_results.res_tables(chosen=512)[1]}, [], {}, [])
    assert "none below the largest, 512 px" in render(scene)


def test_fragment_holds_every_number_of_the_headline():
    errors = example_results.errors()
    html = error_fragment(error_table({"rock": errors}))
    assert html.isascii()
    parsed(html)
    assert html.count("<td class=") == 3 * 10
    assert "<th>F<sub>3H</sub></th>" in html and "spread of S<sub>2</sub> between" in html
    assert "2.2&#183;10&#8315;&#8310;" in html  # 1.1 floors of 2e-6
    assert "4.0 floors (2.8 to 6.4)" in html


def test_fragment_marks_verdicts_and_what_was_fitted():
    html = error_fragment(error_table({"rock": example_results.errors()}))
    assert html.count('<td class="differs-from-real"') == 3
    assert html.count("&#8224;<br>") == 2


def test_fragment_states_the_share_of_tiles_with_one_phase():
    errors = example_results.errors()
    errors["one_phase_a"] = errors["method"].map({"real": 0.0, "sa": 0.125, "wgan_gp": 0.02})
    errors["one_phase_b"] = 0.01
    text = text_of(error_fragment(error_table({"rock": errors})))
    assert "tiles of one phase only (held-out: 1.0%) 0.0% 12.5% 2.0%" in text


def test_fragment_says_where_all_realisations_have_one_phase_fraction():
    errors = example_results.errors()
    errors["phi_sd_a"] = errors["method"].map({"real": 0.021, "sa": 0.0, "wgan_gp": 0.034})
    text = text_of(error_fragment(error_table({"rock": errors})))
    assert "phase fraction (held-out: 0.02) 0.021 0: one phase fraction for all" in text
    assert text.count("one phase fraction for all") == 1


def test_stage_times_sum_the_jobs_of_a_rule(tmp_path):
    for folder, seconds in (("a", [1.5, 2.5]), ("b", [4.0])):
        path = tmp_path / folder / "anneal.tsv"
        path.parent.mkdir()
        path.write_text("s\th:m:s\n" + "".join(f"{s}\t0:00:01\n" for s in seconds))
    (tmp_path / "a" / "compare.tsv").write_text("s\th:m:s\n9.0\t0:00:09\n")
    assert stage_times(tmp_path) == [("compare", 1, 9.0, 9.0), ("anneal", 3, 8.0, 4.0)]
    assert stage_times(tmp_path / "nowhere") == []


def faults():
    diagnosis = pd.DataFrame(
        {
            "method": ["real", "sa", "real", "sa"],
            "replicate": ["", "1", "", "1"],
            "diagnosis": ["repeated_pattern", "repeated_pattern", "edge_excess", "edge_excess"],
            "value": [2.0, 7.5, 1.0, np.nan],
            "threshold": [4.0, 4.0, 3.0, np.nan],
            "where": ["", "lag 16 px", "", "12 tiles, at least 30 are needed"],
            "verdict": ["not found", "found", "not found", "cannot tell"],
        }
    )
    classifier = pd.DataFrame(
        {
            "method": ["real", "sa"],
            "replicate": ["", "1"],
            "accuracy": [0.53, 0.97],
            "low": [0.44, 0.92],
            "high": [0.61, 0.99],
            "n": [128, 128],
        }
    )
    return diagnosis, classifier


def test_faults_and_the_classifier_stand_in_one_table():
    table = fault_table({"rock": faults()})
    told = table[table["diagnosis"] == "classifier"].set_index("method")
    assert told["verdict"].to_dict() == {"real": "not found", "sa": "found"}
    html = fault_fragment(table)
    assert html.isascii()
    parsed(html)
    text = text_of(html)
    assert "found : 7.5 threshold 4; lag 16 px" in text
    assert "cannot tell 12 tiles, at least 30 are needed" in text
    assert "found : 0.97 threshold 0.5; 0.92 to 0.99, 128 tiles" in text
    assert html.count('<td class="found">') == 2
