"""JobRunner: executes one job through the port, step by step, with changes while it runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.processes.confirmation import SAID_YES
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.holding import held_after
from skill_stack.core.world.scene import Pose2
from skill_stack.planner.dialogue.dialogue_planner import DialoguePlanner
from skill_stack.planner.dialogue.job import Job, LeafRun
from skill_stack.planner.dialogue.plan_remainder import Done, rest_of, signature
from skill_stack.planner.dialogue.port import Port
from skill_stack.planner.dialogue.records.preferences import Preference, paced
from skill_stack.planner.dialogue.task_progress import step_text
from skill_stack.planner.executor import PlanExecutor, PlanProgress
from skill_stack.planner.hazards.check import HazardFinding, step_key
from skill_stack.planner.memory.task_watch import TaskWatch


@dataclass(slots=True)
class JobRunner:
    """Runs jobs, one at a time.

    Attributes:
        library: Skills.
        port: The way out.
        ended: Called with a job and how its tree ended.
        renew: Called when a step has succeeded and the rest must be planned anew.
        known: Gives the preferences.
        planner: Checks for hazardous combinations.
        held: Objects that may be in the hand after the steps so far, also those of earlier jobs.
        holding: What hands do hold, by the effects of those steps.
    """

    library: SkillLibrary
    port: Port
    ended: Callable[[Job, PlanProgress], None]
    renew: Callable[[Job], None]
    known: Callable[[], tuple[Preference, ...]]
    planner: DialoguePlanner
    held: frozenset[str] = frozenset()
    holding: frozenset[Fact] = frozenset()

    def facts(self) -> frozenset[Fact]:
        """The present facts, with what hands hold."""
        return self.port.facts() | self.holding

    def findings(self, tree: PlanNode, told: frozenset[Fact] = frozenset()) -> tuple[HazardFinding, ...]:
        """Hazardous combinations in a tree, from the present state.

        Args:
            tree: Steps.
            told: Additional stated facts.
        """
        facts = self.facts() | told
        return self.planner.hazards.findings(tree, self.library, self.port.graph(), facts, self.held)

    def begin(self, job: Job, plan: Plan) -> None:
        """Starts a job with a plan, or continues with a new one; raises DataError or UnknownName for an invalid plan.
        """
        job.executor = PlanExecutor(plan, self.library)
        job.plan, job.done, job.past, job.stale = plan, Done(), [], ""
        job.runs.clear()
        assert plan.tree is not None
        job.tried.add(signature(plan.tree))
        job.believed = self.facts()
        if job.watch is None:
            job.began = self.port.now
            job.watch = TaskWatch(plan, self.port.graph(), job.believed, self.library, job.instruction.text)

    def advance(self, job: Job, outcomes: Sequence[StepOutcome] = ()) -> None:
        """Ticks the tree; a plan that must be made anew starts no more steps."""
        if job.executor is None:
            return
        progress = job.executor.tick(self.port.now, outcomes, self.facts())
        for leaf in progress.cancel:
            run = job.runs.pop(leaf, None)
            self.port.cancel(run.request.id if run else leaf)
        for note in progress.notes:
            job.tell("note", note)
        for request in progress.start:
            self._begin_step(job, request)
        if outcomes or progress.start or progress.cancel or progress.outcome:
            self.port.show(job)
        if progress.outcome:
            self.ended(job, progress)

    def _begin_step(self, job: Job, request: SkillRequest) -> None:
        assert job.executor is not None
        path, node = job.executor.running[request.id]
        request, scene = paced(request, self.known()), self.port.graph()
        job.scenes.setdefault(request.skill, scene)
        job.runs[request.id] = LeafRun(request.id, path, node, request, pose=scene.robot)
        if job.held:
            job.withheld.append(request)
        else:
            self._start(job, request)

    def _start(self, job: Job, request: SkillRequest) -> None:
        if job.watch is not None:
            job.watch.started(request, self.facts())
        job.tell("step_started", step_text(request, self.library))
        self.port.start(self._confirmed(job, request))

    def _confirmed(self, job: Job, request: SkillRequest) -> SkillRequest:
        """A request marked as confirmed, where a person confirmed its skill or exactly that step.

        The port signs that; and the connector begins no step of a hazardous combination without.
        """
        step = step_key(request.skill, request.arguments)
        request = replace(request, hazardous=step in job.hazardous)
        return replace(request, confirmation=SAID_YES) if {request.skill, step} & job.confirmed else request

    def take_outcome(self, job: Job, outcome: StepOutcome) -> bool:
        """Takes the outcome of a request; whether it was one of this job."""
        run = job.run_of(outcome.request_id)
        if run is None:
            return False
        self._note(job, outcome)
        good = outcome.outcome == "succeeded"
        if not run.skipped and good and run.then:
            run.request = run.then.pop(0)
            self._start(job, run.request)
            return True
        del job.runs[run.leaf]
        if run.skipped:
            outcome = replace(outcome, outcome="succeeded", reason=run.skipped, violated="")
        if good or run.skipped:
            job.scenes.pop(run.request.skill, None)
            self._count(job, run)
            if job.stale:
                self.renew(job)
                return True
        self.advance(job, (replace(outcome, request_id=run.leaf),))
        return True

    def _note(self, job: Job, outcome: StepOutcome) -> None:
        """Records and reports the outcome of a request."""
        job.steps.append(outcome)
        if job.watch is not None:
            job.watch.ended(outcome)
        self._note_held(job, outcome)
        text = f"{outcome.skill} {outcome.outcome} after {outcome.seconds:.1f} s"
        job.tell("step_ended", f"{text}: {outcome.reason}" if outcome.reason else text)

    def _note_held(self, job: Job, outcome: StepOutcome) -> None:
        """Records what may be in the hand now; a failed step may have taken an object all the same."""
        run = job.run_of(outcome.request_id)
        if run is None:
            return
        step = Step(self.library[run.request.skill], run.request.arguments)
        graph, done = self.port.graph(), outcome.outcome == "succeeded"
        self.held = self.planner.hazards.held_after(step, graph, graph.facts, self.held, done)
        self.holding = held_after(self.holding, outcome, step.spec, step.arguments)

    def _count(self, job: Job, run: LeafRun) -> None:
        """Counts a step as done."""
        job.done.times[run.path] = job.done.times.get(run.path, 0) + 1
        if run.skipped:
            return
        node = replace(run.node, arguments=dict(run.request.arguments) if run.request.skill == run.node.skill else {})
        if run.request.skill == run.node.skill:
            job.past.append(node)
            job.believed = Step(self.library[node.skill], node.arguments).after(job.believed)

    def current(self, job: Job) -> LeafRun | None:
        """The step that corrections refer to: the one that began last."""
        return next(reversed(job.runs.values()), None)

    def change(self, job: Job, run: LeafRun, request: SkillRequest, restart: bool = False) -> None:
        """Continues with other goal values; restarts the step where the connector cannot change it."""
        run.request = request
        job.done.changed[run.path] = dict(request.arguments)
        self.port.show(job)
        if job.held:
            job.withheld = [request if one.id == request.id else one for one in job.withheld]
            return
        if restart:
            self.restart(job, run)
            return

        def refused(why: str) -> None:
            if job.runs.get(run.leaf) is run and run.request.id == request.id:
                job.tell("note", f"{request.skill} begins anew, since it takes no change while it runs: {why}")
                self.restart(job, run)

        self.port.change(self._confirmed(job, request), refused)

    def restart(self, job: Job, run: LeafRun, first: Iterable[tuple[str, dict[str, Any]]] = ()) -> None:
        """Restarts a step with its present arguments, other steps before it; its running request is replaced."""
        queue = []
        for skill, arguments in first:
            spec = self.library[skill]
            queue.append(SkillRequest(self._next(run), skill, spec.complete(arguments), spec.timeout))
        queue.append(replace(run.request, id=self._next(run)))
        run.request, run.then = queue[0], [*queue[1:], *run.then]
        self._start(job, run.request)

    def instead(self, job: Job, run: LeafRun, skill: str, arguments: dict[str, Any]) -> None:
        """Replaces a step by another action."""
        spec = self.library[skill]
        run.request = SkillRequest(self._next(run), skill, spec.complete(arguments), spec.timeout)
        run.then.clear()
        self._start(job, run.request)

    def repeat(self, run: LeafRun) -> None:
        """Runs a step once more after it."""
        run.then.append(replace(run.request, id=self._next(run)))

    def skip(self, job: Job, run: LeafRun, why: str) -> None:
        """Ends a step, which counts as done."""
        run.skipped = why
        waiting = [one for one in job.withheld if one.id == run.request.id]
        job.withheld = [one for one in job.withheld if one.id != run.request.id]
        if waiting:  # it has not begun
            self.take_outcome(job, StepOutcome(run.request.id, run.request.skill, "interrupted", why))
        else:
            self.port.cancel(run.request.id)

    def hold(self, job: Job) -> None:
        """Holds the stance until :meth:`go_on`; a step that cannot be held is finished first."""
        job.held = True
        for run in job.runs.values():
            self.port.change(self._confirmed(job, replace(run.request, pace=0.0)), lambda why: None)

    def go_on(self, job: Job) -> None:
        """Ends :meth:`hold`."""
        job.held, waiting = False, job.withheld
        job.withheld = []
        begun = {request.id for request in waiting}
        for run in list(job.runs.values()):
            if run.request.id not in begun:
                self.port.change(self._confirmed(job, run.request), lambda why: None)
        for request in waiting:
            self._start(job, request)

    def leave(self, job: Job, reason: str) -> PlanNode | None:
        """Ends everything running and returns the rest of the tree, or None."""
        for run in job.runs.values():
            self.port.cancel(run.request.id)
        if job.executor is None or job.plan is None or job.plan.tree is None:
            return None
        for path, state in job.executor.states().items():
            if state == "succeeded":
                job.done.over |= {path} if _decided(job.plan.tree, path) else set()
        here = self.port.graph().robot
        left = {
            run.path: arguments
            for run in job.runs.values()
            if run.request.skill == run.node.skill and (arguments := remaining_arguments(self.library, run, here))
        }
        rest = rest_of(job.plan.tree, replace(job.done, changed={**job.done.changed, **left}))
        job.executor.stop(reason)
        job.runs.clear()
        job.withheld.clear()
        job.held = False
        self.port.show(job)
        return rest

    def _next(self, run: LeafRun) -> str:
        run.number += 1
        return f"{run.leaf}.{run.number}"


def remaining_arguments(library: SkillLibrary, run: LeafRun, here: Pose2 | None) -> dict[str, Any]:
    """Arguments for the rest of a step that counts from its start; empty where it has none.

    Args:
        library: Skills.
        run: The step.
        here: Where the robot is now.
    """
    guided, arguments = library[run.request.skill].guided, dict(run.request.arguments)
    if guided is None or run.pose is None or here is None:
        return {}
    if guided.guide == "turn":
        left = float(arguments["angle"]) - wrap_angle(here.yaw - run.pose.yaw)
        # of more than half a turn nobody can tell by the heading alone how much was done
        return {**arguments, "angle": left} if abs(float(arguments["angle"])) < math.pi else {}
    if guided.guide == "displacement":
        goal = run.pose.compose(Pose2(float(arguments.get("forward", 0.0)), float(arguments.get("left", 0.0)), 0.0))
        ahead, bearing = here.distance_to(goal.x, goal.y), here.bearing_to(goal.x, goal.y)
        rest = {"forward": ahead * math.cos(bearing), "left": ahead * math.sin(bearing)}
        return {name: rest.get(name, value) for name, value in arguments.items()}
    return {}


def _decided(tree: PlanNode, path: tuple[int, ...]) -> bool:
    """Whether the node at a path is a condition with children."""
    node = tree
    for index in path:
        node = node.children[index]
    return node.type == "condition" and bool(node.children)
