"""Sensors that look alive and are wrong are noticed before the first step and while walking; sound ones are not."""

import dataclasses

import numpy as np
import pytest

from skill_stack.benchmarks.agreement.detection import detect
from skill_stack.benchmarks.agreement.use import UsedRobot
from skill_stack.benchmarks.agreement.wrong_sensors import WRONG, flip_pitch
from skill_stack.controllers.consistency import comparison
from skill_stack.controllers.consistency.sensor_checks import SensorChecks
from skill_stack.controllers.safety.guard_violation import Guard, Reaction
from skill_stack.core.setpoint import ControlMode

ACTIVE, STANCE = ControlMode.ACTIVE, ControlMode.STANCE

ASKED = list(WRONG)[:7]
"""What the checks must notice whatever the seed."""


@pytest.fixture(scope="module")
def go2():
    return UsedRobot.load("go2")


@pytest.mark.parametrize("kind", ASKED)
def test_a_wrong_sensor_is_noticed_before_the_first_step(go2, kind):
    found = detect(go2, kind, "rise", 50)
    assert found["noticed"] and not found["walked"] and not found["fell"], found
    assert found["mode"] != "active" and ("waits for a reset" in found["words"] or "future" in found["words"])


@pytest.mark.parametrize("kind", ASKED)
def test_a_sensor_that_goes_wrong_while_walking_is_noticed(go2, kind):
    found = detect(go2, kind, "walk", 51)
    assert found["ready"] and found["noticed"] and not found["fell"], found
    assert found["mode"] != "active"


@pytest.mark.parametrize(
    "kind, words", [("drive: sign of a hip", "legs' torques"), ("drive: calf 0.35 rad off", "off the")]
)
def test_a_drive_that_stands_elsewhere_than_it_says_is_noticed_once_it_bears(go2, kind, words):
    found = detect(go2, kind, "rise", 52)
    assert not found["walked"] and words in found["words"], found


def rise(line):
    line.idle(0.6)
    assert line.run_skill("rise", {}).outcome == "succeeded"


def test_sound_sensors_of_a_harsh_robot_on_a_slope_raise_no_alarm(go2):
    line = go2.line(3)  # harsh, and on a slope
    rise(line)
    assert line.run_skill("walk_for", {"vx": 0.5, "duration": 3.0}).outcome == "succeeded"
    assert not line.core.checks.findings
    assert {guard for guard, share in line.core.checks.shares.items() if share > 0.0} >= {Guard.GYRO, Guard.DRIVE}


def test_a_wrong_imu_lays_the_robot_down_and_stays_until_a_person_resets(go2):
    line = go2.line(2)
    rise(line)
    line.device.alter = lambda s: dataclasses.replace(s, angular_velocity=np.zeros(3))
    for _ in range(150):
        line.connector.teleop(0.3, 0.0, 0.0, line.now)
        status = line.step()
    assert (status.mode, status.skill) == (STANCE, "lie") and status.progress >= 1.0
    line.device.alter = None
    line.idle(1.0)
    assert line.status.mode is STANCE and "gyro" in line.status.reason
    assert line.run_skill("rise", {}).outcome != "succeeded"
    line.reset()
    assert line.run_skill("rise", {}).outcome == "succeeded"


def test_pitch_is_flipped_as_its_name_says():
    turned = np.array([0.9, 0.1, 0.3, 0.2]) / np.linalg.norm([0.9, 0.1, 0.3, 0.2])
    np.testing.assert_allclose(flip_pitch(flip_pitch(turned)), turned, atol=1e-12)
    assert flip_pitch(np.array([np.cos(0.1), 0, np.sin(0.1), 0])) == pytest.approx([np.cos(0.1), 0, -np.sin(0.1), 0])


def test_a_robot_has_those_checks_that_it_declares(go2, robot):
    assert not SensorChecks(robot, 0.02).any  # made up, without limits for any
    leap = UsedRobot.load("leap").robot
    assert SensorChecks(leap, 0.02).any


def test_a_robot_without_a_posture_for_a_blind_imu_is_damped(go2):
    limits = go2.robot.safety.model_copy(update={"stance_without_imu": ""})
    checks = SensorChecks(go2.robot.model_copy(update={"safety": limits}), 0.02)
    checks._note(Guard.GYRO, "made by a test")
    checks._note(Guard.FOOT_FORCE, "made by a test")
    assert [finding.reaction for finding in checks.findings] == [Reaction.DAMP, Reaction.STANCE]


def test_values_that_are_no_numbers_leave_the_averages_alone(go2):
    line = go2.line(2)
    rise(line)
    line.device.alter = lambda s: dataclasses.replace(s, torque=np.full(12, np.nan))
    line.step()
    line.device.alter = None
    line.idle(0.5)
    assert all(np.isfinite(share) for share in line.core.checks.shares.values())


LEAPS = {
    Guard.JOINT_MOTION: lambda s: dataclasses.replace(s, position=s.position + 0.6),
    Guard.GYRO: lambda s: dataclasses.replace(s, orientation=_turned(s.orientation)),
}
"""What happens between two samples, without a velocity that says so."""


def _turned(orientation, angle=0.5):
    w, x, y, z = orientation
    c, s = np.cos(angle / 2), np.sin(angle / 2)
    return np.array([w * c - z * s, x * c + y * s, y * c - x * s, z * c + w * s])


@pytest.mark.parametrize("limp", [True, False])
@pytest.mark.parametrize("guard", LEAPS)
def test_a_limp_robot_may_strike_the_floor_and_its_joints_their_ends(go2, guard, limp):
    line = go2.line(2)
    rise(line)
    if limp:
        line.estop()
        line.step()
    line.device.alter = LEAPS[guard]
    for _ in range(20):
        line.step()
    assert (guard in {finding.guard for finding in line.core.checks.findings}) is not limp


@pytest.mark.parametrize(("joints", "seconds", "told"), [(0.0, 0.6, True), (0.3, 0.6, False), (0.3, 1.1, True)])
def test_a_robot_that_sinks_while_it_moves_on_has_no_wrong_imu(joints, seconds, told):
    """Damped in the middle of a step it brakes for half a second without turning."""
    body = np.zeros(comparison.BODY)
    body[comparison.SPEED] = joints**2
    numbers = np.zeros(comparison.ATTITUDE)
    numbers[3:6] = 0.0, 0.0, -1.0
    braking = np.array([-1.5, 0.0, 9.81])
    for _ in range(round(seconds * 50)):
        share = comparison.rest_on(numbers, braking, 0.02, body, 0.12)
    assert (share > 1.0) == told
