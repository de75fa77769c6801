"""Signals that end a loop, and waits that they have to end first."""

import signal
import threading
from collections.abc import Iterator

import pytest

from skill_stack.core.processes.stop_signal import StopSignal


@pytest.fixture
def stop() -> Iterator[StopSignal]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield StopSignal()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_a_wish_and_no_exception(stop: StopSignal, number: signal.Signals) -> None:
    assert not stop.asked
    signal.raise_signal(number)
    assert stop.asked


def test_every_signal_ends_a_wait_and_none_afterwards_does(stop: StopSignal) -> None:
    woken = threading.Semaphore(0)
    with stop.waking(woken.release):
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
            assert woken.acquire(timeout=10.0)
    signal.raise_signal(signal.SIGINT)
    assert not woken.acquire(blocking=False)
    assert signal.set_wakeup_fd(-1) == -1  # as it was
    assert "signals" not in {thread.name for thread in threading.enumerate()}
