"""Goals: two that mean the same are one, and what a model proposes passes the same schema."""

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.practice.goal import Goal


def goal(terms: list[dict], words: str = "do it", **others) -> Goal:
    return Goal(robot="go2", words=words, rewards=RewardSet.parse({"terms": terms, **others}, "test"))


LIFT = {"term": "foot_lift", "of": ["FL"], "target": 0.1}
NOD = {"term": "base_pitch", "target": 0.3}


def test_order_words_weights_and_times_make_no_other_goal():
    one = goal([LIFT, NOD], "lift your paw and nod")
    same = goal([{**NOD, "target": 0.305}, {**LIFT, "weight": 2.0}], "nod with your paw up", seconds=4.0)
    assert one.key == same.key


@pytest.mark.parametrize("other", [{**LIFT, "of": ["FR"]}, {**LIFT, "target": 0.15}, NOD])
def test_another_limb_amount_or_term_is_another_goal(other):
    assert goal([LIFT]).key != goal([other]).key


def test_points_of_a_distance_have_no_order():
    pair = {"term": "distance", "target": 0.03}
    assert goal([{**pair, "of": ["thumb", "index"]}]).key == goal([{**pair, "of": ["index", "thumb"]}]).key


def test_a_proposal_passes_the_same_schema_and_nothing_else_of_it_is_used():
    data = {"words": "nod", "rewards": {"terms": [NOD]}}
    assert Goal.parse(data, "go2", "line 1").rewards == goal([NOD]).rewards
    for wrong, told in (
        ({"words": "nod", "rewards": {"terms": [{"term": "base_pich"}]}}, "base_pitch"),
        ({"words": "nod", "rewards": {"terms": [{**NOD, "target": 9.0}]}}, "outside of"),
        ({"words": "nod", "run": "rm"}, "run"),
        ([1], "line 1"),
    ):
        with pytest.raises(DataError, match=told):
            Goal.parse(wrong, "go2", "line 1")
