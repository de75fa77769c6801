"""holosoma: JSON metadata with joints and gains; terms, scales and default pose stand in its Python configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from skill_stack.controllers.importers.draft import Draft, Plain, need, numbers, velocity_commands
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

NAME = "holosoma"
DESCRIPTION = "holosoma: ONNX file with dof_names, kp, kd inside; the rest by --preset holosoma_g1_loco"


def recognises(facts: OnnxFacts) -> bool:
    """Whether a file is of this kind."""
    return {"dof_names", "kp", "kd"} <= set(facts.metadata)


def read(path: Path, robot: RobotSpec) -> Draft:
    """Reads a file.

    Raises:
        DataError: Metadata are no JSON, or lists do not fit.
    """
    facts = OnnxFacts.read(path)
    names = [str(name) for name in _value(facts, "dof_names")]
    manifest: Plain = {
        "joint_names": names,
        "stiffness": numbers(_value(facts, "kp"), "kp", len(names)),
        "damping": numbers(_value(facts, "kd"), "kd", len(names)),
        "action": {"output": facts.first_output()},
        "external": facts.external,
    }
    ranges = _value(facts, "command_ranges") if "command_ranges" in facts.metadata else None
    if isinstance(ranges, dict):
        named = {"vx": "lin_vel_x", "vy": "lin_vel_y", "wz": "ang_vel_yaw"}
        manifest["commands"] = velocity_commands(ranges, named)
    if "action_scale" in facts.metadata:
        manifest["action"]["scale"] = _value(facts, "action_scale")
    return Draft(NAME, facts.path, manifest)


def _value(facts: OnnxFacts, key: str) -> Any:
    try:
        return json.loads(need(facts.metadata, key, facts.path))
    except ValueError as error:
        raise DataError(f"{facts.path}: metadata '{key}' are no JSON: {error}") from error
