"""What carries a robot, by the forces on its feet."""

import math

import pytest

from skill_stack.controllers.estimation.felt_contact import KNOWN, NEAR, STEP, STILL_FOR, FeltContact

STAND = [0.0, 0.8, -1.5]
LOW = [0.0, 0.8 + NEAR + 0.1, -1.5]
DT = 0.02


class Legs:
    """A robot with four feet that weighs 100."""

    def __init__(self) -> None:
        self.felt, self.now = FeltContact(4, STAND), 0.0

    def show(self, seconds, forces, joints=STAND, speed=0.0, stands=False):
        for _ in range(math.ceil(seconds / DT)):
            self.now += DT
            self.felt.update(self.now, forces, joints, [speed] * 3, stands)
        return self.felt.phase


@pytest.fixture
def legs():
    legs = Legs()
    assert legs.show(KNOWN / 2, [25.0] * 4, stands=True) == "", "the weight is not known yet"
    assert legs.show(2.0, [25.0] * 4, stands=True) == "free"
    return legs


def test_on_its_feet_about_as_it_stands_it_is_free(legs):
    assert legs.show(0.3, [25.0] * 4, speed=2.0) == "free"
    assert legs.show(0.3, [25.0] * 4, LOW, speed=2.0) == "contact", "too deep to begin anything"


def test_what_rests_on_something_else_and_keeps_still_is_held(legs):
    assert legs.show(0.3, [10.0] * 4, speed=2.0) == "contact"
    assert legs.show(2 * STILL_FOR, [10.0] * 4, speed=0.1) == "holding"


def test_a_foot_that_stays_in_the_air_is_no_step(legs):
    assert legs.show(STEP / 2, [50.0, 50.0, 0.0, 0.0]) == "free"
    assert legs.show(STEP, [50.0, 50.0, 0.0, 0.0], speed=1.0) == "contact"


def test_any_scale_of_the_sensors_will_do():
    legs = Legs()
    legs.show(2.0, [2500.0] * 4, stands=True)
    assert legs.show(0.5, [1000.0] * 4, speed=1.0) == "contact"


@pytest.mark.parametrize("forces", [[math.nan] * 4, [25.0] * 3])
def test_what_is_no_measurement_says_nothing(legs, forces):
    assert legs.show(DT, forces) == ""


def test_sensors_that_measure_nothing_say_nothing():
    assert Legs().show(3.0, [0.0] * 4, stands=True) == ""
    blind = FeltContact(0, STAND)
    blind.update(1.0, [], STAND, [0.0] * 3, True)
    assert blind.phase == ""
