"""The user's files are known by what they hold, and are read once for that."""

import json
import os

import pytest

from rockrec.housekeeping import contents as module
from rockrec.housekeeping.contents import BOOK, Contents, name_of
from rockrec.housekeeping.integrity import (
    DamagedFile,
    check_unchanged,
    checksum,
    keep_checksum,
    sources_of,
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        (tmp_path / f"{name}.tif").write_text(name * 10, encoding="utf-8")
    return tmp_path


def test_a_file_is_read_again_only_where_its_size_or_time_changed(folder, monkeypatch):
    first = Contents().of(["a.tif"])
    assert first == checksum("a.tif")
    read = []
    monkeypatch.setattr(module, "checksum", lambda path: read.append(path) or checksum(path))
    assert Contents().of(["a.tif"]) == first
    assert not read
    os.utime("a.tif", (1, 1))
    assert Contents().of(["a.tif"]) == first
    assert Contents().of(["a.tif"]) == first
    assert read == ["a.tif"]


def test_an_older_content_is_another_one_and_so_is_another_order(folder):
    first, both = Contents().of(["a.tif"]), Contents().of(["a.tif", "b.tif"])
    os.utime("b.tif", (1, 1))
    os.replace("b.tif", "a.tif")
    assert Contents().of(["a.tif"]) != first
    (folder / "b.tif").write_text("a" * 10, encoding="utf-8")
    assert Contents().of(["a.tif", "b.tif"]) != both == Contents().of(["b.tif", "a.tif"])


def test_a_file_that_is_gone_is_what_it_was_and_one_never_seen_is_nothing(folder):
    first = Contents().of(["a.tif"])
    os.remove("a.tif")
    assert Contents().of(["a.tif"]) == first
    assert Contents().of(["none.tif"]) is None


def test_a_broken_book_is_written_anew(folder):
    first = Contents().of(["a.tif"])
    BOOK.write_text("{", encoding="utf-8")
    assert Contents().of(["a.tif"]) == first
    assert list(json.loads(BOOK.read_text("utf-8"))) == ["a.tif"]


def test_reading_a_large_file_is_said(folder, monkeypatch):
    monkeypatch.setattr(module, "LARGE", 5)
    said = []
    Contents(said.append).of(["a.tif"])
    assert said == ["Reading a.tif to know it by its content"]


def test_a_file_that_changes_after_the_planning_is_refused(folder):
    planned = Contents().of(["a.tif", "b.tif"])
    Contents().check(["a.tif", "b.tif"], planned)
    (folder / "b.tif").write_text("changed", encoding="utf-8")
    with pytest.raises(DamagedFile, match="a.tif and 1 more: holds something else than when"):
        Contents().check(["a.tif", "b.tif"], planned)


def test_results_of_different_contents_of_one_file_do_not_go_together(folder):
    for name in ("tiles", "curves"):
        (folder / "results").mkdir(exist_ok=True)
        (folder / f"results/{name}").write_text(name, encoding="utf-8")
    keep_checksum("results/tiles", {"a.tif": "1" * 64, "b.tif": "2" * 64})
    keep_checksum("results/curves", {"a.tif": "1" * 64})
    check_unchanged("results/tiles")
    both = ["results/curves", "results/tiles"]
    assert sources_of(both) == {"a.tif": "1" * 64, "b.tif": "2" * 64}
    assert sources_of(both, {"c.tif": "3" * 64})["c.tif"] == "3" * 64
    with pytest.raises(DamagedFile, match="results/tiles: .* of b.tif than there is now; delete"):
        sources_of(both, {"b.tif": "4" * 64})
    keep_checksum("results/curves", {"a.tif": "5" * 64})
    with pytest.raises(DamagedFile, match="tiles: .* of a.tif than results/curves was made from"):
        sources_of(both)


def test_many_files_are_named_by_the_first():
    assert name_of(["t1.tif"]) == "t1.tif"
    assert name_of(["t1.tif", "t2.tif", "t3.tif"]) == "t1.tif and 2 more"
