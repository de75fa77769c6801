"""The heading of a robot without a compass: held at rest, its drift learned, its uncertainty told."""

import pytest

from skill_stack.controllers.estimation.heading import Heading
from skill_stack.core.robots.estimation import EstimationSpec
from skill_stack.core.rotation import from_yaw, wrap_angle, yaw_of

SPEC = EstimationSpec(heading_drift=0.001)


class Imu:
    """An IMU that drifts, on a robot that turns."""

    def __init__(self, drift: float, period: float = 0.02) -> None:
        self.heading, self.drift, self.period, self.true, self.time = Heading(SPEC), drift, period, 0.0, 0.0

    def run(self, seconds: float, turn: float = 0.0, rests: bool = False) -> float:
        """Lets time pass; gives the error of the heading, rad."""
        for _ in range(round(seconds / self.period)):
            self.time += self.period
            self.true += turn * self.period
            found = yaw_of(self.heading.apply(tuple(from_yaw(self.true + self.drift * self.time))))
            self.heading.update(found, rests, self.period)
        return abs(wrap_angle(found - self.true))


@pytest.mark.parametrize("period", [0.02, 0.002])
def test_a_robot_that_rests_keeps_its_heading_and_learns_the_drift(period):
    imu = Imu(0.001, period)
    assert imu.run(20.0, rests=True) < 0.002
    sure = imu.heading.deviation
    assert sure == 0.0
    assert imu.run(60.0, turn=0.3) < 0.01  # 0.06 without what was learned
    assert 0.0 < imu.heading.deviation < 0.03


def test_without_a_rest_the_drift_shows_and_is_told():
    imu = Imu(0.001)
    assert imu.run(60.0, turn=0.3) == pytest.approx(0.06, abs=0.005)
    assert imu.heading.deviation == pytest.approx(0.06, abs=0.005)


def test_somebody_who_turns_a_resting_robot_is_noticed():
    imu = Imu(0.0)
    imu.run(5.0, rests=True)
    assert imu.run(10.0, turn=0.1, rests=True) < 0.05  # of a whole radian
