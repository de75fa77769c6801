"""A retargeted motion as the course of a whole body: what a file holds, seen from the stance of a robot.

A file states postures of another stance, with noise. Its changes from the first frame are taken over, so that the robot
stands as it stands; feet that carry stay where they are, and a file whose feet do not is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import mujoco
import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.balance.body_course import FOOT_MOVES, STILL, BodyCourse, smoothly, split_course
from skill_stack.training.balance.planted_stance import PlantedStance
from skill_stack.training.clips.bvh import load_bvh
from skill_stack.training.clips.carrying_over import HUMAN, Clip, carry_over
from skill_stack.training.clips.human_motion import HumanMotion, load_positions

Array = np.ndarray

SMOOTH = 0.06
"""Standard deviation over which a file is smoothed, s: jitter of retargeting would be forces."""
FADE = 1.0
"""Time in which the robot goes from its stance to the first frame, and back from the last, s."""
LIFTED = 0.015
"""Height of the lowest corner of a sole from which on the foot is in the air, m."""
ROLLED = 0.1  # rad: roll or pitch from which on a sole stands on its edge
SLIDES = 0.10
"""Speed along the ground from which on a foot that carries slides, m/s; retargeted feet creep by half of it."""
AWAY = 0.03  # m: from where it began, where a foot still counts as there
TURNED = 0.3  # rad: heading up to which hips turn over planted feet
OVER = 0.25
"""Standard deviation with which the weight goes over the foot that stays, s, for motions of people."""
STRIDE = 0.3
"""Standard deviation over which the velocity of a base that steps is smoothed, s: hips sway from step to step."""
ANKLE = ("{Side}Foot", "{Side}Ankle", "{side}Foot")
"""Names of a person's ankles, besides those that retargeting of the arms needs."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RetargetedMotion:
    """What a file holds, seen from the heading of its first frame.

    Attributes:
        rate: Frames per second, Hz.
        height: Of the base, change from the first frame, m, shape (frames,).
        lean: Roll and pitch of the base, rad, shape (frames, 2).
        path: The base ahead and to the left, m, and turned, rad, shape (frames, 3).
        weight: Centre of mass from its place at first, m, shape (frames, 2).
        feet: Each foot from where it stood, shape (frames, feet, :data:`FOOT_MOVES`).
        joints: All joints, rad, shape (frames, joints); those of the legs do not count.
    """

    rate: float
    height: Array
    lean: Array
    path: Array
    weight: Array
    feet: Array
    joints: Array


def course_of_motion(
    path: Path, robot: RobotSpec, stance: PlantedStance, steps: bool = False, report: Say = lambda _: None
) -> BodyCourse:
    """The course of a motion file.

    Args:
        path: ``.bvh``; ``.npz`` of a person (``joints``, ``positions``, ``fps``); or ``.npz`` of this robot, as
            ``skill-stack clip`` writes it.
        robot: The robot.
        stance: The stance in which it begins and ends.
        steps: Whether others step as the base moves; of base and feet nothing else is taken over then.
        report: Takes progress lines of retargeting.

    Raises:
        DataError: The file is wrong, or its feet slide or do not come back; the message names frame and link.
        UnknownName: The person lacks a joint.
        MotionExtraMissing: mink is not installed, which motions of people need.
    """
    motion = _read(path, robot, stance, report)
    rate, count = robot.control_rate, len(motion.height)
    if steps:
        none = np.zeros((count, 2))
        motion = replace(motion, height=none[:, 0], lean=none, weight=none, feet=0.0 * motion.feet)
    else:
        _turns_little(motion.path[:, 2], motion.rate)
    feet = _planted(motion, robot)
    rest = np.concatenate([np.zeros(5), np.zeros(feet[0].size), robot.pose("default")])
    base = [motion.height[:, None], motion.lean, motion.weight]
    rows = np.concatenate([*base, feet.reshape(count, -1), motion.joints, _walk(motion)], axis=1)
    times = np.arange(round((count - 1) / motion.rate * rate) + 1) / rate
    given = np.arange(count) / motion.rate
    rows = np.stack([np.interp(times, given, column) for column in rows.T], axis=1)
    rows, walk = np.split(gaussian_filter1d(rows, SMOOTH * rate, axis=0, mode="nearest"), [-3], axis=1)
    fade, still = round(FADE * rate), round(STILL * rate)
    share = np.concatenate([np.zeros(still), smoothly(np.arange(fade) / fade)])
    shares = np.concatenate([share, np.ones(len(rows)), share[::-1]])[:, None]
    held = np.concatenate([np.repeat(rows[:1], len(share), 0), rows, np.repeat(rows[-1:], len(share), 0)])
    whole = rest + shares * (held - rest)
    whole[:, 0] += stance.start[stance.index.base_qpos + 2]
    knots = (still, still + fade, len(whole) - still - fade - 1, len(whole) - still - 1)
    walk = np.pad(steps * walk, ((len(share), len(share)), (0, 0)))
    return split_course(rate, whole, walk, len(robot.feet), knots)


