"""Three robots in one simulated world, in lock-step."""

import os

import pytest

from skill_stack.core.resources import Resources
from skill_stack.evaluation.scenes.team_scenes import NAMES, PAIR, mixed_scene, team_scene
from skill_stack.runtime.line.team_episodes import MixedEpisodes, TeamEpisodes

DOORWAY = 2
"""A seed of the design whose robots meet in a doorway."""


@pytest.mark.slow
def test_robots_that_hear_one_another_share_a_doorway_and_others_touch() -> None:
    episodes = TeamEpisodes(Resources.from_environment(os.environ), "go2")
    scene = team_scene(DOORWAY)
    assert scene.kind == "doorway"
    team, run = episodes.run(scene, scene.starts, scene.words)
    assert episodes.wrong(scene, team, run) == ""
    assert not team.world.touched and {name for name, _ in team.ends} == set(NAMES)
    assert {name for line in team.lines.values() for name in line.connector.team.mates.ages(team.now)} == set(NAMES)
    deaf, _ = episodes.run(scene, scene.starts, scene.words, heard=False)
    assert deaf.world.touched, "the measure can fail"
    assert not any(line.connector.team.mates for line in deaf.lines.values())


@pytest.mark.slow
def test_a_dog_and_a_humanoid_pass_one_another() -> None:
    episodes = MixedEpisodes(Resources.from_environment(os.environ), "go2+g1")
    scene = mixed_scene(0)
    team, run = episodes.run(scene, scene.starts, scene.words)
    assert episodes.wrong(scene, team, run) == ""
    assert {line.robot.name for line in team.lines.values()} == {"go2", "g1"} and set(team.lines) == set(PAIR)
