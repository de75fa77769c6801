"""Discs that follow the rule keep apart; one that is alone is left as it is."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.connector.team.reciprocal import Disc, best_velocity, half_plane
from skill_stack.connector.team.team import Mobility

RADIUS, STEP = 1.0, 0.1
VELOCITIES = Mobility((-0.7, -0.7), (0.7, 0.7), 0.1, 0.7, 0.3).velocities()
angles = st.floats(-math.pi, math.pi)


def unit(angle):
    return np.array([math.cos(angle), math.sin(angle)])


def steered(here, velocity, goal, others):
    to = goal - here
    wanted = to * min(0.7, 0.9 * np.hypot(*to)) / max(np.hypot(*to), 1e-9)
    discs = [Disc(tuple(there - here), tuple(speed), RADIUS) for there, speed in others]
    return best_velocity(tuple(wanted), VELOCITIES, [half_plane(disc, tuple(velocity)) for disc in discs])


def walk(starts, goals, seconds=40.0):
    """The least distance between any two on the way, and how far each is from its goal at the end."""
    places, speeds, least = [np.array(s) for s in starts], [np.zeros(2) for _ in starts], math.inf
    for _ in range(int(seconds / STEP)):
        new = []
        for n, here in enumerate(places):
            others = [(places[m], speeds[m]) for m in range(len(places)) if m != n]
            new.append(steered(here, speeds[n], goals[n], others))
        speeds = new
        places = [here + STEP * speed for here, speed in zip(places, speeds, strict=True)]
        gaps = [np.hypot(*(a - b)) for n, a in enumerate(places) for b in places[n + 1 :]]
        least = min(least, *gaps)
    return least, [float(np.hypot(*(here - goal))) for here, goal in zip(places, goals, strict=True)]


@settings(max_examples=25, deadline=None)
@given(angles, st.floats(-1.0, 1.0), st.floats(2.5, 4.0))
def test_two_that_meet_at_any_angle_do_not_touch(angle, aside, far):
    one, other = np.array([-far, 0.0]), far * unit(angle)
    if np.hypot(*(one - other)) < RADIUS + 0.2:
        return
    least, off = walk([one, other], [np.array([far, aside]), -other])
    assert least > RADIUS - 0.1, "each does its half, as far as velocities in steps of 0.1 m/s allow"
    if np.hypot(far + other[0], aside + other[1]) > RADIUS + 0.3:
        assert max(off) < 0.3 or np.hypot(*(np.array([far, aside]) + other)) < 1.5


def test_two_that_come_straight_at_one_another_pass_on_the_right():
    least, off = walk([np.array([-3.0, 0.0]), np.array([3.0, 0.0])], [np.array([3.0, 0.0]), np.array([-3.0, 0.0])])
    assert least > RADIUS - 0.1 and max(off) < 0.3
    chosen = steered(np.array([-2.0, 0.0]), np.array([0.7, 0.0]), np.array([3.0, 0.0]),
                     [(np.array([2.0, 0.0]), np.array([-0.7, 0.0]))])  # fmt: skip
    assert chosen[1] < 0.0


def test_one_that_does_not_avoid_is_avoided_alone():
    own, disc = (0.7, 0.0), ((2.0, 0.2), (-0.7, 0.0), RADIUS)
    (px, py), (nx, ny) = half_plane(Disc(*disc, share=1.0), own)
    (hx, hy), _ = half_plane(Disc(*disc, share=0.5), own)
    whole, half = (np.array([px, py]) - own) @ [nx, ny], (np.array([hx, hy]) - own) @ [nx, ny]
    assert whole == pytest.approx(2 * half) and whole > 0.0


@given(st.floats(0.01, 0.99), angles, angles)
def test_those_that_stand_too_near_part_gently(gap, where, heading):
    own = tuple(0.3 * unit(heading))
    point, normal = half_plane(Disc(tuple(gap * unit(where)), (0.0, 0.0), RADIUS, 1.0), own)
    assert np.dot(normal, unit(where)) == pytest.approx(-1.0), "straight away from the other one"
    assert 0.0 < np.dot(point, normal) <= 0.2 + 1e-9, "m/s"


def test_where_nothing_is_free_the_worst_is_made_least():
    walls = [((0.0, 0.5), (0.0, 1.0)), ((0.0, -0.5), (0.0, -1.0))]  # upwards and downwards at once
    assert best_velocity((0.7, 0.0), VELOCITIES, walls)[1] == pytest.approx(0.0)
