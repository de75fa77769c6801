"""Choice among proposals of one source for the same words: tried in sampled worlds, what most of them lead to is taken.

Programs are chosen so by what they do when run (execution-based minimum Bayes risk, Shi et al. 2022). What fails in the
worlds counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from skill_stack.core.plan import Plan
from skill_stack.planner.candidate import key
from skill_stack.planner.trial import Rehearser, Trial, TrialJob, TrialSituation

WORLDS = 3
"""Worlds in which every different proposal is tried, where there is time."""


@dataclass(slots=True)
class RehearsedProposal:
    """One of the different proposals.

    Attributes:
        plan: It.
        times: How often it was proposed.
        trials: Its trials by world.
        votes: How many proposals lead to the same.
    """

    plan: Plan
    times: int = 1
    trials: dict[int, Trial] = field(default_factory=dict)
    votes: int = 0

    @property
    def works(self) -> bool:
        """Whether it succeeded in more than half of its worlds; what was not tried is not known to fail."""
        passed = sum(trial.passed for trial in self.trials.values())
        return 2 * passed > len(self.trials) or not self.trials

    def same(self, other: RehearsedProposal) -> bool:
        """Whether both led to the same in more than half of the worlds in which both were tried."""
        if self is other:
            return True
        worlds = self.trials.keys() & other.trials.keys()
        alike = 0
        for n in worlds:
            mine, its = self.trials[n].end, other.trials[n].end
            alike += mine is not None and its is not None and mine.same(its)
        return 2 * alike > len(worlds)


@dataclass(frozen=True, slots=True)
class ProposalVote:
    """Result of a choice.

    Attributes:
        plan: What most of the proposals lead to; None where no more than half of them lead to the same.
        votes: How many do, at the most.
        of: Number of proposals.
        reason: Why there is none, in words; empty where there is.
    """

    plan: Plan | None
    votes: int
    of: int
    reason: str = ""


def chosen_by_result(
    rehearser: Rehearser | None, situation: TrialSituation, proposals: Sequence[Plan], seconds: float,
    clock: Callable[[], float],
) -> ProposalVote:  # fmt: skip
    """Tries proposals and takes what more than half of them lead to.

    Args:
        rehearser: Makes trials; None where nothing can: then the same steps lead to the same, and no others do.
        situation: Where the proposals begin.
        proposals: Checked plans for the same words.
        seconds: Time that this may take, s.
        clock: Clock by which that counts, s.
    """
    different: dict[str, RehearsedProposal] = {}
    for plan in proposals:
        name = key(plan.tree) if plan.tree is not None else ""
        if name in different:
            different[name].times += 1
        else:
            different[name] = RehearsedProposal(plan)
    listed = sorted(different.values(), key=lambda one: -one.times)
    if rehearser is not None:
        _try(rehearser, situation, listed, clock, clock() + seconds)
    able = [one for one in listed if one.works]
    for one in able:
        one.votes = sum(other.times for other in able if one.same(other))
    best = max(able, key=lambda one: one.votes, default=None)
    if best is not None and 2 * best.votes > len(proposals):
        return ProposalVote(best.plan, best.votes, len(proposals))
    votes = best.votes if best is not None else 0
    failed = [trial.reason for one in listed for trial in one.trials.values() if not trial.passed]
    why = f"; in simulation: {failed[0]}" if failed else ""
    return ProposalVote(None, votes, len(proposals), f"no more than {votes} of {len(proposals)} lead to the same{why}")


def _try(
    rehearser: Rehearser, situation: TrialSituation, listed: Sequence[RehearsedProposal], clock: Callable[[], float],
    until: float,
) -> None:  # fmt: skip
    """Tries all proposals in one world after the other, until the time is over."""
    jobs = [TrialJob(number, one.plan, world) for world in range(WORLDS) for number, one in enumerate(listed)]
    results = rehearser.trials(situation, jobs)
    for job, trial in results:
        listed[job.candidate].trials[job.world] = trial
        if clock() >= until:
            if (close := getattr(results, "close", None)) is not None:
                close()
            return