def _walk(motion: RetargetedMotion) -> Array:
    """Velocity of the base ahead and to the left, m/s, and turning rate, rad/s, over whole steps, shape (frames, 3)."""
    path = gaussian_filter1d(motion.path, STRIDE * motion.rate, axis=0, mode="nearest")
    x, y, turn = np.gradient(path, 1.0 / motion.rate, axis=0).T
    c, s = np.cos(path[:, 2]), np.sin(path[:, 2])
    return np.stack([c * x + s * y, c * y - s * x, turn], axis=1)


def _read(path: Path, robot: RobotSpec, stance: PlantedStance, report: Say) -> RetargetedMotion:
    """The motion of a file of either kind."""
    if path.suffix.lower() == ".bvh":
        return of_person(load_bvh(path), robot, stance, report)
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: is no file of arrays: {error}") from error
    if "positions" in arrays:
        return of_person(load_positions(path), robot, stance, report)
    missing = [
        name for name in ("joint_names", "joint_pos", "body_names", "body_pos_w", "body_quat_w", "fps")
        if name not in arrays
    ]  # fmt: skip
    if missing:
        raise DataError(f"{path}: lacks {missing}; it has {sorted(arrays)}")
    return of_robot(arrays, robot, stance, str(path))


def of_robot(arrays: dict[str, Array], robot: RobotSpec, stance: PlantedStance, path: str) -> RetargetedMotion:
    """The motion of a file in the stack's own format, by forward kinematics.

    Raises:
        DataError: It lacks a joint or the base.
    """
    names, bodies = [str(name) for name in arrays["joint_names"]], [str(name) for name in arrays["body_names"]]
    lacking = sorted(set(robot.joint_names) - set(names)) + sorted({robot.source.base_link} - set(bodies))
    if lacking:
        raise DataError(f"{path}: has no {lacking[0]}; all joints of {robot.name} and its base are needed")
    joints = np.asarray(arrays["joint_pos"], float)[:, [names.index(name) for name in robot.joint_names]]
    row = bodies.index(robot.source.base_link)
    places, quats = np.asarray(arrays["body_pos_w"], float)[:, row], np.asarray(arrays["body_quat_w"], float)[:, row]
    model, base = stance.model(), stance.index.base_qpos
    data, ids = mujoco.MjData(model), [model.body(foot.link).id for foot in robot.feet]
    found: list[Array] = []
    turns: list[Array] = []
    weight = np.empty((len(joints), 2))
    for frame, (place, quat) in enumerate(zip(places, quats)):
        data.qpos[base : base + 3], data.qpos[base + 3 : base + 7] = place, quat
        data.qpos[stance.index.joint_qpos] = joints[frame]
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        found.append(data.xpos[ids].copy())
        turns.append(data.xmat[ids].reshape(-1, 3, 3).copy())
        weight[frame] = data.subtree_com[0][:2]
    angles = Rotation.from_quat(quats[:, [1, 2, 3, 0]]).as_euler("ZYX")
    heading = Rotation.from_euler("z", angles[0, 0])
    moved = heading.inv().apply(np.column_stack([weight - weight[0], np.zeros(len(weight))]))
    path_of = heading.inv().apply(places - places[0])
    path_of[:, 2] = np.unwrap(angles[:, 0]) - angles[0, 0]
    feet = np.stack(
        [_foot_moves(np.array(found)[:, foot], np.array(turns)[:, foot], spec.corners, spec.radius)
         for foot, spec in enumerate(robot.feet)], axis=1,
    )  # fmt: skip
    rate, rises = float(np.ravel(arrays["fps"])[0]), places[:, 2] - places[0, 2]
    return RetargetedMotion(rate, rises, angles[:, [2, 1]], path_of, moved[:, :2], feet, joints)


def _turns_little(away: Array, rate: float) -> None:
    """Refuses a motion that turns further than hips do over planted feet."""
    frame = int(np.abs(away).argmax())
    if abs(away[frame]) > TURNED:
        raise DataError(
            f"clip: frame {frame} ({frame / rate:.2f} s): the base is turned by {away[frame]:.2f} rad; hip_yaw joints "
            f"turn it by {TURNED:g} rad over planted feet: a clip with steps goes further"
        )


