"""Constraints on a path as the argument of a skill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import GoalParameter
from skill_stack.core.skills.way_constraint import FARTHEST, WayConstraint, way_of, way_text
from skill_stack.core.world.scene import SceneGraph, SceneObject

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
ONE = st.one_of(
    st.builds(WayConstraint, st.just("away"), st.tuples(NAMES), st.integers(1, 2000).map(lambda cm: cm / 100)),
    st.builds(WayConstraint, st.sampled_from(["out", "left", "right"]), st.lists(NAMES, min_size=1).map(tuple)),
    st.builds(WayConstraint, st.just("between"), st.tuples(NAMES, NAMES)),
)


@given(st.lists(ONE, unique_by=str))
def test_what_is_written_is_read_again(constraints):
    assert list(way_of(way_text(constraints))) == constraints


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("near(box)", "is written"), ("away(box)", "metres last"), ("away(box, far)", "metres last"),
        ("away(box, -1)", f"at most {FARTHEST:g}"), ("away(box, nan)", "above 0"), ("between(box)", "is written"),
        ("out()", "is written"), ("left(box) right(box)", "is written"), ("away(1)", "is written"),
    ],
)  # fmt: skip
def test_what_is_written_otherwise_is_refused_with_the_form(text, said):
    with pytest.raises(DataError, match=said.replace("(", r"\(")):
        way_of(text)


def test_an_argument_of_that_type_is_checked():
    parameter = GoalParameter(name="way", type="way", default="", description="constraints")
    assert parameter.check("left(box)") == "left(box)" and parameter.check("") == ""
    with pytest.raises(DataError, match="is written"):
        parameter.check("beside the box")
    with pytest.raises(ValueError, match="needs the default"):
        GoalParameter(name="way", type="way", description="constraints")


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (WayConstraint("away", ("b",), 1.5), "at least 1.5 m away from the red box"),
        (WayConstraint("out", ("b", "gone")), "without crossing the red box and gone"),
        (WayConstraint("left", ("b",)), "passing left of the red box"),
    ],
)
def test_it_is_said_in_words(one, words):
    assert one.words(SceneGraph({"b": SceneObject("b", "box", (0.0, 0.0, 0.0), colour="red")})) == words
