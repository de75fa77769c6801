"""ASAP: one YAML file for all its G1 policies, beside the ONNX files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skill_stack.controllers.importers.draft import Draft, Plain, motor_joints, need, numbers
from skill_stack.controllers.importers.fields import read_fields
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

NAME = "asap"
DESCRIPTION = "ASAP: folder with an ONNX file and a yaml that names JOINT_KP and obs_loco_dims"
LEGS = 12
HEIGHT = 0.78
"""Height of the pelvis that its deployment commands, m."""
TERMS: dict[str, Plain] = {
    "actions": {"term": "last_action"},
    "base_ang_vel": {"term": "base_ang_vel"},
    "base_lin_vel": {"term": "base_lin_vel"},
    "projected_gravity": {"term": "projected_gravity"},
    "command_lin_vel": {"term": "velocity_commands", "params": {"names": ["vx", "vy"]}},
    "command_ang_vel": {"term": "velocity_commands", "params": {"names": ["wz"]}},
    "command_base_height": {"term": "velocity_commands", "params": {"names": ["height"]}},
    "command_stand": {"term": "moving"},
    "dof_pos": {"term": "joint_pos_rel"},
    "dof_vel": {"term": "joint_vel_rel"},
    "sin_phase": {"term": "gait_phase", "params": {"form": "sin"}},
    "cos_phase": {"term": "gait_phase", "params": {"form": "cos"}},
}
BLOCKS = ("history_loco_height_config", "history_loco_config")


def find(path: Path) -> tuple[Path, Path] | None:
    """The YAML and ONNX files of a folder, or None when it is not of this kind."""
    folder = path if path.is_dir() else path.parent
    models = [path] if path.suffix == ".onnx" else sorted(folder.glob("*.onnx"))
    for file in sorted(folder.glob("*.yaml")):
        data = read_fields(file)
        if models and isinstance(data, Mapping) and {"JOINT_KP", "obs_loco_dims", "MOTOR2JOINT"} <= set(data):
            return file, models[0]
    return None


def read(path: Path, robot: RobotSpec) -> Draft:
    """Reads a folder or its ONNX file.

    Raises:
        DataError: A key is missing, or no block of history has the length of the network's input.
    """
    found = find(path)
    assert found is not None
    file, model = found
    data, facts = read_fields(file), OnnxFacts.read(model)
    # Its WeakMotorJointIndex names hip joints in the order of another robot; nothing but the motors' numbers is meant.
    names = motor_joints(robot, [int(motor) for motor in need(data, "JOINT2MOTOR", file)], file)
    count, size = len(names), facts.inputs[facts.only_input()][-1]
    upper = numbers(need(data, "loco_upper_body_dof_pos", file), "loco_upper_body_dof_pos", count - LEGS)
    manifest: Plain = {
        "rate": 50.0,  # its deployment runs every fourth step of SIMULATE_DT
        "joint_names": names,
        "default_joint_pos": numbers(need(data, "DEFAULT_DOF_ANGLES", file), "DEFAULT_DOF_ANGLES", count),
        "stiffness": numbers(need(data, "JOINT_KP", file), "JOINT_KP", count),
        "damping": numbers(need(data, "JOINT_KD", file), "JOINT_KD", count),
        "inputs": [{
            "name": facts.only_input(), "padding": "zeros", "terms": _terms(data, size, upper, file),
        }],
        "action": {
            "output": facts.first_output(), "joints": names[:LEGS], "kind": "default_plus_scaled", "scale": 0.25,
        },
        "commands": [
            {"name": "vx", "unit": "m/s", "lower": -0.5, "upper": 1.0},
            {"name": "vy", "unit": "m/s", "lower": -0.3, "upper": 0.3},
            {"name": "wz", "unit": "rad/s", "lower": -0.5, "upper": 0.5},
            {"name": "height", "unit": "m", "lower": 0.5, "upper": 0.8, "default": HEIGHT, "moves": False},
        ],
        # While it stands its deployment multiplies the clock by zero.
        "gait": {"period": float(need(data, "GAIT_PERIOD", file)), "stand_below": 0.1, "stand": "hold"},
        "external": facts.external,
    }  # fmt: skip
    notes = ("the upper body is held where loco_upper_body_dof_pos says",)
    return Draft(NAME, model, manifest, notes, dict(zip(names[LEGS:], upper)))


def _terms(data: Mapping[str, Any], size: int, upper: list[float], file: Path) -> list[Plain]:
    """Terms by alphabet, with the block of the past, newest first, at the place of its name."""
    dims, tried = need(data, "obs_loco_dims", file), []
    scales = need(data, "obs_scales", file)
    for block in BLOCKS:
        ages = data.get(block)
        if not isinstance(ages, Mapping):
            continue
        now = {name: int(dims[name]) for name in ages}
        length = sum(now.values()) + sum(now[name] * int(count) for name, count in ages.items())
        tried.append(f"{block} {length}")
        if length == size:
            named = sorted([*ages, block.removesuffix("_config")])
            return [
                term
                for name in named
                for term in (
                    [_term(name, scales, upper, [0])]
                    if name in ages
                    else [_term(one, scales, upper, range(1, int(ages[one]) + 1)) for one in sorted(ages)]
                )
            ]
    raise DataError(f"{file}: the network sees {size} values, which no block of history makes: {', '.join(tried)}")


def _term(name: str, scales: Mapping[str, Any], upper: list[float], ages: Any) -> Plain:
    term = {"term": "constant", "params": {"values": upper}} if name == "ref_upper_dof_pos" else TERMS.get(name)
    if term is None:
        raise DataError(f"the observation '{name}' is not understood; known are {', '.join(sorted(TERMS))}")
    return {**term, "scale": float(scales.get(name, 1.0)), "ages": list(ages)}
