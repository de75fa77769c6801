"""Plan files: checks written or edited plans, and saves plans under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.plan import Plan, node_from_json
from skill_stack.core.plan_file import plan_text, tree_of_file
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.composites import checked_name, composite, keep, without_inserted_steps
from skill_stack.planner.given_plan import checked_plan


@dataclass(frozen=True, slots=True)
class PlanFiles:
    """Reads, checks and writes plans of one robot.

    Attributes:
        resources: Where composites are kept.
        library: Skills.
    """

    resources: Resources
    library: SkillLibrary

    def check(self, path: Path, graph: SceneGraph, facts: frozenset[Fact], repair: bool = False) -> Plan:
        """Checks a plan that a person wrote or edited; the reason of a refusal names what is violated first.

        Args:
            path: A plan file, or the ``skill.yaml`` of a composite without arguments.
            graph: What there is.
            facts: What is true before.
            repair: Whether missing steps are put in.

        Raises:
            DataError: The file is no plan, or one of its arguments is wrong.
            UnknownName: A skill, argument or object does not exist.
        """
        tree = tree_of_file(read_yaml(path), str(path))
        return checked_plan(tree, self.library, graph, facts, (path.stem, f"file {path.name}"), repair)

    def save(self, name: str, answer: Mapping[str, Any], words: str) -> Path:
        """Keeps a plan under a name: as a composite skill, or as a plan file when the name ends with ``.yaml``.

        Args:
            name: Name of the skill, or path of the file.
            answer: A plan as plain data.
            words: What it came from.

        Returns:
            The file.

        Raises:
            DataError: There is no plan to save, the name is taken by a skill that is no composite or is none for a
                skill, or the file cannot be written.
        """
        if answer.get("skill"):  # "this is how you patrol: …"
            return keep(self.resources, {**answer["skill"], "name": checked_name(name)})
        if answer["status"] != "plan":
            raise DataError(f"there is no plan to save: {answer['reason']}")
        tree = without_inserted_steps(node_from_json(dict(answer["tree"])))
        if name.endswith((".yaml", ".yml")):
            try:
                Path(name).write_text(plan_text(tree, instruction=words), encoding="utf-8")
            except OSError as error:
                raise DataError(f"{name}: cannot be written: {error}") from error
            return Path(name)
        entry = self.library.entries.get(name)
        if entry is not None and (entry.spec is None or entry.spec.composite is None):
            raise DataError(f"'{name}' is a skill of {self.library.robot} already; choose another name")
        return keep(self.resources, composite(self.library.robot, name, tree, recipe=words))
