"""Observation terms of foreign policies by name, in raw SI units; factors and limits come after them.

Names are those of Isaac Lab and mjlab where they have one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.controllers.foreign.handled_object import orientation_error, position_error
from skill_stack.controllers.foreign.link_orientation import LinkOrientation
from skill_stack.controllers.foreign.moment import Moment
from skill_stack.controllers.foreign.planned_actions import PLANNED, planned_actions
from skill_stack.controllers.foreign.term_context import Places
from skill_stack.controllers.foreign.tracked_motion import Place, TrackedMotion
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import Quaternion, into_body, multiply, yaw_of
from skill_stack.core.skills.manifest_motion import ManifestReference
from skill_stack.core.skills.policy_manifest import ManifestTerm, PolicyManifest

Array = np.ndarray
Values = Callable[[Moment], Sequence[float] | Array]




Maker = Callable[[ManifestTerm, Places], tuple[int, Values]]


@dataclass(frozen=True, slots=True)
class TermKind:
    """One kind of term.

    Attributes:
        make: Gives its length and what yields its values.
        shape: Its length in words.
        unit: Its unit.
        frame: In which frame it is; ``none`` where it has none.
        text: What it is, for people.
        params: Its parameters and what they mean.
        joint: Whether it is a term of joints.
    """

    make: Maker
    shape: str
    unit: str
    frame: str
    text: str
    params: Mapping[str, str]
    joint: bool = False


def _base_lin_vel(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    return 3, lambda moment: moment.reading.base_velocity()


def _base_ang_vel(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    return 3, lambda moment: moment.reading.numbers[-10:-7]


def _projected_gravity(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    if term.params.get("up"):
        return 3, lambda moment: -moment.reading.numbers[-7:-4]
    return 3, lambda moment: moment.reading.numbers[-7:-4]


def _base_orientation(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    order = _choice(term, "order", ("wxyz", "xyzw"))
    if order == "wxyz":
        return 4, lambda moment: moment.reading.orientation
    return 4, lambda moment: [*moment.reading.orientation[1:], moment.reading.orientation[0]]


def _commands(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    known = [command.name for command in places.manifest.commands]
    names = term.params.get("names", known)
    for name in names:
        if name not in known:
            raise UnknownName("command of the policy", name, known)
    pick = np.array([known.index(name) for name in names], int)
    return len(pick), lambda moment: moment.command[pick]


def _moving(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    return 1, lambda moment: (1.0 if moment.moving else 0.0,)


def _constant(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    values = np.atleast_1d(np.asarray(_given(term, "values"), float))
    return len(values), lambda moment: values


def _joint_pos(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    return _numbers(places.joints)


def _numbers(places: Array) -> tuple[int, Values]:
    """Values of a reading by their place; those that follow one another need not be gathered."""
    first = int(places[0]) if places.size else 0
    if np.array_equal(places, np.arange(first, first + places.size)):
        part = slice(first, first + places.size)
        return places.size, lambda moment: moment.reading.numbers[part]
    return places.size, lambda moment: moment.reading.numbers[places]


def _joint_pos_rel(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    joints, rest = places.joints, places.default
    return len(joints), lambda moment: moment.reading.numbers[joints] - rest


def _joint_vel(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    return _numbers(places.robot.size + places.joints)


def _joint_effort(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    joints, none = places.joints, np.zeros(len(places.joints))
    return len(joints), lambda moment: moment.reading.sample.torque[joints] if moment.reading.sample else none


def _touch(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    known = [sensor.name for sensor in places.robot.sensors.touch]
    if not known:
        raise DataError(f"policy: the term 'touch' needs touch sensors; {places.robot.name} has none (sensors.touch)")
    names = term.params.get("names", known)
    for name in names:
        if name not in known:
            raise UnknownName(f"touch sensor of {places.robot.name}", name, known)
    pick, none = np.array([known.index(name) for name in names], int), np.zeros(len(names))
    # One that says nothing is no contact here; a guard names it, and ends the skill.
    return len(pick), lambda moment: np.nan_to_num(moment.reading.sample.touch[pick]) if moment.reading.sample else none


def _joint_target_error(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    joints, own = places.joints, places.own
    return len(joints), lambda moment: moment.reading.numbers[joints] - moment.target[own]


def _last_action(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    return len(places.manifest.driven), lambda moment: moment.last_action


def _gait_phase(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    gait = places.manifest.gait
    if gait is None:
        raise DataError("policy: the term 'gait_phase' needs the section gait: period and offsets")
    form = _choice(term, "form", ("sin_cos", "sin", "cos", "pairs", "phase"))
    feet = len(gait.offsets)
    size = feet if form in ("sin", "cos", "phase") else 2 * feet

    def values(moment: Moment) -> Array:
        if moment.silent:
            return np.zeros(size)
        angle = 2.0 * math.pi * moment.phases
        if form == "phase":
            return moment.phases
        if form in ("sin", "cos"):
            return np.sin(angle) if form == "sin" else np.cos(angle)
        both = np.stack((np.sin(angle), np.cos(angle)))
        return both.ravel() if form == "sin_cos" else both.T.ravel()

    return size, values


def _motion_phase(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    seconds = term.params.get("seconds")
    if seconds is None:
        _reference(term, places)
        return 1, lambda moment: (_motion(moment).progress,)
    return 1, lambda moment: (min(moment.seconds / float(seconds), 1.0),)


def _base_pose(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    """Position and orientation by the estimate; z is the height above the ground under the feet."""

    def values(moment: Moment) -> Sequence[float]:
        place, turned = moment.reading.base_place()
        return (*place, *turned)

    return 7, values


def _base_displacement(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    """Displacement and turn since the policy began, in the frame of the base at that time."""

    def values(moment: Moment) -> Sequence[float]:
        (x, y, _), now = moment.reading.base_place()
        (x0, y0, _), began = moment.began
        yaw = yaw_of(began)
        c, s, turn = math.cos(yaw), math.sin(yaw), yaw_of(now) - yaw
        dx, dy = x - x0, y - y0
        return c * dx + s * dy, c * dy - s * dx, math.sin(turn), math.cos(turn)

    return 4, values


def _reference(term: ManifestTerm, places: Places, *needed: str) -> ManifestReference:
    """The motion that a term refers to; raises DataError where the manifest lacks it or one of its entries."""
    reference = places.manifest.reference
    if reference is None:
        raise DataError(f"policy: the term '{term.term}' needs the section reference")
    for key in needed:
        if getattr(reference, key) is None:
            raise DataError(f"policy: the term '{term.term}' needs reference.{key}")
    return reference


def _motion(moment: Moment) -> TrackedMotion:
    assert moment.motion is not None  # the manifest has a reference, or the term would not have been made
    return moment.motion


def _motion_command(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    _reference(term, places)
    return 2 * len(places.manifest.joint_names), lambda moment: np.concatenate(
        [_motion(moment).joint_pos, _motion(moment).joint_vel]
    )


def _robot_anchor(places: Places, reference: ManifestReference) -> Callable[[Moment], tuple[Quaternion, Place]]:
    """Where the robot's own anchor is: by the IMU, and in ``odom``; lays the motion there when it begins."""
    if reference.anchor not in reference.bodies:
        raise UnknownName("anchor of the motion", reference.anchor, reference.bodies)
    link = LinkOrientation(places.robot, reference.anchor)

    def place(moment: Moment) -> tuple[Quaternion, Place]:
        reading = moment.reading
        here, heading = reading.base_place()
        attitude = link.in_world(reading.orientation, reading.position)
        found = link.place(here, heading, reading.position), link.in_world(heading, reading.position)
        _motion(moment).align(attitude, found)
        return attitude, found

    return place


