"""Made-up robots of any size, rate and limits, with posture skills in place of policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary

RATES = (50.0, 100.0, 200.0, 250.0, 500.0)
SKILLS = ("walk", "stand", "rise", "lie_on_back", "arm")
ANY_TILT = 3.2
"""Tilt that no robot can exceed, rad: the envelope of a skill that runs while fallen."""


def random_robot(rng: np.random.Generator) -> RobotSpec:
    """A robot; its limits lie within what real ones have."""
    names = [f"joint_{index:02d}" for index in range(int(rng.integers(1, 13)))]
    pose = {name: float(rng.uniform(-0.5, 0.5)) for name in names}
    return RobotSpec.model_validate({
        "name": "wild",
        "description": "Made up at random.",
        "source": {"package": "none", "urdf": "none", "base_link": "base", "imu_link": "base"},
        "joints": [_joint(name, rng) for name in names],
        "parts": {"body": names},
        "feet": [{"name": "one", "link": "one", "radius": 0.02}],
        "poses": {"default": pose, "lie": dict.fromkeys(names, 0.3)},
        "stand_height": 0.5,
        "footprint": {"front": 0.2, "back": 0.2, "side": 0.2},
        "control_rate": float(rng.choice(RATES)),
        "safety": _safety(rng),
        "estimation": {"base": "odometry"},
        "drivers": {"mujoco": "skill_stack.hardware.shared_memory_driver:SharedMemoryDriver"},
        "sources": {"all": "made up"},
    })  # fmt: skip


def _joint(name: str, rng: np.random.Generator) -> dict[str, Any]:
    return {
        "name": name,
        "lower": -float(rng.uniform(0.6, 3.0)),
        "upper": float(rng.uniform(0.6, 3.0)),
        "velocity": float(rng.uniform(5.0, 40.0)),
        "effort": float(rng.uniform(0.5, 200.0)),
        "kp": float(rng.uniform(1.0, 200.0)),
        "kd": float(rng.uniform(0.1, 5.0)),
        "damp_kd": float(rng.uniform(0.1, 5.0)),
    }


def _safety(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "tilt": float(rng.uniform(0.4, 1.5)), "angular_speed": float(rng.uniform(2.0, 10.0)),
        "base_speed": float(rng.uniform(0.5, 5.0)), "joint_speed_margin": float(rng.uniform(1.0, 2.0)),
        "effort_share": float(rng.uniform(0.2, 1.0)), "slew": float(rng.uniform(5.0, 60.0)),
        "end_margin": float(rng.uniform(0.02, 0.2)), "kp_max": float(rng.uniform(200.0, 500.0)), "kd_max": 20.0,
        "sample_age": 0.1, "deadline_misses": int(rng.integers(1, 10)), "heartbeat_age": 0.15,
        "motor_temperature": 110.0, "battery": 0.15,
    }  # fmt: skip


def skills_of(robot: RobotSpec) -> SkillLibrary:
    """Walk, stand, rise (left through itself alone), one that runs while fallen, and one for some of the joints."""
    return SkillLibrary.from_specs(robot.name, [_skill(robot, name) for name in SKILLS])


def _skill(robot: RobotSpec, name: str) -> SkillSpec:
    envelope = {"tilt": robot.safety.tilt, "angular_speed": robot.safety.angular_speed}
    if name == "lie_on_back":
        envelope = {"tilt": ANY_TILT, "angular_speed": 30.0}
    phases: list[Mapping[str, Any]] = [{"name": "only", "kind": "free", "stance": "stand"}]
    if name == "rise":
        phases = [
            {"name": "rising", "kind": "contact", "stance": "rise"},
            {"name": "risen", "kind": "free", "begins": 1.0, "stance": "stand"},
        ]
    return SkillSpec.model_validate({
        "name": name, "robot": robot.name, "kind": "posture", "description": "Made up.", "phases": phases,
        "envelope": envelope, "timeout": 60.0, "blend": 0.1, "provenance": {"recipe": "made up"},
        "posture": {"keyframes": [{"pose": "default", "duration": 0.2, "kp": 40.0, "kd": 1.0}]},
    })  # fmt: skip
