"""Whether a hand holds something, by the torques of its joints."""

import math
import os

import pytest

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.estimation.felt import feeling_of, loads_of
from skill_stack.controllers.estimation.felt_contact import STILL, STILL_FOR
from skill_stack.controllers.estimation.felt_grip import PRESSED, RECENT, USUAL, WEIGHT, FeltGrip
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.robots.sensor_spec import TouchSpec
from test.controllers.conftest import upright

EFFORT, DT = 0.7, 0.01
FIRM, HEAVY = 2.5 * PRESSED * EFFORT, 0.9 * WEIGHT * EFFORT


class Hand:
    """A hand of four joints."""

    def __init__(self, pads=()) -> None:
        self.felt, self.now = FeltGrip([EFFORT] * 4, pads), 0.0

    def show(self, torques, seconds=2 * STILL_FOR, speed=0.0):
        for _ in range(math.ceil(seconds / DT)):
            self.now += DT
            self.felt.update(self.now, torques, [0.5] * 4, [speed] * 4, True)
        return self.felt.phase


@pytest.fixture
def hand():
    return Hand()


def test_nothing_pressed_is_free_however_it_moves(hand):
    assert hand.show([0.0] * 4, speed=5.0) == "free"


def test_the_weight_of_the_fingers_is_no_touch(hand):
    assert hand.show([HEAVY] * 4, 5 * USUAL) == "free"
    for part in range(60):  # as a hand turns over within three seconds
        assert hand.show([HEAVY * (1 - part / 30)] * 4, 0.1 * USUAL) == "free"


def test_two_joints_that_press_and_keep_still_hold(hand):
    assert hand.show([FIRM, -FIRM, 0.0, 0.0], speed=2 * STILL) == "contact", "they still close"
    assert hand.show([FIRM, -FIRM, 0.0, 0.0]) == "holding"


def test_the_load_is_that_of_late_and_unknown_without_torques(hand):
    assert math.isnan(hand.felt.load)
    hand.show([FIRM, -FIRM, 0.0, 0.0], 6 * RECENT)
    assert hand.felt.load == pytest.approx(math.sqrt(2.0) * FIRM / EFFORT, rel=0.02)
    hand.show([0.0] * 4, 0.2 * RECENT)
    assert 0.7 < hand.felt.load / (math.sqrt(2.0) * FIRM / EFFORT) < 0.95, "a moment without a touch is not enough"
    hand.show([0.0] * 4, 6 * RECENT)
    assert hand.felt.load < 0.01
    hand.show([math.nan] * 4, DT)
    assert math.isnan(hand.felt.load)


def test_one_joint_alone_is_a_touch(hand):
    assert hand.show([FIRM, 0.0, 0.0, 0.0]) == "contact"


def test_what_slips_is_no_longer_held(hand):
    hand.show([FIRM] * 4)
    assert hand.show([FIRM] * 4, DT, speed=2 * STILL) == "contact"


def test_it_lets_go_where_nothing_but_its_weight_is_left(hand):
    hand.show([FIRM] * 4)
    assert hand.show([0.7 * FIRM] * 4) == "holding"
    assert hand.show([HEAVY] * 4, 5 * USUAL) == "free"


@pytest.mark.parametrize("torques", [[math.nan] * 4, [FIRM] * 3])
def test_what_is_no_measurement_says_nothing(hand, torques):
    hand.show([FIRM] * 4)
    assert hand.show(torques, DT) == ""


def test_touch_sensors_feel_what_is_too_light_for_the_joints() -> None:
    hand, light = Hand(pads=[0.25, 1.0]), [0.0] * 4
    assert hand.show([*light, 0.2, 0.0]) == "free", "noise"
    assert hand.show([*light, 0.3, 0.0]) == "contact", "one pad alone may touch by chance"
    assert hand.show([*light, 0.3, 1.0]) == "holding"
    assert hand.show([*light, 0.3, 1.0], DT, speed=2 * STILL) == "contact", "it slips"


@pytest.mark.parametrize("touch", [[], [math.nan, math.nan], [math.nan, 0.0]])
def test_touch_that_says_nothing_leaves_the_joints_to_tell(touch) -> None:
    hand = Hand(pads=[0.25, 1.0])
    assert hand.show([0.0] * 4 + touch) == "free"
    assert hand.show([FIRM, -FIRM, 0.0, 0.0] + touch) == "holding"
    assert hand.show([FIRM, -FIRM, 0.0, 0.0] + [1.0], DT) == "", "of another number than there are sensors"


def test_what_counts_as_pressed_is_out_of_the_reach_of_noise() -> None:
    row = {"name": "tip", "link": "tip", "radius": 0.01, "range": (0.5, 10.0), "source": "made up"}
    assert TouchSpec(**row, noise=0.05).pressed == pytest.approx(0.75)
    assert TouchSpec(**row).pressed == pytest.approx(0.55)
    assert TouchSpec(**row, kind="switch", threshold=2.0).pressed == 1.0


def test_hands_feel_by_torques_and_legs_by_their_feet():
    found = Resources.from_environment(os.environ)
    for name, wanted in (("allegro_right", "torque"), ("go2", "foot_force")):
        robot = load_robot(found.robot(name), found)
        sample = upright(robot, 1, 0.0)
        assert loads_of(feeling_of(robot), sample, Estimator(robot)) == getattr(sample, wanted).tolist()


def test_legs_without_foot_sensors_feel_by_the_torques_of_their_joints():
    robot = load_robot(Resources.from_environment(os.environ).robot("go2"))
    robot = robot.model_copy(update={"estimation": robot.estimation.model_copy(update={"contact": "joint_torque"})})
    estimator, sample = Estimator(robot), upright(robot, 1, 0.0)
    estimator.complete(estimator.read(sample, 0.0, 0.0))
    assert sample.foot_force.sum() != pytest.approx(sum(loads_of(feeling_of(robot), sample, estimator)))
    assert len(estimator.foot_loads(sample)) == len(robot.feet)


def test_straight_legs_on_soles_feel_nothing_by_torques():
    feeling = feeling_of(load_robot(Resources.from_environment(os.environ).robot("g1")))
    feeling.update(0.1, [150.0, 150.0], [0.0] * 29, [0.0] * 29, True)
    feeling.update(2.0, [150.0, 150.0], [0.0] * 29, [0.0] * 29, True)
    assert feeling.phase == ""
