"""LastAction: the last finished task, for words that refer to it: again, go on, a bit further, closer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_stack.core.plan import PlanNode
from skill_stack.language import Correction
from skill_stack.planner.dialogue.corrections import Corrections
from skill_stack.planner.dialogue.corrector import Cannot, StepChange, Verdict
from skill_stack.planner.dialogue.job import Job, LeafRun
from skill_stack.planner.dialogue.port import Port

FRESH = 90.0
"""Time for which a finished task can be corrected, s of monotonic time."""

Again = tuple[Job, PlanNode]


@dataclass(slots=True)
class LastAction:
    """Stores the last job and its last step.

    Attributes:
        corrections: Determines the effect of a correction.
        port: Gives the present state.
    """

    corrections: Corrections
    port: Port
    _step: LeafRun | None = None
    _at: float = 0.0
    _job: Job | None = None
    _rest: PlanNode | None = None

    def note(self, run: LeafRun, clock: float) -> None:
        """Records the end of a step."""
        self._step, self._at = run, clock

    def end(self, job: Job, rest: PlanNode | None) -> None:
        """Records the end of a job, with its remaining steps."""
        if job.plan is not None and job.plan.tree is not None:
            self._job, self._rest = job, rest

    def last(self, clock: float) -> Job | None:
        """The last job to which words may refer, or None.

        Args:
            clock: Monotonic time, s.
        """
        return self._job if clock - self._at <= FRESH else None

    def steps(self, clock: float) -> tuple[LeafRun, ...]:
        """The last step, as long as words may refer to it.

        Args:
            clock: Monotonic time, s.
        """
        return (self._step,) if self._step is not None and clock - self._at <= FRESH else ()

    def correct(self, heard: Correction, words: Job, clock: float) -> str | Job | Again | None:
        """Effect of words on the last job.

        Args:
            heard: The words.
            words: The job of these words.
            clock: Monotonic time, s.

        Returns:
            An answer (a question after ``?``); a job whose words are to be done once more; a job and the tree to be
            done for it; or None where the words are about nothing that was done.
        """
        if heard.kind == "again":
            return self._job
        if heard.kind == "go_on":
            return (self._job, self._rest) if self._job is not None and self._rest is not None else None
        run = self._step
        if run is None or self._job is None or clock - self._at > FRESH or heard.kind in ("hold", "skip", "cancel"):
            return None
        verdict = self.corrections.corrector.correct(heard, run.request, self.port.graph(), self.port.facts())
        if isinstance(verdict, Cannot):
            if heard.kind in ("target", "other") and not verdict.asks:
                return None
            return f"?{verdict.reason}" if verdict.asks else verdict.reason
        self.corrections.note_idle(heard, words, run, verdict.effect)
        if heard.kind in ("slower", "faster"):
            return f"I do it {heard.kind} the next time"
        return self._job, PlanNode("sequence", (_once_more(heard, run, verdict),), why="corrected")


def _once_more(heard: Correction, run: LeafRun, verdict: Verdict) -> PlanNode:
    """The step for a correction after the end: the difference for a displacement, all of it for another target."""
    assert not isinstance(verdict, Cannot)
    if not isinstance(verdict, StepChange):
        return PlanNode("skill", skill=verdict.skill, arguments=dict(verdict.arguments), why=verdict.said)
    arguments = dict(verdict.request.arguments)
    if heard.kind in ("further", "less_far", "left", "right"):
        for name, (before, after) in verdict.effect.items():
            if run.node.skill == run.request.skill and isinstance(after, float) and name not in ("gap",):
                arguments = {
                    **{key: 0.0 for key, value in arguments.items() if isinstance(value, float)},
                    **{key: value for key, value in arguments.items() if not isinstance(value, float)},
                    name: after - before,
                }
    return replace(run.node, arguments=arguments, why=verdict.said)
