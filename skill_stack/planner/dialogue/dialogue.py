"""Dialogue: words while a robot works. Decides what they do to what runs; knows no ROS, no clock and no chance."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.scene import SceneGraph
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.dialogue.asked import Answer, Asked
from skill_stack.planner.dialogue.correction_log import CorrectionLog
from skill_stack.planner.dialogue.corrections import Corrections
from skill_stack.planner.dialogue.corrector import Corrector
from skill_stack.planner.dialogue.forgetting import Forgetting, forgetting
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.just_done import JustDone
from skill_stack.planner.dialogue.makes_plans import MakesPlans
from skill_stack.planner.dialogue.mender import Mender
from skill_stack.planner.dialogue.port import Port
from skill_stack.planner.dialogue.preferences import preferred
from skill_stack.planner.dialogue.remainder import things_of
from skill_stack.planner.dialogue.remedies import explained
from skill_stack.planner.dialogue.runner import Runner
from skill_stack.planner.dialogue.taught_facts import TaughtFacts
from skill_stack.planner.dialogue.tellings import Tellings
from skill_stack.planner.dialogue.words import Correction, Order, correction, order, with_kind
from skill_stack.planner.executor import Progress

CONFIRM = 30.0
"""Time that a person has to confirm, s of monotonic time."""
ANSWER = 120.0
"""Time that a person has to answer another question, s of monotonic time."""
SETTLE = 3.0
"""Longest wait until it is known again how the robot stands, s of monotonic time."""


@dataclass(frozen=True, slots=True)
class Settling:
    """A job that waits until it is known how the robot stands.

    Attributes:
        job: The job.
        rest: What is left of it.
        since: Monotonic time, s.
        then: What is done then.
    """

    job: Job
    rest: PlanNode
    since: float
    then: Callable[[], None]


class Dialogue:
    """Takes words, outcomes and time; runs one job, keeps those that wait and those that were set aside.

    Attributes:
        running: The job that runs, or None.
    """

    def __init__(
        self,
        planner: MakesPlans,
        library: SkillLibrary,
        port: Port,
        robot: str,
        scene: str = "",
        log: CorrectionLog | None = None,
        taught: TaughtFacts | None = None,
        decide: Callable[[str], object] = lambda line: None,
    ) -> None:
        """Begins with nothing to do.

        Args:
            planner: Understands what corrections name; may answer at once, without a model.
            library: Skills of the robot.
            port: The way out.
            robot: Name of the robot, for the log.
            scene: Name of the scene, for what is told about it.
            log: Where corrections are kept; None keeps none.
            taught: Where told facts are kept; None keeps none.
            decide: Takes one line of JSON for each decision.
        """
        self.running: Job | None = None
        self._planner, self._library, self._port, self._decide = planner, library, port, decide
        self._corrections = Corrections(Corrector(library, planner), port, log, robot)
        self._tellings = Tellings(taught, scene, port.taught, port.warn) if taught else None
        self._runner = Runner(library, port, self._ended, self._renew, self._corrections.known)
        self._mender = Mender(library)
        self._just = JustDone(self._corrections, port)
        self._robot = robot
        self._queue: list[Job] = []
        self._aside: list[tuple[Job, PlanNode]] = []
        self._planning: list[Job] = []
        self._asked: Asked | None = None
        self._settling: Settling | None = None
        self._clock, self._number = 0.0, 0
        self._scene: SceneGraph | None = None

    def jobs(self) -> Iterator[Job]:
        """Everything whose client still waits for an answer."""
        yield from self._planning
        yield from self._queue
        yield from (job for job, _ in self._aside)
        if self._settling is not None:
            yield self._settling.job
        if self.running is not None:
            yield self.running
        if self._asked is not None and self._asked.kind != "retry":
            yield self._asked.job

    # Words

    def arrive(self, job: Job) -> None:
        """Takes words; answers them now, or begins to do them."""
        text = job.instruction.text
        self._number += 1
        job.number = self._number
        if self._planner.is_stop(text):
            self._note("stop", job, "")
            self.stopped("stopped")
            self._port.stop(job)
            return
        if self._answered(job):
            return
        heard = correction(text)
        if heard is not None and self._corrected(job, heard):
            return
        wish = forgetting(text) if self._tellings is not None else None
        if wish is not None:
            self._take_back(job, wish)
            return
        said = order(text) if self._busy else Order("plain", text)
        self._make_plan(job, said)

    @property
    def _busy(self) -> bool:
        return self.running is not None or bool(self._aside) or self._settling is not None

    def _make_plan(self, job: Job, said: Order) -> None:
        """Has words planned, and goes on when the plan is there."""
        self._planning.append(job)

        def then(plan: Plan) -> None:
            if job in self._planning:  # it may have been given up meanwhile
                self._planning.remove(job)
                self._planned(job, said, plan)

        self._port.plan(replace(job.instruction, text=said.text), then)

    def _planned(self, job: Job, said: Order, plan: Plan) -> None:
        """Goes on with an answer of the planner."""
        other = self._other_reading(job, said, plan)
        if other is not None:
            self._make_plan(job, other)
            return
        job.plan = plan
        self._port.planned(job)
        nothing = plan.status == "statement" and plan.reason.startswith("There is nothing to do")
        if said.mode == "append" and self._busy and nothing:
            self._append(job, said)  # it holds now, but perhaps no longer by then
        elif plan.status != "plan":
            self._port.show(job)
            problem = ""
            if plan.status == "statement" and plan.facts and self._tellings is not None:
                problem = self._tellings.learn(job, plan, self._port.graph(), self._port.wall)
            self._finish(job, plan.status, f"{plan.reason} {problem}".strip())
            self._next()
        else:
            self._place(job, said, preferred(plan, self._corrections.known()))

    def _other_reading(self, job: Job, said: Order, plan: Plan) -> Order | None:
        """Words to try where the planner did not understand: without what orders them, ``one`` as a kind."""
        if plan.status not in ("question", "refusal") or said.text != job.instruction.text:
            return None
        bare = order(said.text)
        if bare.mode != "plain" and bare.text != said.text:
            return Order("plain", bare.text)
        run = self._runner.current(self.running) if self.running else None
        targets = [str(value) for value in (run.request.arguments.values() if run else ())]
        for name in targets:
            thing = self._port.graph().objects.get(name)
            if thing is not None and (text := with_kind(said.text, thing.kind)) != said.text:
                return Order(said.mode, text)
        return None

    def _place(self, job: Job, said: Order, plan: Plan) -> None:
        """Puts a plan where its words want it; older words whose plan is still being made are overtaken."""
        if said.mode in ("plain", "instead"):
            for older in [one for one in self._planning if one.number < job.number]:
                self._drop(older, f'replaced by "{job.words}"')
        if not self._busy:
            self._confirmed(job, plan, lambda: self._begin(job, plan))
        elif said.mode == "append":
            self._append(job, said)
        elif said.mode == "first":
            self._confirmed(job, plan, lambda: self._begin_first(job, plan))
        elif said.mode == "unclear":
            self._ask_order(job, plan)
        else:
            self._confirmed(job, plan, lambda: self._begin_instead(job, plan))

    def _append(self, job: Job, said: Order) -> None:
        job.instruction = replace(job.instruction, text=said.text)
        self._queue.append(job)
        before = self._queue[-2].words if len(self._queue) > 1 else self._words_of_running
        job.tell("plan", f'after "{before}"')
        self._note("append", job, before)

    @property
    def _words_of_running(self) -> str:
        job = self.running or (self._settling.job if self._settling else None)
        return job.words if job else (self._aside[-1][0].words if self._aside else "")

    def _ask_order(self, job: Job, plan: Plan) -> None:
        """Asks how new words stand to those that are being done."""
        question = f'Shall I do that instead of "{self._words_of_running}", before it goes on, or afterwards?'

        def after(do: Callable[[], None], said: str) -> Callable[[Job], None]:
            def answer(by: Job) -> None:
                self._said(by, said)
                do()

            return answer

        answers: dict[Answer, Callable[[Job], None]] = {
            "instead": after(lambda: self._begin_instead(job, plan), "instead then"),
            "first": after(lambda: self._begin_first(job, plan), "first that then"),
            "append": after(lambda: self._append(job, Order("append", plan.instruction)), "afterwards then"),
            "no": after(lambda: self._finish(job, "refusal", "then not"), "then not"),
        }

        def lapsed(why: str) -> None:
            self._finish(job, "question", f"{question} ({why})")

        self._ask(Asked("order", job, question, self._clock + ANSWER, answers, lapsed))

    # Questions

    def _ask(self, asked: Asked) -> None:
        """Puts a question; one that is open lapses."""
        self._lapse("something else came up")
        self._asked = asked
        asked.job.tell("question", asked.question)
        self._note("asked", asked.job, asked.question)

    def _lapse(self, why: str) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            asked.lapsed(why)

    def _answered(self, job: Job) -> bool:
        """Whether words answer the open question; a confirmation counts from a console that may give it alone."""
        asked = self._asked
        answer = asked.answer_in(job.instruction.text) if asked is not None else None
        if asked is None or answer is None or answer not in asked.answers:
            return False
        if asked.kind == "confirm" and answer == "yes" and not job.trusted:
            self._note("confirmation refused", job, asked.question)
            self._finish(
                job, "refusal",
                "a 'yes' to something hazardous counts from a person at the prompt or the page of the robot's own "
                "machine, or at a console that holds its key",
            )  # fmt: skip
            return True
        self._asked = None
        self._note("answered", job, f"{answer}: {asked.question}")
        asked.answers[answer](job)
        return True

    def _said(self, job: Job, text: str) -> None:
        self._finish(job, "succeeded", text)

    def _confirmed(self, job: Job, plan: Plan, go: Callable[[], None]) -> None:
        """Goes on at once, or after a person has confirmed what is hazardous."""
        hazards = [
            step.skill
            for step in plan.steps
            if hazardous(step.skill, self._library) and step.skill not in job.confirmed
        ]
        if not hazards:
            go()
            return
        what = " and ".join(dict.fromkeys(name.replace("_", " ") for name in hazards))
        question = f"{plan.reason.rstrip()} {what.capitalize()} is hazardous: shall I really do it? Say 'yes' or 'no'."

        def yes(by: Job) -> None:
            job.confirmed |= set(hazards)
            self._said(by, "confirmed")
            go()

        def no(by: Job) -> None:
            self._said(by, "then not")
            self._refused(job, f"a person said no to {what}")

        self._ask(
            Asked(
                "confirm", job, question, self._clock + CONFIRM, {"yes": yes, "no": no},
                lambda why: self._refused(job, f"nobody confirmed {what}: {why}"),
            )
        )  # fmt: skip

    def _refused(self, job: Job, why: str) -> None:
        self._finish(job, "refusal", why)
        self._next()

    # What runs

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
        job.tell("plan", plan.reason or ", then ".join(step.skill for step in plan.steps))
        self._runner.advance(job)

    def _begin_instead(self, job: Job, plan: Plan) -> None:
        """Starts a plan in place of everything else."""
        old = self._words_of_running
        self._drop_all(f'replaced by "{job.words}"')
        self._note("replace", job, old)
        self._begin(job, replace(plan, reason=f'{plan.reason} (in place of "{old}")'.strip()))

    def _begin_first(self, job: Job, plan: Plan) -> None:
        """Sets what runs aside, and starts a plan."""
        old = self.running
        if old is not None:
            rest = self._runner.leave(old, f'set aside for "{job.words}"')
            self.running = None
            if rest is None:
                self._finish(old, "succeeded", "done")
            else:
                self._aside.append((old, rest))
                old.tell("note", f'set aside for "{job.words}"')
        elif self._settling is not None:
            self._aside.append((self._settling.job, self._settling.rest))
            self._settling = None
        self._note("first", job, old.words if old else "")
        self._begin(job, plan)

    def take_outcome(self, outcome: StepOutcome) -> None:
        """Takes how a step ended; of steps that nobody waits for any more nothing is done."""
        if self.running is not None:
            run = self.running.run_of(outcome.request_id)
            if run is not None and run.request.skill == run.node.skill:
                self._just.note(run, self._clock)
            self._runner.take_outcome(self.running, outcome)

    def _ended(self, job: Job, progress: Progress) -> None:
        """The tree of the running job has ended."""
        if progress.outcome == "failed" and job.steps and job.steps[-1].outcome == "failed":
            self._mend(job, job.steps[-1])
            return
        self.running = None
        self._just.end(job, None)
        self._finish(job, progress.outcome or "failed", progress.reason)
        if progress.outcome == "succeeded":
            self._next()
        else:
            self._drop_all(progress.reason)

    def _renew(self, job: Job) -> None:
        """The world has changed so that the rest must be planned anew."""
        why, rest = job.stale, self._runner.leave(job, job.stale)
        if rest is None:
            self._over(job)
            return
        left = rest
        self._when_settled(job, left, lambda: self._go_on(job, left, why, back=False))

    def _mend(self, job: Job, outcome: StepOutcome) -> None:
        """A step has failed: another plan from the present state, or an explanation."""
        rest = self._runner.leave(job, outcome.reason)
        assert rest is not None
        left = rest
        self._when_settled(job, left, lambda: self._try_again(job, left, outcome))

    def _try_again(self, job: Job, rest: PlanNode, outcome: StepOutcome) -> None:
        scene, facts = self._port.graph(), self._port.facts()
        plan = self._mender.after_failure(job, rest, outcome, scene, facts)
        if plan is None:
            self._give_up(job, rest, outcome, scene)
            return
        self._note("replan", job, outcome.reason)
        job.tell("replan", plan.reason)
        self._confirmed(job, plan, lambda: self._restart(job, plan))

    def _give_up(self, job: Job, rest: PlanNode, outcome: StepOutcome, scene: SceneGraph) -> None:
        """Says what did not work and what would help; after repeated failure asks."""
        failed = next((node for node in rest.every_skill() if node.skill == outcome.skill), None)
        failed = failed or next(rest.every_skill(), None)
        text = explained(outcome, failed, self._library, scene)
        self.running = None
        self._just.end(job, rest)
        repeated = job.tries > 0
        asks = f" I tried {job.tries + 1} times: shall I try again, skip that, or leave it?" if repeated else ""
        question = text + asks
        self._finish(job, "question" if repeated else "failed", question)
        after = rest.children[1:] if rest.type == "sequence" else ()

        def retry(by: Job) -> None:
            self._resume(by, job, rest, "another try")

        def skip(by: Job) -> None:
            if after:
                self._resume(by, job, PlanNode("sequence", after, why=rest.why), "without what failed")
            else:
                self._said(by, "nothing is left then")

        answers: dict[Answer, Callable[[Job], None]] = {
            "yes": retry, "skip": skip, "no": lambda by: self._said(by, "I leave it"),
        }  # fmt: skip
        self._lapse("something else came up")
        self._asked = Asked("retry", job, question, self._clock + ANSWER, answers)
        self._drop_all("what came before it failed")

    def _resume(self, by: Job, old: Job, rest: PlanNode, why: str) -> None:
        """Goes on with what was left of an older job, for other words, in place of everything else."""
        self._lapse("something else was asked for")
        self._drop_all(f'replaced by "{by.words}"')
        by.plan, by.past, by.version, by.confirmed = old.plan, old.past, old.version + 1, set(old.confirmed)
        self._when_settled(by, rest, lambda: self._go_on(by, rest, why, back=True))

    def _go_on(self, job: Job, rest: PlanNode, why: str, back: bool) -> None:
        """Goes on with what is left, from the present state."""
        scene = self._port.graph()
        gone = [name for name in _objects(rest, self._library) if name not in scene.objects]
        if gone:
            self._cannot(job, rest, f"the {gone[0].replace('_', ' ')} is no longer there", "target is known", scene)
            return
        try:
            plan = self._mender.anew(job, rest, scene, self._port.facts(), why, back)
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
        """What is left cannot be done any more."""
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
        """A job of which nothing is left."""
        self.running = None
        self._just.end(job, None)
        self._finish(job, "succeeded", "done: nothing is left to do")
        self._next()

    def _next(self) -> None:
        """Goes on with what was set aside, else with what waits."""
        if self.running is not None or self._settling is not None:
            return
        if self._aside:
            job, rest = self._aside.pop()
            self._when_settled(job, rest, lambda: self._go_on(job, rest, "going on", back=True))
        elif self._queue:
            job = self._queue.pop(0)
            self._make_plan(job, Order("append", job.instruction.text))

    def _when_settled(self, job: Job, rest: PlanNode, then: Callable[[], None]) -> None:
        """Does something as soon as it is known how the robot stands, since plans begin with that."""
        self.running = None
        if self._settled():
            then()
        else:
            self._settling = Settling(job, rest, self._clock, then)

    def _settled(self) -> bool:
        stands = any("posture(" in text for spec in self._library for text in spec.preconditions)
        return not stands or any(fact.predicate == "posture" for fact in self._port.facts())

    # Corrections

    def _corrected(self, job: Job, heard: Correction) -> bool:
        """Whether words were taken as a correction."""
        if heard.kind in ("yes", "no"):
            return False
        if self.running is None:
            return self._settling is None and self._corrected_afterwards(job, heard)
        if heard.kind == "cancel":
            self._note("cancel", job, self.running.words)
            self._drop(self.running, "given up, as you said")
            self._finish(job, "succeeded", "I leave that")
            self._next()
            return True
        corrected = self.running
        outcome, said = self._corrections.correct(heard, job, corrected, self._runner)
        if outcome == "succeeded":
            corrected.tell("correction", f'"{job.words}": {said}')
        self._note("correction", job, f"{outcome}: {said}")
        self._finish(job, outcome, said)
        return True

    def _corrected_afterwards(self, job: Job, heard: Correction) -> bool:
        """Corrections of what has just been done; whether there was something to correct."""
        found = self._just.correct(heard, job, self._clock)
        if found is None:
            return False
        if isinstance(found, str):
            if found.startswith("?"):
                self._finish(job, "question", found[1:])
            else:
                self._finish(job, "statement", found)
        elif isinstance(found, Job):
            self._make_plan(job, Order("plain", found.instruction.text))
        else:
            old, rest = found
            self._resume(job, old, rest, f'"{job.words}"')
        return True

    # What was told

    def _take_back(self, job: Job, wish: Forgetting) -> None:
        """Forgets or lists what was told."""
        assert self._tellings is not None
        if wish.kind != "that":
            self._forget(job, wish, ())
            return
        self._planning.append(job)

        def then(plan: Plan) -> None:
            if job not in self._planning:
                return
            self._planning.remove(job)
            if plan.status == "statement" and plan.facts:
                self._forget(job, wish, plan.facts)
            else:
                self._make_plan(job, order(job.instruction.text))

        self._port.plan(replace(job.instruction, text=wish.text), then)

    def _forget(self, job: Job, wish: Forgetting, stated: tuple[str, ...]) -> None:
        assert self._tellings is not None
        try:
            said = self._tellings.forget(wish, self._port.graph(), stated)
        except SkillStackError as error:
            said = str(error)
        self._note("forget", job, said)
        self._finish(job, "statement", said)

    # Time

    def look(self, clock: float) -> None:
        """To be called a few times a second.

        Args:
            clock: Monotonic time, s.
        """
        self._clock = clock
        if self._tellings is not None:
            self._tellings.look()
        if self._asked is not None and clock > self._asked.until:
            self._note("lapsed", self._asked.job, self._asked.question)
            self._lapse("nobody answered in time")
        for job in [job for job in self.jobs() if job.cancelled()]:
            self._drop(job, "cancelled")
            self._next()
        if self._settling is not None:
            waiting = self._settling
            if self._settled() or clock - waiting.since > SETTLE:
                self._settling = None
                waiting.then()
        self._look_at_world()
        if self.running is not None:
            self._runner.advance(self.running)

    def _look_at_world(self) -> None:
        """Whether what is left of the running job can still be done after the scene has changed."""
        job, before = self.running, self._scene
        if job is None or before is None:
            return
        now = self._port.graph()
        if now.objects is before.objects and now.facts == before.facts:
            return
        self._scene = now
        try:
            problem = self._mender.unchanged(job, before, now, self._port.facts())
        except SkillStackError as error:
            problem = str(error)
        if problem and not job.stale:
            job.stale = problem
            job.tell("note", f"the rest is planned anew before the next step, since {problem}")
            self._note("stale", job, problem)

    # Ends

    def stopped(self, reason: str) -> None:
        """A stop: everything that runs or waits ends."""
        self._asked_off(reason)
        self._drop_all(reason)

    def _asked_off(self, reason: str) -> None:
        if self._asked is not None and self._asked.kind == "retry":
            self._asked = None
        self._lapse(reason)

    def _drop_all(self, reason: str) -> None:
        """Ends everything but the open question."""
        kept = self._asked.job if self._asked is not None else None
        for job in list(self.jobs()):
            if job is not kept:
                self._drop(job, reason)

    def _drop(self, job: Job, reason: str) -> None:
        """Ends a job early, wherever it is."""
        if self._asked is not None and self._asked.job is job and self._asked.kind != "retry":
            self._asked = None
        self._planning = [one for one in self._planning if one is not job]
        self._queue = [one for one in self._queue if one is not job]
        rest = next((left for one, left in self._aside if one is job), None)
        self._aside = [(one, left) for one, left in self._aside if one is not job]
        if self._settling is not None and self._settling.job is job:
            rest, self._settling = self._settling.rest, None
        if job is self.running:
            self.running = None
            rest = self._runner.leave(job, reason)
        if job.executor is not None:
            self._just.end(job, rest)
        self._finish(job, "interrupted", reason)

    def _finish(self, job: Job, outcome: str, reason: str) -> None:
        if job.watch is not None and job.plan is not None:
            seconds = max(self._port.now - job.began, 0.0)
            ended = job.watch.experience(outcome, reason, self._robot, self._port.wall, seconds)
            job.watch = None
            self._port.remember(ended)
        self._port.finish(job, outcome, reason)

    def _note(self, decision: str, job: Job, text: str) -> None:
        """One line for the log of decisions."""
        said = job.instruction
        line = {
            "wall": round(self._port.wall, 3), "time": said.time, "decision": decision, "instruction": said.text,
            "source": said.source, "operator": said.operator, "trusted": job.trusted, "reason": text,
        }  # fmt: skip
        try:
            self._decide(json.dumps(line, ensure_ascii=True))
        except (OSError, ValueError) as error:
            self._port.warn(f"the log of decisions cannot be written: {error}")


def hazardous(skill: str, library: SkillLibrary) -> bool:
    """Whether a skill, or the one that moves for it, is of high hazard."""
    spec = library[skill]
    base = library[spec.guided.base] if spec.guided is not None and spec.guided.base in library else spec
    return "high" in (spec.hazard, base.hazard)


def _objects(rest: PlanNode, library: SkillLibrary) -> list[str]:
    """Objects that are needed, in order."""
    return list(things_of(rest, library))
