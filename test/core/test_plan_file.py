"""Plans as YAML that people edit."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.plan_file import node_of_steps, plan_text, steps_of_node, tree_of_file

NAMES = st.sampled_from(["sit", "go_to", "repeat", "if", "why", "do", "on", "no", "null", "skill", "wait", "at_once"])
VALUES = st.one_of(st.text(max_size=8), st.floats(allow_nan=False, allow_infinity=False), st.integers(-9, 9))
WHYS = st.sampled_from(["", "then", "otherwise", "asked: \"go: to # the 'ball'\"", "yes"])
FACTS = st.sampled_from(["near(robot, red_ball)", "not open(door)"])
SKILLS = st.builds(
    lambda name, arguments, why: PlanNode("skill", skill=name, arguments=arguments, why=why),
    NAMES, st.dictionaries(NAMES, VALUES, max_size=2), WHYS,
)  # fmt: skip


def inner(children):
    lists = st.lists(children, min_size=1, max_size=3).map(tuple)
    pairs = st.lists(children, min_size=2, max_size=3).map(tuple)
    until = st.fixed_dictionaries({"until": FACTS}, optional={"seconds": st.floats(1, 99)})
    both = st.fixed_dictionaries({}, optional={"main": st.integers(0, 1), "independent": st.booleans()})
    return st.one_of(
        st.builds(lambda c, w: PlanNode("sequence", c, why=w), lists, WHYS),
        st.builds(lambda c, n, w: PlanNode("repeat", c, arguments={"count": n}, why=w), lists, st.integers(1, 9), WHYS),
        st.builds(lambda c, a, w: PlanNode("repeat", c, arguments=a, why=w), lists, until, WHYS),
        st.builds(lambda c, a, w: PlanNode("parallel", c, arguments=a, why=w), pairs, both, WHYS),
        st.builds(lambda c, f, w: PlanNode("condition", c[:2], arguments={"fact": f}, why=w), lists, FACTS, WHYS),
        st.builds(lambda f, w: PlanNode("condition", arguments={"fact": f}, why=w), FACTS, WHYS),
    )


@given(st.lists(st.recursive(SKILLS, inner, max_leaves=8), max_size=3).map(tuple))
def test_what_is_written_is_read_back_as_it_was(children):
    tree = PlanNode("sequence", children)
    assert node_of_steps(yaml.safe_load(plan_text(tree))["steps"]) == tree


def test_the_short_form_is_what_people_write():
    text = """
    steps:
      - sit
      - go_to: {target: red_ball}
        why: it is there
      - repeat: 3
        steps: [turn: {angle: 1.0}]
      - if: near(robot, red_ball)
        then: [sit]
        else: [rise]
      - at_once: [[walk], [close_hand, open_hand]]
        main: 1
      - check: open(door)
    """
    tree = tree_of_file(yaml.safe_load(text), "plan.yaml")
    assert [node.type for node in tree.children] == ["skill", "skill", "repeat", "condition", "parallel", "condition"]
    assert [step.skill for step in tree.skills()] == [
        "sit", "go_to", "turn", "turn", "turn", "sit", "walk", "close_hand", "open_hand",
    ]  # fmt: skip
    assert tree.children[1].why == "it is there" and tree.children[4].arguments == {"main": 1}
    assert steps_of_node(PlanNode("skill", skill="sit")) == ["sit"]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("sit", "must be a list of steps"),
        ([3], r"steps\[0\]: a step is the name of a skill"),
        ([{"sit": {}, "rise": {}}], "one step has one skill, not sit, rise"),
        ([{"go_to": "red_ball"}], "arguments of go_to are written"),
        ([{"repeat": 0, "steps": ["sit"]}], "1 or more"),
        ([{"repeat": 2, "step": ["sit"]}], "'step'.*steps"),
        ([{"repeat": {"until": "the door opens"}, "steps": ["sit"]}], "is not a fact"),
        ([{"if": "near(robot, x)"}], "needs 'then'"),
        ([{"at_once": [["sit"]]}], "two things or more"),
        ([{"at_once": [["sit"], ["rise"]], "main": 2}], "must be 0 to 1"),
        ([{"at_once": [["sit"], ["rise"]], "independent": 3}], "must be true or false"),
        ([{"do": [{"check": 4}]}], r"steps\[0\].do\[0\]"),
        ([{True: {}}], "a step is the name of a skill"),
    ],
)
def test_mistakes_are_named_with_their_place(steps, told):
    with pytest.raises(DataError, match=told):
        node_of_steps(steps)


def test_a_plan_that_nests_without_end_is_refused():
    steps = ["sit"]
    for _ in range(200):
        steps = [{"do": steps}]
    with pytest.raises(DataError, match="40 levels"):
        node_of_steps(steps)


def test_the_documented_form_is_the_form():
    text = (Path(__file__).resolve().parents[2] / "docs" / "plans.md").read_text(encoding="utf-8")
    example = text.partition("```yaml")[2].partition("```")[0]
    tree = tree_of_file(yaml.safe_load(example), "docs/plans.md")
    kinds = ["skill", "skill", "repeat", "repeat", "condition", "condition", "parallel", "sequence", "skill"]
    assert [node.type for node in tree.children] == kinds
    assert tree.children[-1].skill == "repeat" and tree.children[6].arguments == {"main": 0, "independent": True}


def test_a_file_without_steps_says_what_a_plan_has():
    with pytest.raises(DataError, match="plan.yaml: a plan has 'steps'"):
        tree_of_file({"name": "x"}, "plan.yaml")
