"""Reward terms: what is refused, what a motion costs, and when it counts as what was asked for."""

import importlib.util
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.rewards.body_motion import BodyLayout, BodyMotion, FingerLayout, ObjectMotion
from skill_stack.core.rewards.costs import costs, costs_by_term, judge
from skill_stack.core.rewards.quantities import QUANTITIES, error, quantity, view_of
from skill_stack.core.rewards.reward_set import RewardSet, RewardTerm
from skill_stack.core.rewards.term_definition import TERMS_FILE, load_terms, reward_terms

STANCE = np.array([(0.2, 0.1, -0.28), (0.2, -0.1, -0.28), (-0.2, 0.1, -0.28), (-0.2, -0.1, -0.28)])
DOG = BodyLayout(
    ("a", "b"), np.zeros(2), np.full(2, 20.0), 0.3, ("FL", "FR", "RL", "RR"), STANCE, np.full(4, 0.02),
    bodies=frozenset({"legged"}),
)  # fmt: skip
FINGER = FingerLayout(np.array([0]), np.zeros(1), np.array([1.5]), 1, 1.0)
HAND = BodyLayout(("bend", "side"), np.zeros(2), np.ones(2), 0.3, fingers={"index": FINGER, "thumb": FINGER},
                  bodies=frozenset({"hand"}))  # fmt: skip


def standing(time: int = 100, samples: tuple[int, ...] = ()) -> BodyMotion:
    """A dog that stands still for that many moments of 20 ms."""
    shape = (*samples, time)
    place = np.broadcast_to((0.0, 0.0, 0.3), (*shape, 3)).copy()
    return BodyMotion(
        0.02, place, np.broadcast_to((1.0, 0.0, 0.0, 0.0), (*shape, 4)).copy(), np.zeros((*shape, 3)),
        np.zeros((*shape, 3)), np.zeros((*shape, 2)), np.zeros((*shape, 2)), np.zeros((*shape, 2)),
        place[..., None, :] + STANCE, np.ones((*shape, 4), bool), np.zeros((*shape, 0, 3)),
    )  # fmt: skip


def holding(turn: float, time: int = 100) -> BodyMotion:
    """A hand whose object is turned by an angle about the vertical."""
    turned = np.tile((math.cos(turn / 2), 0.0, 0.0, math.sin(turn / 2)), (time, 1))
    thing = ObjectMotion(
        np.zeros((time, 3)), turned, np.zeros((time, 3)), np.zeros(3), np.array((1.0, 0.0, 0.0, 0.0))
    )  # fmt: skip
    dog = standing(time)
    tips = np.tile(((0.1, 0.0, 0.0), (0.1, 0.04, 0.03)), (time, 1, 1))
    return replace(dog, thing=thing, tips=tips, feet=np.zeros((time, 0, 3)), contact=np.zeros((time, 0), bool))


def asked(*terms: dict[str, object], **more: object) -> RewardSet:
    return RewardSet.parse({"terms": list(terms), **more}, "a set")


def test_every_term_that_costs_has_a_quantity_and_no_quantity_is_without_a_term():
    assert set(QUANTITIES) == {name for name, kind in reward_terms().items() if kind.effect != "prior"}


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ([{"term": "base_hight", "target": 0.2}], "there is no term 'base_hight'; there is base_height"),
        ([{"term": "base_height", "target": 2.0}], r"base_height: 2 m is outside of 0\.08 to 0\.6 m"),
        ([{"term": "base_height", "target": math.nan}], "terms.0.target"),
        ([{"term": "foot_lift", "target": 0.1}], "foot_lift is of 1 of: foot, not"),
        ([{"term": "heading"}, {"term": "turn_rate"}], "turn_rate and heading exclude each other"),
        ([{"term": "place_x"}, {"term": "velocity_x"}], "velocity_x and place_x exclude each other"),
        ([{"term": "base_height"}, {"term": "base_height"}], "base_height and base_height exclude each other"),
        ([], "terms: "),
    ],
)  # fmt: skip
def test_what_is_unknown_out_of_range_or_exclusive_is_refused_with_the_term_named(terms, message):
    with pytest.raises(DataError, match=message):
        RewardSet.parse({"terms": terms}, "a set")


def test_a_term_that_is_off_excludes_nothing_and_costs_nothing():
    rewards = asked({"term": "heading", "target": 1.0}, {"term": "turn_rate", "weight": 0.0})
    assert "turn_rate" not in {one.term for one in rewards.in_force(DOG.bodies, False)}


def test_a_set_survives_the_way_through_plain_data():
    rewards = asked({"term": "foot_lift", "of": "FL", "target": 0.1, "weight": 2.0}, seconds=4.0)
    assert RewardSet.parse(rewards.plain(), "again") == rewards


@pytest.mark.parametrize(
    ("layout", "term", "message"),
    [
        (DOG, {"term": "foot_lift", "of": "left"}, "there is no foot 'left'; there is FL, FR, RL, RR"),
        (DOG, {"term": "finger_curl", "of": "index"}, "finger_curl is for hand robots"),
        (HAND, {"term": "base_roll"}, "base_roll is for legged robots"),
        (HAND, {"term": "object_yaw"}, "there is no object in the hand"),
        (HAND, {"term": "distance", "of": ["index", "nose"]}, "there is no pair 'nose'"),
        (DOG, {"term": "joint_position", "of": "a"}, ""),
    ],
)
def test_what_a_robot_does_not_have_is_named(layout, term, message):
    problem = layout.problem(asked(term), has_object=False)
    assert message in problem and bool(message) == bool(problem)


