"""RobotSpec: all data of one type of robot, read from ``urdf/<robot>/robot.yaml``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.quantity import FASTEST, Positive, Rate
from skill_stack.core.robots.estimation import EstimationSpec
from skill_stack.core.robots.fingertip import Fingertip
from skill_stack.core.robots.grasp import GraspBook
from skill_stack.core.robots.joint_spec import JointSpec
from skill_stack.core.robots.palm import PalmSpec
from skill_stack.core.robots.pincer import PincersSpec
from skill_stack.core.robots.robot_parts import PartSpec, check_parts
from skill_stack.core.robots.safety_limits import SafetyLimits
from skill_stack.core.robots.sensor_spec import SensorSpec
from skill_stack.core.rotation import multiply
from skill_stack.core.skills.builtin import BuiltInSpec

Array = np.ndarray
Body = Literal["legged", "hand", "arms"]
"""A kind of body that reward terms are about: one on feet, a hand with fingers, or arms on a trunk."""


class FootSpec(DataModel):
    """One foot: its link, and the collision geometry that touches the ground.

    Attributes:
        name: Short name, e.g. ``FL``.
        link: URDF link of the foot.
        radius: Height of the link's origin over the ground when the foot stands, m; the foot is such a sphere.
        corners: Where it touches the ground instead, m, in the link's frame, for a foot with a flat sole.
        stance: Where it stands in the default pose: x forward, y left of the middle of the body, m; None: not stated.
    """

    name: str
    link: str
    radius: Positive
    corners: tuple[tuple[float, float, float], ...] = ()
    stance: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _reaches_the_ground(self) -> FootSpec:
        if any(z <= -self.radius for _, _, z in self.corners):
            raise ValueError(f"corners: each must be less than {self.radius} below the link's origin")
        return self

    @property
    def spheres(self) -> tuple[tuple[tuple[float, float, float], float], ...]:
        """Spheres that touch the ground: centre in the link's frame and radius, m."""
        if not self.corners:
            return (((0.0, 0.0, 0.0), self.radius),)
        return tuple((corner, self.radius + corner[2]) for corner in self.corners)


class ModelSource(DataModel):
    """Source of URDF and meshes.

    Attributes:
        package: Python distribution that carries them, e.g. ``example-robot-data``; empty where the URDF lies beside
            ``robot.yaml``.
        urdf: Path of the URDF below that package's data folder, or beside ``robot.yaml``.
        base_link: Root link of the robot.
        imu_link: Link that carries the IMU; empty for a robot without one.
        trunk_link: Link of the trunk that arms hang on, where a waist is between it and the base; empty without one.
        folder: The robot's own folder; filled in when it is read.
    """

    package: str = ""
    urdf: str
    base_link: str
    imu_link: str = ""
    trunk_link: str = ""
    folder: Path | None = None


class MountPose(DataModel):
    """Pose of a frame in another one, or in the world.

    Attributes:
        xyz: Position, m.
        rpy: Roll, pitch and yaw, rad, as in a URDF.
    """

    xyz: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rpy: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def pose(self) -> Array:
        """Position, m, and w-x-y-z orientation, shape (7,)."""
        rolled, pitched = (0.5 * angle for angle in self.rpy[:2])
        across = (math.cos(pitched), 0.0, math.sin(pitched), 0.0)
        along = (math.cos(rolled), math.sin(rolled), 0.0, 0.0)
        yawed = (math.cos(0.5 * self.rpy[2]), 0.0, 0.0, math.sin(0.5 * self.rpy[2]))
        return np.array([*self.xyz, *multiply(yawed, multiply(across, along))])


class Footprint(DataModel):
    """Outline of the standing robot around its base, m, for approach distances."""

    front: Positive
    back: Positive
    side: Positive


