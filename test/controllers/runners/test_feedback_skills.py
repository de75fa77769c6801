"""A feedback policy is a network that sees how the robot is; postures, clips and open-loop gaits are none."""

from pathlib import Path

import pytest

from skill_stack.controllers.foreign.terms import TERMS
from skill_stack.controllers.runners.feedback_skills import (
    NOT_OF_THE_ROBOT,
    OF_BASE,
    OF_JOINTS,
    feedback_policies,
    observes_robot_state,
    realised_by,
)
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill_library import load_library

ROOT = Path(__file__).resolve().parents[3]
FOUND = Resources((ROOT,), ROOT)


def library(robot: str):
    return load_library(FOUND, load_robot(FOUND.robot(robot), FOUND))


def test_every_term_is_of_the_robot_or_not() -> None:
    """A new term must be put into one of them."""
    assert set(TERMS) == OF_JOINTS | OF_BASE | NOT_OF_THE_ROBOT
    assert not (OF_JOINTS & OF_BASE or OF_BASE & NOT_OF_THE_ROBOT or OF_JOINTS & NOT_OF_THE_ROBOT)


@pytest.mark.parametrize(
    ("robot", "skill", "policies"),
    [
        ("go2", "walk", ("walk",)),
        ("go2", "stand", ("stand",)),
        ("go2", "body_pose", ("body_pose",)),
        ("go2", "go_to", ("walk",)),
        ("go2", "walk_lowered", ("body_pose", "walk")),  # blended
        ("go2", "reach", ("reach", "walk")),  # a slow policy that gives the goal values of another one
        ("go2", "sit", ()),
        ("go2", "builtin_walk", ()),  # the robot's own controller is nobody's network that we know
        ("g1", "greeting_routine", ()),  # a clip, whose network sees nothing but the joints that follow
        ("g1", "point_at", ()),  # guided on a servo
        ("g1", "walk_with_arms", ("walk",)),
        ("allegro_right", "turn_cube_left", ("turn_cube_left",)),
        ("allegro_right", "turn_cube_right", ("turn_cube_right",)),
        ("allegro_right", "push_to_wrist", ("push_to_wrist",)),
        ("allegro_right", "push_to_index", ("push_to_index",)),
        ("allegro_right", "push_to_ring", ("push_to_ring",)),
        ("allegro_right", "push_to_heel", ("push_to_heel",)),
        ("allegro_right", "push_to_thumb", ("push_to_thumb",)),
        ("allegro_right", "tilt_to_index", ("tilt_to_index",)),
        ("leap", "push_to_wrist", ("push_to_wrist",)),
        ("leap", "push_to_ring", ("push_to_ring",)),
        ("leap", "push_to_heel", ("push_to_heel",)),
        ("leap", "hold_firmly", ("hold_firmly",)),
        ("allegro_left", "hold_firmly", ("hold_firmly",)),
        ("allegro_right", "hold_firmly", ()),
        ("allegro_right", "count_fingers", ()),
        ("gantry_allegro_right", "pick_up", ()),
        ("go2", "no_such_skill", ()),
    ],
)
def test_what_drives_the_skills_of_this_checkout(robot, skill, policies) -> None:
    assert feedback_policies(library(robot), skill) == policies


@pytest.mark.parametrize(
    ("robot", "skill", "kind"),
    [
        ("go2", "walk", "learnt"),
        ("go2", "sit", "posture"),
        ("go2", "go_to", "guided on learnt"),
        ("g1", "greeting_routine", "clip"),
        ("allegro_left", "turn_cube_left", "learnt"),
        ("allegro_left", "turn_cube_right", "learnt"),
        ("allegro_right", "grasp_power", "guided on servo"),
        ("gantry_allegro_right", "put_down", "composite of posture, servo"),
        ("go2", "no_such_skill", "unknown"),
    ],
)
def test_what_moves_the_joints_is_told_in_words(robot, skill, kind) -> None:
    assert realised_by(library(robot), skill) == kind


@pytest.mark.parametrize(
    ("terms", "reference", "sees"),
    [
        (["gait_phase"], False, False),
        (["velocity_commands", "last_action"], False, False),
        (["joint_pos_rel", "velocity_commands"], False, True),
        (["projected_gravity"], False, True),
        (["object_pos_error"], False, False),
        (["motion_command", "joint_pos"], True, False),
        (["motion_command", "joint_pos", "base_ang_vel"], True, True),
        (["motion_anchor_ori_b", "motion_command"], True, True),
    ],
)
def test_observations(terms, reference, sees) -> None:
    manifest = PolicyManifest.model_construct(
        inputs=[type("Input", (), {"terms": [type("Term", (), {"term": name})() for name in terms]})()],
        reference=object() if reference else None,
    )
    assert observes_robot_state(manifest) is sees
