"""A robot that begins a long run remembers tasks in the form that the planner learns from."""

from skill_stack.benchmarks.stack.soak import REMEMBERED, ROBOT, SCENE
from skill_stack.benchmarks.stack.soak_memory import remember
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.planner.memory.lessons import NEWEST, Lessons
from skill_stack.planner.memory.store import ExperienceStore, store_path


def test_the_memory_is_one_that_the_planner_reads(tmp_path):
    assert remember(str(tmp_path), ROBOT, SCENE, REMEMBERED, count=12) == 12
    resources = Resources.from_environment({"SKILL_STACK_OVERLAY": str(tmp_path)})
    with ExperienceStore(store_path(resources)) as store:
        kept = list(store.each(ROBOT, NEWEST))
        lessons = Lessons.from_store(store, load_library(resources, load_robot(resources.robot(ROBOT))))
    assert [one.words for one in kept[:5]] == list(REMEMBERED)
    assert all(one.steps and one.things and one.outcome == "succeeded" for one in kept)
    assert not lessons.claimed, "nothing failed, so that nothing is learnt"


def test_errands_that_cannot_be_planned_are_no_memory(tmp_path):
    assert remember(str(tmp_path), ROBOT, SCENE, ("make me a coffee",), count=3) == 0
