"""Agenda: the running job, waiting and suspended jobs, and the open question."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import Correction, LearntPhrases
from skill_stack.planner.dialogue.confirmed_phrases import ConfirmedPhrases
from skill_stack.planner.dialogue.corrections import Corrections
from skill_stack.planner.dialogue.corrector import Corrector
from skill_stack.planner.dialogue.dialogue_planner import DialoguePlanner
from skill_stack.planner.dialogue.habits import Habits
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.last_action import LastAction
from skill_stack.planner.dialogue.open_question import Answer, OpenQuestion
from skill_stack.planner.dialogue.plan_repair import PlanRepair
from skill_stack.planner.dialogue.port import Port
from skill_stack.planner.dialogue.records.correction_log import CorrectionLog
from skill_stack.planner.dialogue.records.record_file import RecordFile
from skill_stack.planner.dialogue.records.taught_facts import TaughtFacts
from skill_stack.planner.dialogue.runner import JobRunner
from skill_stack.planner.dialogue.stated_facts import StatedFacts
from skill_stack.planner.executor import PlanProgress

CONFIRM = 30.0
"""Time for a person's confirmation, s of monotonic time."""
ANSWER = 120.0
"""Time for an answer to another question, s of monotonic time."""


@dataclass(frozen=True, slots=True)
class Settling:
    """A job that waits until the robot's state is known.

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


class Agenda(ABC):
    """Running and pending jobs; a part of :class:`skill_stack.planner.dialogue.dialogue.Dialogue`.

    Attributes:
        running: The job that runs, or None.
        on_answered: Takes the plan that a person was asked about and the plan that was meant, or None for none.
    """

    def __init__(
        self,
        planner: DialoguePlanner,
        library: SkillLibrary,
        port: Port,
        robot: str,
        scene: str = "",
        log: CorrectionLog | None = None,
        taught: TaughtFacts | None = None,
        decide: Callable[[str], object] = lambda line: None,
        ask_inferred: bool = True,
        phrases: LearntPhrases | None = None,
        habits: RecordFile | None = None,
    ) -> None:
        """Starts without jobs.

        Args:
            planner: Understands what corrections name; may answer at once, without a model.
            library: Skills of the robot.
            port: The way out.
            robot: Name of the robot, for the log.
            scene: Name of the scene, for facts that people state about it.
            log: Storage of corrections; None stores none.
            taught: Storage of stated facts; None stores none.
            decide: Takes one line of JSON for each decision.
            ask_inferred: Whether a person must confirm an inferred plan before it runs.
            phrases: Storage of confirmed wordings; None stores none.
            habits: Storage of the plans that succeeded; None stores none.
        """
        self.running: Job | None = None
        self.on_answered: Callable[[Plan, Plan | None], object] = lambda plan, meant: None
        self._ask_inferred = ask_inferred
        self._planner, self._library, self._port, self._decide = planner, library, port, decide
        self._corrections = Corrections(Corrector(library, planner), port, log, robot)
        self._wordings = ConfirmedPhrases(phrases, robot, port.warn) if phrases is not None else None
        self._habits = Habits(habits, robot, port.warn) if habits is not None else None
        self._tellings = StatedFacts(taught, scene, port.taught, port.warn) if taught else None
        self._runner = JobRunner(library, port, self._ended, self._renew, self._corrections.known, planner)
        self._mender = PlanRepair(library)
        self._just = LastAction(self._corrections, port)
        self._robot = robot
        self._queue: list[Job] = []
        self._aside: list[tuple[Job, PlanNode]] = []
        self._planning: list[Job] = []
        self._early: list[tuple[Job, Correction]] = []
        self._asked: OpenQuestion | None = None
        self._settling: Settling | None = None
        self._clock, self._number = 0.0, 0
        self._scene: SceneGraph | None = None

    def take_library(self, library: SkillLibrary) -> None:
        """Continues with other skills; running jobs keep theirs.

        Args:
            library: Skills of the robot.
        """
        self._library = self._runner.library = library
        self._corrections.corrector = Corrector(library, self._planner)
        self._mender = PlanRepair(library)

    def jobs(self) -> Iterator[Job]:
        """All jobs whose client waits for an answer."""
        yield from self._planning
        yield from (job for job, _ in self._early)
        yield from self._queue
        yield from (job for job, _ in self._aside)
        if self._settling is not None:
            yield self._settling.job
        if self.running is not None:
            yield self.running
        if self._asked is not None and self._asked.kind != "retry":
            yield self._asked.job

    @property
    def _busy(self) -> bool:
        return self.running is not None or bool(self._aside) or self._settling is not None

    @property
    def _words_of_running(self) -> str:
        job = self.running or (self._settling.job if self._settling else None)
        return job.words if job else (self._aside[-1][0].words if self._aside else "")

    def _ask(self, asked: OpenQuestion) -> None:
        """Asks a question; an open one expires."""
        self._lapse("something else came up")
        self._asked = asked
        asked.job.tell("question", asked.question)
        self._note("asked", asked.job, asked.question)

    def _lapse(self, why: str) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            asked.lapsed(why)

    def _answered(self, job: Job) -> bool:
        """Whether words answer the open question; a confirmation counts only from a console that may give it."""
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

    def checked(self, plan: Plan, told: frozenset[Fact] = frozenset()) -> Plan:
        """A plan as it may run now, or the refusal of a hazardous combination.

        Args:
            plan: Any answer, from any source.
            told: Additional facts stated by the sender.
        """
        port = self._port
        facts = port.facts() | told
        return self._planner.hazards.checked(plan, self._library, port.graph(), facts, self._runner.held)

    def _hazards(self, job: Job, plan: Plan) -> dict[str, str]:
        """Hazards of a plan that a person has not confirmed, in words, by skill or step."""
        out = {
            step.skill: step.skill.replace("_", " ")
            for step in plan.steps
            if self._library.hazard(step.skill) == "high"
        }
        if plan.tree is not None:
            found = self._runner.findings(plan.tree, job.told)
            job.hazardous |= {one.step for one in found}
            out |= {one.step: one.reason for one in found}
        return {name: told for name, told in out.items() if name not in job.confirmed}

    def _confirmed(self, job: Job, plan: Plan, go: Callable[[], None]) -> None:
        """Continues at once, or after a person's confirmation of hazards; never with what is refused."""
        plan = self.checked(plan, job.told)
        if plan.tree is None:
            self._refused(job, plan.reason)
            return
        hazards = self._hazards(job, plan)
        if not hazards:
            go()
            return
        what = " and ".join(dict.fromkeys(hazards.values()))
        question = f"{plan.reason.rstrip()} This is hazardous: {what}. Shall I really do it? Say 'yes' or 'no'."

        def yes(by: Job) -> None:
            job.confirmed |= set(hazards)
            self._said(by, "confirmed")
            go()

        def no(by: Job) -> None:
            self._said(by, "then not")
            self._refused(job, f"a person said no to {what}")

        self._ask(
            OpenQuestion(
                "confirm", job, question, self._clock + CONFIRM, {"yes": yes, "no": no},
                lambda why: self._refused(job, f"nobody confirmed {what}: {why}"),
            )
        )  # fmt: skip

    def _meant(self, job: Job, plan: Plan, go: Callable[[Plan], None]) -> None:
        """Continues with a plan that was *said*, else after a person has confirmed the reading.

        A disputed or nearest reading needs a confirmation each time: a *yes* does not apply to the next one.
        """
        picked = plan.certainty in ("disputed", "nearest")
        if plan.proposed and not picked and (job.agreed or not self._ask_inferred):
            plan = replace(plan, status="plan")
        if not plan.proposed:
            go(plan)
            return

        def taking(meant: Plan) -> Callable[[Job], None]:
            def answer(by: Job) -> None:
                job.agreed = not picked
                self.on_answered(plan, meant)
                if self._wordings is not None:
                    job.wording = self._planner.wording(meant, self._port.graph(), self._port.facts())
                self._said(by, "as you say")
                go(replace(meant, status="plan"))

            return answer

        def no(by: Job) -> None:
            self._said(by, "then not")
            self.on_answered(plan, None)
            self._refused(job, "a person said that this was not meant")

        def lapsed(why: str) -> None:
            self._finish(job, "question", f"{plan.reason} ({why})")
            self._next()

        answers: dict[Answer, Callable[[Job], None]]
        if not plan.others:
            question, answers = f"{plan.reason} Say 'yes' or 'no'.", {"yes": taking(plan), "no": no}
        else:
            picks: list[Answer] = ["one", "two", "three"]
            answers = {pick: taking(one) for pick, one in zip(picks, (plan, *plan.others), strict=False)}
            none = "neither" if len(answers) < len(picks) else "none"
            question = f"{plan.reason} Say {', '.join(map(repr, answers))} or '{none}'."
            answers["no"] = no
        self._ask(OpenQuestion("meant", job, question, self._clock + CONFIRM, answers, lapsed))

    def _refused(self, job: Job, why: str) -> None:
        self._finish(job, "refusal", why)
        self._next()

    def stopped(self, reason: str) -> None:
        """A stop: everything running or waiting ends."""
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
        """Ends a job early, in any state."""
        if self._asked is not None and self._asked.job is job and self._asked.kind != "retry":
            self._asked = None
        self._planning = [one for one in self._planning if one is not job]
        self._early = [(one, heard) for one, heard in self._early if one is not job]
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
        """Writes one line to the decision log."""
        said = job.instruction
        line = {
            "wall": round(self._port.wall, 3), "time": said.time, "decision": decision, "instruction": said.text,
            "source": said.source, "operator": said.operator, "trusted": job.trusted, "reason": text,
        }  # fmt: skip
        try:
            self._decide(json.dumps(line, ensure_ascii=True))
        except (OSError, ValueError) as error:
            self._port.warn(f"the log of decisions cannot be written: {error}")

    @abstractmethod
    def _ended(self, job: Job, progress: PlanProgress) -> None:
        """Handles the end of the running job's tree."""

    @abstractmethod
    def _renew(self, job: Job) -> None:
        """Plans the rest anew after a change of the scene."""

    @abstractmethod
    def _next(self) -> None:
        """Continues a suspended job, else a waiting one."""
