"""How far a task is, step by step, and what runs."""

from types import SimpleNamespace

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.setpoint import SkillRequest
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.task_progress import running_steps, step_text, task_progress


def reports(request, progress):
    """A status of the robot while it drives a request."""
    return [SimpleNamespace(request_id=request.id, progress=progress)]


def test_without_a_plan_nothing_is_done():
    job = Job(Instruction("sit down", "test", 0.0))
    assert task_progress(job, ()) == 0.0 and running_steps(job) == ""


def test_it_grows_with_each_step_and_with_what_the_robot_reports_of_the_running_one(robot):
    job = robot.say("stand up, sit down, then go to the red ball")
    total, seen = len(list(job.plan.tree.skills())), []
    assert total >= 3 and task_progress(job, ()) == 0.0
    while robot.running:
        running = robot.step
        assert running_steps(job).split()[0] == running.skill
        half = task_progress(job, reports(running, 0.5))
        seen.append(task_progress(job, ()))
        assert half == pytest.approx(seen[-1] + 0.5 / total)
        assert task_progress(job, reports(running, 7.0)) == pytest.approx(seen[-1] + 1.0 / total)
        assert task_progress(job, [SimpleNamespace(request_id="another", progress=1.0)]) == seen[-1]
        robot.end()
    assert seen == pytest.approx([number / total for number in range(total)])
    assert task_progress(job, ()) == 1.0 and running_steps(job) == ""
    assert robot.result(job)[0] == "succeeded"


def test_a_step_is_told_without_what_goes_without_saying(robot):
    robot.say("go to the red ball")
    usual = {one.name: one.default for one in robot.library["go_to"].goal}
    request = SkillRequest("a", "go_to", {**usual, "target": "red_ball"})
    assert step_text(request, robot.library) == "go_to target red_ball"


def test_rounds_of_a_loop_count_each(robot):
    job = robot.say("sit down and stand up three times")
    seen = []
    while robot.running:
        seen.append(task_progress(job, ()))
        robot.end()
    assert len(seen) >= 6 and seen == sorted(set(seen)) and task_progress(job, ()) == 1.0


def test_arguments_of_the_running_step_are_told(robot):
    job = robot.say("go to the red ball")
    while robot.running and robot.step.skill != "go_to":
        robot.end()
    assert "target red_ball" in running_steps(job)


def test_a_held_job_runs_nothing_that_waits(robot):
    job = robot.say("sit down and go to the red ball")
    assert running_steps(job)
    (run,) = job.runs.values()
    job.withheld.append(run.request)
    assert running_steps(job) == "" and task_progress(job, reports(run.request, 0.9)) == 0.0
