"""What a seed puts around something, and what a scene file may not say."""

import math

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene_file import load_scene, set_up
from test.connector.conftest import ROOT

GAME = ROOT / "config" / "scenes" / "goal_game.yaml"


def test_a_seed_puts_things_around_others_at_their_distance_and_turned() -> None:
    scene, turns = load_scene(GAME), []
    for seed in range(1, 60):
        setup = set_up(scene, seed)
        ball, goal = setup.objects
        assert 1.0 <= setup.start.distance_to(*ball.position[:2]) <= 3.0
        assert 3.0 <= math.dist(ball.position[:2], goal.position[:2]) <= 6.0
        way = math.atan2(goal.position[1] - ball.position[1], goal.position[0] - ball.position[0])
        turns.append(abs(math.remainder(goal.yaw - way, 2 * math.pi)))
        assert ball.position[2] == pytest.approx(0.15)
    assert 0.6 < max(turns) <= 0.8 + 1e-9


def test_seed_0_is_the_file_as_it_stands() -> None:
    assert [thing.position[:2] for thing in set_up(load_scene(GAME), 0).objects] == [(1.3, 0.0), (5.3, 0.0)]


def test_what_something_lies_around_is_named_before_it(tmp_path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(GAME.read_text(encoding="utf-8").replace("around: ball", "around: moon"), encoding="utf-8")
    with pytest.raises(DataError, match="'goal' is around 'moon'"):
        load_scene(path)
