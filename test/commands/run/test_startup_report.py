"""What a robot that does not get ready waits for is told once, and that it got ready."""

import types

import pytest

from skill_stack.commands.run import startup_report as start_teller
from skill_stack.core.errors import StaleData
from skill_stack.core.setpoint import ControlMode


def test_each_reason_is_told_once_however_its_numbers_change(monkeypatch):
    now, told, seen = [0.0], [], []
    starting = lambda text: types.SimpleNamespace(mode=ControlMode.STARTING, reason=text)  # noqa: E731
    ready = types.SimpleNamespace(mode=ControlMode.DISARMED, reason="no setpoint")
    statuses = [StaleData("half"), None, starting("silent for 1.5 s"), starting("silent for 2.5 s"), ready, ready]

    def channels(*_):
        status = statuses.pop(0)
        seen.append(status)
        if isinstance(status, Exception):
            raise status
        return types.SimpleNamespace(read_status=lambda: status)

    monkeypatch.setattr(start_teller, "channels_of", channels)
    teller = start_teller.StartupReport("", "go2", told.append, lambda: now[0])
    teller()
    assert not seen  # a start may take a moment
    for _ in range(6):
        now[0] += 2.0
        teller()
        teller()
    assert told == ["the robot is not ready: silent for 1.5 s", "the robot is ready (disarmed)"]


@pytest.mark.parametrize("beat, said", [(0.0, "has not begun its work yet"), (1.0, "has been silent for")])
def test_a_process_that_never_beat_is_not_silent_since_the_machine_began(beat, said):
    from skill_stack.commands.run.status import _process
    from skill_stack.core.processes.process_identity import ProcessIdentity

    words = types.SimpleNamespace(registered=lambda role: ProcessIdentity.own(), heartbeat=lambda role: beat)
    part = _process(words, "control", "control")
    assert not part.ok and said in part.reason
