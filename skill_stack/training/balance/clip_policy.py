"""The policy of a whole-body clip: targets that make it, and linear feedback about it that changes along the way.

One ONNX file in the convention of tracking policies: ``time_step`` is the number of the frame; joints, bodies and
targets of the frame are tables, and so are the gains, between which it goes straight. It may remember how feet stand
from its first frames on, and then goes by the slopes of its tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import onnx
import yaml
from onnx import TensorProto, helper, numpy_helper
from scipy.linalg import block_diag
from scipy.spatial.transform import Rotation

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.controllers.runners.drift_correction import VELOCITIES
from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.balance.balance_task import BalanceTask
from skill_stack.training.balance.body_course import BodyCourse, ClipTask, FeetTask, course_of
from skill_stack.training.balance.clip_reference import ClipReference, ClipSolver
from skill_stack.training.balance.feet_slopes import feet_meter, feet_slopes, moving_foot
from skill_stack.training.balance.learnt_targets import learn_targets
from skill_stack.training.balance.motion_course import course_of_motion
from skill_stack.training.balance.noise_optimal_feedback import noise_optimal_gain
from skill_stack.training.balance.planted_policy import feedback_problem, still_gain
from skill_stack.training.balance.planted_stance import TIMESTEP, PlantedStance
from skill_stack.training.clips.carrying_over import Clip
from skill_stack.training.clips.clip_skill import MOTION, body_ways, write_motion

Array = np.ndarray

BODIES = (
    "pelvis", "torso_link", "left_knee_link", "left_ankle_roll_link", "right_knee_link", "right_ankle_roll_link",
    "left_elbow_link", "left_wrist_yaw_link", "right_elbow_link", "right_wrist_yaw_link",
)  # fmt: skip
"""Bodies of which the clip says where they are."""
ANCHOR = "pelvis"
CLIP = "clip"
"""Goal value that says which clip, from 1 on, where a policy has several."""
PER_FRAME = ("expected", "feedforward", "joint_pos_of", "joint_vel_of", "body_pos_of", "body_quat_of", "steps_of")
"""Tables with one row a frame."""
BY_FEET = ("hears_feet", "expected_by_feet", "feedforward_by_feet", "body_pos_by_feet")
"""The same where feet stand elsewhere: the share of what is measured of them now, and slopes."""
OF_FEET = ("feet_stood", "feet_of_legs")
FEET_ROW = "feet_row"
"""Row of these for each frame, where only some of several clips have them."""
HEARS, HEARD = 0.5, 0.1
"""Time from the first frame for which it measures how feet stand, s, and the share of each tick in that."""
MEMORY = {"feet_kept": "feet"}
EVERY = 0.5
"""Longest time between two gains, s."""
ITERATIONS = 15
"""Steps of the optimiser for each of them, from the one before."""
AROUND = 4
"""Frames before and after a key-frame that have a gain of their own: there a foot may leave or land."""
ALIKE = 1e-3  # m and rad: postures that differ by less have one gain
LEAD = 2.5
"""Time for which the planted stand has the legs at the least before a clip begins, s; the other joints get ready."""
Say = Callable[[str], None]


def make_clip(
    robot: RobotSpec,
    clip: ClipTask,
    folder: Path,
    balance: BalanceTask,
    planted: Path,
    path: Path,
    report: Say,
    seed: int = 0,
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
        seed: Seed of the robots by which targets are learnt.

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
    bodies = along(body_ways(stance.model(), BODIES, reference.states), course)
    walk = np.column_stack([course.walk, np.full(len(course.walk), float(clip.steps))])
    tables = _tables(robot, stance, reference, bodies, frames, gains, walk)
    if clip.feet is not None:
        tables |= _by_feet(robot, stance, course, clip.feet, reference, report)
    if clip.learns is not None:
        tables = learn_targets(robot, stance, tables, clip.learns, clip.feet, seed, report)
    tables.pop("state_by_feet", None)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_motion(_clip(robot, stance, reference, bodies), path.with_name(MOTION), BODIES)
    model = clip_graph(tables, np.array(stance.driven))
    return _write(model, manifest_of(robot, clip, balance, len(reference.states), clip.feet is not None), path)


def _by_feet(
    robot: RobotSpec, stance: PlantedStance, course: BodyCourse, feet: FeetTask, reference: ClipReference, report: Say
) -> dict[str, Array]:
    """What a policy holds that goes by how feet stand, and ``state_by_feet``, by which robots in it begin."""

    def held(way: ClipReference) -> dict[str, Array]:
        return {
            "expected": _measured(robot, stance, way), "feedforward": way.targets, "state": way.states,
            "body_pos": body_ways(stance.model(), BODIES, way.states)[0],
        }  # fmt: skip

    meter, solver = feet_meter(robot, stance, moving_foot(course)), ClipSolver(robot, stance)
    slopes = feet_slopes(robot, stance, course, feet, held(reference), lambda way: held(solver.solve(way, report)))
    hears = np.where(np.arange(len(reference.states)) <= HEARS * reference.rate, HEARD, 0.0)
    hears[0] = 1.0  # which it holds until the clip begins
    return {f"{name}_by_feet": value for name, value in slopes.items()} | {
        "hears_feet": hears[:, None], "feet_stood": meter.stood[None], "feet_of_legs": meter.of_legs,
    }  # fmt: skip


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
    ends = sorted({0, *(k + d for k in reference.knots for d in (-AROUND, AROUND)), count - 1})
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
            try:
                moment = stance.at(state, reference.speeds[frame], reference.changes[frame])
                problem = feedback_problem(balance, moment, substeps)
            except DataError as error:  # a foot that leaves or lands pushes now or not: as before
                report(f"frame {frame}: {error}")
                same = [gains[-1]]
            else:
                report(f"frame {frame}")
                same = [noise_optimal_gain(problem, ITERATIONS, report, gains[-1])]
                known.append((state, same[0]))
        gains.append(same[0])
    return frames, np.array(gains)


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


def _tables(
    robot: RobotSpec,
    stance: PlantedStance,
    reference: ClipReference,
    bodies: tuple[Array, Array],
    frames: list[int],
    gains: Array,
    walk: Array,
) -> dict[str, Array]:
    """What the policy holds, one row a frame, and one row of gains for each frame of ``frames``."""
    count = len(reference.states)
    hats = np.stack([np.interp(np.arange(count), frames, row) for row in np.eye(len(frames))], axis=1)
    places, turns = bodies
    return {
        "expected": _measured(robot, stance, reference), "feedforward": reference.targets - robot.pose("default"),
        "hats": hats, "joint_pos_of": reference.states[:, stance.index.joint_qpos],
        "joint_vel_of": reference.speeds[:, stance.index.joint_qvel], "body_pos_of": places, "body_quat_of": turns,
        "gains": gains.transpose(0, 2, 1).reshape(len(frames), -1), "steps_of": walk,
    }  # fmt: skip


def clip_graph(tables: dict[str, Array], driven: Array, counts: Sequence[int] = ()) -> onnx.ModelProto:
    """The policy: tables by frame, and ``targets - gain · (measured - expected)``.

    Args:
        tables: See :func:`_tables`; ``feet_row`` says where several have what goes by their feet.
        driven: Places of the joints with feedback among the robot's.
        counts: Frames of each clip where there are several, of which the last observation says which, from 1 on.
    """
    size, joints, measured = tables["feedforward"].shape[1], len(driven), tables["expected"].shape[1]
    seen = np.concatenate([np.arange(6 + 2 * joints), 6 + 2 * joints + driven, 6 + 2 * joints + size + np.arange(3)])
    spread = np.zeros((joints, size))
    spread[np.arange(joints), driven] = -1.0
    floats = {name: value.astype(np.float32) for name, value in (tables | {"spread": spread}).items()}
    wholes = {"seen": seen, "row": [1], "matrix": [measured, joints]}
    feet_frame = "frame"
    if FEET_ROW in tables:
        feet_frame, wholes[FEET_ROW] = "feet_frame", floats.pop(FEET_ROW)
    outputs = {"actions": (1, size), "joint_pos": (1, size), "joint_vel": (1, size),
               "body_pos_w": (1, len(BODIES), 3), "body_quat_w": (1, len(BODIES), 4), "steps": (1, 4)}  # fmt: skip
    steps = [("Reshape", ["time_step", "row"], "step"), ("Cast", ["step"], "frame")]
    wide = 9 + 2 * joints + size
    if counts:
        floats["counts"] = np.array(counts, np.float32)
        wholes |= {"begins": np.cumsum([0, *counts[:-1]]), "ends": np.array(counts) - 1, "asked_at": [wide],
                   "one": [1], "last": [len(counts)]}  # fmt: skip
        outputs["length"] = (1,)
        wide += 1
        steps = [("Reshape", ["time_step", "row"], "step"), ("Cast", ["step"], "passed"), *_chosen()]
    inputs: dict[str, tuple[int, ...]] = {"obs": (1, wide), "time_step": (1, 1)}
    plain, moved = "", list[tuple[str, list[str], str]]()
    if BY_FEET[0] in tables:
        plain, moved = "_plain", _moved(feet_frame)
        wholes["legs"] = 6 + np.arange(joints)
        inputs |= dict.fromkeys(MEMORY, (1, 3))
        outputs |= dict.fromkeys(MEMORY.values(), (1, 3))
    steps += [
        *(("Gather", [table, "frame"], name) for table, name in (
            ("expected", f"wanted{plain}"), ("feedforward", f"target{plain}"), ("hats", "shares"),
            ("joint_pos_of", "joint_pos"), ("joint_vel_of", "joint_vel"), ("body_pos_of", f"body_pos_w{plain}"),
            ("body_quat_of", "body_quat_w"), ("steps_of", "steps"))),
        *moved,
        ("Gather", ["obs", "seen"], "felt"), ("Sub", ["felt", "wanted"], "off"),
        ("MatMul", ["shares", "gains"], "flat"), ("Reshape", ["flat", "matrix"], "gain"),
        ("MatMul", ["off", "gain"], "push"),
        ("MatMul", ["push", "spread"], "correction"), ("Add", ["target", "correction"], "actions"),
    ]  # fmt: skip
    how: dict[str, dict[str, Any]] = {"Cast": {"to": TensorProto.INT64}, "Einsum": {"equation": "ij,ij...->i..."}}
    across: dict[str, Any] = {"axis": 1}
    kind = TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node(op, taken, [output], **(across if taken[0] == "obs" else how.get(op, {})))
         for op, taken, output in steps],
        "clip",
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in outputs.items()],
        [*(numpy_helper.from_array(value, name) for name, value in floats.items()),
         *(numpy_helper.from_array(np.array(value, np.int64), name) for name, value in wholes.items())],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def _moved(frame: str) -> list[tuple[str, list[str], str]]:
    """Nodes that measure how feet stand, remember it, and move tables by their slopes."""
    nodes = [] if frame == "frame" else [("Gather", [FEET_ROW, "frame"], frame)]
    nodes += [
        ("Gather", ["obs", "legs"], "legs_now"), ("Sub", ["legs_now", "feet_stood"], "legs_off"),
        ("MatMul", ["legs_off", "feet_of_legs"], "feet_now"), ("Sub", ["feet_now", "feet_kept"], "feet_news"),
        ("Gather", ["hears_feet", frame], "hears"), ("Mul", ["feet_news", "hears"], "feet_step"),
        ("Add", ["feet_kept", "feet_step"], "feet"),
    ]  # fmt: skip
    for table, name in zip(BY_FEET[1:], ("wanted", "target", "body_pos_w")):
        nodes += [
            ("Gather", [table, frame], f"{name}_slope"), ("Einsum", ["feet", f"{name}_slope"], f"{name}_move"),
            ("Add", [f"{name}_plain", f"{name}_move"], name),
        ]  # fmt: skip
    return nodes


def _chosen() -> list[tuple[str, list[str], str]]:
    """Nodes from the frames that have passed to the frame of the clip that is asked for."""
    return [
        ("Gather", ["obs", "asked_at"], "asked"), ("Reshape", ["asked", "row"], "number"),
        ("Round", ["number"], "whole"), ("Cast", ["whole"], "any"), ("Max", ["any", "one"], "from_one"),
        ("Min", ["from_one", "last"], "known"), ("Sub", ["known", "one"], "clip"),
        ("Gather", ["begins", "clip"], "begin"), ("Gather", ["ends", "clip"], "end"),
        ("Min", ["passed", "end"], "within"), ("Add", ["within", "begin"], "frame"),
        ("Gather", ["counts", "clip"], "length"),
    ]  # fmt: skip


def join_clips(robot: RobotSpec, clip: ClipTask, folder: Path, balance: BalanceTask, path: Path) -> str:
    """One policy of several: their tables one after the other, of which a goal value says which.

    Args:
        robot: The robot.
        clip: Names the skills.
        folder: Its folder, beside which theirs are.
        balance: Configuration of the stand in which all begin and end.
        path: Where the policy goes, and beside it the section ``policy`` of ``skill.yaml``.

    Returns:
        SHA-256 of the file, hexadecimal.

    Raises:
        ResourceNotFound: One of them has no policy.
        DataError: Some go by one foot, and some by the other.
    """
    every: list[dict[str, Array]] = []
    for name in clip.clips:
        file = folder.parent / name / path.name
        if not file.is_file():
            raise ResourceNotFound(f"there is no policy {file}; train '{name}' first")
        held = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(file)).graph.initializer}
        every.append({"steps_of": np.zeros((len(held["feedforward"]), 4))} | held)
    counts = [len(one["feedforward"]) for one in every]
    driven = np.flatnonzero(every[0]["spread"].any(axis=0))
    tables = _end_to_end(every, PER_FRAME) | _feet_of(every)
    tables["gains"] = np.concatenate([one["gains"] for one in every])
    tables["hats"] = block_diag(*(one["hats"] for one in every))
    manifest = manifest_of(robot, clip, balance, max(counts), BY_FEET[0] in tables)
    return _write(clip_graph(tables, driven, counts), manifest, path)


def _end_to_end(every: Sequence[Mapping[str, Array]], names: Sequence[str]) -> dict[str, Array]:
    return {name: np.concatenate([one[name] for one in every]) for name in names}


def _feet_of(every: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """Tables of several clips by how feet stand, row 0 for those that do not go by that; empty where none does."""
    first = next((one for one in every if BY_FEET[0] in one), None)
    if first is None:
        return {}
    if any(not np.allclose(one.get(name, first[name]), first[name]) for one in every for name in OF_FEET):
        raise DataError("clips: some go by how the left foot stands, and some by the right one; join those apart")
    tables = {name: [first[name][:1] * 0.0] for name in BY_FEET}
    rows = list[Array]()
    for one in every:
        goes, held = BY_FEET[0] in one, sum(map(len, tables[BY_FEET[0]]))
        rows.append(goes * (held + np.arange(len(one["feedforward"]))))
        for name in BY_FEET if goes else ():
            tables[name].append(one[name])
    joined = {name: np.concatenate(parts) for name, parts in tables.items()}
    return joined | {name: first[name] for name in OF_FEET} | {FEET_ROW: np.concatenate(rows)}


def _write(model: onnx.ModelProto, manifest: dict[str, Any], path: Path) -> str:
    """Writes the policy, and beside it the section of ``skill.yaml``; returns the hash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    section = {"policy": {"model": path.name, "sha256": digest, "manifest": manifest}}
    text = yaml.safe_dump(section, sort_keys=False, width=118, default_flow_style=None)
    path.with_name("policy.yaml").write_text(text, encoding="utf-8")
    return digest


