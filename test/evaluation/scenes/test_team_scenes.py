"""Floors with tasks for three robots."""

import math

import pytest

from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.team_scenes import APART, DOOR, KINDS, NAMES, PAIR, alone, mixed_scene, team_scene

SEEDS = range(12)


def test_a_seed_gives_one_task_and_three_in_a_row_all_kinds():
    assert team_scene(4) == team_scene(4) and team_scene(4) != team_scene(7)
    assert [team_scene(seed).kind for seed in range(3)] == list(KINDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_things_can_be_told_apart_and_stand_where_robots_have_room(seed):
    scene = team_scene(seed)
    things = {one.id: one for one in set_up(scene.file, seed).objects}
    labels = [things[target].label for target in scene.targets]
    assert len(set(labels)) == len(labels) and all(f"the {label}" in scene.words for label in labels)
    spots = [things[target].position[:2] for target in scene.targets]
    assert all(math.dist(a, b) > APART - 0.2 for n, a in enumerate(spots) for b in spots[n + 1 :])
    starts = [(one.x, one.y) for one in scene.starts.values()]
    assert all(math.dist(a, b) > 1.0 for n, a in enumerate(starts) for b in starts[n + 1 :])
    if scene.kind == "doorway":
        low, high = sorted((things["wall_0"], things["wall_1"]), key=lambda wall: wall.position[1])
        gap = high.position[1] - high.size[1] / 2 - low.position[1] - low.size[1] / 2
        assert DOOR[0] <= gap <= DOOR[1]
        sides = [math.copysign(1, x) for x, _ in spots]
        assert all(side * x < 0 for side, (x, _) in zip(sides, starts, strict=True)), "everybody has to go through"


@pytest.mark.parametrize("seed", SEEDS)
def test_one_robot_would_visit_every_thing_nearest_first(seed):
    scene = team_scene(seed)
    name, order = alone(scene)
    assert name in NAMES and sorted(order) == sorted(scene.targets)
    spots = {one.id: one.position for one in scene.file.objects}
    start = scene.starts[name]
    assert order[0] == min(order, key=lambda one: math.dist((start.x, start.y), spots[one][:2]))


@pytest.mark.parametrize("seed", range(4))
def test_a_dog_and_a_humanoid_have_one_thing_each_on_the_other_side(seed):
    scene = mixed_scene(seed)
    assert tuple(scene.starts) == PAIR and sorted(scene.named.values()) == sorted(PAIR)
    things = {one.id: one for one in set_up(scene.file, seed).objects}
    for target, name in scene.named.items():
        start = scene.starts[name]
        assert math.dist(things[target].position[:2], (start.x, start.y)) > 2.0
