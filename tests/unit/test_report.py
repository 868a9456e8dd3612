"""The report holds everything it was given, alone in one file, whatever is missing."""

import base64
from html import unescape
from pathlib import Path

import example_results
import imagecodecs
import numpy as np
import pandas as pd
import pytest
from example_results import faults_of, tile_set
from pages import parsed, text_of

from rockrec.label_values import value_table
from rockrec.mosaics import Outside
from rockrec.plain.stage_times import StageTime, stage_times
from rockrec.report.errors import error_fragment
from rockrec.report.faults import fault_fragment, fault_table
from rockrec.report.page import Figure, Report, RunFacts, render
from rockrec.report.sheets import fraction_fragment
from rockrec.report.story import (
    Mosaic,
    calibrated_in_words,
    doubt_in_words,
    phases_in_words,
    res_in_words,
)
from rockrec.report.story import tile_set as summed_up
from rockrec.report.templates import templates
from rockrec.report.verdicts import verdicts
from rockrec.report.versions import all_versions
from rockrec.tables.errors import error_table
from rockrec.tables.phase_fractions import fraction_table


def empty_report(**changes):
    told = {
        "run": RunFacts({}, "abc123", [], "2023-01-31", [], 1),
        "settings": "",
        "mosaics": [],
        "scores": {},
        "doubts": {},
        "fractions": {},
        "tiles": [],
        "res": {},
        "references": {},
        "sureness": {},
        "figures": [],
        "tables": {},
        "verdicts": {},
        "advice": [],
        "times": [],
    }
    return Report(**(told | changes))


@pytest.fixture
def report():
    table = error_table({"rock": example_results.errors()})
    noise = np.random.default_rng(0).integers(0, 255, (20, 30, 4), np.uint8)
    noise[..., 3] = 255
    png = imagecodecs.png_encode(noise)
    return empty_report(
        run=RunFacts(
            {"rockrec": "0.1.0", "numpy": "2.4"},
            "abc123-dirty",
            ["node1: 24 x Xeon, Linux"],
            "2023-01-31 12:00 UTC",
            ["my_rock.yaml"],
            7,
        ),
        settings="seed: 1\nname: <b>bold</b>\n",
        mosaics=[Mosaic("rock", "segmented", 2048, 4096, 50, "0: 95.0 %, 1: 5.0 %", "config")],
        scores={"rock": example_results.scores()},
        doubts={"rock": "It doubts little."},
        tiles=[tile_set()],
        res={"rock": example_results.res_tables(chosen=256)[1]},
        references={"rock": example_results.res_references()},
        figures=[
            Figure("history", "comparison", "methods", "History", "Losses & errors.", png),
            Figure("res", "", "res", "Sizes", "F2 by size.", png),
            Figure("pores", "comparison", "comparison", "Pores", "Areas.", png),
        ],
        tables={("errors", "comparison"): error_fragment(table), ("claims", ""): "<p>Claims.</p>"},
        verdicts={("comparison", "rock"): verdicts(table, faults_of("checkerboard_power"))},
        advice=["Raise steps."],
        times=[StageTime("train_gan", 3, 123.4, 60.0)],
    )


def test_scores_that_cannot_be_known_are_said_to_be_so_with_what_to_paint():
    text = text_of(render(empty_report(scores={"rock": example_results.forest_scores()})))
    assert text.count("not known") == 2 * 7
    assert "Not known of class pores: class 1 is labelled in a single place; paint it" in text
    assert "nan" not in text.lower().split("how well it is segmented")[1].split("iou:")[0]


def test_what_to_paint_is_said_once_for_a_network_and_its_teacher():
    forest = example_results.forest_scores()
    both = pd.concat([forest, forest.assign(model="trained")])
    text = text_of(render(empty_report(scores={"rock": both})))
    assert text.count("Not known of class pores") == 1
    assert text.count("Not known of class rest") == 1


def test_doubt_is_told_with_where_to_paint():
    told, table = {"below": 0.75, "doubtful": 0.034, "mean": 0.97}, "out/a/mosaic/paint_next.csv"
    said = doubt_in_words(told, 7, Path(table))
    assert "below 0.75 at 3.4% of the pixels of rock, 0.970 on average" in said
    assert "7 fields are cut out, to be painted next (a/mosaic/paint_next.csv)." in said
    assert "fields" not in doubt_in_words(told, 0, Path(table))
    assert said in text_of(render(empty_report(doubts={"a": said})))


