"""Where an arm points, and which thing that means."""

import math

import numpy as np
import pytest
from computed_looks import seen, thing
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.recognition.gesture import keypoints_in_space, pointed_at, pointing_ray

EYES, SHOULDER = np.array([0.0, 0.0, 1.6]), np.array([0.0, -0.2, 1.4])
CUP, BOX, FAR = (
    thing("cylinder", "red", 2.0, 0.5, (0.1, 0.1, 0.12)), thing("box", "blue", 2.0, -1.0, (0.2, 0.2, 0.2)),
    thing("ball", "green", 4.0, 1.0, (0.2, 0.2, 0.2)),
)  # fmt: skip


def person(target, side="right", reach=0.55):
    """Keypoints of somebody who points at a place with a stretched arm."""
    along = np.asarray(target, float) - EYES
    wrist = EYES + along / np.linalg.norm(along) * reach
    elbow = SHOULDER + (wrist - SHOULDER) * 0.5
    names = ("shoulder", "elbow", "wrist")
    eyes = {"left_eye": EYES + (0, 0.03, 0), "right_eye": EYES - (0, 0.03, 0)}
    return eyes | {f"{side}_{name}": place for name, place in zip(names, (SHOULDER, elbow, wrist))}


@settings(max_examples=30, deadline=None)
@given(st.floats(0.8, 5.0), st.floats(-2.0, 2.0), st.sampled_from(["left", "right"]))
def test_the_ray_goes_where_the_arm_points(x, y, side):
    ray = pointing_ray(person((x, y, 0.0), side))
    assert ray.side == side and ray.off(np.array([x, y, 0.0])) < 1e-6
    assert ray.floor() == pytest.approx((x, y, 0.0), abs=1e-6)


def test_one_thing_is_meant_where_that_is_clear_and_else_all_that_may_be():
    assert pointed_at(pointing_ray(person(CUP.position)), (CUP, BOX, FAR)) == (CUP.id,)
    beside = thing("cylinder", "white", 2.0, 0.62, (0.1, 0.1, 0.12))
    both = pointed_at(pointing_ray(person((2.0, 0.56, 0.06))), (CUP, BOX, beside))
    assert set(both) == {CUP.id, beside.id}
    assert pointed_at(pointing_ray(person((-2.0, 0.0, 0.0))), (CUP, BOX, FAR)) == ()


def test_arms_that_do_not_point_are_refused():
    points = person(CUP.position)
    with pytest.raises(DataError, match="no wrist is seen"):
        pointing_ray({"nose": EYES})
    hanging = points | {"right_elbow": SHOULDER - (0, 0, 0.3), "right_wrist": SHOULDER - (0, 0, 0.55)}
    bent = points | {"right_elbow": SHOULDER + (0.3, 0, 0), "right_wrist": SHOULDER + (0.05, 0.0, 0.1)}
    for keypoints in (hanging, bent):
        with pytest.raises(DataError, match="no arm is stretched"):
            pointing_ray(keypoints)
    level = pointing_ray(person((3.0, 0.0, 1.6)))
    assert level.floor() is None


def test_without_a_face_the_shoulder_counts():
    points = {name: place for name, place in person(CUP.position).items() if "eye" not in name}
    assert np.allclose(pointing_ray(points).origin, SHOULDER)


def test_keypoints_of_a_picture_come_into_space():
    ball = thing("ball", "red", 0.5, 0.0, (0.2, 0.2, 0.2))
    frame = seen([ball], Eye((-0.8, 0.0, 0.5), (0.5, 0.0, 0.1)))
    pixel = frame.intrinsics.project(frame.into_camera(np.array(ball.position)))
    places = keypoints_in_space(frame, {"right_wrist": tuple(pixel), "nose": (2.0, 2.0)})
    assert math.dist(places["right_wrist"], ball.position) < 0.12
    assert "nose" not in places or np.isfinite(places["nose"]).all()