def test_standing_costs_nothing_where_standing_is_asked_for_and_more_the_further_off_it_is():
    motion = standing(1, (3,))
    motion.place[1, :, 2], motion.place[2, :, 2] = 0.25, 0.20
    motion.feet[:] = motion.place[..., None, :] + STANCE
    cost = costs(asked({"term": "base_height", "target": 0.3}), motion, DOG)[:, 0]
    assert cost.shape == (3,) and cost[0] == pytest.approx(0.0, abs=1e-3) and cost[0] < cost[1] < cost[2]


def test_one_moment_many_samples_and_success_see_the_same_distance():
    rewards = asked({"term": "base_height", "target": 0.2}, {"term": "foot_lift", "of": "FL", "target": 0.1})
    one, many = standing(40), standing(40, (5,))
    alone, together = costs(rewards, one, DOG), costs(rewards, many, DOG)
    assert np.allclose(together, alone) and together.shape == (5, 40)
    assert sum(costs_by_term(rewards.in_force(DOG.bodies, False), one, DOG).values()) == pytest.approx(alone)
    nearest = judge(rewards, one, DOG).nearest
    for term in rewards.aims:
        assert nearest[term.label] == pytest.approx(abs(error(term, view_of(rewards.terms, one, DOG))[0]))


def test_half_a_turn_costs_less_the_further_it_went_the_way_that_was_asked_for():
    left, right = RewardTerm(term="object_yaw", target=3.1), RewardTerm(term="object_yaw", target=-3.1)
    ahead = view_of((left,), holding(0.5), HAND)
    assert abs(error(left, ahead)[0]) < 3.1 < abs(error(right, ahead)[0])
    beyond = view_of((left,), holding(-3.1), HAND)
    assert abs(error(left, beyond)[0]) < 0.1


def test_signs_are_those_of_rep_103():
    motion = standing(1)
    nose_down = replace(motion, orientation=np.array([[math.cos(0.1), 0.0, math.sin(0.1), 0.0]]))
    right_down = replace(motion, orientation=np.array([[math.cos(0.1), math.sin(0.1), 0.0, 0.0]]))
    view = [view_of((), one, DOG) for one in (nose_down, right_down)]
    assert quantity(RewardTerm(term="base_pitch"), view[0])[0] == pytest.approx(0.2)
    assert quantity(RewardTerm(term="base_roll"), view[1])[0] == pytest.approx(0.2)


def test_success_needs_the_time_without_a_break_and_the_mean_where_the_term_says_so():
    rewards = asked({"term": "base_height", "target": 0.2}, success={"hold": 0.5, "within": 2.0})
    motion = standing(100)
    motion.place[30:60, 2] = 0.2
    verdict = judge(rewards, motion, DOG)
    assert verdict.reached and verdict.at == pytest.approx(0.02 * 55) and verdict.held == pytest.approx(0.6)
    motion.place[45, 2] = 0.3
    assert not judge(rewards, motion, DOG).reached
    swaying = standing(100)
    swaying.linear[:, 0] = 0.5 + 0.4 * np.sign(np.sin(np.arange(100)))
    assert judge(asked({"term": "velocity_x", "target": 0.5}), swaying, DOG).reached


@pytest.mark.parametrize(
    ("key", "value"), [("weight", math.nan), ("width", 0.0), ("range", [1.0, 0.0]), ("default", 9.0)]
)
def test_nonsense_in_the_file_of_terms_is_refused(key, value, tmp_path):
    data = read_yaml(TERMS_FILE)
    data["base_pitch"][key] = value
    path = tmp_path / "terms.yaml"
    path.write_text(str(data).replace("nan", ".nan"), encoding="utf-8")
    with pytest.raises(DataError, match="base_pitch"):
        load_terms(path)


def test_the_page_of_terms_is_up_to_date():
    spec = importlib.util.spec_from_file_location("terms_page", Path(__file__).with_name("terms_page.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run: python test/core/rewards/terms_page.py"


def test_of_what_lasts_as_long_as_a_flight_the_peak_counts_and_what_is_asked_for_beside_it_then():
    """A flight of 0.36 s: its apex cannot be held for half a second, and is judged nevertheless."""
    flying, began, up = standing(), 30, 1.766
    time = 0.02 * np.arange(18)
    moving = replace(flying, place=flying.place.copy(), linear=flying.linear.copy())
    moving.place[began : began + 18, 2] += up * time - 0.5 * 9.81 * time**2
    moving.linear[began : began + 18, 2] = up - 9.81 * time
    apex = {"term": "apex_height", "target": 0.459}
    jump = asked(apex)
    verdict = judge(jump, moving, DOG)
    assert jump.hold == 0.1 and verdict.reached and verdict.at < 0.02 * (began + 9) and verdict.held < 0.5
    assert not judge(jump, flying, DOG).reached, "who stands has not jumped"
    assert not judge(asked(apex, success={"hold": 0.5}), moving, DOG).reached
    assert asked({"term": "base_pitch"}).hold == 0.5 and asked({"term": "base_pitch"}, apex).hold == 0.1
    assert judge(asked(apex, {"term": "base_pitch", "target": 0.0}), moving, DOG).reached
    assert not judge(asked(apex, {"term": "base_pitch", "target": 0.5}), moving, DOG).reached
