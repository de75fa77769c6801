"""A synthetic robot of any number of joints with its own policies, as a folder of data in a temporary place.

The control loop's cost depends on the number of joints and on the size of the network, not on its training. So a
benchmark for 29 joints needs no trained humanoid, only valid data files.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import yaml
from onnx import TensorProto, helper, numpy_helper

from skill_stack.controllers.policies.policy_contract import GaitPhase, PolicyContract

HIDDEN = (512, 256, 128)
"""Layer sizes of the network: the usual ones for humanoid locomotion."""
FEET = ("left", "right")
COMMANDS = ("vx", "vy", "wz")
OPSET = 17
RISE = "rise"
"""Name of the posture skill."""


def write_robot(
    root: Path, name: str, joints: int, rate: float, hidden: tuple[int, ...] = HIDDEN, policies: int = 1
) -> Path:
    """Writes ``urdf/<name>`` and ``models/<name>`` with the skills rise, stand and walk, and more if requested.

    Args:
        root: Folder to put them in; it can then stand in ``$SKILL_STACK_PATH``.
        name: Name of the robot.
        joints: Number of joints.
        rate: Control rate of robot and policies, Hz.
        hidden: Sizes of the hidden layers.
        policies: Number of different networks; those beyond the first belong to the skills of :func:`more_skills`.

    Returns:
        The root.
    """
    names = [f"joint_{index:02d}" for index in range(joints)]
    _write(root / "urdf" / name / "robot.yaml", _robot(name, names, rate))
    contract = _contract(names, rate)
    models = root / "models" / name
    for seed, skill in ((1, "walk"), (1, "stand"), *enumerate(more_skills(policies), start=2)):
        (models / skill).mkdir(parents=True, exist_ok=True)
        model = models / skill / "policy.onnx"
        model.write_bytes(network(contract, hidden, seed).SerializeToString())
        digest = hashlib.sha256(model.read_bytes()).hexdigest()
        fixed = {} if skill != "stand" else dict.fromkeys(COMMANDS, 0.0)
        policy = {"model": model.name, "sha256": digest, "fixed_goal": fixed}
        _write(models / skill / "skill.yaml", _skill(name, skill, "policy", policy))
    frames = [{"pose": "default", "duration": 0.1, "kp": 40.0, "kd": 1.0}]
    _write(models / RISE / "skill.yaml", _skill(name, RISE, "posture", {"keyframes": frames}))
    return root


def more_skills(policies: int) -> list[str]:
    """Names of the skills that have a network of their own besides that of walk and stand."""
    return [f"walk_{number:02d}" for number in range(2, policies + 1)]


def network(contract: PolicyContract, hidden: tuple[int, ...], seed: int = 1) -> onnx.ModelProto:
    """A multilayer perceptron with ELU and small random weights, with the contract in its metadata.

    Args:
        contract: What it observes and drives.
        hidden: Sizes of the hidden layers.
        seed: Of the weights.
    """
    rng = np.random.default_rng(seed)
    sizes = (contract.observation_size, *hidden, len(contract.joint_names))
    nodes, weights, source = [], [], "obs"
    for layer, (wide, narrow) in enumerate(zip(sizes, sizes[1:])):
        matrix = (rng.standard_normal((wide, narrow)) * 0.5 / np.sqrt(wide)).astype(np.float32)
        weights.append(numpy_helper.from_array(matrix, f"w{layer}"))
        weights.append(numpy_helper.from_array(np.zeros(narrow, np.float32), f"b{layer}"))
        last = layer == len(sizes) - 2
        target = "actions" if last else f"h{layer}"
        nodes.append(helper.make_node("Gemm", [source, f"w{layer}", f"b{layer}"], [target]))
        if not last:
            nodes.append(helper.make_node("Elu", [target], [f"e{layer}"]))
            source = f"e{layer}"
    graph = helper.make_graph(
        nodes,
        "synthetic_policy",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, [1, sizes[0]])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, [1, sizes[-1]])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    helper.set_model_props(model, contract.to_metadata())
    onnx.checker.check_model(model)
    return model


def _contract(names: list[str], rate: float) -> PolicyContract:
    count = len(names)
    terms = {
        "base_ang_vel": 3,
        "projected_gravity": 3,
        "velocity_commands": len(COMMANDS),
        "joint_pos_rel": count,
        "joint_vel_rel": count,
        "last_action": count,
        "gait_phase": 2 * len(FEET),
    }
    return PolicyContract(
        joint_names=tuple(names),
        default_joint_pos=(0.0,) * count,
        joint_stiffness=(40.0,) * count,
        joint_damping=(1.0,) * count,
        action_scale=(0.25,) * count,
        observation_names=tuple(terms),
        observation_sizes=tuple(terms.values()),
        command_names=COMMANDS,
        command_ranges=((-1.0, 1.0),) * len(COMMANDS),
        control_rate=rate,
        gait=GaitPhase(FEET, (0.0, 0.5), 1.5, 0.1),
    )


def _robot(name: str, names: list[str], rate: float) -> dict:
    joint = {
        "lower": -2.0, "upper": 2.0, "velocity": 20.0, "effort": 80.0, "kp": 40.0, "kd": 1.0, "damp_kd": 3.0
    }  # fmt: skip
    pose = dict.fromkeys(names, 0.0)
    return {
        "name": name,
        "description": f"Made up for benchmarks: {len(names)} joints at {rate:g} Hz.",
        "source": {"package": "none", "urdf": "none", "base_link": "base", "imu_link": "base"},
        "joints": [{"name": item, **joint} for item in names],
        "parts": {"body": names},
        "feet": [{"name": foot, "link": foot, "radius": 0.02} for foot in FEET],
        "poses": {"default": pose, "lie": pose, "sit": pose},
        "stand_height": 0.7,
        "footprint": {"front": 0.2, "back": 0.2, "side": 0.2},
        "control_rate": rate,
        "safety": {
            "tilt": 1.0, "angular_speed": 6.0, "joint_speed_margin": 1.2, "slew": 40.0, "sample_age": 0.06,
            "deadline_misses": 5, "heartbeat_age": 0.3, "motor_temperature": 110.0, "battery": 0.15,
        },
        "drivers": {"mujoco": "skill_stack.hardware.shared_memory_driver:SharedMemoryDriver"},
        "sources": {"all": "made up"},
    }  # fmt: skip


def _skill(robot: str, name: str, kind: str, part: dict) -> dict:
    goal = [
        {"name": item, "description": item, "unit": "m/s", "lower": -1.0, "upper": 1.0, "default": 0.0}
        for item in COMMANDS
    ]
    return {
        "name": name,
        "robot": robot,
        "kind": kind,
        "description": f"Made up for benchmarks: {name}.",
        "goal": goal if name.startswith("walk") else [],
        "phases": [{"name": "only", "kind": "free", "stance": "stand"}],
        "envelope": {"tilt": 1.0, "angular_speed": 6.0},
        "timeout": 60.0,
        "provenance": {"recipe": "random weights"},
        kind: part,
    }


def _write(path: Path, data: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
