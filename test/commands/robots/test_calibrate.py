"""``skill-stack calibrate`` against a bus whose joints read too much."""

import json
import math
import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("dynamixel_sdk", reason="needs the extra 'hands'")

from skill_stack.cli import main
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.dynamixel.calibration import offsets_of
from skill_stack.hardware.dynamixel.settings import place_settings
from skill_stack.hardware.stand_ins.dynamixel.bus import PtyBus

pytestmark = pytest.mark.e2e  # motors on a line answer by the clock of the wall

ROBOT = load_robot(Resources.from_environment({}).robot("leap"))
MOTORS = ROBOT.driver_data["dynamixel"]["motors"]
OFF = {"if_mcp": 0.05, "th_axl": -0.03}


@pytest.fixture
def overlay(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    return tmp_path / "overlay"


@pytest.fixture
def bus(tmp_path):
    with PtyBus(MOTORS.values(), tmp_path / "tty") as bus:
        with bus.lock:
            for name, number in MOTORS.items():
                bus.body.angles[number] = math.pi + ROBOT.poses["open"][name] + OFF.get(name, 0.0)
        yield bus


def calibrate(path, *more):
    return main(["calibrate", "--robot", "leap", "--interface", str(path), *more])


def test_what_joints_read_too_much_is_kept_for_that_device_and_taken_off_by_its_driver(overlay, bus, capsys):
    assert calibrate(bus.path, "--yes", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["offsets"]["if_mcp"] == pytest.approx(0.05, abs=2e-3)
    kept = offsets_of(ROBOT, place_settings({"port": str(bus.path)}), overlay)
    assert kept["th_axl"] == pytest.approx(-0.03, abs=2e-3) and kept["mf_mcp"] == pytest.approx(0.0, abs=2e-3)
    assert not any(motor.memory[64] for motor in bus.motors.values()), "all torque is off"
    assert calibrate(bus.path, "--yes") == 0
    assert list((overlay / "calibration" / "leap").glob("*.before")), "the one before is not lost"


def test_a_motor_on_the_wrong_tooth_is_named_and_nothing_is_kept(overlay, bus, capsys):
    with bus.lock:
        bus.body.angles[MOTORS["rf_pip"]] += 0.9
    assert calibrate(bus.path, "--yes") == 1
    assert "rf_pip (0.90 rad)" in capsys.readouterr().err
    assert not (overlay / "calibration").exists()


def test_a_motor_that_does_not_answer_is_named(overlay, bus, capsys):
    bus.cut_power([MOTORS["mf_dip"]])
    assert calibrate(bus.path, "--yes") == 1
    assert f"motor {MOTORS['mf_dip']} (mf_dip)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--robot", "go2", "--interface", "x", "--deployment", "go2_sim", "--yes"], "--robot leap"),
        (["--robot", "leap", "--interface", "x", "--yes", "--pose", "salute"], "open"),
        (["--robot", "leap", "--interface", "x"], "--yes"),
        (["--robot", "leap", "--interface", "/dev/nowhere", "--yes"], "/dev/nowhere"),
    ],
)
def test_what_cannot_be_says_what_would_work(overlay, words, message, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Path(os.devnull).open())
    assert main(["calibrate", *words]) != 0
    assert message in capsys.readouterr().err
