"""A blend that takes something: whatever its mixer says then, nothing lets go of it."""

import os
from types import SimpleNamespace

import pytest

from skill_stack.connector import holding_mixer
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView
from skill_stack.connector.holding_mixer import HELD, HoldingMixer
from skill_stack.connector.mix import Mix
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillWeight
from skill_stack.core.skills.blended_part import BlendedPart
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.holding import LOST
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

FOUND = Resources.from_environment(os.environ)
G1 = load_robot(FOUND.robot("g1"), FOUND)
LIBRARY = load_library(FOUND, G1)
SPEC = LIBRARY["blend_carry"]
HANDS = set(G1.members(["arms", "waist_lean"]))
TAKES = [("walk_and_halt", 1.0), ("follow_arms", 1.0), ("move_palms", 1.0)]
LETS_GO = [("walk_and_halt", 0.5), ("squat", 0.5), ("follow_arms", 1.0)]


class Says:
    """A mixer that says what it was told to, and keeps what it was shown."""

    def __init__(self):
        self.skills, self.goals, self.seen = [], {"vx": -0.4, "left_elbow_joint": 9.0}, {}

    def mix(self, goals, signals):
        self.seen = goals
        return Mix(tuple(SkillWeight(name, weight, ()) for name, weight in self.skills), dict(self.goals))


@pytest.fixture
def blend(monkeypatch):
    """A blend, what says its weights, and how much the taking guide has left to do."""
    inner, left = Says(), SimpleNamespace(remaining=3.0)
    guide = SimpleNamespace(step=lambda view: GuideStep({"left_elbow_joint": 0.1}, {"lifted": 0.1}, left.remaining))
    monkeypatch.setattr(holding_mixer, "make_guide", lambda name, context: guide)
    return HoldingMixer(inner, SPEC, LIBRARY, G1), inner, left


def mixed(blend, skills, height=0.9, **goals):
    mixer, inner, _ = blend
    inner.skills = skills
    box = SceneObject("box", "box", (0.4, 0.0, height), size=(0.2, 0.2, 0.2), last_seen=1.0)
    scene = SceneGraph({"box": box})
    view = GuideView(Pose2(0.0, 0.0, 0.0), scene, Outlines.from_objects([box]), 1.0, 1.0)
    mixer.look(view, GuideContext({"target": "box"}, ConnectorSettings(), {}, G1.footprint, G1, "body"))
    return mixer.mix(goals, {})


def weights(mix):
    return {one.skill: set(one.joints) for one in mix.skills}


def test_nothing_is_changed_until_something_is_taken(blend):
    mix = mixed(blend, LETS_GO, then_ahead=2.0, ahead=1.0)
    assert [(one.skill, one.weight) for one in mix.skills] == LETS_GO and mix.goals["left_elbow_joint"] == 9.0
    assert blend[1].seen[HELD] == 0.0 and blend[1].seen["ahead"] == 1.0


def test_while_it_takes_the_rest_of_the_body_stands_whatever_is_said(blend):
    for skills in (TAKES, LETS_GO, []):
        mix = mixed(blend, skills)
        assert weights(mix) == {"stand_holding": set(G1.joint_names) - HANDS, "move_palms": HANDS}
        assert mix.goals["left_elbow_joint"] == 0.1 and mix.signals == {"lifted": 0.1, HELD: 0.0}


def test_what_is_held_is_held_and_others_are_mixed_on_the_other_joints_by_skills_that_keep_hold(blend):
    mixed(blend, TAKES)
    blend[2].remaining = 0.0
    for skills in (LETS_GO, [("squat", 1.0), ("follow_arms", 1.0)]):
        mix = mixed(blend, skills, then_ahead=2.0, ahead=1.0)
        assert weights(mix) == {"walk_holding": set(G1.joint_names) - HANDS, "move_palms": HANDS}
        assert all(phase.kind == "holding" for one in mix.skills for phase in LIBRARY[one.skill].phases)
    assert mix.goals["left_elbow_joint"] == 0.1 and mix.goals["vx"] == -0.3  # in the range of who walks now
    assert mix.signals[HELD] == 1.0 and blend[1].seen[HELD] == 1.0 and blend[1].seen["ahead"] == 2.0


def test_it_says_that_what_it_held_has_slipped(blend):
    mixed(blend, TAKES)
    blend[2].remaining = 0.0
    mixed(blend, TAKES)
    with pytest.raises(GuideFailure, match="slipped") as failed:
        mixed(blend, TAKES, height=0.1)
    assert failed.value.name == LOST


@pytest.mark.parametrize("change", [{"holds": "walk"}, {"takes": "touch"}])
def test_a_skill_that_does_not_keep_hold_is_refused(change):
    part = SPEC.blended
    shares = tuple(one.model_copy(update={name: value for name, value in change.items() if getattr(one, name)})
                   for one in part.shares)  # fmt: skip
    spoilt = SPEC.model_copy(update={"blended": part.model_copy(update={"shares": shares})})
    with pytest.raises(DataError, match="does not keep|does not guide"):
        HoldingMixer(Says(), spoilt, LIBRARY, G1)


def test_a_share_that_takes_needs_joints_of_its_own_and_somebody_who_holds_meanwhile():
    data = SPEC.blended.model_dump()
    data["shares"] = [{**one, "holds": ""} for one in data["shares"]]
    with pytest.raises(ValueError, match="takes something"):
        BlendedPart.model_validate(data)
