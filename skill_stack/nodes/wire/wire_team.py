"""What robots on one floor tell one another, as messages."""

from __future__ import annotations

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, Vector3

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.team_member import TeamMember
from skill_stack.nodes.wire.wire_basics import header, metres, pose2_message, pose2_of
from skill_stack_interfaces.msg import TeamMember as TeamMessage

MOST_POINTS, MOST_NAMES, LONGEST_NAME = 200, 32, 200
"""Most points of a path, most robots that one yields to, most characters of a name."""
LARGEST, FASTEST = 5.0, 10.0
"""Largest robot, m from its base, and fastest, m/s."""


def team_message(member: TeamMember, stamp: Time) -> TeamMessage:
    """What a robot tells, as a message."""
    return TeamMessage(
        header=header(stamp, "map"),
        name=member.name,
        pose=pose2_message(Pose2(member.x, member.y, member.yaw)),
        velocity=Vector3(x=member.velocity[0], y=member.velocity[1]),
        front=member.front,
        back=member.back,
        side=member.side,
        deviation=member.deviation,
        path=[Point(x=x, y=y) for x, y in member.path[:MOST_POINTS]],
        avoids=member.avoids,
        yields=list(member.yields[:MOST_NAMES]),
    )


def team_member_of(message: TeamMessage) -> TeamMember:
    """What a robot tells; raises DataError for what no robot can be."""
    lengths = (message.front, message.back, message.side)
    if not all(0.0 < length <= LARGEST for length in lengths) or message.deviation < 0.0:
        raise DataError(f"a robot reaches up to {LARGEST:g} m from its base, not {lengths}")
    velocity = (message.velocity.x, message.velocity.y)
    if not all(abs(speed) <= FASTEST for speed in velocity):
        raise DataError(f"a robot moves at up to {FASTEST:g} m/s, not {velocity}")
    names = (message.name, *message.yields)
    if not message.name or len(names) > MOST_NAMES + 1 or max(map(len, names)) > LONGEST_NAME:
        raise DataError(f"a robot has a name of up to {LONGEST_NAME} characters and yields to {MOST_NAMES} at most")
    if len(message.path) > MOST_POINTS:
        raise DataError(f"a path has up to {MOST_POINTS} points, not {len(message.path)}")
    pose = pose2_of(message.pose)
    path = tuple((float(x), float(y)) for x, y in (metres(point.x, point.y) for point in message.path))
    return TeamMember(
        message.name, pose.x, pose.y, pose.yaw, velocity, *lengths, message.deviation, path, message.avoids,
        tuple(message.yields),
    )  # fmt: skip
