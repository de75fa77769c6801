"""mjlab, whole_body_tracking and unitree_bringup: all conventions are in the ONNX file's metadata."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from skill_stack.controllers.importers.draft import Draft, Plain, need, numbers, velocity_commands
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

NAME = "mjlab"
DESCRIPTION = "mjlab / whole_body_tracking / unitree_bringup: ONNX file with joint_names and observation_names inside"
TERMS: dict[str, str] = {
    **{name: name for name in ("base_ang_vel", "base_lin_vel", "projected_gravity", "joint_effort")},
    **{name: name for name in ("motion_anchor_ori_b", "motion_anchor_pos_b")},
    **dict.fromkeys(("joint_pos", "joint_pos_rel", "joint_positions"), "joint_pos_rel"),
    **dict.fromkeys(("joint_vel", "joint_vel_rel", "joint_velocities"), "joint_vel_rel"),
    **dict.fromkeys(("actions", "last_action"), "last_action"),
    **dict.fromkeys(("command", "velocity_commands", "twist"), "velocity_commands"),
}
"""Its terms and ours; ``command`` is the motion where there is one."""
REFERENCE = {"joint_pos", "joint_vel"}
WAYS = "give all inputs by --conventions"
ESTIMATED = ("base_lin_vel", "motion_anchor_pos_b")
"""Terms that need an estimate of the base's motion."""


def recognises(facts: OnnxFacts) -> bool:
    """Whether a file is of this kind."""
    return {"joint_names", "observation_names"} <= set(facts.metadata)


def read(path: Path, robot: RobotSpec) -> Draft:
    """Reads a file.

    Raises:
        DataError: A list has another length than there are joints, or a term is not understood.
    """
    facts = OnnxFacts.read(path)
    names = listed(need(facts.metadata, "joint_names", facts.path))
    tracks = "time_step" in facts.inputs and set(facts.outputs) >= REFERENCE
    manifest: Plain = {
        "joint_names": names,
        "inputs": [_input(facts, tracks)],
        "action": {"output": "actions" if "actions" in facts.outputs else facts.first_output()},
        "external": facts.external,
    }
    for key, theirs in (
        ("default_joint_pos", "default_joint_pos"), ("stiffness", "joint_stiffness"), ("damping", "joint_damping"),
    ):  # fmt: skip
        if facts.metadata.get(theirs, "").strip():
            manifest[key] = numbers(listed(facts.metadata[theirs]), theirs, len(names))
    scale = listed(facts.metadata.get("action_scale", ""))
    if scale:
        values = numbers(scale, "action_scale", None if len(scale) == 1 else len(names))
        manifest["action"]["scale"] = values[0] if len(values) == 1 else values
    if tracks:
        manifest["reference"] = _reference(facts)
    elif "velocity_commands" in [term["term"] for term in manifest["inputs"][0]["terms"]]:
        manifest["commands"] = velocity_commands({})
    if any(term["term"] in ESTIMATED for term in manifest["inputs"][0]["terms"]):
        manifest["needs"] = ["base_lin_vel"]
    notes = ["metadata are rounded to three digits by the exporter"]
    if not tracks and manifest.get("commands"):
        notes.append("command ranges are not in the file: −1…1 is assumed; narrow them by --conventions")
    return Draft(NAME, facts.path, manifest, tuple(notes))


def listed(text: str) -> list[str]:
    """Items of comma-separated text or of a JSON list."""
    if text.lstrip().startswith("["):
        try:
            return [str(item) for item in json.loads(text)]
        except ValueError as error:
            raise DataError(f"metadata cannot be read: {error}") from error
    return [part.strip() for part in text.split(",") if part.strip()]


def _observation(facts: OnnxFacts) -> str:
    others = [name for name in facts.inputs if name != "time_step"]
    if len(others) != 1:
        raise DataError(f"{facts.path}: has the inputs {sorted(facts.inputs)}, this format knows obs and time_step")
    return others[0]


def _input(facts: OnnxFacts, tracks: bool) -> Plain:
    """The observation; histories are flattened term by term unless the file states otherwise."""
    names, terms = listed(need(facts.metadata, "observation_names", facts.path)), []
    lengths = [int(str(one or 1)) for one in _per_term(facts, names, "history_lengths", "history_length")]
    flat = [one is None or bool(one) for one in _per_term(facts, names, "flatten_history_dim")]
    scales, clips = _per_term(facts, names, "scale"), _per_term(facts, names, "clip")
    for name, length, scale, clip in zip(names, lengths, scales, clips, strict=True):
        ours = "motion_command" if tracks and name == "command" else TERMS.get(name)
        if ours is None:
            known = ", ".join(sorted(TERMS))
            raise DataError(f"{facts.path}: the observation '{name}' is not understood; known are {known}; {WAYS}")
        term: Plain = {"term": ours, "history": max(length, 1)}
        terms.append(term | ({} if scale is None else {"scale": scale}) | ({} if clip is None else {"clip": clip}))
    name = _observation(facts)
    if all(flat) or max(lengths) <= 1:
        return {"name": name, "terms": terms}
    if any(flat) or len(set(lengths)) > 1:
        raise DataError(
            f"{facts.path}: histories that are not flattened stand side by side, which needs the same length for all "
            f"terms and none that is flattened; lengths are {lengths}"
        )
    return {"name": name, "terms": terms, "layout": "by_frame", "shape": list(facts.inputs[name])}


def _per_term(facts: OnnxFacts, names: list[str], *keys: str) -> list[Any]:
    """A value per term; None for terms without a value in the file.

    Raises:
        DataError: It cannot be read, or has another number of values.
    """
    heads = ("observation_", "observation_term_", "observation_terms_")
    said = (facts.metadata.get(f"{head}{key}", "").strip() for head in heads for key in keys)
    text = next(filter(None, said), "")
    if not text:
        return [None] * len(names)
    try:
        found = json.loads(text) if text.startswith(("[", "{")) else ast.literal_eval(f"[{text}]")
    except (ValueError, SyntaxError) as error:
        raise DataError(f"{facts.path}: the metadata {keys[-1]} of its terms cannot be read: {text!r}") from error
    if isinstance(found, dict):
        return [found.get(name) for name in names]
    if len(found) != len(names):
        raise DataError(f"{facts.path}: metadata have {len(found)} values of {keys[-1]} for {len(names)} terms")
    return list(found)


def _reference(facts: OnnxFacts) -> Plain:
    outputs = facts.outputs
    return {
        "time_step": "time_step",
        "joint_pos": "joint_pos",
        "joint_vel": "joint_vel",
        "body_pos": "body_pos_w" if "body_pos_w" in outputs else None,
        "body_quat": "body_quat_w" if "body_quat_w" in outputs else None,
        "bodies": listed(facts.metadata.get("body_names", "")),
        "anchor": facts.metadata.get("anchor_body_name", ""),
        "quaternion": "wxyz",
    }
