"""What is said to the built-in controller, against a service written by hand."""

from pathlib import Path

import pytest

from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.builtin import MotionCommand
from skill_stack.hardware.unitree.sport.motion_dialogue import AGAIN, PATIENCE, MotionDialogue
from skill_stack.hardware.unitree.sport.rpc import RpcAnswer

ROOT = Path(__file__).resolve().parents[4]
WALK = MotionCommand("move", {"vx": 0.3, "vy": 0.0, "wz": -0.1})


class Robot:
    """Answers calls with the code that is set, or not at all."""

    def __init__(self):
        self.calls, self.code, self.waiting = [], 0, []

    def send(self, api, parameter=None, reply=True):
        self.calls.append((api, parameter, reply))
        if reply and self.code is not None:
            self.waiting.append(RpcAnswer(len(self.calls), api, self.code))
        return len(self.calls)

    def answers(self):
        out, self.waiting = self.waiting, []
        return out

    @property
    def apis(self):
        return [api for api, _, _ in self.calls]


@pytest.fixture
def robot():
    return Robot()


@pytest.fixture
def dialogue(robot):
    return MotionDialogue(load_robot(ROOT / "urdf" / "go2").builtin, robot)


def run(dialogue, command, begin, seconds, step=0.01):
    for i in range(round(seconds / step)):
        dialogue.turn(command, begin + i * step)


def test_a_motion_is_called_once(dialogue, robot):
    run(dialogue, MotionCommand("stand_up"), 0.0, 3.0)
    assert robot.calls == [(1004, {}, True)]
    assert dialogue.trouble == ""


def test_walking_is_renewed_with_the_newest_goals_and_ends_with_a_stop(dialogue, robot):
    run(dialogue, WALK, 0.0, 1.0)
    assert robot.apis == [1008] * 20
    assert robot.calls[0] == (1008, {"x": 0.3, "y": 0.0, "z": -0.1}, False)
    run(dialogue, MotionCommand("move", {"vx": 0.5}), 1.0, 0.1)
    assert robot.calls[-1] == (1008, {"x": 0.5, "y": 0.0, "z": 0.0}, False)
    dialogue.turn(MotionCommand("balance_stand"), 1.2)
    assert robot.apis[-2:] == [1003, 1002]


def test_hands_off_stops_what_was_begun_and_says_no_more(dialogue, robot):
    run(dialogue, WALK, 0.0, 0.1)
    run(dialogue, MotionCommand(), 0.1, 2.0)
    assert robot.apis[-1] == 1003 and robot.apis.count(1003) == 1
    assert dialogue.trouble == ""


def test_nothing_wanted_is_nothing_said(dialogue, robot):
    run(dialogue, MotionCommand(), 0.0, 2.0)
    assert robot.calls == []


def test_a_refusal_is_reported_and_tried_again_until_it_works(dialogue, robot):
    robot.code = 3203
    run(dialogue, MotionCommand("sit"), 0.0, 1.2)
    assert dialogue.trouble == "the robot refused 'sit' (code 3203: the robot does not know this call)"
    assert len(robot.calls) == 1 + int(1.2 / AGAIN) and dialogue.refusals == len(robot.calls)
    robot.code = 0
    run(dialogue, MotionCommand("sit"), 1.2, 2.0)
    assert dialogue.trouble == "" and len(robot.calls) == 4


def test_a_silent_robot_is_trouble(dialogue, robot):
    robot.code = None
    run(dialogue, MotionCommand("stand_up"), 0.0, PATIENCE)
    assert dialogue.trouble == ""
    run(dialogue, MotionCommand("stand_up"), PATIENCE, 0.2)
    assert "did not answer 'stand_up' within 1 s" in dialogue.trouble
    robot.code = 0
    run(dialogue, MotionCommand("stand_up"), PATIENCE + 0.2, 2.0)
    assert dialogue.trouble == ""


def test_a_late_answer_to_an_older_call_says_nothing(dialogue, robot):
    robot.code = 4202
    dialogue.turn(MotionCommand("sit"), 0.0)
    robot.code = 0
    dialogue.turn(MotionCommand("damp"), 0.01)
    dialogue.turn(MotionCommand("damp"), 0.02)
    assert dialogue.trouble == "" and robot.apis == [1009, 1001]


def test_damping_does_not_wait_for_an_answer(dialogue, robot):
    robot.code = None
    dialogue.turn(MotionCommand("stand_up"), 0.0)
    dialogue.turn(MotionCommand("damp"), 0.01)
    assert robot.apis == [1004, 1001]


def test_an_unknown_motion_is_named(dialogue):
    with pytest.raises(UnknownName, match="built-in motion 'somersault'"):
        dialogue.turn(MotionCommand("somersault"), 0.0)
