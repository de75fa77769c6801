"""A planned motion on a device goes part of the way first: between rest and what was asked for, whatever is asked."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from skill_stack.connector.motion_range import MotionRange, SucceededMotions, rest_values, with_rest
from skill_stack.connector.statistics.region import region_of
from skill_stack.connector.statistics.run import Run
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.quantities import quantity, view_of
from skill_stack.core.rewards.reward_arguments import WEIGHT, in_use, term_of
from skill_stack.core.rewards.reward_set import RewardTerm
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneGraph
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.model_body import WORLD, ModelBody

FOUND = Resources((Path(__file__).parents[2],), Path(__file__).parents[2] / "nowhere")
SKILL = "move_as_told"
ROBOTS = some.sampled_from(["go2", "allegro_right", "g1"])


@cache
def skill(robot, device=True):
    """The skill as the connector of a device has it."""
    body = load_robot(FOUND.robot(robot), FOUND)
    return with_rest(load_library(FOUND, body, device=device), body)[SKILL]


@cache
def targets(robot):
    return tuple(one for one in skill(robot).goal if one.name in skill(robot).sampled.rest)


@some.composite
def requests(draw, robot):
    """Targets and weights of one to three terms, anywhere in their ranges."""
    some_of = draw(
        some.lists(some.sampled_from(targets(robot)), min_size=1, max_size=3, unique_by=lambda one: one.name)
    )
    told = {one.name: draw(some.floats(one.lower, one.upper)) for one in some_of}
    return {**told, **{name + WEIGHT: draw(some.floats(0.1, 10.0)) for name in told}}


@settings(deadline=None)
@given(robot=ROBOTS, data=some.data())
def test_what_is_told_lies_between_rest_and_what_was_asked_for_through_every_edit(robot, data) -> None:
    spec, told = skill(robot), MotionRange(skill(robot))
    for _ in range(data.draw(some.integers(1, 4))):
        asked, before = data.draw(requests(robot)), told.told
        told.ask(asked, whole=False)
        assert told.told.keys() == asked.keys()
        for name, value in told.told.items():
            if name.endswith(WEIGHT):
                assert value == asked[name]
                continue
            one = next(one for one in spec.goal if one.name == name)
            rest = min(max(spec.sampled.rest[name], one.lower), one.upper)
            assert min(rest, asked[name]) - 1e-9 <= value <= max(rest, asked[name]) + 1e-9
            allowed = max(
                spec.sampled.first * abs(asked[name] - spec.sampled.rest[name]), abs(before.get(name, rest) - rest)
            )
            assert abs(value - rest) <= allowed + 1e-9, "no edit leaps over the part that is allowed"


@settings(deadline=None)
@given(robot=ROBOTS, data=some.data())
def test_what_has_succeeded_goes_all_the_way_and_so_does_simulation(robot, data) -> None:
    asked = data.draw(requests(robot))
    told = MotionRange(skill(robot))
    told.ask(asked, whole=True)
    assert told.told == asked and not told.reduced and not told.said()
    simulated = MotionRange(skill(robot, device=False))
    simulated.ask(asked, whole=False)
    assert simulated.told == asked and not simulated.reduced


def test_higher_does_not_lower_what_is_up_and_lower_may() -> None:
    told = MotionRange(skill("go2"))
    told.ask({"foot_lift_FL": 0.1}, whole=True)
    told.ask({"foot_lift_FL": 0.15}, whole=False)
    assert told.told["foot_lift_FL"] == 0.1 and told.reduced
    told.ask({"foot_lift_FL": 0.3}, whole=False)
    assert told.told["foot_lift_FL"] == pytest.approx(0.15, abs=0.005)
    told.ask({"foot_lift_FL": 0.04}, whole=False)
    assert told.told["foot_lift_FL"] == pytest.approx(0.02, abs=0.005)


def test_an_edit_after_another_term_does_not_leap() -> None:
    told = MotionRange(skill("go2"))
    told.ask({"base_pitch": -0.4}, whole=False)
    told.ask({"base_pitch": -0.4, "base_roll": 0.4}, whole=False)
    assert told.told == pytest.approx({"base_pitch": -0.2, "base_roll": 0.2})


@pytest.mark.parametrize("robot", ["go2", "allegro_right", "g1"])
def test_rest_is_what_the_terms_measure_in_the_stance_of_the_model(robot) -> None:
    body = load_robot(FOUND.robot(robot), FOUND)
    model = build_model(body, foot_kinematics=True)
    seen = ModelBody(model, body)
    data = seen.posed(model, body.pose("default"))
    state = np.concatenate([[0.0], data.qpos, data.qvel])[None]
    frame = seen.hand or WORLD
    motion = seen.motion(state, data.sensordata[None], body.pose("default")[None], 1.0, frame)
    compared = 0
    for name, rest in rest_values(skill(robot), body).items():
        term, of = term_of(name)
        if "object" in term or "object" in of:
            continue  # the model has none
        one = RewardTerm(term=term, of=of)
        measured = quantity(one, view_of((one,), motion, seen.layout))[0]
        assert measured == pytest.approx(rest, abs=one.kind.tolerance), name
        compared += 1
    assert compared > 10


def run(region, outcome="succeeded", context="", **more):
    return Run("me", 1, 0.0, "go2", SKILL, SKILL, region, context, outcome, **more)


def region(robot="go2", **told):
    arguments = skill(robot).complete({**told, **{name + WEIGHT: 1.0 for name in told}})
    return region_of(skill(robot), arguments, SceneGraph())


def test_regions_are_of_the_terms_in_use_by_how_far_they_are_from_rest() -> None:
    assert region(foot_lift_FL=0.1, base_height=0.28) == "device base_height=-small foot_lift_FL=+medium"
    assert region(base_height=0.1) == "device base_height=-large"
    plain = skill("go2", device=False)
    asked = plain.complete({"base_pitch": 0.5, "base_pitch_weight": 1.0})
    assert region_of(plain, asked, SceneGraph()) == "base_pitch=+medium", "what a simulation did opens nothing"
    assert in_use({"base_pitch": 0.5}) == {}


@settings(deadline=None)
@given(some.lists(some.sampled_from(["succeeded", "failed", "interrupted"]), max_size=6))
def test_only_a_success_that_no_failure_followed_opens_the_range(outcomes) -> None:
    known = SucceededMotions(run(region(foot_lift_FL=0.1), outcome) for outcome in outcomes)
    counted = [outcome for outcome in outcomes if outcome != "interrupted"]
    assert known.knows(region(foot_lift_FL=0.09), "") == (counted[-1:] == ["succeeded"])
    assert known.knows(region(foot_lift_FL=0.02), "") == (counted[-1:] == ["succeeded"]), "less far is known too"
    for other in (
        {"foot_lift_FL": 0.2}, {"foot_lift_FR": 0.1}, {"foot_lift_FL": 0.1, "base_roll": 0.1}, {"base_pitch": 0.1}
    ):  # fmt: skip
        assert not known.knows(region(**other), "")
    assert not known.knows(region(foot_lift_FL=0.1), "carrying")


def test_another_direction_is_another_kind_of_motion() -> None:
    known = SucceededMotions([run(region(base_roll=0.5))])
    assert known.knows(region(base_roll=0.2), "") and not known.knows(region(base_roll=-0.2), "")


def test_a_run_that_an_emergency_stop_ended_closes_nothing() -> None:
    asked = region(foot_lift_FL=0.1)
    known = SucceededMotions([run(asked), run(asked, "failed", violated="no emergency stop")])
    assert known.knows(asked, "")
