"""The rule-based player gets behind a ball, pushes it where it is to go, and lets it roll out before itself."""

import numpy as np
import pytest

from skill_stack.connector.balls.ball_play import LABELS, observe
from skill_stack.training.ball_play.rules import play

DRIBBLE, KICK, STOP = range(len(LABELS))


def told(label: int, ball, goal=(3.0, 0.0), velocity=(0.0, 0.0)) -> np.ndarray:
    one = [np.array([value], float) for value in (ball, velocity, goal)]
    return observe(one[0], one[1], one[2], np.array([label]))


@pytest.mark.parametrize("label", [DRIBBLE, KICK])
def test_a_ball_ahead_is_pushed(label) -> None:
    vx, vy, wz = play(told(label, (0.6, 0.0)))[0]
    assert vx > 0.3 and (vy, wz) == pytest.approx((0.0, 0.0))


def test_a_ball_is_touched_on_the_side_away_from_where_it_is_to_go() -> None:
    left = play(told(DRIBBLE, (0.6, 0.0), goal=(3.0, 0.9)))[0]
    right = play(told(DRIBBLE, (0.6, 0.0), goal=(3.0, -0.9)))[0]
    assert left[1] < 0.0 < left[2] and right == pytest.approx(left * [1.0, -1.0, -1.0])


def test_a_kick_far_is_faster_than_one_near() -> None:
    assert play(told(KICK, (0.6, 0.0), goal=(3.0, 0.0)))[0, 0] > play(told(KICK, (0.6, 0.0), goal=(1.2, 0.0)))[0, 0]


@pytest.mark.parametrize("begin", [0.0, 1.0, 2.0, 3.0, 3.14, -2.0])
def test_from_anywhere_a_point_robot_gets_behind_the_ball_without_touching_it(begin) -> None:
    """The ball is at the origin, its goal far along x; it does not move when touched."""
    here, yaw = 1.2 * np.array([np.cos(begin), np.sin(begin)]), 1.0
    for _ in range(250):
        c, s = np.cos(yaw), np.sin(yaw)
        into = np.array([[c, s], [-s, c]])
        vx, vy, wz = play(told(DRIBBLE, into @ -here, goal=into @ (np.array([9.0, 0.0]) - here)))[0]
        here, yaw = here + 0.1 * into.T @ [vx, vy], yaw + 0.1 * wz
        if here[0] < -0.5 and abs(here[1]) < 0.2 and abs(np.angle(np.exp(1j * yaw))) < 0.5:
            return
        assert np.linalg.norm(here) > 0.4
    pytest.fail(f"it ended at {here}, heading {yaw:.1f}")


def test_a_ball_at_rest_in_its_place_needs_nothing_and_one_that_comes_is_given_way() -> None:
    assert play(told(STOP, (0.66, 0.0)))[0] == pytest.approx([0.0, 0.0, 0.0])
    assert play(told(STOP, (0.8, 0.0), velocity=(-0.6, 0.0)))[0, 0] < -0.1
    assert play(told(STOP, (1.5, 0.0), velocity=(0.3, 0.0)))[0, 0] > 0.5
