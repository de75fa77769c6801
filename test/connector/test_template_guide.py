"""A hand that moves by a template."""

from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.guides import GuideContext, make_guide
from skill_stack.connector.guides.guide import GuideFailure, GuideView
from skill_stack.connector.kinematics.chain import Chain
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.templates.template_motion import template_motions
from skill_stack.core.world.scene import Pose2, SceneGraph

G1 = load_robot(Path(__file__).resolve().parents[2] / "urdf" / "g1")
NUMBERS = {"height": 0.75, "stiffness": 1e6, "comes": 1.0}
MIDDLE = (0.28, -0.12, 0.9)


def guide_of(motion, side="right", middle=MIDDLE):
    arguments = {"motion": motion, "side": side, **dict(zip("xyz", middle))}
    return make_guide("template", GuideContext(arguments, ConnectorSettings(), NUMBERS, G1.footprint, G1, "body"))


def step_at(guide, now):
    return guide.step(GuideView(Pose2(0.0, 0.0, 0.0), SceneGraph({}), Outlines.from_objects([]), now, now))


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("motion", list(template_motions()))
def test_the_hand_follows_the_template_with_joints_in_their_ranges(motion, side):
    guide, template = guide_of(motion, side, (0.28, 0.12 if side == "left" else -0.12, 0.9)), template_motions()[motion]
    chain = Chain(G1, f"{side}_wrist_yaw_link", [f"{side}_arm"])
    ranges = {joint.name: (joint.lower, joint.upper) for joint in G1.joints}
    step_at(guide, 10.0)
    for elapsed in np.linspace(0.05, template.period * 0.95, 15):
        goals = step_at(guide, 11.0 + elapsed).goals
        place = chain.place(goals).position + [0.0, 0.0, NUMBERS["height"]]
        wanted = np.array([0.28, 0.12 if side == "left" else -0.12, 0.9]) + template.at(elapsed)[0]
        assert np.linalg.norm(place - wanted) < 0.02 + 0.1 * bool(template.turn)
        assert all(ranges[name][0] <= angle <= ranges[name][1] for name, angle in goals.items())


def test_it_comes_first_then_moves_and_then_is_done():
    guide = guide_of("stroking")
    template = template_motions()["stroking"]
    first = step_at(guide, 0.0)
    assert step_at(guide, 0.9).goals == first.goals and first.remaining == template.seconds + NUMBERS["comes"]
    assert step_at(guide, 1.5).goals != first.goals
    last = step_at(guide, 1.1 + template.seconds)
    assert last.signals["unfinished"] == 0.0 and last.goals == first.goals


def test_a_place_out_of_reach_is_told():
    with pytest.raises(GuideFailure, match="m"):
        step_at(guide_of("circling", middle=(1.5, 0.0, 0.9)), 0.0)
