"""What goes wrong on the hand's bus, and what becomes of the hand."""

import can
import numpy as np
import pytest
from virtual_hand import AllegroRig

from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.hardware.allegro.driver import AllegroDriver
from skill_stack.hardware.allegro.frames import torques


@pytest.fixture
def rig(tmp_path):
    rig = AllegroRig(tmp_path)
    yield rig
    rig.close()


def command(robot, pose="fist", tau=0.0):
    zero = np.zeros(robot.size)
    return JointCommand(robot.pose(pose), zero, zero + tau, robot.column("kp"), robot.column("kd"), CommandMode.ACTIVE)


def until(rig, driver, condition, sent=None):
    rig.until(lambda: (rig.cycles(driver, sent, 1) or True) and condition())


def test_fingers_go_where_they_are_told(rig):
    driver = rig.started()
    fist = command(rig.robot)
    until(rig, driver, lambda: np.allclose(driver.read().position, fist.q, atol=0.08), fist)


def test_velocity_follows_what_the_fingers_do(rig):
    driver = rig.started()
    for count in range(60):
        with rig.hand.lock:
            rig.hand.angles[:] = 0.3 + 0.006 * count
        sample = rig.cycles(driver, count=1)
    assert np.median(sample.velocity) == pytest.approx(0.006 / rig.STEP, rel=0.4)


def test_torques_stay_below_cap_and_effort_whatever_is_asked(rig):
    driver = rig.started()
    caps = rig.robot.driver_data["allegro"]["caps"]
    limit = np.array([min(caps[joint.name] / 1200, joint.effort) for joint in rig.robot.joints])
    for sign in (1, -1):
        rig.cycles(driver, command(rig.robot, "default", 50.0 * sign), 3)
        until(rig, driver, lambda: np.any(rig.torque()))
        assert np.all(np.abs(rig.torque()) <= limit + 1e-9)


def test_a_command_that_is_not_finite_slackens_the_hand_and_says_so(rig):
    driver = rig.started()
    until(rig, driver, lambda: rig.hand.pulling, command(rig.robot))
    with pytest.raises(ValueError, match="not finite"):
        driver.write(command(rig.robot, tau=np.nan))
    until(rig, driver, lambda: not rig.hand.pulling)


def test_single_lost_frames_are_counted_and_survived(rig):
    driver = rig.started()
    rig.hand.skip = 5
    sample = rig.cycles(driver, command(rig.robot), 100)
    assert sample.valid and driver.health.drives and driver.health.counts["missed"] > 3


def test_a_finger_that_says_nothing_stops_the_hand_and_is_named_until_it_speaks_again(rig):
    driver = rig.started()
    rig.hand.mute.add(2)
    until(rig, driver, lambda: not driver.health.drives, command(rig.robot))
    assert "finger 3" in driver.health.reason and "joint_8.0" in driver.health.reason
    until(rig, driver, lambda: not driver.read().valid)
    rig.hand.mute.clear()
    until(rig, driver, lambda: driver.health.drives and driver.read().valid, command(rig.robot))


def test_another_program_that_commands_is_seen_and_not_fought(rig):
    driver = rig.started()
    with can.Bus(channel=rig.settings["channel"], interface="virtual") as stranger:
        stranger.send(torques(0, [100, 0, 0, 0]))
        until(rig, driver, lambda: "another program" in driver.health.reason)
        with pytest.raises(LeaseRefused, match="another program"):
            driver.write(command(rig.robot))
    until(rig, driver, lambda: driver.health.drives)


@pytest.mark.parametrize(("bits", "expected"), [(0x02, "too hot"), (0x04, "inner bus")])
def test_a_hand_that_reports_a_fault_is_not_driven(tmp_path, bits, expected):
    rig = AllegroRig(tmp_path)
    rig.hand.status = bits
    driver = rig.open()
    until(rig, driver, lambda: expected in driver.health.reason)
    assert not rig.hand.on and not driver.health.drives
    rig.close()


def test_the_other_hand_is_refused(rig):
    rig.hand.left = True
    driver = rig.open()
    until(rig, driver, lambda: "left hand" in driver.health.reason)
    assert not rig.hand.on


def test_a_hand_without_power_is_asked_for_until_it_comes(rig):
    rig.hand.dead = True
    driver = rig.open()
    rig.cycles(driver, count=30)
    assert "power" in driver.health.reason
    rig.hand.dead = False
    until(rig, driver, lambda: driver.health.drives)


def test_bus_off_is_survived_ten_times(tmp_path, monkeypatch):
    monkeypatch.setattr("skill_stack.hardware.recovering_driver.OPEN_AGAIN", 0.02)
    rig = AllegroRig(tmp_path)
    driver = rig.started()
    for _ in range(10):
        rig.hand.bus_off()
        until(rig, driver, lambda: "off the bus" in driver.health.reason, command(rig.robot))
        assert not driver.read().valid
        until(rig, driver, lambda: driver.health.drives, command(rig.robot))
    assert driver.health.counts["lost"] == 10
    rig.close()


def test_frames_of_a_wrong_length_are_counted_and_left_alone(rig):
    driver = rig.started()
    with can.Bus(channel=rig.settings["channel"], interface="virtual") as other:
        other.send(can.Message(arbitration_id=0x20 << 2, data=b"\x01", is_extended_id=False))
        until(rig, driver, lambda: driver.health.counts["damaged"] == 1)
    assert driver.health.drives


def test_temperatures_come_by_finger(rig):
    driver = rig.started()
    rig.hand.temperatures[3] = 66
    row = rig.robot.joint_names.index("joint_13.0")
    until(rig, driver, lambda: driver.read().temperature[row] == 66.0)


def test_settings_say_what_is_missing(rig):
    with pytest.raises(DataError, match="can0"):
        AllegroDriver.check(rig.robot, {})
    with pytest.raises(DataError, match="ip link set nowhere up"):
        AllegroDriver.check(rig.robot, {"channel": "nowhere"})
