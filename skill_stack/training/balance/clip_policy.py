"""The policy of a whole-body clip: targets that make it, and linear feedback about it that changes along the way.

One ONNX file in the convention of tracking policies: ``time_step`` is the number of the frame; joints, bodies and
targets of the frame are tables, and so are the gains, between which it goes straight.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import onnx
import yaml
from onnx import TensorProto, helper, numpy_helper
from scipy.spatial.transform import Rotation

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.controllers.runners.drift_correction import VELOCITIES
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.balance.balance_task import BalanceTask
from skill_stack.training.balance.body_course import BodyCourse, ClipTask, course_of
from skill_stack.training.balance.clip_reference import ClipReference, ClipSolver
from skill_stack.training.balance.motion_course import course_of_motion
from skill_stack.training.balance.noise_optimal_feedback import noise_optimal_gain
from skill_stack.training.balance.planted_policy import feedback_problem, still_gain
from skill_stack.training.balance.planted_stance import TIMESTEP, PlantedStance
from skill_stack.training.clips.carrying_over import Clip
from skill_stack.training.clips.clip_skill import MOTION, write_motion

Array = np.ndarray

BODIES = (
    "pelvis", "torso_link", "left_knee_link", "left_ankle_roll_link", "right_knee_link", "right_ankle_roll_link",
    "left_elbow_link", "left_wrist_yaw_link", "right_elbow_link", "right_wrist_yaw_link",
)  # fmt: skip
"""Bodies of which the clip says where they are."""
ANCHOR = "pelvis"
EVERY = 0.5
"""Longest time between two gains, s."""
ITERATIONS = 15
"""Steps of the optimiser for each of them, from the one before."""
ALIKE = 1e-3  # m and rad: postures that differ by less have one gain
LEAD = 2.5
"""Time for which the planted stand has the legs at the least before a clip begins, s; the other joints get ready."""
Say = Callable[[str], None]


def make_clip(
    robot: RobotSpec, clip: ClipTask, folder: Path, balance: BalanceTask, planted: Path, path: Path, report: Say
) -> str:
    """Makes a clip possible, finds the feedback about it, and writes the policy.

    Args:
        robot: The robot.
        clip: The clip.
        folder: Where its motion is, if it is a file.
        balance: Configuration of the stand in which it begins and ends.
        planted: ONNX of that stand.
        path: Where the policy goes; beside it the motion, for evaluation, and the section ``policy`` of ``skill.yaml``.
        report: Takes progress lines.

    Returns:
        SHA-256 of the file, hexadecimal.

    Raises:
        ResourceNotFound: There is no such stand.
        DataError: The robot cannot do it, or nothing balances it; the message names frame and joint.
        UnknownName: It names a joint or foot that there is not, or its person lacks one.
        MotionExtraMissing: It is a person's, and mink is not installed.
    """
    near = still_gain(planted)
    stance = PlantedStance(robot, balance.stance, balance.joints)
    if clip.motion is None:
        course = course_of(clip.keys, robot, balance.stance, robot.control_rate)
    else:
        course = course_of_motion(folder / clip.motion, robot, stance, clip.steps, report)
    reference = ClipSolver(robot, stance).solve(course, report)
    report(f"{len(reference.states)} frames; the weight keeps {1e3 * reference.margin.min():.0f} mm from the edge")
    if clip.steps:
        _walks(course, planted)
        frames, gains = [0, len(reference.states) - 1], np.zeros((2, *near.shape))  # the planted stand has the legs
    else:
        frames, gains = gains_along(reference, stance, balance, near, report)
    bodies = along(_bodies(stance, reference), course)
    model = _network(robot, stance, reference, bodies, frames, gains, course.walk if clip.steps else None)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_motion(_clip(robot, stance, reference, bodies), path.with_name(MOTION), BODIES)
    onnx.save(model, str(path))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    section = {
        "model": path.name,
        "sha256": digest,
        "manifest": manifest_of(robot, clip, balance, len(reference.states)),
    }
    text = yaml.safe_dump({"policy": section}, sort_keys=False, width=118, default_flow_style=None)
    path.with_name("policy.yaml").write_text(text, encoding="utf-8")
    return digest


def gains_along(
    reference: ClipReference, stance: PlantedStance, balance: BalanceTask, near: Array, report: Say
) -> tuple[list[int], Array]:
    """Gains along a clip: each is the best for the posture of its frame.

    Args:
        reference: The clip.
        stance: The stance in which it begins.
        balance: What sensors err, what happens, what is wanted, and for which robots.
        near: The gain of the stance, shape (joints, measurements).
        report: Takes progress lines.

    Returns:
        Frames, and the gain of each, shape (frames, joints, measurements).
    """
    count, most = len(reference.states), round(EVERY * reference.rate)
    ends = sorted({0, *reference.knots, count - 1})
    frames = [
        frame for a, b in zip(ends, ends[1:]) for frame in np.linspace(a, b, -(-(b - a) // most), False).astype(int)
    ]
    frames = [*map(int, frames), count - 1]
    substeps = round(1.0 / reference.rate / TIMESTEP)
    known: list[tuple[Array, Array]] = [(reference.states[0], near)]
    gains: list[Array] = []
    for frame in frames:
        state = reference.states[frame]
        same = [gain for before, gain in known if np.abs(before - state).max() < ALIKE]
        if not same:
            problem = feedback_problem(balance, stance.at(state), substeps)
            report(f"frame {frame}")
            same = [noise_optimal_gain(problem, ITERATIONS, report, gains[-1])]
            known.append((state, same[0]))
        gains.append(same[0])
    return frames, np.array(gains)


def _bodies(stance: PlantedStance, reference: ClipReference) -> tuple[Array, Array]:
    """Places and turns of :data:`BODIES`, shapes (frames, bodies, 3) and (frames, bodies, 4)."""
    model = stance.model()
    data = mujoco.MjData(model)
    ids = [model.body(name).id for name in BODIES]
    places, turns = [], []
    for state in reference.states:
        data.qpos[:] = state
        mujoco.mj_kinematics(model, data)
        places.append(data.xpos[ids].copy())
        turns.append(data.xquat[ids].copy())
    return np.array(places), np.array(turns)


def _walks(course: BodyCourse, planted: Path) -> None:
    """Refuses a base that moves faster than the planted stand walks."""
    contract = PolicyContract.from_metadata({one.key: one.value for one in onnx.load(str(planted)).metadata_props})
    for column, name in enumerate(VELOCITIES):
        low, high = contract.command_ranges[contract.command_names.index(name)]
        beyond = np.maximum(low - course.walk[:, column], course.walk[:, column] - high)
        frame = int(beyond.argmax())
        if beyond[frame] > 0.0:
            raise DataError(
                f"clip: frame {frame} ({frame / course.rate:.2f} s): the base would move with {name} "
                f"{course.walk[frame, column]:.2f}; the legs walk with {low:g} to {high:g}"
            )


def along(bodies: tuple[Array, Array], course: BodyCourse) -> tuple[Array, Array]:
    """Bodies that go with the base of a course, which begins at the origin."""
    places, turns = bodies
    heading = np.cumsum(np.r_[0.0, course.walk[:-1, 2]]) / course.rate
    ways = Rotation.from_euler("z", heading[:, None])
    speeds = ways.apply(np.column_stack([course.walk[:, :2], np.zeros(len(heading))]))
    moved = np.cumsum(np.r_[np.zeros((1, 3)), speeds[:-1]], axis=0) / course.rate
    count = places.shape[1]
    each = Rotation.from_euler("z", np.repeat(heading, count)[:, None])
    base = places[0, 0] * [1.0, 1.0, 0.0]
    gone = each.apply((places - base).reshape(-1, 3)).reshape(places.shape) + base + moved[:, None]
    quats = (each * Rotation.from_quat(turns.reshape(-1, 4)[:, [1, 2, 3, 0]])).as_quat()[:, [3, 0, 1, 2]]
    return gone, quats.reshape(turns.shape)


def _clip(robot: RobotSpec, stance: PlantedStance, reference: ClipReference, bodies: tuple[Array, Array]) -> Clip:
    joints = reference.states[:, stance.index.joint_qpos]
    return Clip(robot.joint_names, joints, *bodies, reference.rate, np.zeros((len(joints), 0)))


def _measured(robot: RobotSpec, stance: PlantedStance, reference: ClipReference) -> Array:
    """What the feedback measures where nothing deviates, in the order of its gain, shape (frames, measurements)."""
    index, driven, rows = stance.index, stance.driven, []
    offsets = reference.targets[:, driven] - robot.pose("default")[driven]
    for frame, (state, speed) in enumerate(zip(reference.states, reference.speeds)):
        turn = np.zeros(9)
        mujoco.mju_quat2Mat(turn, state[3:7])
        back = turn.reshape(3, 3).T
        joints, moving = state[index.joint_qpos][driven], speed[index.joint_qvel][driven]
        last = offsets[max(frame - 1, 0)]
        rows.append(np.concatenate([speed[3:6], -back[:, 2], joints, moving, last, back @ speed[:3]]))
    return np.array(rows)


def _network(
    robot: RobotSpec,
    stance: PlantedStance,
    reference: ClipReference,
    bodies: tuple[Array, Array],
    frames: list[int],
    gains: Array,
    walk: Array | None,
) -> onnx.ModelProto:
    """The policy: tables by frame, and ``targets - gain · (measured - expected)``."""
    count, size, joints = len(reference.states), robot.size, stance.driven
    measured = gains.shape[2]
    seen = np.concatenate([np.arange(6 + 2 * len(joints)), 6 + 2 * len(joints) + np.array(joints),
                           6 + 2 * len(joints) + size + np.arange(3)])  # fmt: skip
    hats = np.stack([np.interp(np.arange(count), frames, row) for row in np.eye(len(frames))], axis=1)
    spread = np.zeros((len(joints), size))
    spread[np.arange(len(joints)), joints] = -1.0
    places, turns = bodies
    positions = reference.states[:, stance.index.joint_qpos]
    tables = {
        "expected": _measured(robot, stance, reference), "feedforward": reference.targets - robot.pose("default"),
        "hats": hats, "joint_pos_of": positions, "joint_vel_of": reference.speeds[:, stance.index.joint_qvel],
        "body_pos_of": places, "body_quat_of": turns,
        "gains": gains.transpose(0, 2, 1).reshape(len(frames), -1), "spread": spread,
    }  # fmt: skip
    if walk is not None:
        tables["steps_of"] = np.column_stack([walk, np.ones(count)])
    constants = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in tables.items()]
    for name, value in (("seen", seen), ("row", [1]), ("matrix", [measured, len(joints)])):
        constants.append(numpy_helper.from_array(np.array(value, np.int64), name))
    outputs = {"joint_pos": (1, size), "joint_vel": (1, size), "body_pos_w": (1, len(BODIES), 3),
               "body_quat_w": (1, len(BODIES), 4)}  # fmt: skip
    more = (("steps_of", "steps"),) if walk is not None else ()
    outputs |= {name: (1, 4) for _, name in more}
    steps = [
        ("Reshape", ["time_step", "row"], "step"), ("Cast", ["step"], "frame"),
        *(("Gather", [table, "frame"], name) for table, name in (
            ("expected", "wanted"), ("feedforward", "target"), ("hats", "shares"), ("joint_pos_of", "joint_pos"),
            ("joint_vel_of", "joint_vel"), ("body_pos_of", "body_pos_w"), ("body_quat_of", "body_quat_w"), *more)),
        ("Gather", ["obs", "seen"], "felt"), ("Sub", ["felt", "wanted"], "off"),
        ("MatMul", ["shares", "gains"], "flat"), ("Reshape", ["flat", "matrix"], "gain"),
        ("MatMul", ["off", "gain"], "push"),
        ("MatMul", ["push", "spread"], "correction"), ("Add", ["target", "correction"], "actions"),
    ]  # fmt: skip
    nodes = []
    for kind, inputs, output in steps:
        how = {"to": TensorProto.INT64} if kind == "Cast" else {"axis": 1} if output == "felt" else {}
        nodes.append(helper.make_node(kind, inputs, [output], **how))
    floats = TensorProto.FLOAT
    graph = helper.make_graph(
        nodes, "clip",
        [helper.make_tensor_value_info("obs", floats, [1, 9 + 2 * len(joints) + size]),
         helper.make_tensor_value_info("time_step", floats, [1, 1])],
        [helper.make_tensor_value_info("actions", floats, [1, size]),
         *(helper.make_tensor_value_info(name, floats, shape) for name, shape in outputs.items())],
        constants,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def manifest_of(robot: RobotSpec, clip: ClipTask, balance: BalanceTask, frames: int) -> dict[str, Any]:
    """The conventions of the network, see docs/manifest.md."""
    legs = list(robot.members((balance.joints,)))
    terms = [
        {"term": "base_ang_vel"}, {"term": "projected_gravity"}, {"term": "joint_pos", "joints": legs},
        {"term": "joint_vel_rel", "joints": legs}, {"term": "last_action"}, {"term": "base_lin_vel"},
    ]  # fmt: skip
    return {
        "rate": robot.control_rate,
        "joint_names": list(robot.joint_names),
        "default_joint_pos": robot.pose("default").tolist(),
        "stiffness": robot.column("kp").tolist(),
        "damping": robot.column("kd").tolist(),
        "inputs": [{"name": "obs", "terms": terms}],
        "action": {"output": "actions", "kind": "default_plus_scaled", "scale": 1.0},
        "reference": {
            "time_step": "time_step", "joint_pos": "joint_pos", "joint_vel": "joint_vel", "body_pos": "body_pos_w",
            "body_quat": "body_quat_w", "steps": "steps" if clip.steps else None, "bodies": list(BODIES),
            "anchor": ANCHOR, "frames": frames,
            "start": {"rule": "approach", "seconds": LEAD, "after": clip.planted}, "end": "done",
        },
        "needs": ["base_lin_vel"],
    }  # fmt: skip
