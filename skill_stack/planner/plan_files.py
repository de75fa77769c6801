"""Plan files: plans that people wrote or edited are checked again, and plans are kept under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.fact import Fact
from skill_stack.core.plan import Plan, PlanNode, node_from_json
from skill_stack.core.plan_file import plan_text, tree_of_file
from skill_stack.core.resources import Resources
from skill_stack.core.scene import SceneGraph
from skill_stack.core.skill import SkillSpec
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.composites import asked_only, checked_name, composite, keep
from skill_stack.planner.summary import summary
from skill_stack.planner.symbolic.checker import Checker, Unreachable, node_of
from skill_stack.planner.symbolic.step import steps_of
from skill_stack.planner.symbolic.tree import expanded, parts_of


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
        checker = Checker(self.library, tuple(thing.id for thing in graph.objects.values() if thing.kind != "wall"))
        parts = expanded(parts_of(tree, self.library), self.library)
        for step in steps_of(parts):
            for name in _objects(step.spec, step.arguments):
                if name not in graph.objects:
                    raise UnknownName("object", name, graph.objects)

        def refused(why: str) -> Plan:
            return Plan(path.stem, f"file {path.name}", "refusal", reason=f"I cannot do that: {why}.")

        found = checker.check(tree, facts)
        if found is not None and not repair:
            return refused(f"{found}; --repair puts in missing steps where there are some")
        try:
            done, _ = checker.complete(parts, facts)
        except Unreachable as error:
            return refused(str(error))
        whole = PlanNode("sequence", tuple(node_of(part) for part in done), why="asked for")
        return Plan(path.stem, f"file {path.name}", "plan", whole, reason=summary(done, graph))

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
        tree = asked_only(node_from_json(dict(answer["tree"])))
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


def _objects(spec: SkillSpec, arguments: Mapping[str, Any]) -> list[str]:
    """What the arguments of a step name of the scene."""
    return [str(arguments[p.name]) for p in spec.goal if p.type == "object" and p.name in arguments]
