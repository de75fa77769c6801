"""What goes wrong on a bus, and what becomes of the hand."""

import math
import termios
from dataclasses import replace

import numpy as np
import pytest
import serial
import yaml
from bench_hand import COUNTS, LeapRig
from contract import numbered

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.hardware.dynamixel.driver import DynamixelDriver

pytestmark = pytest.mark.e2e  # motors on a line answer by the clock of the wall


@pytest.fixture
def rig(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    rig = LeapRig(tmp_path)
    yield rig
    rig.close()


def fist(robot):
    zero = np.zeros(robot.size)
    return JointCommand(robot.pose("fist"), zero, zero, robot.column("kp"), robot.column("kd"), CommandMode.ACTIVE)


def torque(rig):
    return {name: bool(rig.motor(name).memory[64]) for name in rig.robot.joint_names}


def test_fingers_go_where_they_are_told_and_say_so(rig):
    driver = rig.started()
    rig.cycles(driver, fist(rig.robot), 400)
    sample = driver.read()
    assert np.allclose(sample.position, rig.robot.pose("fist"), atol=0.05)
    assert np.all(sample.temperature == pytest.approx(31.0)) or np.any(sample.temperature == 31.0)


def test_the_current_limit_of_the_deployment_only_lowers_the_robots(tmp_path):
    for wanted, expected in ((0.2, 200), (1.0, 350)):
        folder = tmp_path / str(wanted)
        folder.mkdir()
        rig = LeapRig(folder, current_limit=wanted)
        rig.started()
        assert {int.from_bytes(m.memory[102:104], "little") for m in rig.bus.motors.values()} == {expected}
        rig.close()


def test_goals_stay_near_the_joints_ranges_and_inside_with_feed_forward(rig):
    driver = rig.started()
    command = numbered(rig.robot)
    rig.cycles(driver, replace(command, q=np.full(16, 9.0), tau=np.full(16, 100.0)))
    for name, joint in zip(rig.robot.joint_names, rig.robot.joints, strict=True):
        assert rig.motor(name).goal - math.pi == pytest.approx(joint.upper + 0.2, abs=2e-3)


def test_a_command_that_is_not_finite_lets_go_and_says_so(rig):
    driver = rig.started()
    rig.cycles(driver, fist(rig.robot))
    with pytest.raises(ValueError, match="not finite"):
        driver.write(replace(fist(rig.robot), q=np.full(16, np.nan)))
    rig.until(lambda: not any(torque(rig).values()))


def test_one_silent_motor_leaves_the_others_working_and_is_named(rig):
    driver = rig.started()
    rig.bus.mute.add(rig.numbers["mf_pip"])
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and "mf_pip" in driver.health.reason)
    sequence = driver.read().sequence
    sample = rig.cycles(driver, fist(rig.robot), 100)
    assert driver.health.drives and "motor 6 (mf_pip) does not answer" in driver.health.reason
    assert sample.valid and sample.sequence > sequence
    assert sample.position[0] == pytest.approx(rig.robot.pose("fist")[0], abs=0.1)


def test_a_motor_that_answers_again_is_driven_again(tmp_path):
    rig = LeapRig(tmp_path, ask_again=0.05)
    driver = rig.started()
    number = rig.numbers["mf_pip"]
    rig.bus.cut_power([number])
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and driver.health.reason)
    rig.bus.restore_power()
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and not driver.health.reason)
    assert torque(rig)["mf_pip"] and driver.health.counts["returned"] == 1
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and rig.motor("mf_pip").memory[84])
    rig.close()


def test_more_silent_motors_than_allowed_stop_the_hand_with_their_names(rig):
    driver = rig.started()
    rig.bus.mute.update((rig.numbers["mf_pip"], rig.numbers["if_mcp"]))
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and not driver.health.drives)
    assert "if_mcp" in driver.health.reason and "mf_pip" in driver.health.reason
    assert not driver.read().valid


def test_a_hand_that_lacks_a_motor_from_the_beginning_works_without_it(rig):
    rig.bus.cut_power([rig.numbers["rf_dip"]])
    driver = rig.started()
    assert "rf_dip" in driver.health.reason and driver.read().valid


def test_a_late_answer_is_never_taken_for_the_next(tmp_path):
    """One finger's answers come three cycles late now and then; what is reported of it is never of an earlier cycle."""
    rig = LeapRig(tmp_path, reply_timeout=0.02, silent_after=1000)
    driver = rig.started()
    number, row = rig.numbers["if_mcp"], rig.robot.joint_names.index("if_mcp")
    before = driver.read()
    for count in range(1, 141):
        truth = 0.01 * count
        rig.bus.late = {number: 3 * rig.STEP} if count % 7 == 0 else {}
        rig.place({"if_mcp": truth})
        rig.step()
        sample = driver.read()
        if sample.sequence != before.sequence:  # this cycle was not given up
            seen = sample.position[row]
            assert seen == pytest.approx(truth, abs=2e-3) or seen == before.position[row], "an answer of another cycle"
        before = sample
    counts = driver.health.counts
    assert counts["late"] > 0 and counts["dropped"] > 0 and before.position[row] > 1.3
    rig.close()


