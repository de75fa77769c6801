"""unitree_rl_lab and unitree_rl_mjlab: ``params/deploy.yaml`` beside ``exported/policy.onnx``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from skill_stack.controllers.importers.draft import (
    Draft,
    Plain,
    motor_joints,
    need,
    numbers,
    rate_of,
    scalar_or_list,
    velocity_commands,
)
from skill_stack.controllers.importers.fields import fields
from skill_stack.controllers.importers.motion_csv import NAME as MOTION
from skill_stack.controllers.importers.motion_csv import from_arrays, link_after, reference
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

NAME = "unitree_rl_lab"
DESCRIPTION = "unitree_rl_lab / unitree_rl_mjlab: folder with params/deploy.yaml and exported/policy.onnx"
TERMS: dict[str, str] = {
    **{name: name for name in ("base_ang_vel", "base_lin_vel", "projected_gravity", "joint_pos_rel", "joint_vel_rel")},
    **{name: name for name in ("last_action", "motion_command", "motion_anchor_ori_b", "gait_phase")},
    **dict.fromkeys(("velocity_commands", "keyboard_velocity_commands"), "velocity_commands"),
}
"""Its terms and ours."""
TRACKING = {"motion_command", "motion_anchor_ori_b"}
WAIST = "waist_pitch_joint"
"""The last joint of the waist: what it moves is the anchor of the deployment's motions."""
ACTIONS = {"JointPositionAction": "default_plus_scaled", "JointVelocityAction": "wheel_velocity"}


class _Loader(yaml.SafeLoader):
    """Safe loader that also accepts the one Python object that the exporter writes: a slice over all joints."""


def _slice(loader: yaml.SafeLoader, node: yaml.Node) -> None:
    assert isinstance(node, yaml.SequenceNode)
    if any(value is not None for value in loader.construct_sequence(node)):
        raise yaml.YAMLError("joint_ids is a slice over some of the joints; only all of them are understood")


_Loader.add_constructor("tag:yaml.org,2002:python/object/apply:builtins.slice", _slice)


def find(path: Path) -> Path | None:
    """The ``deploy.yaml`` that a path means, or None: itself, or of the newest folder below that has ``exported``."""
    if path.is_file():
        return path if path.name == "deploy.yaml" else None
    for folder in [path, *sorted((one for one in path.glob("*") if (one / "exported").is_dir()), reverse=True)]:
        if (folder / "params" / "deploy.yaml").is_file():
            return folder / "params" / "deploy.yaml"
    return None


def read(path: Path, robot: RobotSpec) -> Draft:
    """Reads a folder or its ``deploy.yaml``.

    Raises:
        DataError: A key is missing or makes no sense, or the robot has no such motors.
    """
    file = find(path)
    assert file is not None
    data = _load(file)
    exported = file.parent.parent / "exported"
    facts = OnnxFacts.read(next(iter(sorted(exported.glob("*.onnx"))), exported / "policy.onnx"))
    motors = [int(motor) for motor in need(data, "joint_ids_map", file)]
    names = motor_joints(robot, motors, file)
    count = len(names)
    by_motor = {key: numbers(need(data, key, file), key) for key in ("stiffness", "damping")}
    if any(len(values) <= max(motors) for values in by_motor.values()):
        raise DataError(f"{file}: stiffness and damping have fewer values than there are motors")
    kind, action = _action(need(data, "actions", file), file)
    scale = scalar_or_list(action.get("scale", 1.0))
    offset = action.get("offset")
    manifest: Plain = {
        "rate": rate_of(need(data, "step_dt", file), f"{file}: step_dt"),
        "joint_names": names,
        "default_joint_pos": numbers(need(data, "default_joint_pos", file), "default_joint_pos", count),
        # Gains are the one thing that the exporter writes in the order of the motors.
        "stiffness": [by_motor["stiffness"][motor] for motor in motors],
        "damping": [by_motor["damping"][motor] for motor in motors],
        "inputs": _inputs(need(data, "observations", file), facts, data, file),
        "action": {
            "output": facts.first_output(), "kind": kind, "scale": scale,
            "offset": numbers(offset, "offset", count) if offset is not None else None,
            "target_clip": action.get("clip"),
        },
        "external": facts.external,
    }  # fmt: skip
    manifest |= _commands(data) | _gait(data)
    notes, files = ["values are rounded to three digits by the exporter"], {}
    if TRACKING & {term["term"] for one in manifest["inputs"] for term in one["terms"]}:
        table = _motion(file)
        anchor = link_after(robot, WAIST) if WAIST in robot.joint_names else robot.source.base_link
        content = from_arrays(table, robot, names, anchor)
        manifest["reference"], files = reference(content, anchor), {MOTION: content}
        notes.append(f"it follows {table.name}, seen from {anchor}")
    return Draft(NAME, facts.path, manifest, tuple(notes), files=files)


