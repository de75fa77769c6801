"""Frames of the past: layout, order, ages and padding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.controllers.foreign.foreign_observation import ForeignObservation
from skill_stack.controllers.foreign.moment import Moment
from skill_stack.core.errors import DataError
from skill_stack.core.skills.policy_manifest import ManifestInput

from .conftest import manifest_of, nearly, reading_at


def frames(robot, count=3, **entry) -> list[list[float]]:
    """What an input of two one-joint terms holds while the joints go from 1 on."""
    names = list(robot.joint_names)
    terms = entry.pop("terms", None) or [
        {"term": "joint_pos", "joints": [names[0]], "history": 3},
        {"term": "joint_vel_rel", "joints": [names[1]], "history": 3},
    ]
    observation = ForeignObservation(ManifestInput(name="obs", terms=terms, **entry), manifest_of(robot), robot)
    moment, seen = Moment(reading_at((0.0,) * 4), np.zeros(0), np.zeros(4), np.zeros(4)), []
    for step in range(1, count + 1):
        moment.reading = reading_at((float(step),) * 4, (10.0 * step,) * 4)
        observation.write(moment)
        seen.append(observation.array.ravel().tolist())
    return seen


def test_by_term_oldest_first_repeats_the_first_frame(robot) -> None:
    seen = frames(robot)
    assert nearly(seen[0], (1, 1, 1, 10, 10, 10))
    assert nearly(seen[2], (1, 2, 3, 10, 20, 30))


def test_newest_first_with_zeros(robot) -> None:
    seen = frames(robot, order="newest_first", padding="zeros")
    assert nearly(seen[0], (1, 0, 0, 10, 0, 0))
    assert nearly(seen[2], (3, 2, 1, 30, 20, 10))


def test_by_frame(robot) -> None:
    assert nearly(frames(robot, layout="by_frame")[2], (1, 10, 2, 20, 3, 30))
    assert nearly(frames(robot, layout="by_frame", order="newest_first")[2], (3, 30, 2, 20, 1, 10))


def test_ages_stand_for_themselves(robot) -> None:
    joint = [robot.joint_names[0]]
    terms = [
        {"term": "joint_pos", "joints": joint, "ages": [0]},
        {"term": "joint_pos", "joints": joint, "ages": [1, 3]},
    ]
    assert nearly(frames(robot, 5, terms=terms, padding="zeros")[4], (5, 4, 2))


def test_limits_of_the_whole_input(robot) -> None:
    assert nearly(frames(robot, clip=(-15.0, 15.0))[1], (1, 1, 2, 10, 10, 15))


def test_a_wrong_shape_is_named(robot) -> None:
    with pytest.raises(DataError, match=r"has 6 values, its shape is \[1, 7\]"):
        frames(robot, shape=(1, 7))


@given(
    history=st.integers(1, 6),
    steps=st.integers(1, 9),
    by_frame=st.booleans(),
    newest=st.booleans(),
    zeros=st.booleans(),
)
def test_a_rehearsal_leaves_no_trace(robot, history, steps, by_frame, newest, zeros) -> None:
    """A frame that is not kept changes nothing of what comes after, whatever the layout."""
    terms = [{"term": "joint_pos", "history": history}, {"term": "joint_vel_rel", "history": history}]
    entry = ManifestInput(
        name="obs", terms=terms, layout="by_frame" if by_frame else "by_term",
        order="newest_first" if newest else "oldest_first", padding="zeros" if zeros else "repeat",
    )  # fmt: skip
    plain, rehearsed = (ForeignObservation(entry, manifest_of(robot), robot) for _ in range(2))
    moment = Moment(reading_at((0.0,) * 4), np.zeros(0), np.zeros(4), np.zeros(4))
    for step in range(steps):
        moment.reading = reading_at((99.0,) * 4)
        rehearsed.write(moment, keep=False)
        moment.reading = reading_at((float(step),) * 4, (0.5 * step,) * 4)
        for observation in (plain, rehearsed):
            observation.write(moment)
        assert (plain.array == rehearsed.array).all()
