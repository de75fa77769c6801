"""Skills that are several others at once: weights that are fixed, scheduled, or follow a goal."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.connector import mixer
from skill_stack.connector.connector import Connector
from skill_stack.connector.mix import Mix
from skill_stack.connector.mixer import CurveMixer, make_mixer, spread
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.setpoint import SkillRequest, SkillWeight
from skill_stack.core.skills.blended_part import WeightCurve
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_entry import SkillEntry

BLENDED = {
    "name": "lowered",
    "robot": "go2",
    "kind": "blended",
    "description": "Walks with its body lowered.",
    "goal": [
        {"name": "vx", "description": "speed", "unit": "m/s", "lower": 0.0, "upper": 0.6, "default": 0.4},
        {"name": "lower", "description": "how low", "unit": "m", "lower": 0.0, "upper": 0.05, "default": 0.03},
    ],
    "phases": [{"name": "walking", "stance": "stand"}],
    "enter_through": "rise",
    "envelope": {"tilt": 1.0, "angular_speed": 6.0},
    "timeout": 3.0,
    "provenance": {"recipe": "declared here"},
    "blended": {
        "shares": [
            {"skill": "walk", "weight": 0.8},
            {
                "skill": "stand",
                "weight": {"by": "lower", "points": [[0.0, 0.0], [0.05, 0.5]]},
                "goals": {"height": -0.08, "depth": "lower"},
            },
        ]
    },
}


def spec_with(*, weight=None, joints=None, goals=None, skill=None, mixer_name=None) -> SkillSpec:
    data = copy.deepcopy(BLENDED)
    second = data["blended"]["shares"][1]
    for key, value in {"weight": weight, "joints": joints, "goals": goals, "skill": skill}.items():
        if value is not None:
            second[key] = value
    if mixer_name is not None:
        data["blended"]["mixer"] = mixer_name
    return SkillSpec.model_validate(data)


@pytest.fixture
def world(worlds):
    def make(spec):
        made = worlds([])
        made.library.entries[spec.name] = SkillEntry(spec.name, None, spec)
        made.connector = Connector(made.robot, made.library, localization=made.connector.localization)
        return made

    return make


def weights(world) -> dict[str, float]:
    return {one.skill: one.weight for one in world.cycle.setpoint.skills}


def test_a_weight_follows_a_goal_and_goals_reach_the_skills(world):
    made = world(spec_with())
    made.start("p/1", "lowered", vx=0.3, lower=0.02)
    made.run(2.5)
    assert weights(made) == {"walk": 0.8, "stand": 0.2}
    assert made.cycle.setpoint.goals == {"vx": 0.3, "lower": 0.02, "height": -0.08, "depth": 0.02}
    made.connector.change(SkillRequest("p/1", "lowered", {"vx": 0.3, "lower": 0.05}), made.scene, made.now)
    made.step()
    assert weights(made) == {"walk": 0.8, "stand": 0.5}


def test_it_rises_first_and_ends_with_its_time_or_a_stop(world):
    made = world(spec_with())
    made.start("p/1", "lowered")
    outcome = made.finish(30.0)
    assert (outcome.skill, outcome.outcome) == ("lowered", "succeeded") and made.skills[:2] == ["rise", "walk"]
    made.start("p/2", "lowered")
    made.run(1.0)
    made.controller.stop()
    made.run(0.3)
    assert made.outcomes[-1].outcome == "interrupted" and weights(made) == {"stand": 1.0}


def test_a_schedule_fades_a_skill_in(world):
    made = world(spec_with(weight={"by": "elapsed", "points": [[0.5, 0.0], [1.5, 0.4]]}))
    made.start("p/1", "lowered")
    seen = []
    while not made.outcomes:
        made.step()
        if made.cycle.signals.get("elapsed", 0.0) > 0.0:
            seen.append((made.cycle.signals["elapsed"], weights(made).get("stand", 0.0)))
    assert all(b[1] >= a[1] for a, b in zip(seen[:-1], seen[1:-1], strict=False))
    assert [share for at, share in seen if at < 0.5] and not any(share for at, share in seen if at < 0.5)
    assert [share for at, share in seen if 1.6 < at < 2.9][-1] == 0.4


def test_it_is_the_carrying_skill_although_another_counts_more(world):
    made = world(spec_with(weight=1.0))
    made.start("p/1", "lowered")
    while "stand" not in (weights(made) if made.cycle else {}):
        made.step()
    made.controller.skill = "stand"  # what counts most is what the controller reports
    made.run(0.1)
    assert weights(made) == {"walk": 0.8, "stand": 1.0} and not made.outcomes


@given(st.lists(st.tuples(st.floats(-10, 10), st.floats(0, 1)), min_size=2, max_size=6, unique_by=lambda p: p[0]),
       st.floats(-20, 20))  # fmt: skip
def test_weights_stay_within_those_of_the_points(points, value):
    points = sorted(points)
    weight = WeightCurve(by="x", points=tuple(points)).at(value)
    assert min(w for _, w in points) - 1e-9 <= weight <= max(w for _, w in points) + 1e-9


def test_a_signal_that_is_lost_leaves_the_weight_as_it_was():
    spec = spec_with(weight={"by": "speed", "points": [[0.0, 0.1], [1.0, 0.5]]})
    made = CurveMixer(spec, spec.blended)
    goals = {"vx": 0.1, "lower": 0.0}
    assert made.mix(goals, {}).skills[1].weight == 0.1
    assert made.mix(goals, {"speed": 0.5}).skills[1].weight == pytest.approx(0.3)
    assert made.mix(goals, {}).skills[1].weight == pytest.approx(0.3)


def test_another_mixer_needs_a_line(world, monkeypatch):
    class Halves:
        def __init__(self, spec, library, robot):
            self.skills = [share.skill for share in spec.blended.shares]

        def mix(self, goals, signals):
            return Mix(tuple(SkillWeight(name, 0.5) for name in self.skills), {**goals, "latent_0": 0.7})

    monkeypatch.setitem(mixer.MIXERS, "halves", Halves)
    made = world(spec_with(mixer_name="halves"))
    made.start("p/1", "lowered")
    made.run(3.5)
    assert weights(made) == {"walk": 0.5, "stand": 0.5} and made.cycle.setpoint.goals["latent_0"] == 0.7


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mixer_name": "none"}, "curves"),
        ({"skill": "sit"}, "changes support"),
        ({"skill": "go_to"}, "no policy, posture, servo or sampled motion"),
        ({"skill": "fly"}, "fly"),
        ({"goals": {"height": "depth"}}, "Available: lower, vx"),
    ],
)
def test_what_cannot_be_mixed_is_refused(worlds, changes, told):
    with pytest.raises((UnknownName, DataError), match=told):
        make_mixer(spec_with(**changes), worlds([]).library)


def test_curves_that_fall_back_and_goals_with_two_values_are_errors_of_the_file():
    with pytest.raises(ValueError, match="ascend"):
        WeightCurve(by="x", points=((1.0, 0.0), (0.5, 1.0)))
    data = copy.deepcopy(BLENDED)
    data["blended"]["shares"][0]["goals"] = {"height": 0.0}
    with pytest.raises(ValueError, match="two values"):
        SkillSpec.model_validate(data)


def test_a_mix_that_has_only_some_joints_stays_on_them(worlds):
    robot = worlds([]).robot
    mix = Mix((SkillWeight("walk", 0.6), SkillWeight("body_pose", 0.4, ("FL_hip_joint",))), {})
    asked = (SkillWeight("walk", 1.0, ("FL_hip_joint", "FR_hip_joint")), SkillWeight("stand", 1.0, ("RL_hip_joint",)))
    assert spread(asked, {"walk": mix}, robot) == (
        SkillWeight("walk", 0.6, ("FL_hip_joint", "FR_hip_joint")),
        SkillWeight("body_pose", 0.4, ("FL_hip_joint",)),
        SkillWeight("stand", 1.0, ("RL_hip_joint",)),
    )


def test_a_guide_may_drive_a_blend(world):
    lowered = spec_with()
    made = world(lowered)
    goal = [{"name": name, "description": name, "unit": "m", "lower": -2.0, "upper": 2.0, "default": 0.0}
            for name in ("forward", "left")]  # fmt: skip
    guided = {**copy.deepcopy(BLENDED), "name": "stroll", "kind": "guided", "goal": goal, "timeout": 20.0,
              "success": ["distance_error <= 0.1 m"],
              "guided": {"base": "lowered", "guide": "displacement"}}  # fmt: skip
    del guided["blended"]
    made.library.entries["stroll"] = SkillEntry("stroll", None, SkillSpec.model_validate(guided))
    made.start("p/1", "stroll", forward=1.0)
    made.run(3.0)
    assert weights(made).keys() == {"walk", "stand"} and made.cycle.setpoint.goals["vx"] > 0.1
    assert made.finish(20.0).outcome == "succeeded"
