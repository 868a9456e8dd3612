"""The error table holds the comparison's own numbers, and sums them up in words."""

import example_results
import pandas as pd
import pytest

from rockrec.tables.by_method import read_by_method
from rockrec.tables.errors import COLUMNS, error_table, headline, in_floors, summaries


def test_the_table_is_all_samples_one_below_the_other():
    errors = example_results.errors()
    table = error_table({"a": errors, "b": errors})
    assert tuple(table.columns) == COLUMNS
    for sample in "ab":
        part = table[table["sample"] == sample].drop(columns="sample").reset_index(drop=True)
        pd.testing.assert_frame_equal(part, errors[list(COLUMNS[1:])])


def test_replicates_survive_the_file(tmp_path):
    errors = example_results.errors()
    errors.to_csv(tmp_path / "errors.csv", index=False)
    read = read_by_method(tmp_path / "errors.csv")
    assert read["replicate"].tolist() == errors["replicate"].tolist()


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="errors of rock lack the columns floor, p"):
        error_table({"rock": example_results.errors().drop(columns=["floor", "p"])})


def test_no_sample_is_refused():
    with pytest.raises(ValueError, match="at least one sample"):
        error_table({})


def test_headline_has_one_line_per_descriptor_and_method():
    lines = headline(example_results.errors())
    assert not lines.duplicated(["method", "name"]).any()
    assert set(lines["against"]) == {"heldout"}
    assert lines.loc[lines["method"] == "sa", "name"].tolist() == [
        "S2", "P3H", "P3V", "P4", "P6", "L",
        "spread of S2 between tiles", "phase fraction", "Euler number", "specific perimeter",
    ]  # fmt: skip


def test_summary_names_what_differs_the_furthest_off_first():
    real, sa, gan = summaries(headline(example_results.errors()))
    assert (real.method, sa.method, gan.method) == ("real", "sa", "wgan_gp")
    assert sa.verdicts["differs from real"] == ["P6 (40)", "L (12)"]
    assert gan.verdicts["differs from real"] == ["L (4.0)"]
    assert "differs from real" not in real.verdicts


def test_what_was_fitted_is_no_part_of_the_verdict():
    _, sa, _ = summaries(headline(example_results.errors()))
    assert sa.fitted == ["S2", "spread of S2 between tiles"]
    assert not any("S2" in text for names in sa.verdicts.values() for text in names)


def test_replicates_are_named_where_there_are_several():
    errors = example_results.errors()
    second = errors[errors["method"] == "wgan_gp"].assign(replicate="2")
    found = summaries(headline(pd.concat([errors, second])))
    assert [summary.method for summary in found] == ["real", "sa", "wgan_gp/1", "wgan_gp/2"]


def test_an_undefined_ratio_is_no_crash():
    errors = example_results.errors().assign(ratio=float("nan"), verdict="not defined")
    assert summaries(headline(errors))[0].verdicts["not defined"][0] == "S2 (–)"


@pytest.mark.parametrize(
    "ratio, text", [(0.93, "0.9"), (4, "4.0"), (37.4, "37"), (1250, "1,250"), (float("nan"), "–")]
)
def test_in_floors(ratio, text):
    assert in_floors(ratio) == text
