"""Driving on a terminal."""

import io
import re

import pytest

from skill_stack.core.errors import SkillStackError
from skill_stack.teleop.drive_session import DriveSession
from skill_stack.teleop.velocity_ramp import DriveLimits

PROGRAM = """
from skill_stack.teleop.drive_session import DriveSession
from skill_stack.teleop.velocity_ramp import DriveLimits
say = lambda text: print(f"<{text}>", flush=True)
DriveSession(lambda vx, vy, wz: say(f"{vx:.2f} {vy:.2f} {wz:.2f}"), DriveLimits(), lambda: say("stop"),
             lambda: say("estop")).run()
print("<left>", flush=True)
"""
UP, LEFT, ESC, CTRL_C = "\x1b[A", "\x1b[D", "\x1b", "\x03"

pytestmark = pytest.mark.e2e  # letting go is noticed by the time without a key


def velocities(screen):
    return [tuple(map(float, found)) for found in re.findall(r"<(-?[\d.]+) (-?[\d.]+) (-?[\d.]+)>", screen)]


@pytest.fixture
def drive(terminal):
    running = terminal(PROGRAM)
    running.expect("Letting go stops the robot")
    running.read(1.0)
    return running


def test_nothing_is_commanded_before_a_key_and_a_key_ends_in_zero(drive):
    assert velocities(drive.screen) == []
    drive.type(UP)
    drive.expect("<0.00 0.00 0.00>")
    found = velocities(drive.screen)
    drive.expect(f"<{found[-1][0]:.2f} 0.00 0.00>")
    drive.read(2.0)
    found = velocities(drive.screen)
    assert max(v[0] for v in found) > 0.2 and found[-1] == (0.0, 0.0, 0.0)
    assert all(v[1:] == (0.0, 0.0) for v in found)


def test_keys_turn_and_q_leaves_with_zero_last(drive):
    drive.type(LEFT)
    drive.expect("0.00 0.00 0.2")
    drive.type("q")
    drive.expect("<left>")
    assert velocities(drive.screen)[-1] == (0.0, 0.0, 0.0)
    assert drive.end() == 0


@pytest.mark.parametrize("key", [" ", CTRL_C])
def test_space_and_ctrl_c_stop_and_do_not_leave(drive, key):
    drive.type(UP)
    drive.expect("<0.1")
    drive.type(key)
    drive.expect("<stop>")
    drive.read(0.5)
    assert velocities(drive.screen)[-1] == (0.0, 0.0, 0.0)
    assert drive.process.poll() is None


def test_two_escapes_are_an_emergency_stop_and_arrows_are_not(drive):
    drive.type(UP + UP + LEFT)
    drive.read(0.6)
    drive.type(ESC)
    drive.read(1.5)
    assert "<estop>" not in drive.screen
    drive.type(ESC + ESC)
    drive.expect("<estop>")


def test_a_terminal_that_goes_away_ends_the_drive(drive):
    drive.type(UP)
    drive.expect("<0.1")
    drive.stop_listening()
    drive.end()


def test_without_a_terminal_it_says_so(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(SkillStackError, match="terminal"):
        DriveSession(lambda *_: None, DriveLimits()).run()
