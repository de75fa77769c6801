"""What the G1's page promises as success and what its suite demands are the same."""

import re
from pathlib import Path

import pytest

from skill_stack.evaluation.demand import Demand
from skill_stack.evaluation.suite import load_suite

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "skills" / "g1_criteria.md").read_text(encoding="utf-8").split("## Conditions")[1]
SUITE = load_suite(ROOT / "config" / "scenarios" / "g1.yaml")
ROWS = {
    match[1]: re.findall(r"`([^`]+)`", match[2])
    for match in re.finditer(r"^\| `(\w+)` \| [^|]* \| (.*) \|$", PAGE, re.MULTILINE)
}


def same(text):
    demand = Demand.parse(text)
    return demand.quantity, demand.condition.operator, round(demand.condition.value, 6)


@pytest.mark.parametrize("task", SUITE.tasks, ids=lambda task: task.name)
def test_the_suite_demands_what_the_page_says(task):
    wanted = {same(text) for text in ROWS[task.name]}
    wanted |= set() if task.name == "get_up" else {same("tilt <= 0.8 rad")}
    assert {same(demand.text) for demand in task.success} == wanted


def test_no_row_is_without_a_task_and_the_worlds_are_as_wide_as_the_page_says():
    assert set(ROWS) == {task.name for task in SUITE.tasks} | {one.skill for one in SUITE.attempts}
    drawn, pushes = SUITE.randomisation, SUITE.perturbations.pushes
    assert (drawn.friction, drawn.added_mass, drawn.motor_strength) == ((0.5, 1.2), (-1.0, 1.5), (0.9, 1.1))
    assert drawn.latency == pytest.approx((0.0, 0.015))
    assert pushes is not None and pushes.speed == (0.1, 0.4)
    assert len(SUITE.seeds) == 100