class RobotSpec(DataModel):
    """One robot as data.

    All per-joint arrays are ordered by :attr:`joints`; every other order is mapped by name at the border.

    Attributes:
        name: Robot name, the name of its folder.
        description: One sentence for people.
        source: URDF and meshes.
        joints: Actuated joints in the order that the whole stack uses.
        parts: Actuated parts (body, right hand, …) by name, the one that carries the others first.
        mounted: The robots that this one is put together of, by part; filled in by :func:`load_robot`.
        groups: Named groups of joints, to be used wherever joints are named to be weighed or held.
        feet: Feet, if the robot has any.
        poses: Named joint positions, rad, by joint name.
        stand_height: Height of the base link over the ground in the default pose, m.
        fixed: Where the base link of a robot with a fixed base is in the world; None for a robot that moves about.
        palm_frame: Of a hand, in its base link's frame: x points out of the palm, z along the stretched fingers; that
            frame itself where it is left out.
        footprint: Outline of the standing robot.
        control_rate: Rate of the control loop, Hz.
        safety: Limits for every skill.
        sensors: Mounting and errors of the sensors.
        estimation: How base motion, contacts and joint velocities are estimated.
        builtin: Motions of the vendor's own controller on the robot, where it has one.
        drivers: Hardware drivers by name, each ``module:Class``.
        driver_data: Data of this type of robot for a driver, independent of the deployment, by driver; the driver
            checks it.
        sources: Where the numbers come from, by group.
        skills_of: Robot whose skills are this one's too, where it has none of that name: the mirror image of a hand.
            They come without the results that were measured on the other one.
        reach_map: How well the left hand of a humanoid comes to points ahead of it, from ``reach_map.yaml`` beside
            ``robot.yaml``: a digit for each cell, as ``connector/kinematics/reach_map.py`` states; empty without one.
        palms: Flats of hands whose fingers do not move, by which a humanoid takes things between both; empty without.
        pincers: Two hands of two sliding fingers, each on an arm of its own; None without.
        grasps: Pads and grasps of a hand, from ``grasps.yaml`` beside ``robot.yaml``; None where there is none.
        fingertips: Where the tips of a hand's fingers are, by finger; empty for what is no hand.
        puts_down: Composite skill by which a carried hand puts what it holds onto a place, with the arguments
            ``target``, ``place``, ``x``, ``y``, ``heading`` and ``grasp``; empty where nothing carries a hand.
        landmarks: Parts of the standing body by which people say where a hand shall be: ahead of the middle of the
            base, and above the ground, m.
        carried_by: Of what :func:`carried_of` makes of a robot: the joints that something else moves.
        unknown: Values that no source states, as ``joints.effort``: those in their places serve a simulation, and
            no driver of hardware opens before they are known.
    """

    name: str
    description: str
    source: ModelSource
    joints: tuple[JointSpec, ...] = Field(min_length=1)
    parts: dict[str, PartSpec]
    mounted: dict[str, RobotSpec] = {}
    groups: dict[str, tuple[str, ...]] = {}
    feet: tuple[FootSpec, ...] = ()
    poses: dict[str, dict[str, float]]
    stand_height: Positive
    fixed: MountPose | None = None
    palm_frame: MountPose = MountPose()
    footprint: Footprint
    control_rate: Rate
    safety: SafetyLimits
    sensors: SensorSpec = SensorSpec()
    estimation: EstimationSpec = EstimationSpec()
    builtin: BuiltInSpec | None = None
    drivers: dict[str, str]
    driver_data: dict[str, dict[str, Any]] = {}
    sources: dict[str, str]
    skills_of: str = ""
    grasps: GraspBook | None = None
    reach_map: tuple[tuple[str, ...], ...] = ()
    palms: tuple[PalmSpec, ...] = ()
    pincers: PincersSpec | None = None
    fingertips: dict[str, Fingertip] = {}
    puts_down: str = ""
    landmarks: dict[str, tuple[float, float]] = {}
    carried_by: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> RobotSpec:
        if len(set(self.joint_names)) != len(self.joints):
            raise ValueError("joint names are not unique")
        if "default" not in self.poses:
            raise ValueError("poses: a pose named 'default' is needed")
        for pose, values in self.poses.items():
            self._check_joints(f"poses.{pose}", values, complete=True)
        if problem := check_parts(self.parts, self.joint_names):
            raise ValueError(problem)
        for group, names in self.groups.items():
            self._check_joints(f"groups.{group}", names, complete=False)
            if group in self.joint_names or not names:
                raise ValueError(f"groups.{group}: a group needs joints, and a name that no joint has")
        return self

    def _check_joints(self, where: str, names: Iterable[str], complete: bool) -> None:
        unknown = sorted(set(names) - set(self.joint_names))
        missing = sorted(set(self.joint_names) - set(names)) if complete else []
        if unknown or missing:
            raise ValueError(f"{where}: unknown joints {unknown}, missing joints {missing}")

    @cached_property
    def joint_names(self) -> tuple[str, ...]:
        """Joint names in the order of every per-joint array."""
        return tuple(joint.name for joint in self.joints)

    @property
    def main_part(self) -> str:
        """Name of the part that carries the others; the only one of most robots."""
        return next(iter(self.parts))

    def part(self, name: str = "") -> RobotSpec:
        """One actuated part as a robot of its own, for a control core of its own.

        IMU, feet, odometry and touch sensors belong to the main part. A part of a robot that was put together of
        several has the joint names and the touch sensors of the robot that it is.

        Args:
            name: Name of the part; empty for the main one.

        Raises:
            UnknownName: There is no such part.
        """
        name = name or self.main_part
        if name not in self.parts:
            raise UnknownName(f"part of {self.name}", name, self.parts)
        if name in self.mounted:
            return self.mounted[name]
        return self if len(self.parts) == 1 else view_of(self, name)

    @property
    def bodies(self) -> frozenset[Body]:
        """What of it reward terms can be about."""
        found: dict[Body, bool] = {"legged": bool(self.feet), "arms": bool(self.palms)}
        return frozenset(name for name, has in found.items() if has) or frozenset[Body]({"hand"})

    @property
    def size(self) -> int:
        """Number of actuated joints."""
        return len(self.joints)

    def column(self, field: str) -> Array:
        """One number of every joint as an array, shape (joints,), float64.

        Args:
            field: A field of :class:`JointSpec`, e.g. ``"effort"``.
        """
        return np.array([getattr(joint, field) for joint in self.joints])

    def pose(self, name: str) -> Array:
        """A named pose as joint positions, rad, shape (joints,).

        Raises:
            UnknownName: There is no such pose.
        """
        if name not in self.poses:
            raise UnknownName(f"pose of {self.name}", name, self.poses)
        return self.by_name(self.poses[name])

    def by_name(self, values: Mapping[str, float]) -> Array:
        """Orders a value per joint name into an array, shape (joints,).

        Raises:
            UnknownName: A joint is not among the names.
        """
        missing = [name for name in self.joint_names if name not in values]
        if missing:
            raise UnknownName("joint", missing[0], values)
        return np.array([float(values[name]) for name in self.joint_names])

    def indices(self, names: Iterable[str]) -> Array:
        """Indices of joints by name, shape (names,), int.

        Raises:
            UnknownName: A joint does not exist.
        """
        place = {name: index for index, name in enumerate(self.joint_names)}
        out = []
        for name in names:
            if name not in place:
                raise UnknownName(f"joint of {self.name}", name, self.joint_names)
            out.append(place[name])
        return np.array(out, dtype=int)

    def members(self, names: Iterable[str]) -> tuple[str, ...]:
        """Joint names for names of joints and groups, each joint once, ordered by :attr:`joints`.

        Raises:
            UnknownName: Neither a joint nor a group has that name.
        """
        wanted: set[str] = set()
        for name in names:
            if name not in self.groups and name not in self.joint_names:
                raise UnknownName(f"joint or group of {self.name}", name, (*self.groups, *self.joint_names))
            wanted.update(self.groups.get(name, (name,)))
        return tuple(name for name in self.joint_names if name in wanted)

    def at_rate(self, rate: float | None) -> RobotSpec:
        """This robot with another rate of the control loop; its limits, which are in seconds, stay the same.

        Args:
            rate: Rate of the control loop, Hz; None leaves it. Parts that are robots of their own keep theirs.

        Raises:
            DataError: No loop can run at that rate.
        """
        if rate is None or rate == self.part().control_rate:
            return self
        if not 1.0 <= rate <= FASTEST:
            raise DataError(f"control rate {rate:g} Hz is outside 1…{FASTEST:g} Hz")
        if not self.mounted:
            return self.model_copy(update={"control_rate": rate})
        mounted = self.mounted | {self.main_part: self.mounted[self.main_part].at_rate(rate)}
        fastest = max(member.control_rate for member in mounted.values())
        return self.model_copy(update={"mounted": mounted, "control_rate": fastest})


