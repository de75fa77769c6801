"""A control core ticks on what the G1 says, and its commands reach the robot."""

import os

from test_unitree_contract import UnitreeRig

from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.skills.skill_library import load_library


def test_the_control_core_takes_the_g1s_samples_and_damps_it(tmp_path):
    rig = UnitreeRig(tmp_path, "g1", {})
    library = load_library(Resources.from_environment(os.environ), rig.robot, "joints")
    core = ControlCore(rig.robot, library, ControlOptions(flags=rig.channels.flags()))
    driver = rig.started()
    for _ in range(20):
        rig.step()
        sample = driver.read()
        tick = core.tick(sample, None, rig.channels.flags(), sample.task_time, sample.stamp, LoopTiming(0.0))
        driver.write(tick.command)
    rig.step()
    assert tick.status.mode is ControlMode.DISARMED, tick.status.reason
    rows = [rig.device.obeyed[name] for name in rig.robot.joint_names]
    assert all(kp == 0.0 < kd for _, _, _, kp, kd in rows)
    rig.close()