def manifest_of(
    robot: RobotSpec, clip: ClipTask, balance: BalanceTask, frames: int, remembers: bool = False
) -> dict[str, Any]:
    """The conventions of the network, see docs/manifest.md."""
    legs, several = list(robot.members((balance.joints,))), bool(clip.clips)
    asked = {"name": CLIP, "unit": "", "lower": 1.0, "upper": float(len(clip.clips)), "default": 1.0, "moves": False}
    terms = [
        {"term": "base_ang_vel"}, {"term": "projected_gravity"}, {"term": "joint_pos", "joints": legs},
        {"term": "joint_vel_rel", "joints": legs}, {"term": "last_action"}, {"term": "base_lin_vel"},
        *([{"term": "velocity_commands"}] if several else ()),
    ]  # fmt: skip
    return {
        "rate": robot.control_rate,
        "joint_names": list(robot.joint_names),
        "default_joint_pos": robot.pose("default").tolist(),
        "stiffness": robot.column("kp").tolist(),
        "damping": robot.column("kd").tolist(),
        "inputs": [{"name": "obs", "terms": terms}],
        **({"memory": dict(MEMORY)} if remembers else {}),
        "commands": [asked] if several else [],
        "action": {"output": "actions", "kind": "default_plus_scaled", "scale": 1.0},
        "reference": {
            "time_step": "time_step", "joint_pos": "joint_pos", "joint_vel": "joint_vel", "body_pos": "body_pos_w",
            "body_quat": "body_quat_w", "steps": "steps" if clip.steps or clip.clips else None, "bodies": list(BODIES),
            "anchor": ANCHOR, "frames": frames, **({"length": "length"} if several else {}),
            "start": {"rule": "approach", "seconds": LEAD, "after": clip.planted}, "end": "done",
        },
        "needs": ["base_lin_vel"],
    }  # fmt: skip
