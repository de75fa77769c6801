"""Troubles: things with which a skill failed when it was last tried, and what the robot told of the cause.

Where words leave a thing open, another one is taken. A success with the thing ends its trouble, and so does time. What
lies in the thing itself, such as its weight, is expected of every thing of its kind once it was met twice in a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.core.failure_cause import FailureCause
from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.planner.memory.experience import Experience, things_of
from skill_stack.planner.memory.features import as_asked, attributes, lifted, object_parameters
from skill_stack.planner.memory.piece_of_advice import holds_in
from skill_stack.planner.memory.rule import LearntRule

FORGOTTEN = 50
"""Tasks after which a trouble no longer counts: people clear ways and put things back."""
OF_THE_ROBOT = frozenset({FailureCause.SWITCHED_OFF.value, FailureCause.UNKNOWN.value, ""})
"""Causes that tell nothing of the thing."""
IN_THE_THING = frozenset({FailureCause.TOO_HEAVY.value, FailureCause.SLIPPED.value})
"""Causes that lie in the thing."""
TWICE = 2
"""Failures in a row with things of a kind from which on the kind is taken to be the reason."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing, or a kind of things, with which a skill failed.

    Attributes:
        skill: The skill, as it was asked for.
        thing: Id of the thing; empty for a kind.
        kind: Kind of things; empty for a thing.
        cause: A value of :class:`skill_stack.core.failure_cause.FailureCause`.
    """

    skill: str
    thing: str
    kind: str
    cause: str

    def concerns(self, skill: str, thing: SceneObject) -> bool:
        """Whether it is about a use of a skill with a thing."""
        return self.skill == skill and (self.thing == thing.id if self.thing else self.kind == thing.kind)


@dataclass(slots=True)
class Troubles:
    """Collects troubles from tasks, oldest first."""

    _tasks: int = 0
    _found: dict[tuple[str, str], tuple[int, Trouble]] = field(default_factory=dict)
    _kinds: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def note(self, task: Experience, library: SkillLibrary) -> None:
        """Takes the next task."""
        self._tasks += 1
        kinds = {thing.id: thing.kind for thing in task.things}
        for step in task.steps:
            if step.skill not in library or step.outcome == "interrupted":
                continue
            skill, _ = as_asked(step.skill, step.arguments, library)
            for name in object_parameters(library[step.skill])[:1]:
                thing = str(step.arguments.get(name, ""))
                alike = self._kinds.setdefault((skill, kinds.get(thing, "")), [])
                if step.outcome == "succeeded":
                    self._found.pop((skill, thing), None)
                    alike.clear()
                elif step.cause not in OF_THE_ROBOT:
                    self._found[skill, thing] = self._tasks, Trouble(skill, thing, "", step.cause)
                    alike += [step.cause] if step.cause in IN_THE_THING else []

    @property
    def present(self) -> tuple[Trouble, ...]:
        """Those that still count."""
        things = [one for task, one in self._found.values() if self._tasks - task < FORGOTTEN]
        kinds = [
            Trouble(skill, "", kind, causes[-1])
            for (skill, kind), causes in self._kinds.items()
            if kind and len(causes) >= TWICE
        ]
        return (*things, *kinds)


def against(
    node: PlanNode, rules: tuple[LearntRule, ...], troubles: tuple[Trouble, ...], library: SkillLibrary,
    scene: SceneGraph,
) -> Trouble | LearntRule | None:  # fmt: skip
    """What was learnt against a step: a trouble with its thing, or a rule that it fails with things like that.

    Args:
        node: The step.
        rules: What was learnt of skills.
        troubles: Things that made trouble.
        library: Skills.
        scene: What there is.
    """
    skill, arguments = as_asked(node.skill, node.arguments, library)
    spec = library[node.skill]
    names = (str(node.arguments.get(name)) for name in object_parameters(spec)[:1])
    things = [scene.objects[name] for name in names if name in scene.objects]
    trouble = next((one for one in troubles for thing in things if one.concerns(skill, thing)), None)
    if trouble is not None:
        return trouble
    step = Step(spec, node.arguments)
    features = lifted(attributes(things_of(scene), node.arguments), arguments)
    failing = (one for one in rules if one.skill == skill and one.kind == "fails" and one.given)
    return next((one for one in failing if all(holds_in(text, features, step) for text in one.given)), None)
