"""How far a task is, for clients that show it."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.core.setpoint import SkillRequest, SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner.dialogue.job import Job, LeafRun
from skill_stack.planner.dialogue.plan_remainder import rest_of


def step_text(request: SkillRequest, library: SkillLibrary) -> str:
    """A step for people: the skill and its arguments, but for those that have their usual value."""
    goal = library[request.skill].goal if request.skill in library else ()
    usual = {argument.name: argument.default for argument in goal}
    given = {name: value for name, value in request.arguments.items() if value not in ("", usual.get(name))}
    told = ", ".join(f"{name} {value}" for name, value in given.items())
    return f"{request.skill} {told}".strip()


def running_steps(job: Job) -> str:
    """The steps of a job that run now, in words; empty while none does."""
    return "; ".join(step_text(run.request, job.executor.library) for run in _running(job) if job.executor)


def task_progress(job: Job, statuses: Iterable[SkillStatus]) -> float:
    """Share of the steps of a job's plan that are done, 0 to 1; 0 before there is a plan.

    A running step counts with the share that the robot reports, which is 0 for a policy, and only once the robot drives
    it. A plan that was made anew counts from its own beginning.

    Args:
        job: The job.
        statuses: The newest status of each part of the robot.
    """
    if job.plan is None or job.plan.tree is None or job.executor is None:
        return 0.0
    total = len(list(job.plan.tree.skills()))
    rest = rest_of(job.plan.tree, job.done)
    left = float(len(list(rest.skills()))) if rest is not None else 0.0
    reported = {status.request_id: status.progress for status in statuses}
    left -= sum(min(max(reported.get(run.request.id, 0.0), 0.0), 1.0) for run in _running(job) if not run.then)
    return min(max(1.0 - left / total, 0.0), 1.0) if total else 0.0


def _running(job: Job) -> list[LeafRun]:
    """The steps of a job that were started; those of a held job wait."""
    withheld = {request.id for request in job.withheld}
    return [run for run in job.runs.values() if run.request.id not in withheld]
