"""A thread that dies is heard: its process ends, unless the work was over."""

import subprocess
import sys

import pytest

from skill_stack.core.processes import worker_thread
from skill_stack.core.processes.worker_thread import EXIT, WorkerThread

DYING = """
import threading
from skill_stack.core.processes.worker_thread import WorkerThread

def work(words):
    raise ValueError(words)

WorkerThread("worker", work, "out of order").start()
threading.Event().wait(60)
"""


def broken() -> None:
    raise ValueError("out of order")


def test_a_process_ends_with_its_thread_and_says_why() -> None:
    done = subprocess.run([sys.executable, "-c", DYING], capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == EXIT
    assert "'worker'" in done.stderr and "ValueError: out of order" in done.stderr


@pytest.mark.parametrize("wanted", [True, False])
def test_an_error_after_the_end_of_the_work_is_part_of_it(monkeypatch: pytest.MonkeyPatch, wanted: bool) -> None:
    heard: list[str] = []
    monkeypatch.setattr(worker_thread, "died", lambda name, error: heard.append(f"{name}: {error}"))
    thread = WorkerThread("worker", broken, wanted=lambda: wanted)
    thread.start()
    thread.join(10)
    assert heard == (["worker: out of order"] if wanted else [])


def test_a_service_goes_on_after_an_error_which_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_thread, "FAILURES", {})
    done: list[int] = []

    def sometimes() -> None:
        done.append(1)
        if len(done) < 3:
            raise ValueError(f"out of order {len(done)}")

    thread = WorkerThread("worker", sometimes, again=0.001)
    thread.start()
    thread.join(10)
    assert not thread.is_alive() and len(done) == 3
    failure = worker_thread.FAILURES["worker"]
    assert failure.count == 2 and str(failure.error) == "out of order 2" and "in sometimes" in failure.trace


def test_a_service_that_is_over_does_not_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_thread, "FAILURES", {})
    thread = WorkerThread("worker", broken, wanted=lambda: False, again=0.001)
    thread.start()
    thread.join(10)
    assert not thread.is_alive() and not worker_thread.FAILURES
