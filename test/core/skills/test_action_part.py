"""What a skill of kind ``action`` may say, and the errors for what it may not."""

import pytest

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.skills.action_part import ActionPart
from skill_stack.core.skills.skill import SkillSpec

ACTION = {"type": "nav2_msgs/action/NavigateToPose", "name": "navigate_to_pose", "goal": {"pose": "$target.approach"}}
SKILL = {
    "name": "fly", "robot": "go2", "kind": "action", "description": "Flies.", "timeout": 5.0,
    "goal": [
        {"name": "target", "type": "object", "description": "where to"},
        {"name": "height", "unit": "m", "lower": 0, "upper": 3, "default": 1.0, "description": "how high"},
    ],
    "phases": [{"name": "flying", "stance": "stand"}], "envelope": {"tilt": 1.0, "angular_speed": 6.0},
    "provenance": {"recipe": "none"},
}  # fmt: skip


def skill(**action):
    return parse_model(SkillSpec, {**SKILL, "action": {**ACTION, **action}}, "fly")


def test_an_action_is_read_and_its_base_is_what_it_is_built_on():
    assert skill().base is None
    assert skill(base="walk").base == "walk" and "walk" in skill(base="walk").built_on
    assert skill().action.needs_place and not skill(goal={"x": "$target.x"}).action.needs_place


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ({"type": "nav2_msgs/NavigateToPose"}, "type"),
        ({"name": "navigate to pose"}, "name"),
        ({"velocity": "1cmd"}, "velocity"),
        ({"goal": {"pose": "$where.pose"}}, r"pose: \$where is none of \$here, \$target, \$height"),
        ({"goal": {"pose": "$target.place"}}, r"'\$target.place' is none of \$target, \$target.x"),
        ({"goal": {"points": [{"x": "$height.pose"}]}}, r"points.0.x: '\$height.pose' is none of \$height,"),
        ({"goal": {"pose": None}}, "pose: None is no number"),
        ({"goal": {"a b": 1}}, "'a b' is no path of a field"),
        ({"goal": {"x": float("nan")}}, "finite"),
        ({"feedback": {"done": "progress"}}, "'done' cannot be the name of a signal"),
        ({"feedback": {"progress": "a..b"}}, "progress: 'a..b' is no path of a field"),
        ({"result": {"good": []}}, "good"),
        ({"result": {"txt": "error_msg"}}, "txt"),
        ({"patience": {"answer": 0}}, "answer"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(action, told):
    with pytest.raises(DataError, match=told):
        skill(**action)


def test_text_may_hold_expressions():
    part = ActionPart.model_validate({**ACTION, "goal": {"note": "to $target.x and $height m", "n": 3}})
    assert [(name, attribute) for _, name, attribute in part.expressions()] == [("target", "x"), ("height", "")]
