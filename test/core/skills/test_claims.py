"""What skills need of the body, and what two of them both need."""

from pathlib import Path

import pytest
import yaml

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.claims import Anatomy
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary, load_library

ROOT = Path(__file__).resolve().parents[3]


def skill(name, **more):
    return SkillSpec.model_validate(
        {
            "name": name, "robot": "r", "kind": "guided", "description": name,
            "envelope": {"tilt": 1, "angular_speed": 6},
            "phases": [{"name": "only", "stance": name}], "timeout": 9.0, "provenance": {"recipe": "test"},
            "guided": {"base": name, "guide": "none"}, **more,
        }
    )  # fmt: skip


def claims(*specs, groups=None, **arguments):
    library = SkillLibrary.from_specs("r", specs, groups)
    return [library.claim(spec, arguments) for spec in specs]


def test_two_skills_that_need_the_same_piece_clash_by_its_name():
    walk, kick = claims(skill("walk", needs=["legs"]), skill("kick", needs=["right_leg"]),
                        groups={"legs": ["left_leg", "right_leg"]})  # fmt: skip
    assert walk.clash(kick) == kick.clash(walk) == "right leg"


def test_what_nobody_declares_is_the_whole_part():
    bow, wave = claims(skill("bow"), skill("wave", needs=["right_arm"]))
    assert bow.clash(wave) == wave.clash(bow) == "right arm"
    one, other = claims(skill("bow"), skill("roll"))
    assert one.clash(other) == "body"


def test_parts_and_different_pieces_do_not_clash():
    walk, wave = claims(skill("walk", needs=["legs"]), skill("wave", needs=["arms"]))
    assert not walk.clash(wave)
    body, hand = claims(skill("bow"), skill("close", part="hand"))
    assert not body.clash(hand)
    wait, bow = claims(skill("wait", needs=[]), skill("bow"))
    assert not wait.clash(bow) and not bow.clash(wait)


def test_what_is_preferred_is_left_to_the_one_that_needs_it():
    walk, wave = claims(skill("walk", needs=["legs"], prefers=["arms"]), skill("wave", needs=["right_arm"]),
                        groups={"arms": ["left_arm", "right_arm"]})  # fmt: skip
    assert not walk.clash(wave) and walk.left_to(wave) == "right arm" and wave.left_to(walk) == ""
    assert walk.joints_beside([wave]) == {"body/legs", "body/left_arm"}
    assert wave.joints_beside([walk]) == {"body/right_arm"}


def test_a_choice_says_which_side():
    side = {"name": "side", "type": "choice", "description": "s", "choices": ["left", "right"]}
    grasp = skill("grasp", needs=["{side}_arm"], goal=[side])
    (left,), (right,) = claims(grasp, side="left"), claims(grasp, side="right")
    assert not left.clash(right) and left.clash(left) == "left arm"
    with pytest.raises(ValueError, match="must name an argument that is a choice"):
        skill("grasp", needs=["{hand}_arm"])


def test_a_guided_skill_needs_what_its_base_needs():
    walk, go = claims(skill("walk", needs=["legs"]), skill("go", guided={"base": "walk", "guide": "approach"}))
    assert go.clash(walk) == "legs"


def test_groups_that_contain_themselves_are_refused():
    with pytest.raises(DataError, match="'arms' contains itself"):
        claims(skill("wave", needs=["arms"]), groups={"arms": ["limbs"], "limbs": ["arms"]})


def test_the_skills_of_robots_name_pieces_that_these_have():
    resources = Resources((ROOT,), ROOT / "nowhere")
    robot = load_robot(ROOT / "urdf" / "go2_hand", resources)
    library = load_library(resources, robot)
    go, close, wait = (library.claim(library[name], {}) for name in ("go_to", "close_hand", "wait"))
    assert not go.clash(close) and not go.clash(wait)
    assert go.clash(library.claim(library["sit"], {})) == "legs"
    assert close.clash(library.claim(library["point"], {})) == "right hand"
    with pytest.raises(UnknownName, match="'tail'"):
        Anatomy.from_robot(robot).joints("body", "tail")


def test_a_skill_that_needs_what_the_robot_lacks_is_unusable_with_the_reason(tmp_path):
    data = yaml.safe_load((ROOT / "models" / "go2" / "sit" / "skill.yaml").read_text())
    folder = tmp_path / "models" / "go2" / "wag"
    folder.mkdir(parents=True)
    (folder / "skill.yaml").write_text(yaml.safe_dump({**data, "name": "wag", "needs": ["tail"]}))
    resources = Resources((tmp_path, ROOT), tmp_path)
    entry = load_library(resources, load_robot(ROOT / "urdf" / "go2")).entries["wag"]
    assert not entry.usable and "'tail'" in entry.reason and "front_legs" in entry.reason
