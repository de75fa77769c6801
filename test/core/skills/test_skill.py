import hashlib
from pathlib import Path

import pytest

from skill_stack.core.data_file import parse_model, read_yaml
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import GoalParameter, SkillSpec, load_skill
from skill_stack.core.skills.skill_library import SkillLibrary, load_library

ROOT = Path(__file__).parents[3]
SKILLS = sorted(path.parent for path in (ROOT / "models").glob("*/*/skill.yaml"))


@pytest.mark.parametrize("folder", SKILLS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_skill_folder_is_sound(folder):
    spec = load_skill(folder)
    assert spec.name == folder.name
    assert spec.robot == folder.parent.name
    assert spec.description.endswith(".")
    parameters = {parameter.name for parameter in spec.goal}
    for parameter in spec.goal:
        if parameter.default is not None:
            parameter.check(parameter.default)
    used = {
        a[1:]
        for text in (*spec.preconditions, *spec.effects)
        for a in text.strip(")").split("(")[1].split(", ")
        if a.startswith("$")
    }
    assert used <= parameters


@pytest.mark.parametrize("robot", sorted({path.parent.name for path in SKILLS}))
@pytest.mark.parametrize("control", ["joints", "vendor"])
def test_every_skill_of_the_checkout_is_usable_where_it_belongs(robot, control, tmp_path):
    library = load_library(Resources((ROOT,), tmp_path), load_robot(ROOT / "urdf" / robot), control)
    assert {
        name: entry.reason for name, entry in library.entries.items() if not (entry.usable or entry.elsewhere)
    } == {}


@pytest.fixture
def go_to():
    return read_yaml(ROOT / "models" / "go2" / "go_to" / "skill.yaml")


def test_arguments_are_completed_and_checked(go_to):
    spec = parse_model(SkillSpec, go_to, "skill.yaml")
    assert spec.complete({"target": "red_ball"})["gap"] == spec.parameter("gap").default
    with pytest.raises(DataError, match="needs 'target'"):
        spec.complete({})
    with pytest.raises(DataError, match="outside"):
        spec.complete({"target": "red_ball", "gap": 99.0})
    with pytest.raises(DataError, match="must be a number"):
        spec.complete({"target": "red_ball", "gap": "near"})
    with pytest.raises(DataError, match="must be a name"):
        spec.complete({"target": 3})
    with pytest.raises(UnknownName, match="Available: frame, gap, side, target"):
        spec.complete({"target": "red_ball", "speed": 1.0})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "policy"}, "exactly the section 'policy'"),
        ({"success": ["distance == 3"]}, "not a condition"),
        ({"effects": ["near robot"]}, "not a fact"),
        ({"phases": []}, "phases"),
        ({"phases": [{"name": "late", "begins": 0.5, "stance": "stand"}]}, "begin at 0"),
        ({"timeout": 0}, "timeout"),
        ({"name": "Go To"}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_skills_name_the_key(go_to, change, message):
    with pytest.raises(DataError, match=message):
        parse_model(SkillSpec, {**go_to, **change}, "skill.yaml")


def test_phases_follow_progress():
    spec = load_skill(ROOT / "models" / "go2" / "sit")
    assert spec.phase_at(0.0).name == "lowering"
    assert spec.phase_at(0.99).name == "lowering"
    assert spec.phase_at(1.0).name == "seated"


@pytest.fixture
def copy(tmp_path):
    """A root with the robot and two skills that need no network."""
    for part in ("urdf/go2/robot.yaml", "models/go2/rise/skill.yaml", "models/go2/sit/skill.yaml"):
        (tmp_path / part).parent.mkdir(parents=True)
        (tmp_path / part).write_text((ROOT / part).read_text())
    return tmp_path


def load(root) -> SkillLibrary:
    return load_library(Resources((root,), root), load_robot(root / "urdf" / "go2"))


def test_a_wrong_skill_is_listed_with_its_reason_and_leaves_the_others(copy):
    (copy / "models/go2/spin").mkdir()
    (copy / "models/go2/spin/skill.yaml").write_text("name: spin\n")
    library = load(copy)
    assert "problem(s)" in library.entries["spin"].reason
    with pytest.raises(DataError, match="cannot be used"):
        library["spin"]


def test_a_missing_link_is_named(copy):
    library = load(copy)
    assert "needs skill 'stand'" in library.entries["rise"].reason
    assert not library.entries["rise"].usable


@pytest.mark.parametrize(("content", "message"), [(None, "missing"), (b"not the model", "sha256")])
def test_models_are_verified_by_hash(copy, content, message):
    text = """
name: stand
robot: go2
kind: policy
description: Stands.
phases: [{name: standing, stance: stand}]
envelope: {tilt: 1.0, angular_speed: 6.0}
timeout: 10.0
provenance: {recipe: none}
policy: {model: policy.onnx, sha256: "%s"}
""" % ("0" * 64)
    (copy / "models/go2/stand").mkdir()
    (copy / "models/go2/stand/skill.yaml").write_text(text)
    if content is not None:
        (copy / "models/go2/stand/policy.onnx").write_bytes(content)
    library = load(copy)
    assert message in library.entries["stand"].reason
    assert "stand" not in library


def test_a_link_to_an_unusable_skill_says_why(copy):
    (copy / "models/go2/stand").mkdir()
    (copy / "models/go2/stand/skill.yaml").write_text("nonsense: 1\n")
    assert "needs skill 'stand'" in load(copy).entries["rise"].reason


CORRECTION = """
name: careful
robot: go2
kind: policy
description: Walks with a correction, and holds its hind legs.
phases: [{name: walking, stance: careful}]
envelope: {tilt: 1.0, angular_speed: 6.0}
timeout: 10.0
provenance: {recipe: none}
%s
policy:
  {model: policy.onnx, sha256: "%s", base: %s, rate: 50, interpolation: linear,
   residual: {scale: 0.5, clip: {front_legs: 0.1}}}
"""


@pytest.mark.parametrize(
    "hold, base, reason",
    [
        ("hold: {rear_legs: 0.9}\nhold_gains: {kp: 60, kd: 3}", "walk", "it needs skill 'walk': it does not exist"),
        ("hold: [tail]", "walk", "it holds 'tail', which is no joint and no group of go2"),
        ("hold: [rear_legs]", "careful", ""),  # that it is its own base shows where it is loaded
    ],
)
def test_what_a_correction_and_a_hold_need_is_checked(copy, hold, base, reason):
    folder = copy / "models/go2/careful"
    folder.mkdir()
    (folder / "policy.onnx").write_bytes(b"model")
    (folder / "skill.yaml").write_text(CORRECTION % (hold, hashlib.sha256(b"model").hexdigest(), base))
    entry = load(copy).entries["careful"]
    assert entry.reason == reason
    assert entry.spec.policy.residual.clip == {"front_legs": 0.1} and entry.spec.policy.rate == 50.0
    assert list(entry.spec.hold) in (["rear_legs"], ["tail"])


def test_other_words_for_a_choice_belong_to_one_that_there_is():
    data = {"name": "grasp", "type": "choice", "description": "Kind.", "choices": ["pinch", "hook"]}
    parameter = parse_model(GoalParameter, {**data, "said": {"pinch": ["precision pinch"]}}, "test")
    assert parameter.words_of("pinch") == ("pinch", "precision pinch")
    assert parameter.words_of("hook") == ("hook",)
    with pytest.raises(DataError, match="no choices tripod; there are pinch, hook"):
        parse_model(GoalParameter, {**data, "said": {"tripod": ["three fingers"]}}, "test")


def test_a_library_of_some_skills_has_those_that_they_need(tmp_path):
    library = load_library(Resources((ROOT,), tmp_path), load_robot(ROOT / "urdf" / "go2"))
    assert set(library.only(["get_up"]).entries) == {"get_up", "rise", "stand"}
    assert library.only(["get_up"])["rise"] == library["rise"] and "walk" in library
    with pytest.raises(UnknownName, match="fly"):
        library.only(["get_up", "fly"])
