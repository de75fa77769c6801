import math

import numpy as np
import pytest

from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.robots.safety_limits import override
from skill_stack.core.sensor_sample import Odometry
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.skills.skill import Envelope

NAN = math.nan


def with_value(size, value, place=0):
    out = np.zeros(size)
    out[place] = value
    return out


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"orientation": np.array([math.cos(0.6), math.sin(0.6), 0, 0])}, "tilt 1.20 rad is beyond 1 rad"),
        ({"orientation": np.array([0.0, 1, 0, 0])}, "tilt 3.14 rad"),
        ({"angular_velocity": np.array([0, 6.5, 0])}, "base turns at 6.5 rad/s"),
        ({"velocity": with_value(4, -25.0, 2)}, "joint_02 moves at -25.0 rad/s, limit 24.0"),
        ({"temperature": with_value(4, 130.0, 1)}, "joint_01 has 130 °C"),
        ({"position": with_value(4, NAN)}, "not finite"),
        ({"velocity": with_value(4, math.inf)}, "not finite"),
        ({"angular_velocity": with_value(3, NAN)}, "not finite"),
        ({"orientation": np.array([NAN, 0, 0, 0])}, "orientation"),
        ({"orientation": np.zeros(4)}, "orientation has length 0.000"),
        ({"odometry": Odometry(with_value(3, NAN), 0.0, np.zeros(3), 0.0)}, "not finite"),
        ({"odometry": Odometry(np.zeros(3), NAN, np.zeros(3), 0.0)}, "not finite"),
        ({"valid": False}, "invalid"),
    ],
)
def test_damps_with_its_own_reason(rig, change, reason):
    assert rig.walk().status.mode is ControlMode.ACTIVE
    tick = rig.tick(30, **change)  # slow values are looked at every half second
    assert tick.status.mode is ControlMode.DAMPED
    assert reason in tick.status.reason
    assert tick.command.mode is CommandMode.DAMP and not tick.command.kp.any() and tick.command.kd.all()


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"temperature": np.full(4, 105.0)}, "close to the limit"),
        ({"battery": 0.1}, "battery at 10%, limit 15%"),
        ({"battery": NAN}, "battery"),
    ],
)
def test_takes_the_stance_with_its_own_reason(rig, change, reason):
    rig.walk()
    tick = rig.tick(30, **change)
    assert (tick.status.mode, tick.status.skill) == (ControlMode.STANCE, "stand")
    assert reason in tick.status.reason
    assert rig.tick(30).status.mode is ControlMode.ACTIVE


def test_deadline_misses_in_a_row_take_the_stance(rig):
    rig.walk()
    rig.timing = LoopTiming(misses=4, misses_in_row=4)
    assert rig.tick().status.mode is ControlMode.ACTIVE
    rig.timing = LoopTiming(misses=5, misses_in_row=5)
    status = rig.tick().status
    assert status.mode is ControlMode.STANCE and "5 control deadlines missed in a row" in status.reason
    assert status.deadline_misses == 5


def test_a_skill_may_ask_for_more_tilt(robot, library, kit):
    tumble = kit.changed(library, "walk", envelope=Envelope(tilt=3.2, angular_speed=20.0))
    rig = kit.Rig(robot, tumble)
    rig.walk()
    on_its_back = {"orientation": np.array([0.0, 1, 0, 0]), "angular_velocity": np.array([10.0, 0, 0])}
    assert rig.tick(**on_its_back).status.mode is ControlMode.ACTIVE


def test_silence_of_the_device(rig, kit):
    rig.walk()
    old = kit.upright(rig.robot, rig.sequence, rig.time)
    statuses = [rig.blind(old).status for _ in range(5)]
    assert statuses[1].mode is ControlMode.ACTIVE  # 40 ms: younger than the limit of 60 ms
    assert statuses[4].mode is ControlMode.DAMPED and "sample 2: 0.06" in statuses[3].reason


def test_samples_that_come_late(rig, kit):
    rig.walk()
    for _ in range(3):
        rig.sequence += 1
        status = rig.blind(kit.upright(rig.robot, rig.sequence, rig.time - 0.1)).status
    assert status.mode is ControlMode.DAMPED and "is late with" in status.reason


