"""A clip as a skill: the file of the motion, a network of one layer that follows it, and the skill's data."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import onnx
import yaml

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.balance.body_course import smoothly
from skill_stack.training.clips.carrying_over import PELVIS, TRUNK, Clip

Array = np.ndarray
MOTION, NETWORK = "motion.npz", "policy.onnx"
PULL = 0.6
"""Share of a joint's lag that is added to its target."""
LEAD = 0.04
"""Lead of the targets over the motion, s: the lag of a joint of stiffness kp and damping kd."""
SETTLE, BLEND = 1.5, 0.6
BACK = 1.0
"""Time for the way from the last frame back to the default pose, s: planted feet balance that, and the G1 tipped where
its arms hung as a person's do."""


def write_motion(clip: Clip, path: Path, bodies: tuple[str, ...] = (PELVIS, TRUNK)) -> str:
    """Writes a clip as trackers read it, with the names of its bodies; returns the file's SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        fps=np.array([clip.rate]),
        joint_names=np.array(clip.joint_names),
        joint_pos=clip.joint_pos.astype(np.float32),
        joint_vel=clip.joint_vel.astype(np.float32),
        body_names=np.array(bodies),
        body_pos_w=clip.body_pos.astype(np.float32),
        body_quat_w=clip.body_quat.astype(np.float32),
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def body_ways(model: mujoco.MjModel, bodies: Sequence[str], states: Array) -> tuple[Array, Array]:
    """Where bodies are in each of some states.

    Args:
        model: The robot.
        bodies: Their names.
        states: Generalised positions, shape (frames, nq).

    Returns:
        Places, m, shape (frames, bodies, 3), and w-x-y-z orientations, shape (frames, bodies, 4).
    """
    data, ids = mujoco.MjData(model), [model.body(name).id for name in bodies]
    places, turns = [], []
    for state in states:
        data.qpos[:] = state
        mujoco.mj_kinematics(model, data)
        places.append(data.xpos[ids].copy())
        turns.append(data.xquat[ids].copy())
    return np.array(places), np.array(turns)


def ending_at_rest(clip: Clip, robot: RobotSpec, joints: tuple[str, ...]) -> Clip:
    """The clip and the way from its last frame to the default pose, on which the pelvis stays.

    Args:
        clip: The motion.
        robot: The robot.
        joints: Those that go back.
    """
    steps, moved = round(BACK * clip.rate), [clip.joint_names.index(name) for name in joints]
    way = np.repeat(clip.joint_pos[-1:], steps, axis=0)
    rest = robot.pose("default")[robot.indices(joints)]
    way[:, moved] += smoothly(np.arange(1, steps + 1) / steps)[:, None] * (rest - way[:, moved])
    model = build_model(robot)
    states = np.tile(model.qpos0, (steps, 1))
    states[:, :7] = np.concatenate([clip.body_pos[-1, 0], clip.body_quat[-1, 0]])
    states[:, index_model(model, robot).joint_qpos[robot.indices(clip.joint_names)]] = way
    places, turns = body_ways(model, (PELVIS, TRUNK), states)
    return replace(
        clip,
        joint_pos=np.concatenate([clip.joint_pos, way]),
        body_pos=np.concatenate([clip.body_pos, places]),
        body_quat=np.concatenate([clip.body_quat, turns]),
    )


def write_skill(clip: Clip, robot: RobotSpec, folder: Path, source: str, parts: tuple[str, ...]) -> Path:
    """Writes a skill that follows a clip with some joints, while the stance has the others.

    Args:
        clip: The motion.
        robot: The robot.
        folder: Folder of the skill; its name is the skill's.
        source: What the motion was made of, for the skill's provenance.
        parts: Groups of joints that follow it, e.g. waist and arms.

    Returns:
        Path of ``skill.yaml``.

    Raises:
        UnknownName: The robot has no such group.
    """
    joints = robot.members(parts)
    clip = ending_at_rest(clip, robot, joints)
    motion = write_motion(clip, folder / MOTION)
    network = _write_network(robot, joints, folder / NETWORK)
    seconds = (len(clip.joint_pos) - 1) / clip.rate
    path = folder / "skill.yaml"
    data = _skill(robot, joints, folder.name, source, parts) | {"timeout": round(seconds + SETTLE + 3.0, 1)}
    data["policy"] = {
        "model": NETWORK,
        "sha256": network,
        "manifest": _manifest(robot, joints, clip, motion),
    }
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=118), encoding="utf-8")
    return path


def _skill(robot: RobotSpec, joints: tuple[str, ...], name: str, source: str, parts: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": name,
        "robot": robot.name,
        "kind": "policy",
        "needs": list(parts),
        "description": f"Follows the motion of a person ({source}) with {' and '.join(parts)}.",
        "phrases": [name.replace("_", " ")],
        "preconditions": ["posture(robot, standing)"],
        "success": ["progress >= 1.0 for 0.2 s"],
        "failure": ["tilt >= 0.7 rad"],
        "phases": [{"name": "moving", "kind": "free", "stance": "stand"}],
        "envelope": {"tilt": 0.8, "angular_speed": 6.0},
        "hazard": "low",
        "provenance": {"recipe": f"skill-stack clip {source} {robot.name} --skill {name}", "results": "results.json"},
    }


def _manifest(robot: RobotSpec, joints: tuple[str, ...], clip: Clip, motion: str) -> dict[str, Any]:
    index = robot.indices(joints)
    terms = [{"term": "motion_command"}, {"term": "joint_pos"}]
    return {
        "rate": robot.control_rate,
        "joint_names": list(joints),
        "default_joint_pos": robot.pose("default")[index].tolist(),
        "stiffness": robot.column("kp")[index].tolist(),
        "damping": robot.column("kd")[index].tolist(),
        "inputs": [{"name": "obs", "terms": terms}],
        "action": {"output": "actions", "kind": "reference_plus_scaled", "scale": 1.0},
        "reference": {
            "file": {"file": MOTION, "sha256": motion, "joints": list(clip.joint_names)},
            "joint_pos": "joint_pos",
            "joint_vel": "joint_vel",
            "body_pos": "body_pos_w",
            "body_quat": "body_quat_w",
            "bodies": [PELVIS, TRUNK],
            "anchor": TRUNK,
            "start": {"rule": "approach", "seconds": SETTLE},
            "end": "done",
            "blend": BLEND,
        },
    }


def _write_network(robot: RobotSpec, joints: tuple[str, ...], path: Path) -> str:
    """Sees the frame's joints and speeds and the measured joints; adds a share of the lag, and some lead."""
    count = len(joints)
    eye = np.eye(count, dtype=np.float32)
    weight = np.concatenate([PULL * eye, LEAD * eye, -PULL * eye])
    helper = onnx.helper
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["obs", "weight"], ["actions"])],
        "follow",
        [helper.make_tensor_value_info("obs", onnx.TensorProto.FLOAT, [1, 3 * count])],
        [helper.make_tensor_value_info("actions", onnx.TensorProto.FLOAT, [1, count])],
        [onnx.numpy_helper.from_array(weight, "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()