def test_a_phase_fraction_is_told_with_its_interval_or_with_what_points_would_give():
    told = {"found": 0.2, "expected": [[100, 0.031], [1000, 0.011]], "judged": None}
    said = calibrated_in_words(told, Path("out/a/mosaic/points.csv"))
    assert "no interval" in said and "100 ± 0.031, 1,000 ± 0.011 (a/mosaic/points.csv)" in said
    judged = {"value": 0.25, "low": 0.22, "high": 0.28, "points": 300}
    said = calibrated_in_words(told | {"judged": judged}, Path("out/a/mosaic/points.csv"))
    assert "0.2500, 95 % interval 0.2200 to 0.2800, from 300 random points" in said
    assert "finds 0.2000, outside the interval" in said
    table = fraction_table({"a": told | {"judged": judged}, "b": told})
    assert list(table["points"]) == [300, 0] and table["low"].isna().tolist() == [False, True]
    page = render(
        empty_report(
            doubts={"a": "It doubts."},
            fractions={"a": said},
            tables={("phase_fractions", ""): fraction_fragment(table)},
        )
    )
    text = unescape(text_of(page))
    assert f"It doubts. {said}" in text
    assert "a 0.2000 0.2500 0.2200 to 0.2800 300 ± 0.031 ± 0.011" in text
    assert "b 0.2000 – not known 0" in text


def test_the_page_is_self_contained_and_well_formed(report):
    page = parsed(render(report))
    assert all(address.startswith(("data:", "#")) for address in page.addresses)
    inner = {address[1:] for address in page.addresses if address.startswith("#")}
    assert inner and inner <= page.ids


def test_the_page_tells_what_it_was_given(report):
    text = text_of(render(report))
    for expected in (
        "rockrec&nbsp;0.1.0", "seed: 1", "0.910", "12,345", "abc123-dirty", "24 x Xeon",
        "my_rock.yaml, seed 7", "2023-01-31 12:00 UTC", "Raise steps.", "Claims.",
        "rock : 2,048 x 4,096 px of 50 nm, 0.102 x 0.205 mm; entered as a segmented mosaic.",
        "comparison rock 256 128 100 200 100 20 40 0.200 0.210",
        "by pooled F 2 , 256 px = 12.8 µm, relative to 512 px", "Losses &amp; errors.",
        "comparison: a window of 256 px is representative of rock.",
        "differs from real : P 6 (40), L (12);", "train_gan 3 123.4 60.0", "pores name of pores",
    ):  # fmt: skip
        assert expected in text


def test_the_story_goes_from_verdicts_over_mosaic_and_methods_to_what_is_next(report):
    text = text_of(render(report))
    order = ("times the floor", "2,048 x", "F 2 by size", "Losses", "Areas.", "Claims.", "Raise")
    places = [text.index(piece) for piece in order]
    assert places == sorted(places)


def test_figures_keep_every_pixel(report):
    figure = report.figures[0]
    picture = imagecodecs.webp_decode(base64.b64decode(figure.address.partition(",")[2]))
    assert np.array_equal(picture[..., :3], imagecodecs.png_decode(figure.png)[..., :3])


def test_verdicts_in_words_name_floors_and_what_explains_them():
    table = error_table({"rock": example_results.errors()})
    told = dict(
        verdicts(table, faults_of("checkerboard_power", "memorised_tiles", classifier=0.97))
    )
    assert list(told) == ["real", "sa", "wgan_gp"]
    assert told["real"] == ["cannot be told from real by any descriptor"]
    gan = "; ".join(told["wgan_gp"])
    assert gan.startswith("cannot be told from real by ")
    assert "L is 4.0 times the floor: checkerboard; found: copies of training tiles" in gan
    assert "a small network tells its tiles from real ones in 97% of cases" in gan
    assert "P6 is 40 times the floor" in told["sa"]
    assert told["sa"][-1] == "fitted to S2 and spread of S2 between tiles, no part of the verdict"


