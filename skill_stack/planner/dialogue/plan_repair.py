"""PlanRepair: plans the rest of a job from the present state, after a failure or a change of the scene."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.spatial.crowding import CROWDED
from skill_stack.core.steps import Step
from skill_stack.core.world.blueprint_layout import Unbuildable
from skill_stack.core.world.building import Building
from skill_stack.core.world.clearing import Clearing
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.building.remaining import fallen
from skill_stack.planner.building.seen_goal import going_on, left_of
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.plan_remainder import relied_on_effects, replanned, rest_of, signature, things_of
from skill_stack.planner.dialogue.remedies import remedy_for, ways_on
from skill_stack.planner.plan_summary import summary
from skill_stack.planner.symbolic.checker import node_of
from skill_stack.planner.symbolic.simulation import violation
from skill_stack.planner.symbolic.tree import expanded, parts_of

MOST_REBUILT = 6
"""Largest number of repairs of a structure of which something fell."""
MOST_TRIES = 2
"""Largest number of repairs after failures before a person is asked."""
PUSHED = "what can be taken now is seen after a push"
_NEARNESS = ("near", "facing")


@dataclass(frozen=True, slots=True)
class PlanRepair:
    """Plans the rest; every plan is checked and completed.

    Attributes:
        library: Skills.
    """

    library: SkillLibrary

    def tries_nothing(self, job: Job, outcome: StepOutcome) -> bool:
        """Whether there is nothing to try after such a failure, in whatever state the robot is then."""
        remedy, builds = remedy_for(outcome, self.library), job.plan is not None and job.plan.building is not None
        return not builds and (remedy is None or not remedy.tries)

    def after_failure(
        self, job: Job, rest: PlanNode, outcome: StepOutcome, scene: SceneGraph, facts: frozenset[Fact]
    ) -> Plan | None:
        """An untried plan for the rest; None when there is none, or enough was tried.

        Args:
            job: The job.
            rest: What is left, the failed step first.
            outcome: How the step failed.
            scene: What there is.
            facts: What is true now.
        """
        clearing = job.plan is not None and isinstance(job.plan.building, Clearing)  # which bounds its tries itself
        if job.tries >= MOST_TRIES and not clearing:
            return None
        if job.plan is not None and job.plan.building is not None:  # what it failed in is judged by what is seen now
            job.tries += 1
            with contextlib.suppress(SkillStackError):
                return self.anew(job, rest, scene, facts, f"another try, since {outcome.reason or outcome.skill}")
            return None
        # what is left was just tried as it stands: doing the same once more is no plan
        job.tried.add(signature(PlanNode("sequence", rest.children if rest.type == "sequence" else (rest,))))
        for way in ways_on(outcome, rest, self.library, scene, facts):
            try:
                plan = self.anew(job, way, scene, facts, f"another try, since {outcome.reason or outcome.skill}")
            except SkillStackError:
                continue
            if plan is not None and plan.tree is not None and _bare(plan.tree) not in job.tried:
                job.tries += 1
                job.tried.add(_bare(plan.tree))
                return plan
        return None

    def anew(
        self, job: Job, rest: PlanNode, scene: SceneGraph, facts: frozenset[Fact], why: str, back: bool = False
    ) -> Plan | None:
        """The rest as a new plan of the same job; None when nothing remains.

        Args:
            job: The job.
            rest: What is left.
            scene: What there is.
            facts: What is true now.
            why: Why there is a new plan, for people.
            back: Whether what the steps before made true is brought about again, as after something in between.

        Raises:
            Unreachable: It cannot be done; names the condition.
            SkillStackError: A step is wrong.
        """
        assert job.plan is not None
        goal = job.plan.building
        if goal is not None:
            left = left_of(goal, scene, self.library)
            if left is None:
                return None
            rest, back, goal = _expanded(left, self.library), False, going_on(goal, left)
        wants = relied_on_effects(job.past, rest, self.library) if back else ()
        tree = replanned(rest, self.library, scene, facts, wants)
        if tree is None:
            return None
        job.version += 1
        identity = f"{job.plan.id.split('~')[0]}~{job.version}"
        told = f"{summary(parts_of(tree, self.library), scene)} [{why}]"
        return replace(job.plan, id=identity, tree=tree, building=goal, reason=told)

    def unchanged(self, job: Job, before: SceneGraph, now: SceneGraph, facts: frozenset[Fact]) -> str:
        """Why the rest of a job is no longer possible; empty when it is.

        Args:
            job: The job; its assumed facts are updated.
            before: The scene before.
            now: The scene now.
            facts: What is observed now.
        """
        if job.plan is None or job.plan.tree is None:
            return ""
        if isinstance(job.plan.building, Clearing):
            return PUSHED if job.past and _frees(self.library, job.past[-1]) else ""
        if job.plan.building is not None:
            return self._fallen(job, job.plan.building, now)
        return self._violated(job, job.plan.tree, before, now, facts)

    def _violated(
        self, job: Job, tree: PlanNode, before: SceneGraph, now: SceneGraph, facts: frozenset[Fact]
    ) -> str:
        """Which condition of the rest no longer holds, in words; empty where all do."""
        moved = {name for name, thing in now.objects.items() if before.objects.get(name) not in (None, thing)}
        job.believed = (job.believed - (before.facts - now.facts)) | now.facts
        job.believed = frozenset(
            fact
            for fact in job.believed
            if fact in facts or fact.predicate not in _NEARNESS or not moved & set(fact.arguments)
        )
        running = {run.path for run in job.runs.values()}
        times = {**job.done.times, **{path: job.done.times.get(path, 0) + 1 for path in running}}
        rest = rest_of(tree, replace(job.done, times=times))
        if rest is None:
            return ""
        gone = [name for name in things_of(rest, self.library) if name in before.objects and name not in now.objects]
        if gone:
            return f"the {before.objects[gone[0]].label} is no longer there"
        believed = job.believed
        for run in job.runs.values():
            believed = _after(self.library, run.node, believed)
        found = violation(self.library, rest, believed)
        return f"{found.skill} now needs {found.condition}" if found is not None else ""


    def unfinished(self, job: Job, now: SceneGraph) -> str:
        """What a structure lacks at the end of its steps, in words; empty for other jobs, and where it stands.

        Args:
            job: The job; it counts as another try.
            now: The scene.
        """
        if job.plan is None or job.plan.building is None or job.tries >= MOST_REBUILT:
            return ""
        try:
            left = left_of(job.plan.building, now, self.library)
        except Unbuildable as error:
            return str(error)
        if isinstance(job.plan.building, Clearing):
            return "there is more to put there" if left is not None else ""
        job.tries += left is not None
        return "the structure does not stand yet" if left is not None else ""

    def _fallen(self, job: Job, building: Building, now: SceneGraph) -> str:
        """Which block that was placed no longer stands; judged only between two of them, with the hand away."""
        busy = any("target" in run.node.arguments for run in job.runs.values())
        if busy or job.tries >= MOST_REBUILT:
            return ""
        placed = frozenset(str(node.arguments["target"]) for node in job.past if "place" in node.arguments)
        why = fallen(building, now, placed)
        rest = rest_of(job.plan.tree, job.done) if job.plan is not None and job.plan.tree is not None else None
        named = things_of(rest, self.library) if rest is not None else {}
        lost = [name for name in named if name not in now.objects]
        if lost and not why:
            return f"I know the {lost[0].replace('_', ' ')} by another name now"
        job.tries += bool(why)
        return why


def _expanded(tree: PlanNode, library: SkillLibrary) -> PlanNode:
    """A tree with every composite replaced by its steps."""
    return replace(tree, children=tuple(node_of(part) for part in expanded(parts_of(tree, library), library)))


def _after(library: SkillLibrary, node: PlanNode, facts: frozenset[Fact]) -> frozenset[Fact]:
    """Facts after a step."""
    return Step(library[node.skill], library[node.skill].complete(dict(node.arguments))).after(facts)


def _frees(library: SkillLibrary, node: PlanNode) -> bool:
    """Whether a step makes room for a grasp."""
    return any(text.startswith(f"not {CROWDED}(") for text in library[node.skill].effects)


def _bare(tree: PlanNode) -> object:
    """A plan in comparable form, regardless of nesting at the top."""
    return signature(PlanNode("sequence", tree.children if tree.type == "sequence" else (tree,)))
