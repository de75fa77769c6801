"""Whether the feet on the ground carry the body: by the stance of the robot, and only where it stands."""

from itertools import chain, combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.statics import distance_from, unsupported

GO2 = load_robot(Path(__file__).parents[2] / "urdf" / "go2")
STANCE = {foot.name: foot.stance for foot in GO2.feet if foot.stance is not None}
FEET = tuple(STANCE)
SEVERAL = [frozenset(feet) for feet in chain.from_iterable(combinations(FEET, k) for k in range(1, 5))]
FITS = [*(frozenset({foot}) for foot in FEET), frozenset({"FL", "RR"}), frozenset({"FR", "RL"})]


def lifting(feet: frozenset[str], *others: dict[str, object]) -> RewardSet:
    """These feet up, and other terms."""
    lifts = [{"term": "foot_lift", "of": foot, "target": 0.1} for foot in sorted(feet)]
    return RewardSet.parse({"terms": [*lifts, *others]}, "a set")


def test_the_stated_stance_is_that_of_the_model() -> None:
    """Within a centimetre, in the default pose."""
    layout = ModelBody(build_model(GO2, foot_kinematics=True), GO2).layout
    for name, place in zip(layout.feet, layout.stance, strict=True):
        assert STANCE[name] == pytest.approx(tuple(place[:2]), abs=0.01)


@pytest.mark.parametrize("feet", SEVERAL, ids=lambda feet: "".join(sorted(feet)))
def test_one_foot_or_two_across_can_be_lifted(feet: frozenset[str]) -> None:
    """Others are refused, with the feet and how far it is."""
    why = unsupported(lifting(feet), STANCE)
    assert (why == "") == (feet in FITS)
    assert why == "" or all(foot in why for foot in feet)


@pytest.mark.parametrize("other", [{"term": "base_pitch", "target": -1.35}, {"term": "step_frequency", "target": 2.0}])
def test_what_does_not_stand_is_left_alone(other: dict[str, object]) -> None:
    """On its hind legs the body is elsewhere, and in a gait feet are up all the time."""
    assert unsupported(lifting(frozenset({"FL", "FR"}), other), STANCE) == ""


def test_an_unknown_stance_refuses_nothing() -> None:
    """A robot whose stance is not stated."""
    assert unsupported(lifting(frozenset(FEET)), {}) == ""


@given(st.lists(st.tuples(*[st.floats(-1, 1).map(lambda x: round(x, 2))] * 2), min_size=1, max_size=5))
def test_more_feet_carry_no_worse(places: list[tuple[float, float]]) -> None:
    """A polygon with one corner less is never nearer, and no place of it is nearer than the polygon."""
    whole = distance_from(places)
    assert whole <= distance_from(places[1:]) + 1e-9
    assert all(whole <= (x * x + y * y) ** 0.5 + 1e-9 for x, y in places)
