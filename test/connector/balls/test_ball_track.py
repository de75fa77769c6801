"""A track of a ball finds place and speed from late, noisy looks with gaps."""

import numpy as np
import pytest

from skill_stack.connector.balls.ball_track import SLOWS, BallTrack

DT = 0.1


def test_a_ball_that_is_not_seen_rolls_on_until_it_stops() -> None:
    track = BallTrack(np.zeros(2))
    track.velocity = np.array([0.5, 0.0])
    for _ in range(100):
        track.pass_time(DT)
    assert track.velocity == pytest.approx([0.0, 0.0])
    assert track.place[0] == pytest.approx(0.5**2 / (2 * SLOWS), abs=0.05)


def test_late_noisy_looks_with_gaps_give_place_and_speed_of_every_ball() -> None:
    rng, count = np.random.default_rng(3), 200
    velocity = rng.uniform(-0.8, 0.8, (count, 2))
    track, place = BallTrack(np.zeros((count, 2))), np.zeros((count, 2))
    past = [place]
    for _ in range(20):
        place = place + velocity * DT
        past.append(place)
        track.pass_time(DT)
        track.look(past[-2] + rng.normal(0.0, 0.03, place.shape), DT, rng.random(count) > 0.15)
    assert np.sqrt(np.square(track.place - place).sum(1).mean()) < 0.07
    assert np.sqrt(np.square(track.velocity - velocity).sum(1).mean()) < 0.2


def test_a_ball_that_was_moved_is_taken_where_it_is_seen() -> None:
    track = BallTrack(np.zeros(2))
    track.velocity = np.array([0.3, 0.0])
    track.look(np.array([0.0, 2.0]), 0.0, np.array(True))
    assert track.place == pytest.approx([0.0, 2.0]) and track.velocity == pytest.approx([0.0, 0.0])


def test_who_is_not_seen_is_left_where_it_was() -> None:
    track = BallTrack(np.zeros((2, 2)))
    track.look(np.full((2, 2), 0.2), 0.0, np.array([True, False]))
    assert track.place[0, 0] > 0.05 and track.place[1] == pytest.approx([0.0, 0.0])
