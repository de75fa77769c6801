"""Simulated time beside cameras: it never runs ahead of the clock, and what was lost is not made good in a burst."""

from types import SimpleNamespace

import pytest

from skill_stack.hardware.simulator_loop import SimulatorLoop


def loop_of(snapshots):
    device = SimpleNamespace(time=0.0)
    channels = SimpleNamespace(command_counter=0, setpoint_counter=0)
    return SimulatorLoop(device, channels, None, 0.02, None, None, snapshots), device


@pytest.mark.parametrize("cameras", [True, False])
def test_time_waits_for_the_clock_where_cameras_look(cameras) -> None:
    loop, device = loop_of(object() if cameras else None)
    passed = 0
    for now in (n * 0.001 for n in range(1000)):  # whoever is in the lock answers at once
        while loop._seen(now) and passed < 10_000:
            device.time, passed = device.time + 0.02, passed + 1
    assert device.time == (pytest.approx(1.0, abs=0.03) if cameras else pytest.approx(200.0))


def test_what_was_lost_is_not_made_good_in_a_burst() -> None:
    loop, device = loop_of(object())
    assert loop._seen(5.0), "somebody in the lock was silent for five seconds"
    device.time += 0.02
    assert not loop._seen(5.001) and loop._seen(5.021)
