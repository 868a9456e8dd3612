"""Published archives: only what has the right checksum is kept, and only the mosaic is unpacked."""

import hashlib
import io
import tarfile
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rockrec import fetching
from rockrec.fetching import FetchError, by_hand, download, unpack

CONTENT = b"II*\x00" + bytes(range(256)) * 40


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def served(tmp_path):
    """A folder, and its address on this machine."""
    folder = tmp_path / "published"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_with_the_right_checksum_is_kept(served, tmp_path):
    folder, address = served
    (folder / "data.zip").write_bytes(CONTENT)
    download(f"{address}/data.zip", sha256(CONTENT).upper(), tmp_path / "new/data.zip")
    assert (tmp_path / "new/data.zip").read_bytes() == CONTENT


def test_another_checksum_leaves_no_file_and_names_both(served, tmp_path):
    folder, address = served
    (folder / "data.zip").write_bytes(CONTENT)
    with pytest.raises(FetchError) as caught:
        download(f"{address}/data.zip", "0" * 64, tmp_path / "data.zip")
    assert sha256(CONTENT) in str(caught.value) and "0" * 64 in str(caught.value)
    assert not list(tmp_path.glob("data*"))


def test_what_cannot_be_reached_is_named(served, tmp_path):
    _, address = served
    with pytest.raises(FetchError, match="no.zip: File not found"):
        download(f"{address}/no.zip", "0" * 64, tmp_path / "data.zip")
    with pytest.raises(FetchError, match="127.0.0.1:9/data.zip"):
        download("http://127.0.0.1:9/data.zip", "0" * 64, tmp_path / "data.zip")
    with pytest.raises(FetchError, match="unknown url type"):
        download("data.zip", "0" * 64, tmp_path / "data.zip")


def zipped(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, bytes):
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
            else:
                info.type, info.linkname = tarfile.SYMTYPE, content
                archive.addfile(info)
    return path


def test_a_member_is_taken_out_of_zip_and_tar(tmp_path):
    zipped(tmp_path / "a.zip", **{"deep/mosaic.tif": CONTENT, "other.txt": b"no"})
    tarred(tmp_path / "a.tar.gz", [("deep/mosaic.tif", CONTENT), ("other.txt", b"no")])
    for archive in ("a.zip", "a.tar.gz"):
        unpack(tmp_path / archive, "deep/mosaic.tif", tmp_path / "out/rock.tif")
        assert (tmp_path / "out/rock.tif").read_bytes() == CONTENT
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["rock.tif"]


def test_a_plain_tiff_is_its_own_archive(tmp_path):
    (tmp_path / "a.tif").write_bytes(CONTENT)
    unpack(tmp_path / "a.tif", None, tmp_path / "rock.tif")
    assert (tmp_path / "rock.tif").read_bytes() == CONTENT
    with pytest.raises(FetchError, match="neither a ZIP nor a tar archive"):
        unpack(tmp_path / "a.tif", "mosaic.tif", tmp_path / "rock.tif")


def test_names_that_lead_outside_write_nothing_outside(tmp_path):
    archive = tarred(tmp_path / "a.tar.gz", [("../../evil.tif", CONTENT)])
    (tmp_path / "in/out").mkdir(parents=True)
    unpack(archive, "../../evil.tif", tmp_path / "in/out/rock.tif")
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["a.tar.gz", "rock.tif"]


def test_a_link_is_no_mosaic(tmp_path):
    archive = tarred(tmp_path / "a.tar.gz", [("mosaic.tif", "/etc/passwd")])
    with pytest.raises(FetchError, match="no plain file 'mosaic.tif' in it"):
        unpack(archive, "mosaic.tif", tmp_path / "rock.tif")
    assert not (tmp_path / "rock.tif").exists()


@pytest.mark.parametrize(("member", "said"), [(None, "name the member"), ("b.tif", "'b.tif'")])
def test_a_member_that_is_not_named_or_not_there_lists_those_that_are(tmp_path, member, said):
    archive = zipped(tmp_path / "a.zip", **{"one.tif": CONTENT, "two.TIFF": b"", "x.csv": b""})
    with pytest.raises(FetchError, match=f"{said}.*one.tif, two.TIFF"):
        unpack(archive, member, tmp_path / "rock.tif")


def test_a_member_larger_than_the_disk_is_refused_before_it_is_written(tmp_path, monkeypatch):
    archive = zipped(tmp_path / "a.zip", **{"mosaic.tif": CONTENT})
    full = fetching.shutil._ntuple_diskusage(100, 90, 10)
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda path: full)
    with pytest.raises(FetchError, match="10,244 bytes.* has 10 left"):
        unpack(archive, "mosaic.tif", tmp_path / "out/rock.tif")
    assert not (tmp_path / "out/rock.tif").exists()


def test_by_hand_says_file_page_and_reason():
    said = by_hand("resources/rock.tif", "https://page", "no route")
    for expected in ("resources/rock.tif", "https://page", "no route", "sha256", "member"):
        assert expected in said
