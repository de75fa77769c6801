"""Reader of ONNX files without metadata, such as those of mujoco_playground: a preset gives the conventions."""

from __future__ import annotations

from pathlib import Path

from skill_stack.controllers.importers.draft import Draft
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.robots.robot import RobotSpec

NAME = "onnx"
DESCRIPTION = "any other ONNX file: conventions by --preset (mujoco_playground and others) or --conventions"


def read(path: Path, robot: RobotSpec) -> Draft:
    """Reads inputs and outputs alone."""
    facts = OnnxFacts.read(path)
    return Draft(NAME, facts.path, {"action": {"output": facts.first_output()}, "external": facts.external})
