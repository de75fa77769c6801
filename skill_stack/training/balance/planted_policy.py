"""The policy of a planted stand: a predecessor's network while the clock runs, linear feedback while it is silent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.balance.balance_task import BalanceTask
from skill_stack.training.balance.noise_optimal_feedback import FeedbackProblem, noise_optimal_gain
from skill_stack.training.balance.planted_stance import TIMESTEP, LinearStance, PlantedStance

Array = np.ndarray

GRAVITY = 9.81  # m/s²
KEPT = 0.995
"""Share of an unknown shift of the centre of mass that is left after a tick: it lasts for seconds."""
SMALLEST = 1e-4
"""Standard deviation of what is known exactly, so that the noise has an inverse scale."""
MEASURED = ("base_ang_vel", "projected_gravity", "joint_pos_rel", "joint_vel_rel", "last_action", "base_lin_vel")
"""Terms that the feedback takes, in its order."""


def make_planted(
    robot: RobotSpec, task: BalanceTask, predecessor: Path, path: Path, report: Callable[[str], None] = lambda _: None
) -> str:
    """Finds stance and feedback, and writes the policy.

    Args:
        robot: The robot.
        task: The task.
        predecessor: ONNX of the network that steps.
        path: Where the policy goes.
        report: Takes progress lines.

    Returns:
        SHA-256 of the file, hexadecimal.

    Raises:
        ResourceNotFound: There is no such predecessor.
        DataError: It lacks a term or a clock, or there is no stance or no stable feedback.
    """
    if not predecessor.is_file():
        raise ResourceNotFound(f"there is no policy {predecessor}; train '{task.predecessor}' first")
    model = onnx.load(str(predecessor))
    said = {one.key: one.value for one in model.metadata_props}
    contract = PolicyContract.from_metadata(said, str(predecessor))
    missing = [term for term in (*MEASURED, "gait_phase") if term not in contract.observation_names]
    if contract.gait is None or missing:
        raise DataError(f"{predecessor}: a planted stand needs the terms {missing or 'of a clock'}")
    stance = PlantedStance(robot, task.stance, task.joints)
    report(f"stance found: targets within {np.abs(stance.targets - stance.position).max():.2f} rad of the joints")
    substeps = round(1.0 / contract.control_rate / TIMESTEP)
    gain = noise_optimal_gain(feedback_problem(task, stance, substeps), task.iterations, report)
    gait = replace(
        contract.gait, stand_below=contract.gait.stand_below or 1e-3, stop_delay=task.stop_delay,
        wake_above=task.wake_above,
    )  # fmt: skip
    digest = hashlib.sha256(predecessor.read_bytes()).hexdigest()
    own = replace(contract, gait=gait, predecessor=digest)
    _join(model, own, *still_actions(own, stance, gain))
    helper.set_model_props(model, own.to_metadata() | {"run_path": f"balance/{task.skill}", "training": json.dumps({})})
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def feedback_problem(task: BalanceTask, stance: PlantedStance, substeps: int) -> FeedbackProblem:
    """What the feedback has to do: states are those of the stance, the last targets, and slow disturbances.

    Args:
        task: The task.
        stance: The stance.
        substeps: Physics steps in a tick.
    """
    linear = [stance.linear(plant) for plant in task.plants]
    size, joints = linear[0].step.shape[0], len(stance.targets)
    at = linear[0].places
    pushed = [*at["linear"][:2], *at["angular"][:2]]
    states = size + joints + len(pushed)
    noise, weights, drift = task.noise, task.weights, task.disturbance
    eye = np.eye(states)
    last = eye[size : size + joints]
    lean = np.stack([eye[at["attitude"][2]], -eye[at["attitude"][1]], 0.0 * eye[0]])
    rows = [eye[at["angular"]], lean, eye[at["position"]], eye[at["velocity"]], last, eye[at["linear"]]]
    sigma = [noise.angular_velocity, noise.gravity, noise.position, noise.velocity, SMALLEST, noise.base_velocity]
    price, chance = np.zeros(states), np.zeros(states)
    price[at["linear"]] = 1 / np.square([weights.linear, weights.linear, weights.other])
    price[at["angular"]] = 1 / weights.other**2
    price[at["velocity"]], price[at["position"]] = 1 / weights.joint_speed**2, 1 / weights.joints**2
    price[at["attitude"]] = 1 / weights.base**2
    chance[:size] = 1e-8
    chance[at["linear"]], chance[at["angular"]] = drift.linear**2, drift.angular**2
    chance[at["velocity"]] = drift.joints**2
    tick = substeps * TIMESTEP
    falls = GRAVITY * drift.shift / task.stance.height * tick  # acceleration of a body that leans by the shift
    turns = falls / task.stance.height
    chance[size + joints :] = (1 - KEPT**2) * np.square([falls, falls, turns, turns])
    return FeedbackProblem(
        plants=[_tick(one, plant.delay, substeps, pushed) for one, plant in zip(linear, task.plants)],
        measured=np.concatenate(rows),
        noise=np.concatenate([np.full(len(row), value) for row, value in zip(rows, sigma)]),
        disturbance=np.diag(chance),
        cost=np.diag(price),
        last=last,
        change=1 / weights.change**2,
        size=1 / weights.targets**2,
    )


def _tick(linear: LinearStance, delay: int, substeps: int, pushed: Sequence[int]) -> tuple[Array, Array]:
    """One control tick, in which targets arrive late; slow disturbances add to the velocities of the base."""
    size, joints = linear.control.shape
    states = size + joints + len(pushed)
    before, now, whole = np.zeros((size, joints)), np.zeros((size, joints)), np.eye(size)
    for step in range(substeps):
        before, now, whole = linear.step @ before, linear.step @ now, linear.step @ whole
        if step < delay:
            before += linear.control
        else:
            now += linear.control
    f, g = np.zeros((states, states)), np.zeros((states, joints))
    f[:size, :size], f[:size, size : size + joints] = whole, before
    f[pushed, range(size + joints, states)] = 1.0
    f[size + joints :, size + joints :] = KEPT * np.eye(len(pushed))
    g[:size], g[size : size + joints] = now, np.eye(joints)
    return f, g


def still_actions(contract: PolicyContract, stance: PlantedStance, gain: Array) -> tuple[Array, Array]:
    """Actions as a linear function of the raw observation.

    Returns:
        Weights, shape (observation, actions), and what is added, shape (actions,).
    """
    scale, default = np.array(contract.action_scale), np.array(contract.default_joint_pos)
    begins = dict(zip(contract.observation_names, np.cumsum((0, *contract.observation_sizes)).tolist()))
    sizes = dict(zip(contract.observation_names, contract.observation_sizes))
    weights, bias, column = np.zeros((contract.observation_size, len(scale))), stance.targets - default, 0
    rests = {"joint_pos_rel": stance.position - default, "last_action": stance.targets - default}
    for term in MEASURED:
        part = gain[:, column : column + sizes[term]]
        column += sizes[term]
        if term in rests:
            bias = bias + part @ rests[term]
        unit = scale if term == "last_action" else 1.0
        weights[begins[term] : begins[term] + sizes[term]] = -(part * unit).T
    return weights / scale, bias / scale


def still_gain(path: Path) -> Array:
    """The gain that a planted policy holds, shape (joints, measurements): the inverse of :func:`still_actions`.

    Raises:
        ResourceNotFound: There is no such policy.
        DataError: It is no planted one.
    """
    if not path.is_file():
        raise ResourceNotFound(f"there is no policy {path}; train '{path.parent.name}' first")
    model = onnx.load(str(path))
    contract = PolicyContract.from_metadata({one.key: one.value for one in model.metadata_props}, str(path))
    held = [numpy_helper.to_array(one) for one in model.graph.initializer if one.name == "still_weights"]
    if not held:
        raise DataError(f"{path}: is no planted stand, it has no still_weights")
    begins = dict(zip(contract.observation_names, np.cumsum((0, *contract.observation_sizes)).tolist()))
    sizes, scale = dict(zip(contract.observation_names, contract.observation_sizes)), np.array(contract.action_scale)
    parts = []
    for term in MEASURED:
        part = -(held[0][begins[term] : begins[term] + sizes[term]] * scale).T.astype(float)
        parts.append(part / scale if term == "last_action" else part)
    return np.concatenate(parts, axis=1)


def _join(model: onnx.ModelProto, contract: PolicyContract, weights: Array, bias: Array) -> None:
    """Adds the feedback to a graph: a foot's sine and cosine, squared and added up, say whether the clock runs."""
    graph, gait = model.graph, contract.gait
    assert gait is not None
    seen, acts = graph.input[0].name, graph.output[0].name
    begin = sum(contract.observation_sizes[: contract.observation_names.index("gait_phase")])
    pick = np.zeros((contract.observation_size, 2))
    pick[begin, 0] = pick[begin + len(gait.feet), 1] = 1.0
    for node in graph.node:
        node.output[:] = ["stepped" if name == acts else name for name in node.output]
    constants = {"pick_clock": pick, "sum_two": np.ones((2, 1)), "still_weights": weights, "still_bias": bias}
    arrays = {name: value.astype(np.float32) for name, value in constants.items()}
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in arrays.items())
    graph.node.extend(
        helper.make_node(kind, inputs, [output])
        for kind, inputs, output in (
            ("MatMul", [seen, "pick_clock"], "clock"),
            ("Mul", ["clock", "clock"], "clock_squared"),
            ("MatMul", ["clock_squared", "sum_two"], "runs"),
            ("Gemm", [seen, "still_weights", "still_bias"], "still"),
            ("Sub", ["stepped", "still"], "difference"),
            ("Mul", ["runs", "difference"], "stepping"),
            ("Add", ["still", "stepping"], acts),
        )
    )
