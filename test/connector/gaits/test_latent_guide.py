"""Walking by a gait latent: bounded, by whole periods, as high as what was said or felt asks for."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.connector.gaits.latent_plan import LatentPlan
from skill_stack.connector.guides import GuideContext, make_guide
from skill_stack.connector.guides.guide import GuidedBody, GuideView
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.robots.robot import Footprint
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.world.scene import Pose2, SceneGraph

SPEC = load_skill(Path(__file__).parents[3] / "models" / "go2" / "stride")
NUMBERS = SPEC.guided.settings
LEVEL = GuidedBody(0.0, 0.0, 0.3)
NUMBER = st.floats(allow_nan=True, allow_infinity=True)


def guide(steps, forward=3.0):
    context = GuideContext(
        {"forward": forward, "steps": steps}, ConnectorSettings(), NUMBERS, Footprint(front=0.35, back=0.35, side=0.2)
    )
    return make_guide("latent", context)


def view(now, x=0.0, body=LEVEL):
    return GuideView(Pose2(x, 0.0, 0.0), SceneGraph({}), Outlines.from_objects([]), now, now, body=body)


def swing(goals):
    """Height of the swings that goal values ask for, m."""
    return NUMBERS["lift_middle"] + NUMBERS["lift_extent"] * goals["lift"]


@given(points=st.lists(st.tuples(NUMBER, NUMBER), max_size=20), rate=st.floats(0.01, 2.0))
def test_no_number_leaves_the_region_or_moves_further_than_its_rate_in_a_period(points, rate):
    plan, period, now = LatentPlan((0.0, 0.0), 0.4, rate), 0.4, 0.0
    for wanted in points:
        before, changed = plan.point, []
        for _ in range(8):  # 0.4 s
            plan.towards(wanted, now)
            changed.append(plan.point)
            now += period / 8
        assert len(set(changed)) == 1, "a point is held for whole periods"
        for old, new, there in zip(before, plan.point, wanted):
            assert -1.0 <= new <= 1.0 and abs(new - old) <= rate + 1e-12
            assert new == old or math.isfinite(there)


def test_it_begins_inside_wherever_it_is_told_to():
    assert LatentPlan((math.nan, 7.0), 0.4, 0.5).point == (0.0, 1.0)


def test_high_steps_clear_what_is_expected_and_low_ones_do_not_try():
    high, low = (guide(steps).step(view(0.0)).goals for steps in ("high", "low"))
    assert swing(high) == pytest.approx(NUMBERS["rise"] + NUMBERS["margin"])
    assert swing(low) == pytest.approx(NUMBERS["margin"])
    assert low["reach"] > high["reach"] + 0.3, "where nothing has to be cleared, steps are longer"


def test_low_steps_grow_where_the_trunk_feels_blocks_and_shrink_again():
    one = guide("low")
    one.step(view(0.0))
    tilted = GuidedBody(0.0, -math.asin(0.06 / NUMBERS["footing_length"]), 0.3)
    for tick in range(1, 40):
        raised = one.step(view(0.05 * tick, body=tilted))
    assert swing(raised.goals) == pytest.approx(0.06 + NUMBERS["margin"], abs=1e-3)
    for tick in range(40, 120):
        level = one.step(view(0.05 * tick))
    assert swing(level.goals) == pytest.approx(NUMBERS["margin"])


def test_a_fall_or_no_attitude_asks_for_no_more_than_the_skill_is_for():
    one = guide("low")
    one.step(view(0.0, body=None))
    for tick in range(1, 40):
        step = one.step(view(0.05 * tick, body=GuidedBody(1.2, 1.2, 0.3)))
    assert swing(step.goals) == pytest.approx(NUMBERS["rise"] + NUMBERS["margin"])


def test_it_slows_down_before_its_end():
    one = guide("high", forward=1.0)
    begin = one.step(view(0.0)).goals["reach"]
    ends = [one.step(view(0.05 * tick, x=min(0.95, 0.03 * tick))) for tick in range(1, 60)]
    assert ends[-1].goals["reach"] < begin - 0.5 and ends[-1].signals["distance_error"] == pytest.approx(0.05)
