"""``robot.yaml`` of a robot known only by its URDF: stated, estimated and unknown values."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from skill_stack.hardware.new_robot.stand_in_numbers import HOW, VELOCITY, StandIns
from skill_stack.hardware.new_robot.urdf_reading import StatedRobot

Place = tuple[list[float], list[float]]
FULL_TURN = 2.0 * math.pi
RATE = 50.0  # Hz
MUJOCO = {"mujoco": "skill_stack.hardware.shared_memory_driver:SharedMemoryDriver"}
ROS2_CONTROL = {"ros2_control": "skill_stack.hardware.ros2_control.bridged_driver:BridgedRos2Control"}
# What every robot of the project has alike, and loose enough for any; none of it is this robot's own.
SAFETY = {
    "angular_speed": 6.0, "joint_speed_margin": 1.5, "slew": 40.0, "sample_age": 0.1, "deadline_misses": 5,
    "heartbeat_age": 0.15, "motor_temperature": 70.0, "battery": 0.2,
}  # fmt: skip
TILT, TILT_FIXED = 1.0, 3.2  # rad; what is bolted down may be so in any way


@dataclass(frozen=True, slots=True)
class RobotDraft:
    """Content of ``robot.yaml``.

    Attributes:
        name: Name of the robot.
        file: Name of the file that it was made of.
        digest: Its SHA-256.
        stated: What the file states.
        gains: Gains by joint, where the file states them.
        fixed: Where the base is bolted down; None for a robot that moves about.
        controlled: Whether its ``<ros2_control>`` tags have every joint.
    """

    name: str
    file: str
    digest: str
    stated: StatedRobot
    gains: dict[str, tuple[float, float]] = field(default_factory=dict)
    fixed: Place | None = None
    controlled: bool = False

    def unknown(self) -> list[str]:
        """Values that no source states, as ``joints.effort``, with the joints where it is some of them."""
        joints = self.stated.joints
        groups = {
            "joints.limits": [joint.name for joint in joints if joint.lower is None],
            "joints.velocity": [joint.name for joint in joints if joint.velocity is None],
            "joints.effort": [joint.name for joint in joints if joint.effort is None],
            "joints.kp_kd": [joint.name for joint in joints if joint.name not in self.gains],
        }
        groups = {key: names for key, names in groups.items() if names}
        told = [key if len(names) == len(joints) else f"{key} of {' '.join(names)}" for key, names in groups.items()]
        imu = [] if self.fixed is not None or self.stated.imu_link else ["source.imu_link"]
        return [*told, "joints.damp_kd", *imu, "poses.default", "safety", "sensors"]

    def data(self, stand: StandIns | None = None) -> dict[str, Any]:
        """The content of ``robot.yaml``.

        Args:
            stand: What stands in for unknown numbers; None for a first draft, of which only the URDF counts.
        """
        stated, names = self.stated, [joint.name for joint in self.stated.joints]
        joints = [self._joint(index, stand) for index in range(len(names))]
        pose = {joint["name"]: min(max(0.0, joint["lower"]), joint["upper"]) for joint in joints}
        bolted = self.fixed is not None
        imu = {} if bolted else {"imu_link": stated.imu_link or stated.base_link}
        safety = {"tilt": TILT_FIXED if bolted else TILT, **SAFETY}
        kp, kd, damp = (max(joint[key] for joint in joints) for key in ("kp", "kd", "damp_kd"))
        safety |= {"kp_max": max(500.0, 2.0 * kp), "kd_max": max(50.0, 2.0 * max(kd, damp))}
        sizes = {key: getattr(stand, key, 0.1) for key in ("front", "back", "side")}
        below = stand.below if stand else 1.0
        height = max(self.fixed[0][2], 0.01) if self.fixed is not None else below
        fixed = {"fixed": dict(zip(("xyz", "rpy"), self.fixed))} if self.fixed is not None else {}
        return {
            "name": self.name,
            "description": f"{self.name}, {len(names)} joints, {'bolted down' if bolted else 'free to move about'}; "
            f"made of {self.file}, simulated alone.",
            "source": {"urdf": f"{self.name}.urdf", "base_link": stated.base_link, **imu},
            "joints": joints,
            "parts": {"body": names},
            "poses": {"default": pose} | ({} if bolted else {"lie": dict(pose)}),
            "stand_height": height,
            **fixed,
            "footprint": sizes,
            "control_rate": RATE,
            "safety": safety,
            "sensors": {"odometry": not bolted},
            "drivers": self._drivers,
            "sources": self._sources(),
            "unknown": self.unknown(),
        }

    @property
    def _drivers(self) -> dict[str, str]:
        return MUJOCO | ROS2_CONTROL if self.controlled else MUJOCO

    def _joint(self, index: int, stand: StandIns | None) -> dict[str, Any]:
        joint = self.stated.joints[index]
        name = joint.name
        kp, kd = self.gains.get(name) or ((stand.kp[name], stand.kd[name]) if stand else (0.0, 0.0))
        return {
            "name": name,
            "lower": -FULL_TURN if joint.lower is None else joint.lower,
            "upper": FULL_TURN if joint.upper is None else joint.upper,
            "velocity": joint.velocity or VELOCITY,
            "effort": joint.effort or (stand.effort[name] if stand else 1.0),
            "kp": kp,
            "kd": kd,
            "damp_kd": stand.kd[name] if stand else 1.0,
            **joint.dynamics,
        }

    def _sources(self) -> dict[str, str]:
        """Source of each group of values."""
        file = f"{self.file} (sha256 {self.digest[:12]})"
        told = {"joints.limits": "a full turn either way", **{f"joints.{key}": how for key, how in HOW.items()}}
        sources = {"file": f"{self.file} (sha256 {self.digest})"}
        unknown = {entry.split()[0]: entry for entry in self.unknown()}
        for key, how in told.items():
            entry = unknown.get(key)
            if entry is None:
                sources[key] = file
            else:
                most = f"{file}; " if " of " in entry else ""
                sources[key] = f"{most}not stated ({entry}), for simulation alone: {how}"
        sources["joints.friction_damping_armature"] = f"{file}; 0 where it states none"
        sources["poses"] = "own: zero, or the nearest to it that the limits allow"
        worked_out = f"worked out from the shapes of {file} in the default pose"
        sources |= {"stand_height": worked_out, "footprint": worked_out}
        if self.fixed is not None:
            sources["fixed"] = f"{file}; where it states no place, so high that the lowest shape is on the ground"
        own = "own: what serves any robot in simulation"
        return sources | {"control_rate": own, "safety": own, "sensors": "own: without noise"}
