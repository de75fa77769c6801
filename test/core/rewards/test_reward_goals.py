"""Reward terms as arguments of a skill, made for a robot; and a skill with terms of its own."""

import math
from pathlib import Path

import pytest
import yaml

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_arguments import arguments_of, in_use, rewards_of
from skill_stack.core.rewards.reward_goals import reward_goals, with_reward_goals
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.steps import endless

ROOT = Path(__file__).parents[3]
TOLD = {
    "name": "told", "robot": "go2", "kind": "sampled", "description": "a test", "timeout": 60.0, "sampled": {},
    "phases": [{"name": "all", "stance": "told"}], "envelope": {"tilt": 1.0, "angular_speed": 6.0},
    "provenance": {"recipe": "a test"},
}  # fmt: skip


@pytest.fixture(scope="module", params=["go2", "allegro_right", "g1"])
def robot(request):
    return load_robot(ROOT / "urdf" / request.param)


@pytest.fixture(scope="module")
def go2():
    return load_robot(ROOT / "urdf" / "go2")


def told(robot, **changes):
    part = robot.main_part
    return with_reward_goals(SkillSpec.model_validate(TOLD | {"robot": robot.name, "part": part} | changes), robot)


def test_every_argument_is_a_term_of_the_robot_and_none_moves_it_where_nothing_is_asked(robot) -> None:
    spec, feet = told(robot), [foot.name for foot in robot.feet]
    weights = [one.name for one in spec.goal if one.name.endswith("_weight")]
    assert len({one.name for one in spec.goal}) == len(spec.goal) and len(weights) > 20
    for name in weights:
        rewards = rewards_of(spec.complete({name: 1.0}))
        hands = [palm.name for palm in robot.palms]
        assert not rewards.problem(robot.bodies, feet, robot.joint_names, robot.fingertips, False, hands)
        assert arguments_of(rewards)[name] == 1.0, "the way there and back"
    with pytest.raises(DataError, match="no term has a weight"):
        rewards_of(spec.complete({}))


def test_what_nothing_can_track_is_no_argument(robot) -> None:
    assert robot.sensors.tracker is None
    assert not [one.name for one in reward_goals(robot) if "object" in one.name]


def test_a_skill_that_is_carried_has_the_terms_of_its_own_joints_alone() -> None:
    g1 = load_robot(ROOT / "urdf" / "g1")
    names = [one.name for one in told(g1, sampled={"joints": ["arms"]}).goal]
    assert "hand_height_left" in names and "joint_position_left_elbow_joint" in names
    assert not [name for name in names if "hip" in name or "waist" in name or name.startswith(("base_", "foot_"))]


def test_targets_are_limited_as_the_terms_are_and_begin_at_their_defaults(go2) -> None:
    spec = told(go2)
    height = spec.parameter("base_height")
    assert (height.lower, height.upper, height.unit) == (0.08, 0.6, "m") and height.default == go2.stand_height
    with pytest.raises(DataError, match=r"base_height = 0.7 m is outside 0.08…0.6"):
        spec.complete({"base_height": 0.7})
    knee = spec.parameter("joint_position_FL_calf_joint")
    assert (knee.lower, knee.upper) == pytest.approx((-2.7227, -0.83776)), "within the joint's own limits"


def test_only_terms_with_a_weight_are_sent(go2) -> None:
    arguments = told(go2).complete({"base_height": 0.2, "base_height_weight": 2.0, "foot_lift_FL": 0.1})
    assert in_use(arguments) == {"base_height": 0.2, "base_height_weight": 2.0}


def test_it_goes_on_for_as_long_as_it_is_told(go2) -> None:
    spec = told(go2)
    assert spec.asked_seconds(spec.complete({})) == math.inf
    assert spec.asked_seconds(spec.complete({"duration": 3.0})) == 3.0
    assert endless(spec)


def test_fixed_terms_need_no_arguments_and_their_own_time_limit_ends_them(go2) -> None:
    fixed = told(go2, sampled={"rewards": {"terms": [{"term": "base_height", "target": 0.2}]}})
    assert fixed.goal == () and fixed.asked_seconds({}) == math.inf and endless(fixed)
    assert fixed.sampled.asked({}).terms[0].target == 0.2


def test_a_plan_lives_for_half_of_what_it_looks_ahead(go2) -> None:
    part = told(go2, sampled={"horizon": 0.6, "latency": 0.1}).sampled
    manifest = part.manifest((), go2)
    assert manifest.chunk.max_age == pytest.approx(0.4) and manifest.chunk.seconds >= 0.4 + 0.6
    assert manifest.needs == ("base_lin_vel",)
    with pytest.raises(ValueError, match="max_age is 0.2"):
        SkillSpec.model_validate(TOLD | {"sampled": {"horizon": 0.2, "latency": 0.1, "rate": 5.0}})


def test_fixed_terms_that_a_robot_does_not_have_make_the_skill_unusable(tmp_path) -> None:
    folder = tmp_path / "models" / "go2" / "told"
    folder.mkdir(parents=True)
    terms = [{"term": "finger_curl", "of": "thumb"}]
    (folder / "skill.yaml").write_text(yaml.safe_dump(TOLD | {"sampled": {"rewards": {"terms": terms}}}))
    resources = Resources((tmp_path, ROOT), tmp_path)
    entry = load_library(resources, load_robot(resources.robot("go2"), resources)).entries["told"]
    assert not entry.usable and entry.reason == "finger_curl is for hand robots"


def test_on_a_real_robot_a_motion_that_is_planned_needs_a_persons_yes(go2) -> None:
    resources = Resources((ROOT,), ROOT / "nowhere")
    assert load_library(resources, go2).hazard("move_as_told") == "low"
    assert load_library(resources, go2, device=True).hazard("move_as_told") == "high"