def _motion_anchor_ori_b(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    """First two columns of the rotation from the robot's anchor to that of the motion, row by row."""
    anchor = _robot_anchor(places, _reference(term, places, "body_quat"))

    def values(moment: Moment) -> Array:
        (a, b, c, d), _ = anchor(moment)
        w, x, y, z = multiply((a, -b, -c, -d), _motion(moment).orientation)
        return np.array([
            1 - 2 * (y * y + z * z), 2 * (x * y - w * z),
            2 * (x * y + w * z), 1 - 2 * (x * x + z * z),
            2 * (x * z - w * y), 2 * (y * z + w * x),
        ])  # fmt: skip

    return 6, values


def _motion_anchor_pos_b(term: ManifestTerm, places: Places) -> tuple[int, Values]:
    """The way from the robot's anchor to that of the motion."""
    anchor = _robot_anchor(places, _reference(term, places, "body_quat", "body_pos"))

    def values(moment: Moment) -> Sequence[float]:
        _, (position, orientation) = anchor(moment)
        return into_body(orientation, (_motion(moment).position - position).tolist())

    return 3, values


def _choice(term: ManifestTerm, name: str, known: tuple[str, ...]) -> str:
    value = str(_given(term, name))
    if value not in known:
        raise UnknownName(f"{name} of the term '{term.term}'", value, known)
    return value


def _given(term: ManifestTerm, name: str) -> Any:
    if name not in term.params:
        raise DataError(f"policy: the term '{term.term}' needs params.{name}")
    return term.params[name]


_BASE, _AXES, _NONE = "base", "the joints' axes", "none"
FORMS = "sin_cos (all sines, then all cosines), pairs (sine and cosine of each foot), sin, cos, phase"
TERMS: dict[str, TermKind] = {
    "base_lin_vel": TermKind(_base_lin_vel, "3", "m/s", _BASE, "linear velocity of the base, estimated", {}),
    "base_ang_vel": TermKind(_base_ang_vel, "3", "rad/s", _BASE, "angular velocity of the base", {}),
    "projected_gravity": TermKind(
        _projected_gravity, "3", "1", _BASE, "unit vector of gravity, (0, 0, −1) when upright",
        {"up": "true for the opposite vector"},
    ),
    "base_orientation": TermKind(
        _base_orientation, "4", "1", "world", "orientation of the base as the IMU has it", {"order": "wxyz or xyzw"}
    ),
    "velocity_commands": TermKind(
        _commands, "commands", "theirs", "base, for velocities", "goal values",
        {"names": "which, in their order; all if left out"},
    ),
    "moving": TermKind(_moving, "1", "1", _NONE, "1 while the command asks for motion, else 0", {}),
    "constant": TermKind(_constant, "values", "1", _NONE, "always the same", {"values": "the numbers"}),
    "joint_pos": TermKind(_joint_pos, "joints", "rad", _AXES, "joint positions", {}, True),
    "joint_pos_rel": TermKind(_joint_pos_rel, "joints", "rad", _AXES, "joint positions from those at rest", {}, True),
    "joint_vel_rel": TermKind(_joint_vel, "joints", "rad/s", _AXES, "joint velocities", {}, True),
    "joint_effort": TermKind(
        _joint_effort, "joints", "N·m", _AXES, "joint torques as the drives report them", {}, True
    ),
    "touch": TermKind(
        _touch, "touch sensors", "N, 1", _NONE, "what the robot's touch sensors report (`sensors.touch`); 0 from one "
        "that says nothing", {"names": "which, in their order; all if left out"},
    ),
    "joint_target_error": TermKind(
        _joint_target_error, "joints", "rad", _AXES, "joint positions from the targets of the run before", {}, True
    ),
    "last_action": TermKind(_last_action, "driven joints", "action", _AXES, "the last answer of the network", {}),
    "gait_phase": TermKind(_gait_phase, "feet or 2·feet", "1", _NONE, "the clock", {"form": FORMS}),
    "object_pos_error": TermKind(
        position_error, "3", "m", _BASE, "way from the tracked object to a point of the base",
        {"point": "that point, m, in the base frame; the base's origin if left out"},
    ),
    "object_rot_error": TermKind(
        orientation_error, "6", "1", _BASE,
        "rotation from the goal to the tracked object: second and third row of its matrix", {},
    ),
    "base_displacement": TermKind(
        _base_displacement, "4", "m, 1", "base at the start",
        "way over the ground since the policy began, by the estimate, then sine and cosine of the turn", {},
    ),
    "base_pose": TermKind(
        _base_pose, "7", "m, 1", "odom", "position of the base, then its orientation w-x-y-z, by the estimate", {}
    ),
    PLANNED: TermKind(
        lambda term, places: planned_actions(term, places.manifest), "steps·values", "rad or theirs", _NONE,
        "what the answers at hand command from now on, a step of the chunk after the other: joint targets, or goal "
        "values of the base (zeros while nothing is planned); for chunks alone",
        {"steps": "how many of them"},
    ),
    "motion_phase": TermKind(
        _motion_phase, "1", "1", _NONE, "share of a motion that is over",
        {"seconds": "its length, s; that of the reference if left out"},
    ),
    "motion_command": TermKind(
        _motion_command, "2·joints", "rad, rad/s", _AXES, "joints of the motion's frame, then their speeds", {}
    ),
    "motion_anchor_pos_b": TermKind(
        _motion_anchor_pos_b, "3", "m", "the robot's anchor",
        "way from the robot's anchor, by the estimate, to that of the motion", {},
    ),
    "motion_anchor_ori_b": TermKind(
        _motion_anchor_ori_b, "6", "1", _BASE, "the motion's anchor seen from the robot's: two columns of the rotation",
        {},
    ),
}  # fmt: skip
"""Terms by name."""


def make_term(term: ManifestTerm, manifest: PolicyManifest, robot: RobotSpec) -> tuple[int, Values]:
    """Length of a term on a robot, and what yields its values.

    Raises:
        UnknownName: The term, a joint or a parameter's value is not known; the message lists the known ones.
        DataError: It lacks a parameter or a section.
    """
    kind = TERMS.get(term.term)
    if kind is None:
        raise UnknownName("observation term", term.term, TERMS)
    unknown = sorted(set(term.params) - set(kind.params))
    if unknown:
        raise UnknownName(f"parameter of the term '{term.term}'", unknown[0], kind.params)
    names = term.joints or manifest.joint_names
    own = np.array([manifest.joint_names.index(name) for name in names], int)
    return kind.make(term, Places(manifest, robot, np.asarray(robot.indices(names), int), own))