def test_noise_and_damaged_answers_are_survived(rig):
    driver = rig.started()
    rig.bus.noise, rig.bus.spoil = b"\xff\x00\xff\xff\xfd", 97
    before = driver.read().sequence
    sample = rig.cycles(driver, fist(rig.robot), 150)
    assert driver.health.counts["damaged"] > 0
    rig.bus.noise, rig.bus.spoil = b"", 0
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1).sequence > before and driver.health.drives)
    assert np.all(np.isfinite(sample.position))


def test_a_motor_that_lost_its_power_for_a_moment_is_switched_on_again_gently(rig):
    driver = rig.started()
    rig.cycles(driver, fist(rig.robot), 30)
    rig.motor("if_dip").boot(rig.now)  # too short to be missed: it only forgot what it was told
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and driver.health.counts.get("restarted"))
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and driver.health.drives)
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and rig.motor("if_dip").memory[84])
    assert torque(rig)["if_dip"]


def test_an_overloaded_motor_is_named_and_started_anew_by_a_persons_reset(rig):
    driver = rig.started()
    rig.motor("th_mcp").fail(5)
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and "overload" in driver.health.reason)
    assert "th_mcp" in driver.health.reason and driver.health.drives
    assert not torque(rig)["th_mcp"]
    rig.channels.words.request_reset("local")
    rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and driver.health.drives and not driver.health.reason)
    assert torque(rig)["th_mcp"]


def test_a_motor_that_already_has_an_error_is_started_anew_by_a_reset_alone(rig):
    rig.motor("th_mcp").fail(2)
    driver = rig.open()
    rig.until(lambda: (driver.read() or True) and "hardware error" in driver.health.reason)
    assert "th_mcp" in driver.health.reason and not driver.health.drives
    rig.channels.words.request_reset("local")
    rig.until(lambda: rig.cycles(driver, count=1) and driver.health.drives)


def test_temperatures_are_asked_for_one_after_the_other(rig):
    driver = rig.started()
    rig.motor("th_axl").temperature = 66.0
    row = rig.robot.joint_names.index("th_axl")
    rig.until(lambda: rig.cycles(driver, count=1).temperature[row] == 66.0)


def test_unplugged_and_plugged_in_again_ten_times(rig):
    driver = rig.started()
    for _ in range(10):
        rig.bus.unplug()
        rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and not driver.health.drives)
        assert not driver.read().valid and driver.health.reason
        rig.bus.plug()
        rig.until(lambda: rig.cycles(driver, fist(rig.robot), 1) and driver.health.drives)
    assert driver.health.counts["lost"] >= 10


def test_a_port_that_dies_while_it_is_flushed_is_a_lost_bus(rig, monkeypatch):
    driver = rig.started()

    def gone(port):
        raise termios.error(5, "Input/output error")

    monkeypatch.setattr(serial.Serial, "reset_input_buffer", gone)
    rig.until(lambda: driver.read() and not driver.health.drives)
    assert "Input/output error" in driver.health.reason


def test_motors_let_go_when_everybody_is_silent(rig):
    driver = rig.started()
    rig.cycles(driver, fist(rig.robot), 20)
    assert rig.bus.pulling
    rig.until(lambda: rig.step() or not rig.bus.pulling)
    assert rig.motor("if_mcp").memory[98] == 255


def test_a_wrong_model_is_refused_with_both_names(rig):
    rig.motor("if_mcp")._model = 1060
    rig.motor("if_mcp").boot(0.0)
    driver = rig.open()
    rig.until(lambda: driver.read() or "1060" in driver.health.reason)
    assert "if_mcp" in driver.health.reason and "XC330-M288-T" in driver.health.reason


def test_a_joint_far_outside_its_range_is_not_driven(rig):
    rig.place({"if_dip": -1.5})
    driver = rig.open()
    rig.until(lambda: (driver.read() or True) and "if_dip" in driver.health.reason)
    assert "calibrated" in driver.health.reason and not driver.health.drives


def test_a_calibration_moves_what_is_read_and_what_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    file = tmp_path / "overlay" / "calibration" / "leap" / "tty.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump({"device": "tty", "date": "2026-01-01", "offsets": {"if_dip": 0.1}}))
    rig = LeapRig(tmp_path)
    rig.place({"if_dip": 0.5})
    driver = rig.started()
    row = rig.robot.joint_names.index("if_dip")
    assert driver.read().position[row] == pytest.approx(0.4, abs=2e-3)
    command = fist(rig.robot)
    rig.cycles(driver, command, 5)
    assert rig.motor("if_dip").goal == pytest.approx(math.pi + command.q[row] + 0.1, abs=1 / COUNTS)
    rig.close()


@pytest.mark.parametrize(
    ("offsets", "expected"), [({"elbow": 0.1}, "elbow is no joint"), ({"if_dip": 2.0}, "mount the motor anew")]
)
def test_a_wrong_calibration_is_refused(rig, tmp_path, offsets, expected):
    file = tmp_path / "overlay" / "calibration" / "leap" / "tty.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump({"device": "tty", "date": "2026-01-01", "offsets": offsets}))
    with pytest.raises(DataError, match=expected):
        rig.open()


def test_a_port_that_is_missing_is_named_before_anything_starts(rig):
    with pytest.raises(DataError, match="/dev/nowhere"):
        DynamixelDriver.check(rig.robot, {"port": "/dev/nowhere"})
    with pytest.raises(DataError, match=r"driver_settings\.port is missing"):
        DynamixelDriver.check(rig.robot, {})
