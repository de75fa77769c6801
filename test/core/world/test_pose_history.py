"""Where something was a moment ago."""

import numpy as np
import pytest

from skill_stack.core.rotation import from_yaw, yaw_of
from skill_stack.core.world.pose_history import PoseHistory


def history(*rows):
    made = PoseHistory()
    for stamp, x, yaw in rows:
        made.add(stamp, np.array([x, 0, 0, *from_yaw(yaw)]))
    return made


def test_between_two_poses_it_is_between_them() -> None:
    pose = history((1.0, 0.0, 0.0), (2.0, 1.0, 0.4)).at(1.25)
    assert pose[0] == pytest.approx(0.25) and yaw_of(pose[3:]) == pytest.approx(0.1, abs=1e-3)


def test_a_turn_across_the_back_goes_the_short_way() -> None:
    pose = history((0.0, 0.0, 3.1), (1.0, 0.0, -3.1)).at(0.5)
    assert abs(abs(yaw_of(pose[3:])) - np.pi) < 1e-6


def test_other_times_are_not_known() -> None:
    made = history((1.0, 0.0, 0.0), (2.0, 1.0, 0.0))
    assert made.at(0.5) is None and made.at(3.0) is None and PoseHistory().at(0.0) is None
    assert made.at(2.2)[0] == 1.0, "the newest stands for a little while"


def test_time_that_begins_anew_forgets() -> None:
    made = history((5.0, 3.0, 0.0), (1.0, 0.5, 0.0))
    assert made.newest == 1.0 and made.at(5.0) is None
