"""The lock on a training: who is kept out, who is taken over, who has lost it."""

import json
import os
import socket
import threading
import time

import pytest

from rockrec.housekeeping import lock as lock_module
from rockrec.housekeeping.lock import FolderLock, LockLost


def holder(**changes):
    return {**lock_module._this_process(), "token": "another", **changes}


def held_by(folder, **changes):
    (folder / "lock").write_text(json.dumps(holder(**changes)))
    return FolderLock(folder, poll=0.01)


def stays_out(lock, seconds=0.3):
    """Whether `lock` is still waiting after a while; then the folder is freed."""
    entered = threading.Event()

    def enter():
        with lock:
            entered.set()

    thread = threading.Thread(target=enter)
    thread.start()
    out = not entered.wait(seconds)
    lock.path.unlink(missing_ok=True)
    thread.join(10)
    return out


def test_a_living_process_keeps_others_out(tmp_path):
    assert stays_out(held_by(tmp_path))


def test_a_dead_process_does_not(tmp_path):
    assert not stays_out(held_by(tmp_path, pid=2**22 - 1))


def test_a_process_that_was_given_a_dead_ones_number_does_not(tmp_path):
    assert not stays_out(held_by(tmp_path, started="another boot 17"))


def test_a_process_on_another_host_keeps_others_out_while_it_gives_signs(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_module, "SILENCE", 0.2)
    lock = held_by(tmp_path, host="elsewhere", pid=2**22 - 1)
    stop = threading.Event()

    def signs():
        while not stop.wait(0.02) and lock.path.exists():
            os.utime(lock.path)

    thread = threading.Thread(target=signs)
    thread.start()
    assert stays_out(lock, seconds=0.6)
    stop.set()
    thread.join()


def test_a_silent_process_on_another_host_is_taken_over_and_learns_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_module, "SILENCE", 0.1)
    silent = FolderLock(tmp_path, poll=0.01)
    with silent:
        content = json.loads(silent.path.read_text())
        silent.path.write_text(json.dumps(content | {"host": "elsewhere"}))
        with FolderLock(tmp_path, poll=0.01) as taker:
            with pytest.raises(LockLost):
                silent.sign_of_life()
            taker.sign_of_life()
        assert not silent.path.exists()


def test_a_lock_that_its_holder_did_not_finish_writing_is_not_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_module, "SILENCE", 0.1)
    (tmp_path / "lock").write_text("{")
    with FolderLock(tmp_path, poll=0.01):
        pass


def test_only_one_of_many_takes_a_stale_lock_over(tmp_path):
    held_by(tmp_path, pid=2**22 - 1)
    inside, most = [], []

    def work():
        with FolderLock(tmp_path, poll=0.001):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.005)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == [1] * 12


def test_the_lock_says_who_holds_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    with FolderLock(tmp_path) as lock:
        content = json.loads(lock.path.read_text())
    assert (content["host"], content["pid"], content["job"]) == (
        socket.gethostname(),
        os.getpid(),
        "4711",
    )
    assert not lock.path.exists()
