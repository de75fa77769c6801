import numpy as np

from skill_stack.controllers.control_core import ControlCore
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.setpoint import ControlMode


def numbers(tick):
    command = tick.command
    return np.concatenate((command.q, command.kp, command.kd, tick.state.position))


def test_a_rehearsal_changes_nothing(robot, library, kit):
    """Two cores on the same samples, one of which rehearses all the time, give the same commands bit for bit."""
    plain, rehearsed = kit.Rig(robot, library), kit.Rig(robot, library)
    rng = np.random.default_rng(2)
    for number in range(120):
        changes = {"position": 0.2 * rng.standard_normal(4), "velocity": rng.standard_normal(4)}
        for rig in (plain, rehearsed):
            if number % 5 == 0:
                rig.ask(["rise", "walk", "stand"][number // 40], goals={"vx": 0.4})
        for _ in range(number % 3):
            rehearsed.core.rehearse()
        first, second = plain.tick(**changes), rehearsed.tick(**changes)
        np.testing.assert_array_equal(numbers(first), numbers(second))
        assert first.status.mode is second.status.mode and first.status.progress == second.status.progress
    assert plain.core.safety.limited == rehearsed.core.safety.limited


def test_an_error_in_a_rehearsal_damps_and_latches(rig):
    rig.walk()
    rig.core._blender.main._evaluate = None
    rig.core.rehearse()
    tick = rig.tick()
    assert tick.status.mode is ControlMode.ESTOP and "TypeError" in tick.status.reason
    assert tick.command.mode is CommandMode.DAMP


def test_before_the_first_tick_and_while_damped_there_is_nothing_to_rehearse(robot, library, rig):
    ControlCore(robot, library).rehearse()
    rig.tick()
    rig.core.rehearse()
    assert rig.tick().status.reason == "no setpoint"
