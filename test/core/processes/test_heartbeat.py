"""The sign of life of a process: heard while it beats, harmless when nobody listens."""

import os
import tempfile

from skill_stack.core.processes.heartbeat import EVERY, VARIABLE, Heartbeat
from skill_stack.core.processes.process_identity import is_stopped


def beats(listening: int) -> int:
    try:
        return len(os.read(listening, 4096))
    except BlockingIOError:
        return 0


def pipe() -> tuple[int, int]:
    listening, giving = os.pipe()
    os.set_blocking(listening, False)
    return listening, giving


def test_it_beats_when_due_and_is_no_business_of_grandchildren() -> None:
    listening, giving = pipe()
    os.set_inheritable(giving, True)
    environment = {VARIABLE: str(giving)}
    pulse = Heartbeat.from_environment(environment)
    assert pulse.heard
    assert not environment
    assert not os.get_inheritable(giving)
    pulse.beat(10.0)
    pulse.beat(10.0 + EVERY / 2)
    assert beats(listening) == 1
    pulse.beat(10.0 + EVERY)
    assert beats(listening) == 1


def test_a_listener_that_does_not_read_holds_nobody_up() -> None:
    listening, giving = pipe()
    pulse = Heartbeat.from_environment({VARIABLE: str(giving)})
    for beat in range(100_000):
        pulse.beat(beat * EVERY)
    assert pulse.heard
    assert beats(listening)


def test_a_listener_that_is_gone_is_forgotten() -> None:
    listening, giving = pipe()
    pulse = Heartbeat.from_environment({VARIABLE: str(giving)})
    os.close(listening)
    pulse.beat(1.0)
    assert not pulse.heard
    pulse.beat(2.0)


def test_what_is_no_pipe_is_never_written_to() -> None:
    with tempfile.TemporaryFile() as file:
        for text in ("", "none", "-1", "99999", str(file.fileno())):
            pulse = Heartbeat.from_environment({VARIABLE: text})
            assert not pulse.heard
            pulse.beat(1.0)
        assert file.seek(0, os.SEEK_END) == 0
    assert not Heartbeat.from_environment({}).heard


def test_a_running_process_and_one_that_is_not_there_are_not_stopped() -> None:
    assert not is_stopped(os.getpid())
    assert not is_stopped(2**22 + 1)
