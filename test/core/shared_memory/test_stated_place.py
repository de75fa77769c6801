"""Where a person says that the robot is: right for every place in odom, refused where nobody could say."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import from_yaw, wrap_angle
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import forget_place, state_place, stated_place
from skill_stack.core.world.scene import Pose2

ROBOT = load_robot(Path(__file__).parents[3] / "urdf" / "go2")
METRES, ANGLE = st.floats(-100, 100), st.floats(-10, 10)
REST = RobotState(
    1.0, *(np.zeros(ROBOT.size) for _ in range(3)), np.array([1.0, 0, 0, 0]), np.zeros(3), np.array([0, 0, -1.0]),
    np.zeros(3), np.zeros(3), np.ones(len(ROBOT.feet), bool), {}, True,
)  # fmt: skip


@pytest.fixture(scope="module")
def channels(tmp_path_factory):
    made = RobotChannels.open(tmp_path_factory.mktemp("place") / "block", ROBOT)
    yield made
    made.close()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(x=METRES, y=METRES, yaw=ANGLE, far=METRES, aside=METRES, turned=ANGLE)
def test_the_robot_is_then_where_it_was_said_to_be(channels, x, y, yaw, far, aside, turned):
    channels.write_state(replace(REST, base_position=np.array([far, aside, 0.3]), orientation=from_yaw(turned)))
    state_place(channels, Pose2(x, y, yaw), 0.2, 0.05)
    told = stated_place(channels.common)
    there = told.origin.compose(Pose2(far, aside, turned))
    assert (there.x, there.y) == pytest.approx((x, y), abs=1e-3)
    assert wrap_angle(there.yaw - yaw) == pytest.approx(0.0, abs=1e-5)
    assert (told.position, told.heading) == pytest.approx((0.2, 0.05))


def test_every_statement_is_a_new_one_until_the_device_begins_anew(channels):
    channels.write_state(REST)
    first = state_place(channels, Pose2(0, 0, 0))
    channels.common.set("place.heeded", first.number)
    assert state_place(channels, Pose2(1, 0, 0)).number == first.number + 1
    forget_place(channels.common)
    assert stated_place(channels.common) is None
    assert state_place(channels, Pose2(1, 0, 0)).number > first.number, "or nobody would heed it"


@pytest.mark.parametrize(
    ("changes", "pose", "within", "why"),
    [
        ({}, Pose2(math.nan, 0, 0), 0.1, "is no place"),
        ({}, Pose2(0, math.inf, 0), 0.1, "is no place"),
        ({}, Pose2(0, 0, math.nan), 0.1, "is no place"),
        ({}, Pose2(0, 0, 0), -0.1, "must be from 0"),
        ({}, Pose2(0, 0, 0), math.nan, "is no place"),
        ({"valid": False, "reason": "the device is silent"}, Pose2(0, 0, 0), 0.1, "the device is silent"),
        ({"base_velocity": np.array([0.4, 0, 0])}, Pose2(0, 0, 0), 0.1, "the robot moves .* stop it"),
        ({"base_velocity": np.array([math.nan, 0, 0])}, Pose2(0, 0, 0), 0.1, "the robot moves"),
        ({"angular_velocity": np.array([0, 0, 0.5])}, Pose2(0, 0, 0), 0.1, "the robot moves"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(channels, changes, pose, within, why):
    channels.write_state(REST)
    before = state_place(channels, Pose2(3, 2, 1))
    channels.write_state(replace(REST, **changes))
    with pytest.raises(DataError, match=why):
        state_place(channels, pose, within)
    assert stated_place(channels.common) == stated_place(channels.common)
    assert stated_place(channels.common).number == before.number


def test_without_a_control_process_nobody_can_say(tmp_path):
    channels = RobotChannels.open(tmp_path / "block", ROBOT)
    with pytest.raises(DataError, match="has not reported yet"):
        state_place(channels, Pose2(0, 0, 0))
    assert stated_place(channels.common) is None
    channels.close()


@pytest.mark.parametrize("word", ["number", "x", "yaw", "heading", "check"])
def test_spoilt_words_state_nothing(channels, word):
    channels.write_state(REST)
    state_place(channels, Pose2(3, 2, 1))
    channels.common.set(f"place.{word}", channels.common.get(f"place.{word}") ^ (1 << 40))
    assert stated_place(channels.common) is None
