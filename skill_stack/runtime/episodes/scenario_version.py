"""Version of an episode as a short name: measurements of the same version may be combined.

What is said counts, not how: comments, and fields that state their defaults or have been added since, change nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from skill_stack.core.data_file import read_yaml
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
        self._robot = read_yaml(resources.robot(suite.robot) / "robot.yaml")

    def version_of(self, task: Task) -> str:
        """Version of a task.

        Raises:
            UnknownName: Its skill does not exist.
        """
        names = {task.skill, "stand", "rise"} if task.skill else set(self._library.entries)
        if task.skill:
            self._library[task.skill]
        suite = self._suite
        worlds = (suite.randomisation, suite.perturbations)
        said = {
            "task": task.model_dump(mode="json", exclude={"success", "said"}, exclude_defaults=True),
            "success": [demand.text for demand in task.success],
            "worlds": [told.model_dump(mode="json", exclude_defaults=True) for told in worlds],
            "robot": self._robot,
            "skills": skills_behind(self._library, names),
            "scene": read_yaml(self._resources.scene(task.scene or suite.scene)),
        }
        return version_name(said)


def version_name(said: Any) -> str:
    """Short name of plain data: the same for the same data, in whatever order its fields stand."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:LENGTH]


def skills_behind(library: SkillLibrary, names: Iterable[str]) -> list[str]:
    """What moves the robot in these skills: theirs and those of all that they depend on, as text.

    Networks are identified by the hash in these files.

    Args:
        library: The robot's skills.
        names: Names of skills; those that it does not have are left out.
    """
    found: dict[str, str] = {}
    todo = set(names) & set(library.entries)
    while todo:
        name = todo.pop()
        found[name] = ""
        spec = library.entries[name].spec
        if spec is None:
            continue
        found[name] = spec.model_dump_json(exclude=TOLD, exclude_defaults=True)
        leans = {phase.stance for phase in spec.phases} | {spec.enter_through or ""}
        leans |= {spec.base} if spec.base else set()
        leans |= {spec.policy.base or ""} if spec.policy else set()
        todo |= (leans & set(library.entries)) - set(found)
    return [found[name] for name in sorted(found) if found[name]]
