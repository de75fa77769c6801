"""A plan whose step is not possible is refused by the violated condition, wherever in the tree the step is."""

import pytest

from skill_stack.core.plan import PlanNode
from skill_stack.core.world.fact import Fact
from skill_stack.planner.notations.library_file import read_library
from skill_stack.planner.symbolic.checker import Checker
from skill_stack.planner.symbolic.simulation import Violation, violation

SKILLS = """
facts: []
skills:
- {name: go, args: [place], effects: ["not at(robot, *)", "at(robot, $place)"]}
- name: grasp
  args: [thing]
  preconditions: ["at(robot, $thing)", "not holding(robot, *)"]
  effects: ["holding(robot, $thing)"]
- {name: drop, args: [thing], preconditions: ["holding(robot, $thing)"], effects: ["not holding(robot, $thing)"]}
"""
HERE = frozenset({Fact("at", ("robot", "cup"))})
NOWHERE: frozenset[Fact] = frozenset()


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    file = tmp_path_factory.mktemp("simulation") / "library.yaml"
    file.write_text(SKILLS)
    return read_library(file)[0]


def do(skill: str, **arguments: str) -> PlanNode:
    return PlanNode("skill", skill=skill, arguments=arguments)


def all_of(*nodes: PlanNode) -> PlanNode:
    return PlanNode("sequence", nodes)


GRASP, DROP = do("grasp", thing="cup"), do("drop", thing="cup")
IF = PlanNode("condition", (GRASP, do("go", place="hall")), arguments={"fact": "at(robot, cup)"})


@pytest.mark.parametrize(
    ("plan", "facts", "wrong"),
    [
        (GRASP, HERE, None),
        (GRASP, NOWHERE, ("grasp", "at(robot, cup)", 1)),
        (all_of(do("go", place="cup"), GRASP), NOWHERE, None),
        (all_of(do("go", place="hall"), GRASP), HERE, ("grasp", "at(robot, cup)", 2)),
        (all_of(GRASP, GRASP), HERE, ("grasp", "not holding(robot, *)", 2)),
        (all_of(GRASP, DROP, GRASP), HERE, None),
        (all_of(GRASP, DROP, DROP), HERE, ("drop", "holding(robot, cup)", 3)),
        (PlanNode("repeat", (GRASP,), arguments={"count": 2}), HERE, ("grasp", "not holding(robot, *)", 2)),
        (PlanNode("repeat", (GRASP, DROP), arguments={"count": 3}), HERE, None),
        (PlanNode("repeat", (GRASP,), arguments={"until": "warm(cup)"}), HERE, ("grasp", "not holding(robot, *)", 2)),
        (IF, NOWHERE, None),
        (all_of(IF, DROP), HERE, ("drop", "holding(robot, cup)", 3)),
    ],
)
def test_the_first_step_that_is_not_possible_is_named_with_its_condition(library, plan, facts, wrong) -> None:
    found = violation(library, plan, facts)
    assert found == (None if wrong is None else Violation(*wrong))
    assert Checker(library).check(plan, facts) == found


def test_an_argument_that_is_wrong_is_a_violation_too(library) -> None:
    found = violation(library, do("grasp", strange="cup"), HERE)
    assert found is not None and "strange" in found.condition
