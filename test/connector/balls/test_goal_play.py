"""Which play is chosen by a rule, for one robot or many at once, and what a network is told of it."""

import numpy as np
import pytest

from skill_stack.connector.balls.ball_play import LABELS, LEAD
from skill_stack.connector.balls.goal_play import NUMBERS, choose, numbers_of, place_told
from skill_stack.core.errors import DataError
from skill_stack.core.spatial.mouths import Mouths

ZERO = dict.fromkeys(NUMBERS, 0.0)
RULE = numbers_of(
    ZERO | {"front": 1.5, "beyond": 1.0, "kick_mouth_always": 2.4, "kick_mouth_far": -3.0, "dribble_front_always": -9.0,
            "kick_front_always": -5.6, "kick_front_aside": 8.0, "stop_always": -4.8, "stop_comes": -6.0}
)  # fmt: skip
MOUTH = Mouths(np.array([5.0, 0.0]), np.array([1.0, 0.0]))


def chosen(ball, velocity=(0.0, 0.0), base=(0.0, 0.0)) -> tuple[str, list[float]]:
    label, aim = choose(RULE, np.array(ball), np.array(velocity), np.array(base), MOUTH)
    return LABELS[int(label)], aim.tolist()


def test_a_rule_dribbles_from_afar_shoots_when_near_and_stops_what_leaves() -> None:
    assert chosen((1.0, 0.0)) == ("dribble", [6.0, 0.0])
    assert chosen((3.0, 0.0)) == ("kick", [6.0, 0.0])
    assert chosen((5.0, 3.0)) == ("kick", [3.5, 0.0]), "aside of the mouth it is brought before it"
    assert chosen((6.0, 0.5)) == ("kick", [3.5, 0.0]), "and so it is behind it"
    assert chosen((3.0, 0.0), (-1.2, 0.0))[0] == "stop"


def test_many_at_once_are_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    ball, velocity, base, middle = rng.normal(0.0, 2.0, (4, 50, 2))
    angle, rows = rng.uniform(-3.0, 3.0, 50), rng.normal(0.0, 2.0, (50, len(NUMBERS)))
    into = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    labels, aims = choose(rows, ball, velocity, base, Mouths(middle, into))
    assert len(set(labels.tolist())) == len(LABELS)
    for one in range(50):
        label, aim = choose(rows[one], ball[one], velocity[one], base[one], Mouths(middle[one], into[one]))
        assert label == labels[one]
        np.testing.assert_allclose(aim, aims[one])


def test_a_dribble_is_told_a_place_ahead_of_the_ball_and_a_stop_the_ball() -> None:
    ball, aim = np.array([1.0, 0.0]), np.array([1.0, 9.0])
    told = [place_told(np.array(LABELS.index(label)), ball, aim).tolist() for label in ("dribble", "kick", "stop")]
    assert told == [[1.0, LEAD], [1.0, 9.0], [1.0, 0.0]]


def test_numbers_that_are_missing_or_unknown_are_refused() -> None:
    with pytest.raises(DataError, match="luck"):
        numbers_of(ZERO | {"luck": 1.0})
    with pytest.raises(DataError, match="look at front"):
        numbers_of({name: 0.0 for name in NUMBERS if name != "front"})
