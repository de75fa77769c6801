"""Reward terms as arguments of a skill: a set comes back as it went, and what fits no term is named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.reward_arguments import arguments_of, rewards_of
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rewards.term_definition import reward_terms

NAMES = {"foot": ("FL", "RR"), "joint": ("FL_hip_joint", "joint_3"), "finger": ("index", "thumb"),
         "hand": ("left", "right")}  # fmt: skip


@st.composite
def reward_sets(draw: st.DrawFn) -> RewardSet:
    """Sets of terms that do not exclude each other."""
    terms: list[dict[str, Any]] = []
    slots: set[object] = set()
    for name in draw(st.lists(st.sampled_from(sorted(reward_terms())), min_size=1, max_size=5, unique=True)):
        kind = reward_terms()[name]
        low, high = kind.range
        of = ["thumb", "object"] if kind.of == "pair" else [draw(st.sampled_from(NAMES[kind.of]))] if kind.of else []
        if (kind.group or name, *of) in slots:
            continue
        slots.add((kind.group or name, *of))
        target = draw(st.none() | st.floats(low, high))
        terms.append({"term": name, "of": of, "target": target, "weight": draw(st.floats(0.1, 3.0))})
    return RewardSet.parse({"terms": terms, "seconds": draw(st.none() | st.floats(0.5, 60.0))}, "a set")


@given(reward_sets())
def test_a_set_comes_back_from_its_arguments(rewards: RewardSet) -> None:
    """Names of limbs and joints with underscores, terms that begin like others, targets that are left out."""
    back = rewards_of({"posture_weight": 0.0, "gait": "trot", "duration": 0.0, **arguments_of(rewards)})
    assert sorted(back.terms, key=repr) == sorted(rewards.terms, key=repr)
    assert back.seconds == rewards.seconds


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({}, "no term has a weight"),
        ({"base_height": 0.2}, "no term has a weight"),
        ({"tail_wag_weight": 1.0}, "no term 'tail_wag'"),
        ({"foot_lift_weight": 1.0}, "foot_lift is of 1 of: foot"),
        ({"base_height": 2.0, "base_height_weight": 1.0}, "base_height: 2 m is outside of 0.08 to 0.6"),
        ({"base_height_weight": -1.0}, "weight"),
        ({"base_height_weight": float("nan")}, "weight"),
        ({"heading_weight": 1.0, "turn_rate_weight": 1.0}, "exclude each other"),
    ],
)
def test_arguments_that_are_no_set_are_refused_by_name(arguments: dict[str, float], named: str) -> None:
    """The message says which term is wrong."""
    with pytest.raises(DataError, match=named):
        rewards_of(arguments)
