"""What the page promises as success and what the suite demands are the same."""

import re
from pathlib import Path

import pytest

from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.demand import Demand
from skill_stack.evaluation.quantities import QUANTITIES
from skill_stack.evaluation.suite import load_suite

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "skills" / "criteria.md").read_text(encoding="utf-8")
SUITE = load_suite(ROOT / "config" / "scenarios" / "go2.yaml")
OF_BODIES = "go2_bodies"  # its tasks have worlds and conditions of their own, told in docs/results/bodies.md
OTHERS = [load_suite(ROOT / "config" / "scenarios" / f"{name}.yaml") for name in SUITE.besides if name != OF_BODIES]
JUDGED = [*SUITE.tasks, *(task for suite in OTHERS for task in suite.tasks if task.name == task.skill)]
ROWS = {
    match[1]: re.findall(r"`([^`]+)`", match[2])
    for match in re.finditer(r"^\| `(\w+)` \| [^|]* \| (.*) \|$", PAGE, re.MULTILINE)
}
FALL = "tilt <= 1.0 rad"


def same(text):
    demand = Demand.parse(text)
    return demand.quantity, demand.condition.operator, round(demand.condition.value, 6)


@pytest.mark.parametrize("task", JUDGED, ids=lambda task: task.name)
def test_the_suite_demands_what_the_page_says(task):
    assert task.name in ROWS, f"docs/skills/criteria.md says nothing of '{task.name}'"
    wanted = {same(text) for text in ROWS[task.name]}
    wanted |= set() if task.name == "get_up" or any(q == "tilt" for q, *_ in wanted) else {same(FALL)}
    assert {same(demand.text) for demand in task.success} == wanted


def test_every_condition_on_the_page_can_be_judged():
    assert len(ROWS) == 37
    for texts in ROWS.values():
        assert texts
        for text in texts:
            assert Demand.parse(text).quantity in QUANTITIES


def test_the_worlds_are_as_wide_as_the_page_says():
    for suite in (SUITE, *OTHERS):
        drawn = suite.randomisation
        assert (drawn.friction, drawn.added_mass) == ((0.4, 1.3), (-1.5, 1.5))
        assert drawn.latency == pytest.approx((0.0, 0.02))
        assert drawn.motor_strength == (0.85, 1.15)
        assert suite.perturbations.pushes is not None
        assert len(suite.seeds) == 100


def test_boxes_are_as_heavy_as_the_page_says_and_differ():
    scene = load_scene(ROOT / "config" / "scenes" / "moving_box.yaml")
    worlds = [set_up(scene, seed) for seed in SUITE.seeds]
    masses = [next(thing.mass for thing in world.objects if thing.movable) for world in worlds]
    assert "1.5 … 3 kg" in PAGE
    assert 1.5 <= min(masses) < 1.6 and 2.9 < max(masses) <= 3.0
    middle = next(thing.mass for thing in set_up(scene, 0).objects if thing.movable)
    assert middle == 2.25, "seed 0 is the file as it stands"


def test_a_mass_that_is_drawn_leaves_the_rest_of_the_world_as_it_was():
    scene = load_scene(ROOT / "config" / "scenes" / "moving_box.yaml")
    same = scene.model_copy(update={"variation": scene.variation.model_copy(update={"object_mass": None})})
    drawn, stated = set_up(scene, 7), set_up(same, 7)
    assert drawn.model_copy(update={"objects": stated.objects}) == stated
    assert [thing.position for thing in drawn.objects] == [thing.position for thing in stated.objects]


def test_what_has_no_skill_is_said_with_its_figure():
    assert set(ROWS) - {task.name for task in JUDGED} == {one.skill for one in SUITE.attempts}
