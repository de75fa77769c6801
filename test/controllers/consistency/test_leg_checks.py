"""What soles stand on: a foot on its toes is no wrong IMU, and a wrong IMU tilts the ground under every foot."""

from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.controllers.consistency.comparison import BODY, LEG_DOWN, LEG_FORCE
from skill_stack.controllers.consistency.leg_checks import LegChecks
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot


class Legs:
    """Two feet that share the weight, each tilted by an angle, rad, about y."""

    weight = 330.0  # N

    def __init__(self, tilts, shares):
        self.tilts, self.shares = tilts, shares

    def take(self, place, velocity):
        pass

    def foot(self, number):
        return SimpleNamespace(position=(0.0, 0.1 - 0.2 * number, -0.78))

    def forces(self, torque, velocity, gravity):
        return [(0.0, 0.0, self.weight * share) for share in self.shares]

    def upright(self, number):
        return (np.sin(self.tilts[number]), 0.0, np.cos(self.tilts[number]))


def ground(tilts, shares=(0.5, 0.5), gets_up=False) -> float:
    """The share of its limit that the ground under the feet comes to; 0 when it is not looked at."""
    resources = Resources.from_environment({})
    robot = load_robot(resources.robot("g1"), resources)
    checks = LegChecks(robot)
    checks._kinematics = Legs(tilts, shares)
    body = np.zeros(BODY + len(robot.feet))
    body[LEG_FORCE + 2], body[LEG_DOWN + 2] = 9.81, -1.0
    found = {guard: share for guard, share, _ in checks.look(body, np.zeros((8, robot.size)), False, 0.1, gets_up)}
    return found.get(Guard.GROUND, 0.0)


@pytest.mark.parametrize("tilts", [(0.5, 0.0), (0.0, -0.6), (0.02, 0.9)])
def test_one_foot_may_be_on_its_toes(tilts) -> None:
    assert ground(tilts) < 0.1


def test_a_ground_that_is_tilted_under_both_is_found() -> None:
    assert ground((0.4, 0.45)) == pytest.approx(0.4 / 0.3)


def test_a_single_foot_that_bears_may_be_on_its_edge() -> None:
    assert ground((0.5, 0.5), shares=(1.0, 0.0)) == 0.0


def test_soles_of_a_robot_that_gets_up_need_not_stand_on_anything() -> None:
    assert ground((1.2, 1.3)) > 1.0 and ground((1.2, 1.3), gets_up=True) == 0.0


def test_feet_of_a_robot_that_gets_up_need_not_feel_what_its_body_bears() -> None:
    resources = Resources.from_environment({})
    robot = load_robot(resources.robot("go2"), resources)
    assert robot.estimation.contact != "joint_torque", "it has foot sensors"

    def told(gets_up: bool) -> float:
        checks = LegChecks(robot)
        checks._kinematics = Legs((0.0,) * 4, (0.25,) * 4)
        body = np.zeros(BODY + len(robot.feet))
        body[LEG_FORCE + 2], body[LEG_DOWN + 2] = 9.81, -1.0
        found = checks.look(body, np.zeros((8, robot.size)), False, 0.1, gets_up)
        return max((share for guard, share, _ in found if guard is Guard.FOOT_FORCE), default=0.0)

    assert told(False) > 1.0 and told(True) == 0.0
