"""Which adapters a condition asks for, within bounds that are stated."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from skill_stack.core.robots.adapter_part import AdapterPart, BodyCondition

CONDITIONS = [
    {"goal": "payload", "property": "added_mass", "none": 0.0, "full": 8.0},
    {"goal": "slippery", "property": "foot_friction", "none": 0.45, "full": 0.15},
    {"goal": "weak", "property": "motor_strength", "none": 0.9, "full": 0.5},
]
STATED = {"base": "walk", "base_sha256": "a" * 64, "largest_sum": 2.0, "conditions": CONDITIONS}
PART = AdapterPart.model_validate(STATED)
KNOWN = st.builds(
    BodyCondition,
    st.none() | st.floats(-5, 50),
    st.none() | st.floats(0.01, 3),
    st.none() | st.floats(0.05, 1.0),
)


def test_what_is_not_known_asks_for_nothing() -> None:
    assert PART.choose(BodyCondition()).goals == {"payload": 0.0, "slippery": 0.0, "weak": 0.0}
    assert PART.choose(BodyCondition(-1.0, 1.2, 1.0)).goals == {"payload": 0.0, "slippery": 0.0, "weak": 0.0}


def test_coefficients_are_shares_of_what_was_trained() -> None:
    choice = PART.choose(BodyCondition(4.0, 0.3, 0.8))
    assert choice.goals == pytest.approx({"payload": 0.5, "slippery": 0.5, "weak": 0.25})
    assert choice.said == ""


def test_a_larger_coefficient_that_is_asked_for_counts() -> None:
    asked = {"payload": 0.1, "weak": 0.7, "vx": 9.0}
    assert PART.choose(BodyCondition(4.0), asked).goals == pytest.approx({"payload": 0.5, "slippery": 0.0, "weak": 0.7})


def test_more_than_was_trained_is_limited_and_said() -> None:
    beyond = PART.choose(BodyCondition(12.0))
    assert beyond.goals["payload"] == 1.0
    assert "added_mass = 12 is beyond 8" in beyond.said
    together = PART.choose(BodyCondition(8.0, 0.15, 0.5))
    assert together.goals == pytest.approx(dict.fromkeys(PART.goals, 2 / 3))
    assert "= 3 is more at once than was trained, reduced to 2" in together.said


@given(KNOWN)
def test_whatever_is_known_never_asks_for_what_is_refused(condition) -> None:
    goals = PART.choose(condition).goals
    assert PART.problem(goals) == ""
    assert all(0.0 <= value <= 1.0 for value in goals.values()) and sum(goals.values()) <= 2.0 + 1e-6


@pytest.mark.parametrize(
    ("goals", "why"),
    [
        ({"payload": 1.0, "slippery": 1.0, "weak": 0.2}, "sum to 2.2"),
        ({"payload": -0.5}, "payload = -0.5 is outside"),
        ({"weak": 1.5}, "weak = 1.5 is outside"),
        ({"payload": 1.0, "slippery": 1.0, "weak": -1.0}, "weak = -1 is outside"),
        ({"slippery": math.nan}, "slippery = nan is outside"),
    ],
)
def test_nonsense_is_refused_with_the_bound(goals, why) -> None:
    assert why in PART.problem(goals)


@pytest.mark.parametrize(
    "change",
    [
        {"base_sha256": "walk"},
        {"largest_sum": 0.0},
        {"conditions": []},
        {"conditions": [CONDITIONS[0], CONDITIONS[0]]},
        {"conditions": [CONDITIONS[0] | {"full": 0.0}]},
        {"conditions": [CONDITIONS[0] | {"property": "mood"}]},
    ],
)
def test_a_section_that_makes_no_sense_is_refused(change) -> None:
    with pytest.raises(ValidationError):
        AdapterPart.model_validate(STATED | change)
