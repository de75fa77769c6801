"""How a clip changes where feet do not stand as the stance has them: slopes of everything that the policy holds.

A planted stand ends where the robot came to rest, some centimetres off. The policy measures that by its legs' joints
while the clip begins, and moves its tables by these slopes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import mujoco
import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.balance.body_course import BodyCourse, FeetTask, smoothly
from skill_stack.training.balance.planted_stance import PlantedStance

Array = np.ndarray

AWAY = 0.2
"""Distance from where it stood at which a foot that steps is back where the clip has it, m."""
PLANE = (0, 1, 5)
"""Ahead, aside and turn among the numbers that place a foot."""
SMALL = 1e-4  # rad


@dataclass(frozen=True, slots=True)
class FeetMeter:
    """Where one foot stands in relation to the other, by the legs: ``(joints - stood) @ of_legs``.

    Attributes:
        stood: Joints of the legs in the stance, rad, shape (driven,).
        of_legs: Shape (driven, 3): ahead, aside, m, and turn, rad, in the frame of the foot.
    """

    stood: Array
    of_legs: Array


def moving_foot(course: BodyCourse) -> int:
    """The foot that steps farthest in a clip; the first one where none does."""
    return int(np.linalg.norm(course.feet[:, :, :2], axis=2).max(axis=0).argmax())


def feet_meter(robot: RobotSpec, stance: PlantedStance, foot: int) -> FeetMeter:
    """How the legs tell where a foot stands.

    Args:
        robot: The robot; it has two feet.
        stance: The stance.
        foot: Number of the foot.

    Raises:
        DataError: It has another number of feet.
    """
    if len(robot.feet) != 2:
        raise DataError(f"clip: feet: '{robot.name}' has {len(robot.feet)} feet; how they stand is for two")
    model, at = stance.model(), stance.index.joint_qpos[stance.driven]
    data, bodies = mujoco.MjData(model), [model.body(robot.feet[one].link).id for one in (foot, 1 - foot)]

    def related(state: Array) -> tuple[Array, float]:
        data.qpos[:] = state
        mujoco.mj_kinematics(model, data)
        yaw = [Rotation.from_matrix(data.xmat[one].reshape(3, 3)).as_euler("ZYX")[0] for one in bodies]
        off = Rotation.from_euler("z", -yaw[1]).apply(data.xpos[bodies[0]] - data.xpos[bodies[1]])
        return off[:2], float(np.remainder(yaw[0] - yaw[1] + np.pi, 2 * np.pi) - np.pi)

    place, turn = related(stance.start)
    back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])  # rows into the frame of the foot
    rows = []
    for joint in at:
        state = stance.start.copy()
        state[joint] += SMALL
        moved, turned = related(state)
        rows.append(np.r_[(moved - place) @ back, turned - turn] / SMALL)
    return FeetMeter(stance.start[at], np.array(rows))


def displaced(course: BodyCourse, heading: float, across: Array, foot: int, by: Array) -> BodyCourse:
    """The course of a robot one of whose feet stands elsewhere.

    The foot keeps its place until it steps to another, and the weight goes along by the share that the foot carries.

    Args:
        course: The course.
        heading: Of that foot in the stance, rad.
        across: From the other foot to it in the stance, m, shape (2,).
        foot: Its number.
        by: Ahead and aside, m, and turn, rad, in its own frame, shape (3,).
    """
    moved = np.linalg.norm(course.feet[:, foot, :2], axis=1)
    stands = 1.0 - smoothly(np.clip(moved / AWAY, 0.0, 1.0))
    feet = course.feet.copy()
    feet[:, foot, PLANE] += stands[:, None] * by
    share = np.clip(0.5 + course.weight @ across / (across @ across), 0.0, 1.0)
    c, s = np.cos(heading), np.sin(heading)
    way = np.array([c * by[0] - s * by[1], s * by[0] + c * by[1]])
    return dataclasses.replace(course, feet=feet, weight=course.weight + (stands * share)[:, None] * way)


def feet_slopes(
    robot: RobotSpec,
    stance: PlantedStance,
    course: BodyCourse,
    feet: FeetTask,
    plain: Mapping[str, Array],
    held: Callable[[BodyCourse], dict[str, Array]],
) -> dict[str, Array]:
    """Slopes of what a policy holds, by how the foot that moves most stands.

    Args:
        robot: The robot.
        stance: The stance.
        course: That of the clip.
        feet: How feet may stand; slopes are those on half of the way to the farther end of each range.
        plain: Tables of the clip, one row a frame.
        held: Makes the same tables of another course.

    Returns:
        The slopes of each table by its name, shape (frames, 3, ...).

    Raises:
        DataError: The robot cannot do the clip where the foot stands there.
    """
    foot = moving_foot(course)
    model = stance.model()
    data = mujoco.MjData(model)
    data.qpos[:] = stance.start
    mujoco.mj_kinematics(model, data)
    one, other = (model.body(robot.feet[number].link).id for number in (foot, 1 - foot))
    heading = Rotation.from_matrix(data.xmat[one].reshape(3, 3)).as_euler("ZYX")[0]
    across = (data.xpos[one] - data.xpos[other])[:2]
    ranges = feet.ranges()
    steps = ranges[np.arange(3), np.abs(ranges).argmax(axis=1)] / 2
    ways = [held(displaced(course, heading, across, foot, by)) for by in np.diag(steps)]
    return {
        name: np.stack([(way[name] - value) / step for way, step in zip(ways, steps)], axis=1)
        for name, value in plain.items()
    }
