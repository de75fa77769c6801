"""Corrections: applies corrections, logs them, and derives preferences for later plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.setpoint import SkillRequest
from skill_stack.language import Correction, correction, lasting, order
from skill_stack.planner.dialogue.corrector import Cannot, Corrector, StepChange, Verdict, changes_terms
from skill_stack.planner.dialogue.job import Job, LeafRun
from skill_stack.planner.dialogue.port import Port
from skill_stack.planner.dialogue.records.correction_log import (
    LOOKS,
    RESTATED,
    SKILL,
    CorrectionLog,
    CorrectionRecord,
)
from skill_stack.planner.dialogue.records.preferences import Preference, preferences
from skill_stack.planner.dialogue.records.skill_choice import SkillChoice
from skill_stack.planner.dialogue.restatement import TIMES, restatements
from skill_stack.planner.dialogue.runner import JobRunner

MOST_FACTS = 60
"""Most facts of a situation that are logged."""

Answer = tuple[Literal["succeeded", "question", "refusal"], str]


@dataclass(slots=True)
class Corrections:
    """Applies corrections to the running step.

    Attributes:
        corrector: Determines their effect.
        port: Gives the present state.
        log: Where they are kept, or None.
        robot: Name of the robot.
    """

    corrector: Corrector
    port: Port
    log: CorrectionLog | None
    robot: str
    _known: tuple[Preference, ...] = ()
    _skills: SkillChoice = SkillChoice()
    _stamp: tuple[int, int] = (-1, -1)

    def known(self) -> tuple[Preference, ...]:
        """The preferences; reloaded when the log has changed."""
        if self.log is not None and self.log.file.stamp != self._stamp:
            self._stamp = self.log.file.stamp
            try:
                records = self.log.records(self.robot)
                self._known = preferences(records, self.corrector.library)
                self._skills = SkillChoice.from_pairs(record.pair() for record in records if record.taken)
            except SkillStackError as error:
                self.port.warn(str(error))
        return self._known

    def skills(self) -> SkillChoice:
        """The choice of skills; reloaded with the preferences."""
        self.known()
        return self._skills

    def heard(self, text: str, runs: Iterable[LeafRun]) -> Correction | None:
        """The correction that a text states, or None; one of a motion by its terms comes before others.

        Args:
            text: The text.
            runs: The steps that it may be about.
        """
        library, said = self.corrector.library, order(text)
        if said.mode in ("plain", "instead"):
            if any(changes_terms(said.text, run.request, library[run.request.skill]) for run in runs):
                return Correction("terms", noun=said.text)
        return correction(text)

    def correct(self, heard: Correction, words: Job, job: Job, runner: JobRunner) -> Answer:
        """Applies a correction.

        Args:
            heard: The correction.
            words: The words that it came with.
            job: The job that runs.
            runner: Runs it.
        """
        if heard.kind in ("hold", "go_on"):
            return self._holding(heard, words, job, runner)
        run = runner.current(job)
        if run is None:
            return "refusal", "no step runs just now"
        before = run.request
        if heard.kind == "skip":
            runner.skip(job, run, "skipped as you said")
            self._note(heard, words, job, before, {"step": ("running", "skipped")}, True, "skipped")
            return "succeeded", f"I skip {run.node.skill.replace('_', ' ')}"
        if heard.kind == "again":
            runner.repeat(run)
            self._note(heard, words, job, before, {"step": ("once", "once more")}, True, "once more")
            return "succeeded", f"{run.node.skill.replace('_', ' ')} once more after this"
        return self._goals(heard, words, job, runner)

    def _holding(self, heard: Correction, words: Job, job: Job, runner: JobRunner) -> Answer:
        run = runner.current(job)
        before = run.request if run else None
        if heard.kind == "hold":
            new = not job.held
            runner.hold(job)
            self._note(heard, words, job, before, {"step": ("running", "held")}, new, "held")
            return "succeeded", "I wait; say 'go on' and I do"
        if not job.held:
            return "succeeded", "I am going on"
        runner.go_on(job)
        self._note(heard, words, job, before, {"step": ("held", "running")}, True, "going on")
        return "succeeded", f'going on with "{job.words}"'

    def _goals(self, heard: Correction, words: Job, job: Job, runner: JobRunner) -> Answer:
        """Changes goal values of the running step; of several, the newest that takes the change."""
        run, verdict = self._verdict(heard, job)
        verdict = harmless(verdict, runner)
        before = run.request
        answer = self._applied(heard, job, runner, run, verdict)
        effect: dict[str, tuple[Any, Any]] = {} if isinstance(verdict, Cannot) else verdict.effect
        # kept only now, since the robot does not wait for the disk
        self._note(heard, words, job, before, effect, not isinstance(verdict, Cannot), answer[1])
        return answer

    def _applied(self, heard: Correction, job: Job, runner: JobRunner, run: LeafRun, verdict: Verdict) -> Answer:
        """Applies a verdict."""
        if isinstance(verdict, Cannot):
            if not verdict.asks:
                return "refusal", verdict.reason
            if not job.held:
                job.wondering = True  # what is on its way is not what was meant: the robot waits for the answer
                runner.hold(job)
            return "question", verdict.reason
        if isinstance(verdict, StepChange):
            runner.change(job, run, verdict.request, verdict.restart)
        elif verdict.resume:
            runner.restart(job, run, [(verdict.skill, verdict.arguments)])
        else:
            runner.instead(job, run, verdict.skill, verdict.arguments)
        if job.wondering and heard.kind in ("target", "other"):
            job.wondering = False
            runner.go_on(job)
        return "succeeded", verdict.said

    def _verdict(self, heard: Correction, job: Job) -> tuple[LeafRun, Verdict]:
        """Effect of a correction on one of the running steps."""
        scene, facts = self.port.graph(), self.port.facts()
        found = [(run, self.corrector.correct(heard, run.request, scene, facts)) for run in reversed(job.runs.values())]
        return next((one for one in found if not isinstance(one[1], Cannot)), found[0])

    def note_idle(self, heard: Correction, words: Job, last: LeafRun, effect: dict[str, tuple[Any, Any]]) -> None:
        """Logs a correction of a finished step."""
        self._note(heard, words, words, last.request, effect, bool(effect), "after the step")

    def restated(self, words: Job, old: Job, plan: Plan, before: PlanNode | None = None) -> None:
        """Logs what a new instruction changes in an older one that says the same otherwise; nothing for others.

        Args:
            words: The new instruction.
            old: The job that it replaces, or that has just ended.
            plan: The new plan.
            before: The tree of the old job; None for that of its plan.
        """
        tree = before or (old.plan.tree if old.plan is not None else None)
        if tree is None or plan.tree is None:
            return
        for was, now in restatements(tree, plan.tree, self.corrector.library):
            names = sorted({*was.arguments, *now.arguments})
            pairs = {name: (was.arguments.get(name), now.arguments.get(name)) for name in names}
            effect: dict[str, tuple[Any, Any]] = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
            if was.skill != now.skill:
                effect = {SKILL: (was.skill, now.skill), **pairs}
            request = SkillRequest("", was.skill, {k: v for k, v in was.arguments.items() if k != TIMES})
            self._keep(words, old, request, RESTATED, effect, True, "said anew")

    def _note(
        self, heard: Correction, words: Job, job: Job, before: SkillRequest | None,
        effect: dict[str, tuple[Any, Any]], taken: bool, reason: str,
    ) -> None:  # fmt: skip
        """Logs a correction with its situation and effect."""
        if before is not None:
            self._keep(words, job, before, heard.kind, effect, taken, reason)

    def _keep(
        self, words: Job, job: Job, before: SkillRequest, kind: str,
        effect: dict[str, tuple[Any, Any]], taken: bool, reason: str,
    ) -> None:  # fmt: skip
        """Writes a record; a failing log stops nothing."""
        if self.log is None:
            return
        said, scene = words.instruction, self.port.graph()
        pose = scene.robot
        situation: dict[str, Any] = {
            "robot": None if pose is None else [round(pose.x, 3), round(pose.y, 3), round(pose.yaw, 3)],
            "facts": sorted(map(str, self.port.facts()))[:MOST_FACTS],
            "objects": {t.id: [round(t.position[0], 3), round(t.position[1], 3)] for t in scene.things},
        }
        named = (*before.arguments.values(), *(value for pair in effect.values() for value in pair))
        changed = {str(value) for value in named} & scene.objects.keys()
        if changed:
            situation[LOOKS] = {name: [scene.objects[name].kind, scene.objects[name].colour] for name in changed}
        record = CorrectionRecord(
            said.text, kind, self.robot, before.skill, dict(before.arguments), effect, taken, reason,
            job.instruction.text, self.port.wall, self.port.now, said.operator, lasting(said.text), situation,
        )  # fmt: skip
        try:
            self.log.add(record)
        except SkillStackError as error:
            self.port.warn(str(error))


def harmless(verdict: Verdict, runner: JobRunner) -> Verdict:
    """The verdict, or a refusal where it would make a step hazardous by its objects.

    Args:
        verdict: What a correction does to a step.
        runner: Runs it.
    """
    if isinstance(verdict, Cannot):
        return verdict
    step = verdict.request if isinstance(verdict, StepChange) else verdict
    found = runner.findings(PlanNode("skill", skill=step.skill, arguments=dict(step.arguments)))
    return Cannot(f"{found[0].reason}; ask for it in words of its own") if found else verdict
