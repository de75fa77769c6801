"""Version of an episode as a short name: measurements of the same version may be combined."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.evaluation.suite import Suite, Task

LENGTH = 16  # hexadecimal digits
TOLD = {"description", "phrases", "provenance", "hazard", "preconditions", "effects"}
"""Fields of a skill that do not affect motion."""


class Versions:
    """Versions of a suite's tasks: of its worlds, of the robot, and of every skill that may run."""

    def __init__(self, resources: Resources, suite: Suite) -> None:
        """Loads the library.

        Raises:
            ResourceNotFound: There is no such robot.
        """
        self._resources, self._suite = resources, suite
        robot = load_robot(resources.robot(suite.robot), resources)
        self._library: SkillLibrary = load_library(resources, robot)
        self._robot = _digest([resources.robot(suite.robot) / "robot.yaml"])

    def version_of(self, task: Task) -> str:
        """Version of a task.

        Raises:
            UnknownName: Its skill does not exist.
        """
        names = self._closure(task.skill) if task.skill else set(self._library.entries)
        specs = [self._library.entries[name].spec for name in sorted(names)]
        suite = self._suite
        said = {
            "task": task.model_dump(mode="json", exclude={"success", "said"}),
            "success": [demand.text for demand in task.success],
            "worlds": [suite.randomisation.model_dump(mode="json"), suite.perturbations.model_dump(mode="json")],
            "robot": self._robot,
            "skills": [spec.model_dump_json(exclude=TOLD, exclude_defaults=True) for spec in specs if spec is not None],
            "scene": _digest([self._resources.scene(task.scene or suite.scene)]),
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:LENGTH]

    def _closure(self, skill: str) -> set[str]:
        """The skill and every one that it depends on; networks are identified by their hash in these files."""
        self._library[skill]
        found: set[str] = set()
        todo = {skill, "stand", "rise"} & set(self._library.entries)
        while todo:
            name = todo.pop()
            found.add(name)
            spec = self._library.entries[name].spec
            if spec is None:
                continue
            leans = {phase.stance for phase in spec.phases} | {spec.enter_through or ""}
            leans |= {spec.base} if spec.base else set()
            leans |= {spec.policy.base or ""} if spec.policy else set()
            todo |= (leans & set(self._library.entries)) - found
        return found


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
