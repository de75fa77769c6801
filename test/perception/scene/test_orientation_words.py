"""Words such as "upright" and "handle towards me" as rotations."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.robots.camera_spec import matrix_of
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.perception.scene.orientation_words import orientation

ME = Pose2(0.0, 0.0, 0.0)
TABLE = SceneObject("table", "table", (2.0, 2.0, 0.35), size=(0.8, 0.8, 0.7), colour="brown")
ANGLE = st.floats(-3.1, 3.1)


def mug(yaw=0.0, at=(2.0, 0.0)):
    return SceneObject("mug", "mug", (*at, 0.05), yaw, "cylinder", (0.08, 0.08, 0.1), "red")


def turn(words, thing, **more):
    return matrix_of(np.array(orientation(words, thing, ME, **more).orientation))


@pytest.mark.parametrize(
    ("words", "up"),
    [("upright", 1.0), ("standing up", 1.0), ("upside down", -1.0), ("upside-down", -1.0), ("on its side", 0.0)],
)
def test_how_a_thing_stands(words, up) -> None:
    assert turn(words, mug(0.7))[2, 2] == pytest.approx(up, abs=1e-9)


def test_upright_keeps_the_heading() -> None:
    assert orientation("upright", mug(0.7)).yaw == pytest.approx(0.7)


@settings(max_examples=60, deadline=None)
@given(yaw=ANGLE, handle=ANGLE, words=st.sampled_from(["", "upright, ", "upside down and "]))
def test_the_handle_comes_to_where_it_is_wanted(yaw, handle, words) -> None:
    thing = mug(yaw)
    at = np.array([2.0 + 0.06 * math.cos(handle), 0.06 * math.sin(handle), 0.05])
    own = matrix_of(np.array([math.cos(yaw / 2), 0, 0, math.sin(yaw / 2)])).T @ (at - thing.position)
    for way, wanted in (("towards me", math.pi), ("away from me", 0.0), ("left", math.pi / 2), ("right", -math.pi / 2)):
        moved = turn(f"{words}with the handle {way}", thing, parts={"handle": at}) @ own
        assert abs(wrap_angle(math.atan2(moved[1], moved[0]) - wanted)) < 1e-6


def test_a_thing_faces_another_one() -> None:
    goal = orientation("facing the table", mug(), ME, others={"table": TABLE})
    assert goal.yaw == pytest.approx(math.pi / 2)
    away = orientation("facing away from the brown table", mug(), ME, others={"table": TABLE})
    assert away.yaw == pytest.approx(-math.pi / 2)


@pytest.mark.parametrize(
    ("words", "viewer", "said"),
    [
        ("nicely", ME, "no orientation that is known: upright, upside down"),
        ("with the handle towards me", ME, "where the handle of red mug is has not been seen"),
        ("towards me", None, "who speaks is not seen"),
        ("facing left", None, "depend on who looks"),
        ("towards the lamp", ME, "'lamp' is not known here; known are none"),
        ("", ME, "no orientation"),
    ],
)
def test_what_is_not_understood_says_what_would_be(words, viewer, said) -> None:
    with pytest.raises(DataError, match=said):
        orientation(words, mug(), viewer)
