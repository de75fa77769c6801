"""JobLifecycle: start, end, failure, repair, explanation and resumption of jobs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.language import Order
from skill_stack.planner.dialogue.agenda import ANSWER, Agenda, Settling
from skill_stack.planner.dialogue.diagnosis import diagnosed
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.open_question import Answer, OpenQuestion
from skill_stack.planner.dialogue.plan_remainder import things_of
from skill_stack.planner.dialogue.remedies import HELPS, MAY_I, explained, unhelped
from skill_stack.planner.executor import PlanProgress

SETTLE = 3.0
"""Longest wait for the robot's state, s of monotonic time."""


class JobLifecycle(Agenda):
    """Life cycle of jobs; a part of :class:`skill_stack.planner.dialogue.dialogue.Dialogue`."""

    def take_outcome(self, outcome: StepOutcome) -> None:
        """Takes the outcome of a step; outcomes of cancelled steps are ignored."""
        if self.running is not None:
            run = self.running.run_of(outcome.request_id)
            if run is not None and run.request.skill == run.node.skill:
                self._just.note(run, self._clock)
            self._runner.take_outcome(self.running, outcome)

    def _begin(self, job: Job, plan: Plan) -> None:
        """Starts a plan where nothing runs."""
        if self._asked is not None and self._asked.job is not job:
            self._lapse("something else was asked for")
        try:
            self._runner.begin(job, plan)
        except SkillStackError as error:
            self._finish(job, "failed", str(error))
            self._next()
            return
        self.running, self._scene = job, self._port.graph()
        if self._wordings is not None and plan.learnt:
            self._wordings.begun(job, plan.learnt)
        job.tell("plan", plan.reason or ", then ".join(step.skill for step in plan.steps))
        self._runner.advance(job)

    def _ended(self, job: Job, progress: PlanProgress) -> None:
        """Handles the end of the running job's tree."""
        if progress.outcome == "failed" and job.steps and job.steps[-1].outcome == "failed":
            self._mend(job, job.steps[-1])
            return
        self.running = None
        if job.looking and progress.outcome == "succeeded":
            self._make_plan(job, Order("plain", job.instruction.text))  # what was looked for is known now
            return
        succeeded = progress.outcome == "succeeded"
        if succeeded and (lacks := self._mender.unfinished(job, self._port.graph())):
            nothing = PlanNode("sequence")
            self._when_settled(job, nothing, lambda: self._go_on(job, nothing, lacks, back=False))
            return
        self._just.end(job, None)
        learnt = self._wordings.succeeded(job) if self._wordings and succeeded else ""
        offered = self._habits.succeeded(job, self._library) if self._habits and succeeded else ""
        told = " ".join(filter(None, (progress.reason, learnt, offered)))
        self._finish(job, progress.outcome or "failed", told)
        if succeeded:
            self._next()
        else:
            self._drop_all(progress.reason)

    def _renew(self, job: Job) -> None:
        """Plans the rest anew after a change of the scene."""
        why, rest = job.stale, self._runner.leave(job, job.stale)
        if rest is None and _builds(job):
            rest = PlanNode("sequence")  # what is left of a structure is told by what is seen
        if rest is None:
            self._over(job)
            return
        left = rest
        self._when_settled(job, left, lambda: self._go_on(job, left, why, back=False))

    def _mend(self, job: Job, outcome: StepOutcome) -> None:
        """After a failed step: another plan from the present state, or an explanation."""
        rest = self._runner.leave(job, outcome.reason)
        assert rest is not None
        left = rest
        if self._mender.tries_nothing(job, outcome):  # a robot that is damped would not be settled for long
            self._give_up(job, left, outcome, self._port.graph())
        else:
            self._when_settled(job, left, lambda: self._try_again(job, left, outcome))

    def _try_again(self, job: Job, rest: PlanNode, outcome: StepOutcome) -> None:
        scene, facts = self._port.graph(), self._runner.facts()
        self._failed(job, rest, outcome)
        plan = self._mender.after_failure(job, rest, outcome, scene, facts)
        if plan is None:
            self._give_up(job, rest, outcome, scene)
            return
        self._note("replan", job, outcome.reason)
        job.tell("replan", plan.reason)
        self._confirmed(job, plan, lambda: self._restart(job, plan))

    def _failed(self, job: Job, rest: PlanNode, outcome: StepOutcome) -> tuple[StepOutcome, PlanNode | None]:
        """How what a job does failed, and the step.

        Where that step was only to help another, how the other one did, unless nothing can be tried any more: an
        emergency stop is told whatever it meets.
        """
        step = next((node for node in rest.every_skill() if node.skill == outcome.skill), None)
        step = step or next(rest.every_skill(), None)
        helping = step is not None and step.why == HELPS and not self._mender.tries_nothing(job, outcome)
        if not helping or job.failure is None:
            job.failure = outcome, step
        return job.failure

    def _give_up(self, job: Job, rest: PlanNode, outcome: StepOutcome, scene: SceneGraph) -> None:
        """Explains the failure and a remedy; asks a person after repeated failure."""
        outcome, failed = self._failed(job, rest, outcome)
        rest = unhelped(rest)
        before, kinds = job.scenes.get(outcome.skill), self._planner.hazards.kinds.kinds_of
        found = diagnosed(outcome, failed, self._library, before, scene, kinds)
        self._note("cause", job, found.cause.value)
        if job.watch is not None:
            job.watch.explained(found.cause.value)
        text = explained(outcome, failed, self._library, scene, found.cause, found.thing)
        self.running = None
        self._just.end(job, rest)
        asks = f" I tried {job.tries + 1} times: shall I try again, skip that, or leave it?" if job.tries > 0 else ""
        blocker = scene.objects.get(outcome.thing) if self._tellings is not None else None
        if blocker is not None:
            asks = f" {MAY_I} {blocker.label} aside?"
        question = text + asks
        self._finish(job, "question" if asks else "failed", question)
        after = rest.children[1:] if rest.type == "sequence" else ()

        def retry(by: Job) -> None:
            self._resume(by, job, rest, "another try")

        def push(by: Job) -> None:
            self._may_push(blocker)
            by.tries = job.tries  # what stands behind it is asked about at once
            retry(by)

        def skip(by: Job) -> None:
            if after:
                self._resume(by, job, PlanNode("sequence", after, why=rest.why), "without what failed")
            else:
                self._said(by, "nothing is left then")

        answers: dict[Answer, Callable[[Job], None]] = {
            "yes": retry if blocker is None else push, "again": retry, "skip": skip,
            "no": lambda by: self._said(by, "I leave it"),
        }  # fmt: skip
        self._lapse("something else came up")
        self._asked = OpenQuestion("retry", job, question, self._clock + ANSWER, answers)
        self._drop_all("what came before it failed")

    def _may_push(self, thing: SceneObject | None) -> None:
        """Takes that a thing may be pushed, as a person answered."""
        assert self._tellings is not None and thing is not None
        self._tellings.allow(f"movable({thing.id})", f"the {thing.label} may be pushed", self._port.wall)

    def _resume(self, by: Job, old: Job, rest: PlanNode, why: str) -> None:
        """Continues the rest of an older job, for other words, in place of everything else."""
        self._lapse("something else was asked for")
        self._drop_all(f'replaced by "{by.words}"')
        by.plan, by.past, by.version, by.confirmed = old.plan, old.past, old.version + 1, set(old.confirmed)
        self._when_settled(by, rest, lambda: self._go_on(by, rest, why, back=True))

    def _go_on(self, job: Job, rest: PlanNode, why: str, back: bool) -> None:
        """Continues the rest, from the present state."""
        scene = self._port.graph()
        gone = [name for name in _objects(rest, self._library) if name not in scene.objects]
        if gone and _builds(job):
            gone = []  # its blocks are found by their looks
        if gone:
            self._cannot(job, rest, f"the {gone[0].replace('_', ' ')} is no longer there", "target is known", scene)
            return
        try:
            plan = self._mender.anew(job, rest, scene, self._runner.facts(), why, back)
        except SkillStackError as error:
            self._cannot(job, rest, str(error), str(getattr(error, "condition", "")), scene)
            return
        if plan is None:
            self._over(job)
            return
        self._note("replan", job, why)
        job.tell("replan", plan.reason)
        self._confirmed(job, plan, lambda: self._restart(job, plan))

    def _cannot(self, job: Job, rest: PlanNode, reason: str, violated: str, scene: SceneGraph) -> None:
        """Reports that the rest is no longer possible."""
        first = next(rest.every_skill(), None)
        outcome = StepOutcome("", first.skill if first else "", "failed", reason, violated)
        self._give_up(job, rest, outcome, scene)

    def _restart(self, job: Job, plan: Plan) -> None:
        self.running, self._scene = job, self._port.graph()
        try:
            self._runner.begin(job, plan)
            self._port.planned(job)
        except SkillStackError as error:
            self.running = None
            self._finish(job, "failed", str(error))
            self._next()
            return
        self._runner.advance(job)

    def _over(self, job: Job) -> None:
        """Handles a job without remaining steps."""
        self.running = None
        self._just.end(job, None)
        self._finish(job, "succeeded", "done: nothing is left to do")
        self._next()

    def _next(self) -> None:
        """Continues a suspended job, else a waiting one."""
        if self.running is not None or self._settling is not None:
            return
        if self._aside:
            job, rest = self._aside.pop()
            self._when_settled(job, rest, lambda: self._go_on(job, rest, "going on", back=True))
        elif self._queue:
            job = self._queue.pop(0)
            self._make_plan(job, Order("append", job.instruction.text))

    def _when_settled(self, job: Job, rest: PlanNode, then: Callable[[], None]) -> None:
        """Runs an action as soon as the robot's state is known, since plans begin with that."""
        self.running = None
        if self._settled():
            then()
        else:
            self._settling = Settling(job, rest, self._clock, then)

    def _settled(self) -> bool:
        stands = any("posture(" in text for spec in self._library for text in spec.preconditions)
        return not stands or any(fact.predicate == "posture" for fact in self._port.facts())

    def _look_at_world(self) -> None:
        """Whether the rest of the running job is still possible after a change of the scene."""
        job, before = self.running, self._scene
        if job is None or before is None:
            return
        now = self._port.graph()
        if now.objects is before.objects and now.facts == before.facts:
            return
        self._scene = now
        try:
            problem = self._mender.unchanged(job, before, now, self._runner.facts())
        except SkillStackError as error:
            problem = str(error)
        if problem and not job.stale:
            job.stale = problem
            job.tell("note", f"the rest is planned anew before the next step, since {problem}")
            self._note("stale", job, problem)

    @abstractmethod
    def _make_plan(self, job: Job, said: Order) -> None:
        """Has words planned, and continues with the plan."""


def _builds(job: Job) -> bool:
    """Whether a job builds a structure."""
    return job.plan is not None and job.plan.building is not None


def _objects(rest: PlanNode, library: SkillLibrary) -> list[str]:
    """Required objects, in order."""
    return list(things_of(rest, library))
