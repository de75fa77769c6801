"""The peer of a Dex3-1 hand: what it notes, and that it obeys the driver over the network."""

import os

import numpy as np
import pytest

pytest.importorskip("cyclonedds", reason="the extra 'unitree' is not installed")

from dex3.firmware import Dex3Firmware
from dex3.messages import HandState, blank_command
from dex3.process import HandProcess
from unitree.bus import Bus, news

from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from test.eventually import eventually

PATIENCE = 20.0  # s


def good_command(hand, protected=True):
    command = blank_command()
    for number, motor in enumerate(command.motor_cmd):
        motor.mode = number | 1 << 4 | protected << 7
        motor.q, motor.kp, motor.kd = float(hand.angles[number]), 1.5, 0.2
    return command


def spoilt(hand, **fields):
    command = good_command(hand)
    for name, value in fields.items():
        setattr(command.motor_cmd[3], name, value)
    return command


@pytest.mark.parametrize(
    ("kind", "make", "obeyed"),
    [
        ("count", lambda hand: blank_command(motors=6), False),
        ("status", lambda hand: spoilt(hand, mode=0x83), False),
        ("number", lambda hand: spoilt(hand, mode=0x91), False),
        ("not finite", lambda hand: spoilt(hand, q=float("nan")), False),
        ("range", lambda hand: spoilt(hand, q=-0.5), True),
        ("gains", lambda hand: spoilt(hand, kp=100.0), True),
        ("torque", lambda hand: spoilt(hand, tau=5.0), True),
    ],
)
def test_what_no_hand_should_be_sent_is_noted(kind, make, obeyed):
    hand = Dex3Firmware()
    hand.obey(good_command(hand))
    assert not hand.violations
    hand.obey(make(hand))
    assert hand.violations == {kind: 1} and hand.commands == 1 + obeyed


def test_too_many_commands_are_noted():
    hand = Dex3Firmware()
    for _ in range(1001):
        hand.obey(good_command(hand))
    assert hand.violations == {"rate": 1}


@pytest.mark.parametrize("protected", [True, False])
def test_silence_stops_protected_motors_alone(protected):
    hand = Dex3Firmware()
    hand.obey(good_command(hand, protected))
    hand.advance(0.9)
    assert hand.doing == "driven"
    hand.advance(0.2)
    assert hand.stopped.all() == protected and hand.doing == ("limp" if protected else "driven")
    assert bool(hand.violations) is not protected, "left driven, with nothing that would stop it"
    hand.obey(good_command(hand, protected=True))
    assert hand.stopped.all() == protected, "only a command without the bit starts a motor anew"
    hand.obey(good_command(hand, protected=False))
    assert not hand.stopped.any() and hand.doing == "driven"


def test_left_and_right_are_mirrored():
    left, right = Dex3Firmware("left"), Dex3Firmware("right")
    assert np.allclose(left.angles, -right.angles)


def test_a_process_that_is_a_hand_obeys_the_driver(tmp_path, domains):
    """From its first state to a fist, at full rate and at the low one; then it is left damped."""
    robot = load_robot(Resources.from_environment(os.environ).robot("dex3_right"))
    channels = RobotChannels.open(tmp_path / "block", robot)
    fist, zero = robot.pose("fist"), np.zeros(robot.size)
    command = JointCommand(fist, zero, zero, robot.column("kp"), robot.column("kd"), CommandMode.ACTIVE)
    with HandProcess(tmp_path, "--domain", str(domains[1])) as hand:
        bus = Bus(domains[1])
        slow = bus.reader("rt/lf/dex3/right/state", HandState)
        lease = channels.words.take_lease("control")
        driver = open_driver(robot, "unitree_hand", channels, lease, {"interface": "lo", "domain": domains[1]})

        def closed():
            sample = driver.read()
            driver.write(command)
            return sample is not None and np.allclose(sample.position, fist, atol=0.06)

        eventually(closed, PATIENCE, "a fist", lambda: driver.health)
        told = hand.ask("report")
        assert not told["violations"] and all(told["protected"]) and told["doing"] == "driven"
        assert len(eventually(lambda: news(slow), PATIENCE, "a state at the low rate")[0].motor_state) == 7
        driver.close()
        eventually(lambda: hand.ask("report")["doing"] != "driven", PATIENCE, "a damped hand")
        with pytest.raises(ValueError, match="mute"):
            hand.ask("shake")
    channels.close()
