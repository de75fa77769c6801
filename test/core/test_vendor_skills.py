"""Skills of kind vendor as data, and which of two skills of one name a deployment uses."""

from pathlib import Path

import pytest

from skill_stack.core.data_file import parse_model, read_yaml
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.builtin import BuiltInMotion, BuiltInSpec
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.skills.skill_results import results_of

ROOT = Path(__file__).resolve().parents[2]


def go2(tmp_path, control):
    return load_library(Resources((ROOT,), tmp_path), load_robot(ROOT / "urdf" / "go2"), control)


def test_a_deployment_uses_the_skills_of_its_own_world(tmp_path):
    joints, vendor = go2(tmp_path, "joints"), go2(tmp_path, "vendor")
    assert joints["walk"].kind == "policy" and vendor["walk"].kind == "vendor"
    assert {spec.name for spec in vendor} >= {"walk", "stand", "rise", "sit", "lie", "relax", "go_to", "face", "turn"}
    assert "relax" not in joints
    with pytest.raises(DataError, match="a deployment with 'control: vendor'"):
        joints["builtin_lie"]
    for spec in vendor:
        if spec.composite is not None:  # runs as its steps
            continue
        needed = {phase.stance for phase in spec.phases} | ({spec.guided.base} if spec.guided else set())
        assert all(vendor[name].kind == "vendor" for name in needed)


def test_the_robots_own_controller_is_another_body(tmp_path):
    assert (go2(tmp_path, "joints").body, go2(tmp_path, "vendor").body) == ("go2", "go2:vendor")
    assert results_of(go2(tmp_path, "joints"), "go_to")["successes"] == 100
    assert results_of(go2(tmp_path, "vendor"), "go_to") is None


def copy_of(tmp_path, **changes):
    """A checkout with go2 and one built-in skill, changed."""
    root = tmp_path / "checkout"
    (root / "urdf").mkdir(parents=True)
    (root / "urdf" / "go2").symlink_to(ROOT / "urdf" / "go2")
    text = (ROOT / "models" / "go2" / "builtin_lie" / "skill.yaml").read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (root / "models" / "go2" / "builtin_lie").mkdir(parents=True)
    (root / "models" / "go2" / "builtin_lie" / "skill.yaml").write_text(text)
    return load_library(Resources((root,), tmp_path), load_robot(root / "urdf" / "go2"), "vendor").entries[
        "builtin_lie"
    ]


def test_a_motion_that_the_robot_lacks_is_named(tmp_path):
    entry = copy_of(tmp_path, stand_down="somersault")
    assert "motion 'somersault' is not one of" in entry.reason and "stand_down" in entry.reason
    assert not entry.elsewhere


def test_a_signal_that_nobody_measures_is_named(tmp_path):
    assert "away_from_moon are unknown" in copy_of(tmp_path, away_from_lie="away_from_moon").reason


def test_conditions_and_sections_are_checked_at_load():
    data = read_yaml(ROOT / "models" / "go2" / "builtin_lie" / "skill.yaml")
    with pytest.raises(DataError, match="exactly the section 'posture'"):
        parse_model(SkillSpec, {**data, "kind": "posture"}, "skill.yaml")
    wrong = {"stages": [{"motion": "stand_down", "until": ["flat == yes"]}]}
    with pytest.raises(DataError, match="is not a condition"):
        parse_model(SkillSpec, {**data, "vendor": wrong}, "skill.yaml")


def test_arguments_take_goal_values_by_name():
    motion = BuiltInMotion(api=7105, parameter={"velocity": ["$vx", "$vy", "$wz"], "duration": 1.0, "mode": "fast"})
    assert motion.fill({"vx": 0.5, "wz": -1}) == {"velocity": [0.5, 0.0, -1.0], "duration": 1.0, "mode": "fast"}


def test_a_robot_that_cannot_stop_or_damp_is_refused():
    with pytest.raises(DataError, match="damp missing"):
        parse_model(
            BuiltInSpec,
            {"service": "s", "mode": "m", "safe_poses": ["lie"], "motions": {"stop": {"api": 1}}},
            "robot.yaml",
        )
    spec = load_robot(ROOT / "urdf" / "go2").builtin
    with pytest.raises(UnknownName, match="did you mean 'stand_up'"):
        spec.motion("standup")