def view_of(robot: RobotSpec, name: str) -> RobotSpec:
    """One part of a robot with several parts, all of one URDF; see :meth:`RobotSpec.part`."""
    part, main = robot.parts[name], name == robot.main_part
    own = set(part.joints)
    poses = {pose: {j: q for j, q in values.items() if j in own} for pose, values in robot.poses.items()}
    changes = {
        "joints": tuple(joint for joint in robot.joints if joint.name in own),
        "parts": {name: part.model_copy(update={"joints": tuple(j for j in robot.joint_names if j in own)})},
        "poses": {**poses, **part.poses},
        "groups": {key: kept for key, names in robot.groups.items() if (kept := tuple(j for j in names if j in own))},
        "control_rate": part.rate or robot.control_rate,
        "feet": robot.feet if main else (),
        "source": robot.source if main else robot.source.model_copy(update={"imu_link": ""}),
        "sensors": robot.sensors if main else robot.sensors.model_copy(update={"touch": ()}),
    }
    return RobotSpec.model_validate({**{key: getattr(robot, key) for key in RobotSpec.model_fields}, **changes})


def carried_of(robot: RobotSpec, names: Iterable[str]) -> RobotSpec:
    """Some joints of a robot as a robot of its own, whose base is carried by the others: it has no feet.

    Args:
        robot: The robot, of one part.
        names: Joints and groups.

    Raises:
        UnknownName: Neither a joint nor a group has such a name.
    """
    own = set(robot.members(names))
    rest = tuple(joint for joint in robot.joint_names if joint not in own)
    part = robot.parts[robot.main_part]
    poses = {pose: {j: q for j, q in values.items() if j in own} for pose, values in robot.poses.items()}
    changes = {
        "joints": tuple(joint for joint in robot.joints if joint.name in own),
        "parts": {robot.main_part: part.model_copy(update={"joints": robot.members(names)})},
        "poses": poses,
        "groups": {key: kept for key, group in robot.groups.items() if (kept := tuple(j for j in group if j in own))},
        "feet": (),
        "carried_by": rest,
    }
    return RobotSpec.model_validate({**{key: getattr(robot, key) for key in RobotSpec.model_fields}, **changes})


def hand_of(robot: RobotSpec) -> tuple[str, RobotSpec]:
    """The part of a robot that is a hand with grasps, and that hand; its name is empty for a hand alone.

    Raises:
        DataError: The robot has no such hand.
    """
    if robot.grasps is not None:
        return "", robot
    for part, member in robot.mounted.items():
        if member.grasps is not None:
            return part, member
    raise DataError(f"robot '{robot.name}' has no hand whose grasps are known (grasps.yaml)")