def test_realisations_that_did_not_converge_are_counted():
    table = error_table({"rock": example_results.errors()})
    costs = pd.DataFrame(
        {
            "sample": "rock",
            "method": ["sa", "wgan_gp"],
            "replicate": "1",
            "realisations": [128, np.nan],
            "converged": [100, np.nan],
        }
    )
    told = dict(verdicts(table, faults_of(), costs))
    assert told["sa"][-1] == "28 of 128 realisations did not reach the stopping energy"
    assert told["wgan_gp"] == dict(verdicts(table, faults_of()))["wgan_gp"]
    converged = dict(verdicts(table, faults_of(), costs.assign(converged=[128, np.nan])))
    assert converged["sa"] == dict(verdicts(table, faults_of()))["sa"]


def test_of_many_descriptors_that_differ_the_furthest_off_and_the_explained_are_named():
    errors = example_results.errors()
    errors.loc[errors["method"] == "wgan_gp", "verdict"] = "differs from real"
    table = error_table({"rock": errors})
    said = "; ".join(dict(verdicts(table, faults_of("repeated_pattern")))["wgan_gp"])
    assert said.startswith("L is 4.0 times the floor; ")
    assert "S2 is 1.1 times the floor: a repeated pattern" in said
    assert "; 6 more differ" in said


def test_a_fault_that_explains_nothing_stands_by_itself():
    table = error_table(
        {"rock": example_results.errors().assign(verdict="cannot be told from real")}
    )
    told = dict(verdicts(table, faults_of("checkerboard_power")))
    assert told["wgan_gp"] == ["cannot be told from real by any descriptor", "found: checkerboard"]


def test_too_few_tiles_give_no_verdict():
    table = error_table({"rock": example_results.errors().assign(verdict="too few tiles")})
    (said,) = dict(verdicts(table, faults_of()))["wgan_gp"]
    assert said.startswith("too few tiles: ")


@pytest.mark.parametrize(
    ("tiles", "said"),
    [
        (310.0, "310 tiles like these, or larger ones, are needed"),
        (np.nan, "larger tiles are needed"),
    ],
)
def test_what_a_verdict_would_need_is_said(tiles, said):
    word = "too few or too empty tiles to tell"
    errors = example_results.errors()
    weak = (errors["method"] == "wgan_gp") & (errors["descriptor"] == "P4")
    errors.loc[weak, ["verdict", "tiles_needed"]] = word, tiles
    errors.loc[~weak, "verdict"] = "cannot be told from real"
    table = error_table({"rock": errors})
    sentences = dict(verdicts(table, faults_of()))["wgan_gp"]
    assert sentences[-1] == f"{word}: P4 (1.1) ({said})"
    assert "any descriptor" not in sentences[0]
    assert f"({said})" in error_fragment(table)


def test_settings_cannot_break_the_page(report):
    assert "<b>bold</b>" not in render(report)


def test_an_empty_run_still_makes_a_page():
    html = render(empty_report())
    parsed(html)
    text = text_of(html)
    for expected in (
        *("No sample was segmented", "No tiles were cut", "No RES", "No method was run"),
        *("Nothing was diagnosed", "Nothing was compared", "Nothing that the numbers ask for"),
    ):
        assert expected in text


def test_res_in_words_without_a_representative_size():
    references = example_results.res_references()
    (_, errors) = example_results.res_tables(chosen=None)
    assert "no size up to 512 px is representative" in res_in_words(errors, references)[0]
    (_, errors) = example_results.res_tables(chosen=512)
    assert "none below the largest, 512 px" in res_in_words(errors, references)[0]


def test_a_res_is_told_with_its_interval_and_is_none_where_it_grows_with_the_largest_size():
    (_, errors) = example_results.res_tables()
    said = res_in_words(errors, example_results.res_references())[0]
    assert "between the sizes 60 px, 95 % interval 40 to 80 px, single draws 50 to 70 px" in said
    said = res_in_words(errors, example_results.res_references(grows=True))[0]
    assert "none: it grows with the largest size tried (64, 128, 256 px for 128, 256" in said


