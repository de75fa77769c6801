"""unitree_rl_gym: ``deploy/deploy_real/configs/*.yaml`` or ``deploy_mujoco/configs/*.yaml`` beside a policy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skill_stack.controllers.importers.draft import Draft, Plain, motor_joints, need, number, numbers, product, rate_of
from skill_stack.controllers.importers.fields import read_fields
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

NAME = "unitree_rl_gym"
DESCRIPTION = "unitree_rl_gym: its deploy yaml, with the ONNX file named by --model or by policy_path beside it"
PERIOD = 0.8
"""Gait period that its deploy scripts have in their code, s."""
KEYS = {"policy_path", "num_actions", "num_obs", "default_angles", "action_scale"}


def find(path: Path) -> Path | None:
    """The yaml that a path means, or None when it is not of this kind."""
    if path.suffix not in (".yaml", ".yml"):
        return None
    data = read_fields(path)
    return path if isinstance(data, Mapping) and set(data) >= KEYS else None


def observations(path: Path) -> int | None:
    """How many values its network sees."""
    file = find(path)
    return None if file is None else int(read_fields(file)["num_obs"])


def read(path: Path, robot: RobotSpec) -> Draft:
    """Reads a yaml.

    Raises:
        DataError: A key is missing or makes no sense, or its policy is not beside it.
    """
    data = read_fields(path)
    facts = OnnxFacts.read(_model(path, str(data["policy_path"])))
    motors = [int(motor) for motor in data.get("leg_joint2motor_idx") or range(int(data["num_actions"]))]
    names, count = motor_joints(robot, motors, path), len(motors)
    manifest: Plain = {
        "rate": rate_of(_step(data, path), f"{path}: period"),
        "joint_names": names,
        "default_joint_pos": numbers(data["default_angles"], "default_angles", count),
        "stiffness": numbers(need(data, "kps", path), "kps", count),
        "damping": numbers(need(data, "kds", path), "kds", count),
        "inputs": [{"name": facts.only_input(), "terms": _terms(data, path)}],
        "action": {
            "output": facts.first_output(), "kind": "default_plus_scaled",
            "scale": number(data["action_scale"], f"{path}: action_scale"),
        },
        "commands": _commands(data),
        "external": facts.external,
    }  # fmt: skip
    if int(data["num_obs"]) == 11 + 3 * count:
        manifest["gait"] = {"period": PERIOD, "offsets": [0.0]}
        manifest["inputs"][0]["terms"].append({"term": "gait_phase", "params": {"form": "sin_cos"}})
    elif int(data["num_obs"]) != 9 + 3 * count:
        known = f"{9 + 3 * count} nor, with a clock, {11 + 3 * count}"
        raise DataError(f"{path}: num_obs {data['num_obs']} is neither {known}")
    others = motor_joints(robot, map(int, data.get("arm_waist_joint2motor_idx") or ()), path)
    target, kps, kds = (
        numbers(data.get(key) or (), key, len(others) if data.get(key) else None)
        for key in ("arm_waist_target", "arm_waist_kps", "arm_waist_kds")
    )
    notes = ("the order of observations is that of its deploy script",)
    return Draft(NAME, facts.path, manifest, notes, dict(zip(others, target)), dict(zip(others, zip(kps, kds))))


def _model(path: Path, named: str) -> Path:
    name = Path(named.replace("{LEGGED_GYM_ROOT_DIR}", "")).name
    for place in (path.parent / name, path.parent / Path(name).with_suffix(".onnx")):
        if place.suffix == ".onnx" and place.is_file():
            return place
    raise DataError(
        f"{path}: policy_path: its policy {name} is not beside it as ONNX; put that there, or {name} itself and say "
        "--trust-torchscript"
    )


def _step(data: Mapping[str, Any], path: Path) -> float:
    if "control_dt" in data:
        return number(data["control_dt"], f"{path}: control_dt")
    return product(data, ("simulation_dt", "control_decimation"), path)


def _terms(data: Mapping[str, Any], path: Path) -> list[Plain]:
    keys = ("ang_vel_scale", "dof_pos_scale", "dof_vel_scale")
    scale = {key: number(need(data, key, path), f"{path}: {key}") for key in keys}
    return [
        {"term": "base_ang_vel", "scale": scale["ang_vel_scale"]},
        {"term": "projected_gravity"},
        {"term": "velocity_commands", "scale": numbers(need(data, "cmd_scale", path), "cmd_scale", 3)},
        {"term": "joint_pos_rel", "scale": scale["dof_pos_scale"]},
        {"term": "joint_vel_rel", "scale": scale["dof_vel_scale"]},
        {"term": "last_action"},
    ]


def _commands(data: Mapping[str, Any]) -> list[Plain]:
    most = numbers(data.get("max_cmd") or (0.8, 0.5, 1.57), "max_cmd", 3)
    named = zip(("vx", "vy", "wz"), ("m/s", "m/s", "rad/s"), most)
    return [{"name": name, "unit": unit, "lower": -value, "upper": value} for name, unit, value in named]
