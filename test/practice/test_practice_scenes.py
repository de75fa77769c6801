"""Scenes of practice: the room that a goal needs is free, and the same seed gives the same scene."""

import math

import pytest

from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice_scenes import AWAY, ROOM, practice_scene


def goal(term: str, target: float) -> Goal:
    return Goal(robot="go2", words="go", rewards=RewardSet.parse({"terms": [{"term": term, "target": target}]}, "test"))


@pytest.mark.parametrize(("asked", "free"), [(goal("base_pitch", 0.3), ROOM), (goal("velocity_x", 0.4), AWAY)])
def test_the_robot_has_room(asked, free):
    counts = set()
    for seed in range(1, 40):
        scene = practice_scene(asked, seed)
        assert scene == practice_scene(asked, seed)
        counts.add(len(scene.objects))
        for thing in scene.objects:
            far = math.hypot(*thing.position[:2]) - math.hypot(*thing.size[:2]) / 2
            assert far >= free - 1e-9, thing
    assert len(counts) > 3


def test_a_hand_on_its_stand_has_nothing_around_it():
    assert practice_scene(goal("base_pitch", 0.3), 1, bolted=True).objects == ()
