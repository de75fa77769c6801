"""Isaac Lab: ``IO_descriptors.yaml`` with the ONNX file beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skill_stack.controllers.importers.draft import (
    Draft,
    Plain,
    need,
    numbers,
    rate_of,
    scalar_or_list,
    velocity_commands,
)
from skill_stack.controllers.importers.fields import read_fields
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

NAME = "isaac_lab"
DESCRIPTION = "Isaac Lab: IO_descriptors.yaml, with one ONNX file beside it"
TERMS: dict[str, str] = {
    **{name: name for name in ("base_lin_vel", "base_ang_vel", "projected_gravity", "joint_effort", "last_action")},
    **dict.fromkeys(("joint_pos_rel", "joint_pos"), "joint_pos_rel"),
    **dict.fromkeys(("joint_vel_rel", "joint_vel"), "joint_vel_rel"),
    **dict.fromkeys(("generated_commands", "velocity_commands"), "velocity_commands"),
}
ACTIONS = {"JointPositionAction": "default_plus_scaled", "RelativeJointPositionAction": "measured_plus_scaled",
           "JointVelocityAction": "wheel_velocity", "JointEffortAction": "torque"}  # fmt: skip
"""Its kinds of action and ours."""


def find(path: Path) -> Path | None:
    """The descriptor file that a path means, or None."""
    file = path / "IO_descriptors.yaml" if path.is_dir() else path
    if file.suffix not in (".yaml", ".yml") or not file.is_file():
        return None
    data = read_fields(file)
    return file if isinstance(data, Mapping) and {"actions", "observations", "articulations"} <= set(data) else None


def read(path: Path, robot: RobotSpec) -> Draft:
    """Reads a descriptor file.

    Raises:
        DataError: A key is missing or makes no sense; a term or action is not understood.
    """
    file = find(path)
    assert file is not None
    data = read_fields(file)
    models = sorted(file.parent.glob("*.onnx"))
    if len(models) != 1:
        raise DataError(f"{file}: one ONNX file must lie beside it, there are {[one.name for one in models]}")
    facts = OnnxFacts.read(models[0])
    body = need(need(data, "articulations", file), "robot", file)
    names = [str(name) for name in need(body, "joint_names", file)]
    count, scene = len(names), need(data, "scene", file)
    manifest: Plain = {
        "rate": rate_of(need(scene, "dt", file), f"{file}: scene.dt"),
        "joint_names": names,
        "default_joint_pos": numbers(need(body, "default_joint_pos", file), "default_joint_pos", count),
        "inputs": [
            _input(name if name in facts.inputs else facts.only_input(), terms, names, file)
            for name, terms in _groups(data["observations"], facts).items()
        ],
        "action": {"output": facts.first_output(), **_action(data["actions"], file)},
        "commands": velocity_commands({}),
        "external": facts.external,
    }
    stiffness = numbers(need(body, "default_joint_stiffness", file), "default_joint_stiffness", count)
    notes = ["command ranges are not in the file: −1…1 is assumed"]
    if any(stiffness):  # zeros stand for an actuator network, whose gains nobody can know
        manifest["stiffness"] = stiffness
        manifest["damping"] = numbers(need(body, "default_joint_damping", file), "default_joint_damping", count)
    else:
        notes.append("its gains are all zero, as with an actuator network")
    return Draft(NAME, facts.path, manifest, tuple(notes))


def _groups(observations: Mapping[str, Any], facts: OnnxFacts) -> Mapping[str, Any]:
    """Groups that the network sees: those of its inputs' names, or the one called policy."""
    named = {name: terms for name, terms in observations.items() if name in facts.inputs}
    if named:
        return named
    if "policy" in observations:
        return {"policy": observations["policy"]}
    if len(observations) == 1:
        return observations
    raise DataError(f"{facts.path}: which of the groups {sorted(observations)} it sees is not said")


def _input(name: str, terms: list[Mapping[str, Any]], joints: list[str], file: Path) -> Plain:
    return {"name": name, "terms": [_term(term, joints, file) for term in terms], "order": "oldest_first"}


def _term(data: Mapping[str, Any], joints: list[str], file: Path) -> Plain:
    name = str(need(data, "name", file))
    if name not in TERMS:
        raise DataError(f"{file}: the observation '{name}' is not understood; known are {', '.join(sorted(TERMS))}")
    over = data.get("overloads") or {}
    scale = over.get("scale")
    term: Plain = {
        "term": TERMS[name],
        "scale": 1.0 if scale is None else scalar_or_list(scale),
        "clip": over.get("clip"),
        "history": max(int(over.get("history_length") or 1), 1),
    }
    named = data.get("joint_names")
    if TERMS[name].startswith("joint") and named and list(named) != joints:
        term["joints"] = list(named)
    return term


def _action(actions: list[Mapping[str, Any]], file: Path) -> Plain:
    if len(actions) != 1:
        raise DataError(f"{file}: it has {len(actions)} actions; policies with one are understood")
    action = actions[0]
    kind = str(action.get("action_type") or action.get("name"))
    known = ACTIONS.get(kind) or ACTIONS.get(str(action.get("full_path", "")).rsplit(".", 1)[-1].rsplit(":", 1)[-1])
    if known is None:
        raise DataError(f"{file}: the action '{kind}' is not understood; known are {', '.join(ACTIONS)}")
    names = [str(name) for name in need(action, "joint_names", file)]
    scale, offset = action.get("scale", 1.0), action.get("offset")
    out: Plain = {
        "kind": known, "joints": names, "scale": scalar_or_list(scale),
    }  # fmt: skip
    if isinstance(offset, list) and known == "default_plus_scaled":
        out["offset"] = numbers(offset, "offset", len(names))
    if isinstance(action.get("clip"), list) and action["clip"]:
        out["target_clip"] = action["clip"]
    return out
