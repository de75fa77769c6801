"""What robots on one floor tell one another."""

from dataclasses import replace

import pytest

pytest.importorskip("skill_stack_interfaces", reason="needs the stack's messages")

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point

from skill_stack.core.errors import DataError
from skill_stack.core.world.team_member import TeamMember
from skill_stack.nodes.wire.wire_team import LONGEST_NAME, MOST_POINTS, team_member_of, team_message

REX = TeamMember(
    "lab/rex", 1.0, -2.0, 0.5, (0.7, 0.1), 0.35, 0.4, 0.2, 0.02, ((2.0, 1.0), (3.0, 1.5)), True, ("ada", "bolt")
)


def test_a_robot_comes_back_as_it_was_told() -> None:
    message = team_message(REX, Time(sec=3))
    told = team_member_of(message)
    assert replace(told, yaw=REX.yaw) == REX and told.yaw == pytest.approx(REX.yaw)
    assert (message.header.frame_id, message.header.stamp.sec) == ("map", 3)


def test_a_path_that_is_too_long_is_cut() -> None:
    long = replace(REX, path=tuple((float(n), 0.0) for n in range(MOST_POINTS + 50)))
    assert len(team_member_of(team_message(long, Time())).path) == MOST_POINTS


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "x" * (LONGEST_NAME + 1)}, {"yields": ["ada"] * 100}, {"front": 0.0}, {"side": 80.0},
        {"deviation": -1.0}, {"path": [Point()] * (MOST_POINTS + 1)}, {"path": [Point(x=1e9)]},
    ],
)  # fmt: skip
def test_what_no_robot_can_be_is_refused(wrong) -> None:
    message = team_message(REX, Time())
    for name, value in wrong.items():
        setattr(message, name, value)
    with pytest.raises(DataError):
        team_member_of(message)


def test_a_robot_that_flies_past_is_refused() -> None:
    with pytest.raises(DataError, match="m/s"):
        team_member_of(team_message(replace(REX, velocity=(0.0, 50.0)), Time()))