@pytest.mark.parametrize(("descriptor", "scaled"), [("S2V", "F2V"), ("P4", "F4"), ("L", "L/φ")])
def test_res_in_words_names_the_descriptor_that_it_was_found_by(descriptor, scaled):
    (_, errors) = example_results.res_tables()
    sentences = res_in_words(errors.assign(descriptor=descriptor), example_results.res_references())
    assert [sentence.split(",")[0] for sentence in sentences] == [
        f"by pooled {scaled}",
        f"by per-image {scaled}",
    ]


@pytest.mark.parametrize(
    ("text", "set_as"),
    [
        ("F3H and S2D-", "F<sub>3H</sub> and S<sub>2D−</sub>"),
        ("all F_n; P_n(r)", "all F<sub>n</sub>; P<sub>n</sub>(r)"),
        ("Fig. S1, Tables S3 and S4", "Fig. S1, Tables S3 and S4"),
        ("1 < C2", "1 &lt; C<sub>2</sub>"),
    ],
)
def test_orders_of_descriptors_are_lowered_and_nothing_else(text, set_as):
    assert str(templates().filters["printed"](text)) == set_as


def test_a_tile_sets_numbers_are_those_of_its_file():
    table = pd.DataFrame(
        {
            "split": ["train", "train", "gap", "validation", "heldout"],
            "phase_fraction": [0.1, 0.3, 0.9, 0.5, 0.4],
        }
    )
    tiles = summed_up("one", "rock", 256, 64, 50.0, table)
    assert tiles.pixel_size_nm == 200
    assert (tiles.windows, tiles.train, tiles.validation, tiles.heldout) == (5, 2, 1, 1)
    assert (tiles.fraction_train, tiles.fraction_heldout) == (pytest.approx(0.2), 0.4)


def test_versions_that_differ_between_jobs_are_both_named():
    found = all_versions([{"torch": "2.11"}, {"torch": "2.15", "numba": "0.68"}])
    assert found["torch"] == "2.11 and 2.15"
    assert found["numba"] == "0.68"
    assert "rockrec" in found


def test_fragment_holds_every_number_of_the_headline():
    errors = example_results.errors()
    html = error_fragment(error_table({"rock": errors}))
    assert html.isascii()
    parsed(html)
    assert html.count("<td class=") == 3 * (10 + 6)
    assert "<th>F<sub>3H</sub></th>" in html and "spread of S<sub>2</sub> between" in html
    assert "2.2&#183;10&#8315;&#8310;" in html  # 1.1 floors of 2e-6
    assert "4.0 floors (2.8 to 6.4)" in html


def test_fragment_marks_verdicts_and_what_was_fitted():
    html = error_fragment(error_table({"rock": example_results.errors()}))
    assert html.count('<td class="differs-from-real"') == 2 * 3
    assert html.count("&#8224;<br>") == 2 + 1


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
    return diagnosis, example_results.novelty(), classifier


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
    assert "found : 0.65 threshold 0.19; pieces of 24 px: 400 of 64 tiles; novelty 0.43" in text
    assert html.count('<td class="found">') == 3


def test_what_is_copied_is_said_of_every_method():
    table = error_table({"rock": example_results.errors()})
    told = dict(verdicts(table, fault_table({"rock": faults()})))
    said = "65% of it is copied from training tiles (of held-out rock 19%, by chance)"
    assert said in told["sa"] and not any("copied" in one for one in told["real"])


@pytest.mark.parametrize(
    ("door", "said"),
    [
        ("segmented", "; 0.2500 with what is masked, 20.0%"),
        ("mosaic", "; with what is masked, 20.0%, it would lie between 0.1250 and 0.3750"),
    ],
)
def test_the_phase_fraction_is_given_with_and_without_what_is_masked(door, said):
    marks = np.zeros((100, 100), np.uint8)
    marks[:20], marks[20:40] = 255, 128
    mosaic = np.full(marks.shape, 2)
    mosaic[40:50], mosaic[20:30], mosaic[:20] = 1, 1, 1
    table = value_table(mosaic, Outside(marks))
    assert table.set_index("value").loc[2].tolist() == [5000, 1000, 0]
    of_rock = "phase fraction 0.1667 of what is rock, 60.0% of the pixels"
    assert phases_in_words(door, 1, table) == of_rock + said
    assert phases_in_words(door, 1, value_table(mosaic)) == "phase fraction 0.4000"