def test_a_counter_that_stands_still_is_silence_whatever_the_stamp_says(rig, kit):
    rig.walk()
    for _ in range(5):
        tick = rig.blind(kit.upright(rig.robot, rig.sequence, rig.time + 0.02))
    assert tick.status.mode is ControlMode.DAMPED and "repeats" in tick.status.reason


def test_no_sample_damps_at_once(rig):
    rig.walk()
    status = rig.blind(None).status
    assert status.mode is ControlMode.DAMPED and status.reason == "no sample from the device"


def test_a_sample_of_another_robot_damps(rig):
    status = rig.tick(position=np.zeros(7)).status
    assert status.mode is ControlMode.STARTING and "position has shape (7,)" in status.reason


def test_a_short_gap_is_forgiven_a_long_one_is_not(robot, library, kit):
    rig = kit.Rig(robot, kit.changed(library, "walk", enter_through="rise"))
    rig.walk()
    rig.blind(None)
    assert rig.tick().status.mode is ControlMode.ACTIVE
    for _ in range(20):
        rig.blind(None)
    status = rig.tick().status
    assert status.mode is ControlMode.DAMPED and "must begin with 'rise'" in status.reason
    rig.ask("rise")
    assert rig.tick().status.mode is ControlMode.ACTIVE


def test_a_skill_for_the_fallen_robot_can_begin_there_and_others_cannot(robot, library, kit):
    tumble = kit.changed(library, "rise", envelope=Envelope(tilt=3.2, angular_speed=20.0))
    rig = kit.Rig(robot, tumble)
    on_its_back = {"orientation": np.array([0.0, 1, 0, 0])}
    rig.ask("walk", life=100.0)
    assert "tilt 3.14 rad" in rig.tick(3, **on_its_back).status.reason
    rig.ask("rise", life=100.0)
    assert rig.tick(**on_its_back).status.mode is ControlMode.ACTIVE
    rig.ask("walk", life=100.0)
    status = rig.tick(**on_its_back).status  # its own envelope holds from its first tick
    assert status.mode is ControlMode.DAMPED and "tilt 3.14 rad" in status.reason
    rig.ask("rise", life=100.0)
    assert rig.tick(**on_its_back).status.mode is ControlMode.ACTIVE


def test_a_deployment_can_keep_skills_from_running_while_fallen(robot, library, kit):
    tight = robot.model_copy(update={"safety": override(robot.safety, {"tilt": 0.8}, False, "test")})
    rig = kit.Rig(tight, kit.changed(library, "walk", envelope=Envelope(tilt=3.2, angular_speed=20.0)))
    rig.walk()
    status = rig.tick(orientation=np.array([math.cos(0.45), math.sin(0.45), 0, 0])).status
    assert status.mode is ControlMode.DAMPED and "tilt 0.90 rad is beyond 0.8 rad" in status.reason


def test_joint_speed_is_rated_with_a_margin_and_a_skill_may_keep_to_less_or_use_more(robot, library, kit):
    for share, speed, goes_on in ((None, 23.0, True), (0.5, 11.0, False), (1.5, 29.0, True), (1.5, 31.0, False)):
        envelope = Envelope(tilt=1.0, angular_speed=6.0, joint_speed=share)
        rig = kit.Rig(robot, kit.changed(library, "walk", envelope=envelope))  # rated for 20 rad/s, margin 1.2
        rig.walk()
        status = rig.tick(velocity=with_value(4, speed)).status
        assert (status.mode is ControlMode.ACTIVE) == goes_on, (share, speed)
        assert goes_on or f"limit {20.0 * share:.1f} rad/s" in status.reason


def test_a_deployment_that_tightens_joint_speed_means_every_skill(robot, library, kit):
    tight = robot.model_copy(update={"safety": override(robot.safety, {"joint_speed_margin": 0.5}, False, "test")})
    rig = kit.Rig(tight, kit.changed(library, "walk", envelope=Envelope(tilt=1.0, angular_speed=6.0, joint_speed=1.5)))
    rig.walk()
    status = rig.tick(velocity=with_value(4, 12.0)).status
    assert status.mode is ControlMode.DAMPED and "limit 10.0 rad/s" in status.reason