def _motion(file: Path) -> Path:
    """The motion beside a ``deploy.yaml``; raises DataError where there is none, or more than one."""
    found = sorted(file.parent.glob("*.npz"))
    if len(found) != 1:
        there = ", ".join(one.name for one in found) or "none"
        raise DataError(f"{file}: its policy follows a motion; put its one .npz beside this file (there: {there})")
    return found[0]


def _load(file: Path) -> Mapping[str, Any]:
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{file}: cannot be read: {error}") from error
    if not isinstance(data, Mapping):
        raise DataError(f"{file}: holds no keys")
    found: Mapping[str, Any] = fields(data, file)
    return found


def _action(actions: Mapping[str, Any], file: Path) -> tuple[str, Mapping[str, Any]]:
    if len(actions) != 1 or next(iter(actions)) not in ACTIONS:
        raise DataError(f"{file}: actions {sorted(actions)} are not understood; known is one of {sorted(ACTIONS)}")
    name, action = next(iter(actions.items()))
    return ACTIONS[name], action


def _inputs(observations: Mapping[str, Any], facts: OnnxFacts, data: Mapping[str, Any], file: Path) -> list[Plain]:
    """One input per group; without groups all terms are one."""
    grouped = all(isinstance(one, Mapping) and "history_length" not in one for one in observations.values())
    groups = observations if grouped and set(observations) <= set(facts.inputs) else {facts.only_input(): observations}
    return [_input(name, terms, data, file) for name, terms in groups.items()]


def _input(name: str, terms: Mapping[str, Any], data: Mapping[str, Any], file: Path) -> Plain:
    rest = {key: value for key, value in terms.items() if isinstance(value, Mapping)}
    by_frame = bool(terms.get("use_gym_history", data.get("use_gym_history", False)))
    return {
        "name": name,
        "terms": [_term(key, value, file) for key, value in rest.items()],
        "layout": "by_frame" if by_frame else "by_term",
        "order": "oldest_first",
        "padding": "repeat",
    }


def _term(name: str, data: Mapping[str, Any], file: Path) -> Plain:
    if name not in TERMS:
        raise DataError(f"{file}: the observation '{name}' is not understood; known are {', '.join(sorted(TERMS))}")
    scale = data.get("scale", 1.0)
    term: Plain = {
        "term": TERMS[name],
        "scale": scalar_or_list(1.0 if scale is None else scale),
        "clip": data.get("clip"),
        "scale_first": bool(data.get("scale_first", False)),
        "history": max(int(data.get("history_length") or 1), 1),
    }
    if TERMS[name] == "gait_phase":
        term["params"] = {"form": "sin_cos"}
    return term


def _commands(data: Mapping[str, Any]) -> Plain:
    commands = data.get("commands")
    return {"commands": velocity_commands(next(iter(commands.values())).get("ranges") or {})} if commands else {}


def _gait(data: Mapping[str, Any]) -> Plain:
    phase = data["observations"].get("gait_phase")
    if not isinstance(phase, Mapping):
        return {}
    return {"gait": {"period": float((phase.get("params") or {}).get("period", 0.8)), "offsets": [0.0]}}
