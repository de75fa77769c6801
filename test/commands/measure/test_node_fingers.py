"""Coarse finger commands through the nodes: the worlds that seeds draw."""

import os

from skill_stack.commands.measure.through_nodes.fingers import CUBE, NodeFingers
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene_file import set_up


def test_seeds_draw_cubes_and_hands_within_what_is_stated() -> None:
    episodes = NodeFingers(Resources.from_environment(os.environ), "allegro_right")
    stated = episodes._meant.settings.objects
    setups = [set_up(episodes._world(seed), seed) for seed in range(6)]
    cubes = [setup.graph()[CUBE] for setup in setups]
    assert all(stated.mass[0] <= one.mass <= stated.mass[1] for one in cubes)
    assert all(stated.shapes[0].across[0] <= one.size[0] <= stated.shapes[0].across[1] for one in cubes)
    assert len({one.size for one in cubes}) == len({setup.noise for setup in setups}) == 6
    assert episodes._world(3) == episodes._world(3)