def _foot_moves(places: Array, turns: Array, corners: tuple[tuple[float, float, float], ...], radius: float) -> Array:
    """A foot from where it stood: :data:`FOOT_MOVES` numbers a frame, as the lowest corners of its sole roll."""
    sole = np.array(corners or ((0.0, 0.0, -radius),))
    first = Rotation.from_euler("z", Rotation.from_matrix(turns[0]).as_euler("ZYX")[0])
    rows = []
    for place, turn in zip(places, turns):
        own = first.inv() * Rotation.from_matrix(turn)
        heights = own.apply(sole)[:, 2]
        lowest = sole[heights <= heights.min() + 1e-3].mean(axis=0)
        rows.append([*(first.inv().apply(place - places[0]) - lowest + own.apply(lowest)), *own.as_euler("ZYX")[::-1]])
    moves = np.array(rows)
    moves[:, 2] -= moves[0, 2]
    return moves


def of_person(motion: HumanMotion, robot: RobotSpec, stance: PlantedStance, report: Say) -> RetargetedMotion:
    """The motion of a person: trunk and arms by inverse kinematics, base and feet by the ratio of leg lengths.

    The soles stay level; a person's weight is not known, so it is over the middle, or over the foot that stays.

    Raises:
        UnknownName: The person lacks a joint.
        MotionExtraMissing: mink is not installed.
    """
    rate = robot.control_rate
    clip: Clip = carry_over(motion, robot, rate, report)
    moving = motion.resampled(rate)
    at = {
        (part, side): moving.track_of(*(name.format(Side=side.capitalize(), side=side[0]) for name in names))
        for part, names in (("hip", HUMAN["hip"]), ("ankle", ANKLE)) for side in ("left", "right")
    }  # fmt: skip
    hips = (at["hip", "left"] + at["hip", "right"]) / 2
    left = at["hip", "left"] - at["hip", "right"]
    away = np.unwrap(np.arctan2(-left[:, 0], left[:, 1]))
    legs = hips[0, 2] - (at["ankle", "left"][0, 2] + at["ankle", "right"][0, 2]) / 2
    ratio = stance.start[stance.index.base_qpos + 2] / legs
    heading = Rotation.from_euler("z", away[0])
    feet = np.zeros((len(hips), len(robot.feet), FOOT_MOVES))
    stood = _stood(robot, stance)
    weight = np.zeros((len(hips), 2))
    for foot in range(len(robot.feet)):
        ankle = at["ankle", "left" if stood[foot, 1] > 0 else "right"]
        feet[:, foot, :3] = ratio * heading.inv().apply(ankle - ankle[0])
        weight += np.where(feet[:, foot, 2:3] > LIFTED, stood[1 - foot] - stood.mean(axis=0), 0.0)
    weight = gaussian_filter1d(weight, OVER * rate, axis=0, mode="nearest")
    path = ratio * heading.inv().apply(hips - hips[0])
    rises = path[:, 2].copy()
    path[:, 2] = away - away[0]
    return RetargetedMotion(rate, rises, np.zeros((len(hips), 2)), path, weight, feet, clip.joint_pos)


def _stood(robot: RobotSpec, stance: PlantedStance) -> Array:
    """Where the feet are in the stance, m, shape (feet, 2)."""
    model = stance.model()
    data = mujoco.MjData(model)
    data.qpos[:] = stance.start
    mujoco.mj_kinematics(model, data)
    return np.array([data.xpos[model.body(foot.link).id][:2] for foot in robot.feet])


def _planted(motion: RetargetedMotion, robot: RobotSpec) -> Array:
    """The feet, of which those that carry stay where they are.

    Raises:
        DataError: One slides or does not come back.
    """
    feet = motion.feet.copy()
    for foot, spec in enumerate(robot.feet):
        moves = gaussian_filter1d(motion.feet[:, foot], SMOOTH * motion.rate, axis=0, mode="nearest")
        low = moves[:, 2] < LIFTED
        speed = np.linalg.norm(np.gradient(moves[:, :2], 1.0 / motion.rate, axis=0), axis=1) * low
        away = np.linalg.norm(moves[:, :2], axis=1) * low
        for values, limit, what in (
            (speed, SLIDES, "slides at {:.2f} m/s while it carries; a planted foot stays"),
            (away, AWAY, "stands {:.2f} m from where it began; a clip with steps walks there"),
        ):
            frame = int(values.argmax())
            if values[frame] > limit:
                at = f"clip: frame {frame} ({frame / motion.rate:.2f} s)"
                raise DataError(f"{at}: {spec.link} {what.format(values[frame])}")
        leaves = np.maximum(moves[:, 2] / LIFTED, np.abs(moves[:, 3:5]).max(axis=1) / ROLLED)
        feet[:, foot] *= smoothly(np.clip(leaves - 0.5, 0.0, 1.0))[:, None]
    return feet
