"""A robot that tilted too far stays damped: nothing that was asked for before goes on by itself."""

import math

import numpy as np
import pytest

from skill_stack.controllers.control_core import ControlCore
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill import Envelope
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

SIDE = {"orientation": np.array([math.cos(0.6), math.sin(0.6), 0.0, 0.0])}  # tilt 1.2 rad, limit 1 rad


def fall(rig):
    rig.walk()
    rig.ask("walk", life=100.0)
    return rig.tick(**SIDE).status


def test_it_stays_damped_whatever_is_asked_for_when_the_tilt_is_gone(rig):
    status = fall(rig)
    assert status.mode is ControlMode.DAMPED
    assert "tilt 1.20 rad is beyond 1 rad; stays damped until a person resets" in status.reason
    for skill in ("walk", "stand", "rise"):
        rig.ask(skill, life=100.0)
        status = rig.tick(50).status
        assert status.mode is ControlMode.DAMPED and "stays damped until" in status.reason
    assert rig.core.at_fault, "other parts of the robot must not go on either"


def test_a_person_ends_it(rig):
    fall(rig)
    rig.tick(5)
    rig.flags = Flags(reset=1)
    rig.setpoint = None
    assert rig.tick(2).status.mode is ControlMode.DISARMED
    rig.ask("walk")
    assert rig.tick().status.mode is ControlMode.ACTIVE


def test_a_skill_that_gets_up_ends_it_and_nothing_mixed_with_another_does(robot, library, kit):
    rig = kit.Rig(robot, kit.changed(library, "rise", envelope=Envelope(tilt=3.2, angular_speed=20.0)))
    fall(rig)
    rig.ask("rise", "walk", life=100.0)
    assert rig.tick(5).status.mode is ControlMode.DAMPED
    rig.ask("rise", life=100.0)
    assert rig.tick(**SIDE).status.mode is ControlMode.ACTIVE
    rig.ask("walk", life=100.0)
    assert rig.tick().status.mode is ControlMode.ACTIVE, "it is upright again"


def test_a_robot_that_tips_over_while_it_is_damped_has_fallen_too(rig):
    rig.walk()
    rig.ask("walk", life=100.0)
    rig.tick(angular_velocity=np.array([7.0, 0.0, 0.0]))
    assert rig.core.mode is ControlMode.DAMPED
    rig.tick(**SIDE)
    assert rig.tick(10).status.mode is ControlMode.DAMPED


def test_another_reason_for_damping_still_ends_by_itself(rig):
    rig.walk()
    rig.ask("walk", life=100.0)
    rig.tick(angular_velocity=np.array([7.0, 0.0, 0.0]))
    assert rig.core.mode is ControlMode.DAMPED
    assert rig.tick().status.mode is ControlMode.ACTIVE


@pytest.mark.parametrize("asked", ["rise", "stand", "walk"])
def test_held_on_its_side_in_simulation_it_is_driven_once_at_most(go2_folder, tmp_path, asked):
    """Rocked about its limit for ten seconds while a skill is asked for without end; it had risen and sunk by turns."""
    robot = load_robot(go2_folder / "urdf" / "go2")
    library = load_library(Resources((go2_folder,), tmp_path), robot)
    device = MujocoDevice(robot, set_up(load_scene(go2_folder / "config" / "scenes" / "playground.yaml"), 1))
    core, modes = ControlCore(robot, library), [ControlMode.STARTING]
    for number in range(1, 501):
        roll = 1.0 + 0.15 * math.sin(2 * math.pi * 0.5 * device.time)
        device.data.qpos[2:7] = (0.25, math.cos(roll / 2), math.sin(roll / 2), 0.0, 0.0)
        device.data.qvel[:6] = 0.0
        sample, now = device.sample(), device.time
        weights = (SkillWeight(asked),)
        setpoint = SkillSetpoint("r", number, now + 0.5, "body", "plan", weights)
        tick = core.tick(sample, setpoint, Flags(), now, now)
        modes.append(tick.status.mode)
        driven = tick.command.mode is not CommandMode.DAMP
        assert driven == (tick.status.mode in (ControlMode.ACTIVE, ControlMode.STANCE))
        device.step(tick.command)
    changes = [mode for before, mode in zip(modes, modes[1:]) if mode is not before]
    assert changes.count(ControlMode.ACTIVE) <= 1
    assert modes[-1] is (ControlMode.DAMPED if asked == "rise" else ControlMode.DISARMED)
    if asked == "rise":
        assert changes.count(ControlMode.ACTIVE) == 1, "nothing was tried: the robot was never less tilted than allowed"
