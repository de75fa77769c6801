"""When the built-in controller is switched off, step by step, without a robot."""

import json

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.unitree.controller_release import LOWERING, RELEASE_MODE, REST, ControllerRelease, ReleaseStep
from skill_stack.hardware.unitree.sport.rpc import RpcAnswer

RESOURCES = Resources.from_environment({})
GO2 = load_robot(RESOURCES.robot("go2"), RESOURCES)
PERIOD = 0.02


class Service:
    """Answers at once, as a robot whose built-in controller runs until it is released."""

    def __init__(self):
        self.asked, self.name, self._waiting = [], "normal", []

    def send(self, api, parameter=None, reply=True):
        self.asked.append(api)
        if api == RELEASE_MODE:
            self.name = ""
        self._waiting.append(RpcAnswer(len(self.asked), api, 0, json.dumps({"name": self.name})))
        return len(self.asked)

    def answers(self):
        answers, self._waiting = self._waiting, []
        return answers


class Rig:
    def __init__(self, policy):
        self.switcher, self.sport = Service(), Service()
        self.release = ControllerRelease(self.switcher, self.sport, GO2.builtin, policy)
        self.now = 0.0

    def turn(self, seconds, at_rest):
        for _ in range(round(seconds / PERIOD)):
            self.now += PERIOD
            self.release.turn(self.now, at_rest)

    @property
    def released(self):
        return RELEASE_MODE in self.switcher.asked


@pytest.fixture
def rig():
    rig = Rig("lower")
    rig.turn(0.1, at_rest=True)  # it stands quietly
    assert rig.release.step is ReleaseStep.LOWERING and rig.sport.asked == [GO2.builtin.motions["stand_down"].api]
    return rig


def test_a_robot_on_its_way_down_keeps_its_controller_until_it_has_come_to_rest(rig):
    rig.turn(LOWERING[0] + 1.0, at_rest=False)
    assert not rig.released
    rig.turn(REST - 0.1, at_rest=True)
    rig.turn(0.1, at_rest=False)  # it slides once more
    rig.turn(REST - 0.1, at_rest=True)
    assert not rig.released
    rig.turn(2.0, at_rest=True)
    assert rig.released and rig.release.step is ReleaseStep.DONE and rig.release.found == "normal"


def test_a_robot_that_has_not_begun_to_go_down_is_not_taken_for_one_that_lies(rig):
    rig.turn(LOWERING[0] - 0.2, at_rest=True)
    assert not rig.released


def test_a_robot_that_does_not_come_to_rest_keeps_its_controller_for_good(rig):
    rig.turn(LOWERING[1] + 1.0, at_rest=False)
    assert rig.release.step is ReleaseStep.REFUSED and "rest on the ground" in rig.release.trouble
    rig.turn(5.0, at_rest=True)
    assert not rig.released


def test_a_controller_that_may_not_be_switched_off_runs_on():
    rig = Rig("never")
    rig.turn(10.0, at_rest=True)
    assert rig.release.step is ReleaseStep.REFUSED and not rig.released and not rig.sport.asked
