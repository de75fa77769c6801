"""Where an arm points, and which thing that means."""

import math

import numpy as np
import pytest
from computed_looks import seen, thing
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.recognition.gesture import (
    heat,
    keypoints_in_space,
    named,
    place_meant,
    pointed_at,
    pointing_rays,
)

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


def meant(target, *things):
    return pointed_at(heat(pointing_rays(person(target)), things))


@settings(max_examples=30, deadline=None)
@given(st.floats(0.8, 5.0), st.floats(-2.0, 2.0), st.sampled_from(["left", "right"]))
def test_one_of_the_lines_goes_where_the_arm_points(x, y, side):
    rays = pointing_rays(person((x, y, 0.0), side))
    assert {ray.side for ray in rays} == {side} and {ray.along for ray in rays} == {"arm", "forearm"}
    assert min(ray.off(np.array([x, y, 0.0])) for ray in rays if ray.along == "arm") < 1e-6, "that from the eyes"
    place = place_meant(rays)
    assert place is None or place[2] == 0.0


def test_one_thing_is_meant_where_that_is_clear_and_else_all_that_may_be():
    assert meant(CUP.position, CUP, BOX, FAR)[0] == CUP.id and meant(BOX.position, CUP, BOX, FAR) == (BOX.id,)
    beside = thing("cylinder", "white", 2.0, 0.62, (0.1, 0.1, 0.12))
    both = meant((2.0, 0.56, 0.06), CUP, BOX, beside)
    assert set(both) == {CUP.id, beside.id}
    assert meant((-2.0, 0.0, 0.0), CUP, BOX, FAR) == ()


def test_arms_that_do_not_point_are_refused():
    points = person(CUP.position)
    with pytest.raises(DataError, match="no wrist is seen"):
        pointing_rays({"nose": EYES})
    hanging = points | {"right_elbow": SHOULDER - (0, 0, 0.3), "right_wrist": SHOULDER - (0, 0, 0.55)}
    bent = points | {"right_elbow": SHOULDER + (0.3, 0, 0), "right_wrist": SHOULDER + (0.05, 0.0, 0.1)}
    for keypoints in (hanging, bent):
        with pytest.raises(DataError, match="no arm is stretched"):
            pointing_rays(keypoints)
    level = pointing_rays(person((3.0, 0.0, 2.6)))
    assert place_meant(level) is None


def test_without_a_face_the_shoulder_counts():
    points = {name: place for name, place in person(CUP.position).items() if "eye" not in name}
    assert all(np.allclose(ray.origin, SHOULDER) for ray in pointing_rays(points) if ray.along == "arm")


def test_points_without_names_are_in_the_order_of_a_layout_and_what_is_no_number_is_left_out():
    joints = named((), [(float(n), 0.0, 0.0) for n in range(17)])
    fingers = named((), [(0.0, 0.0, float(n)) for n in range(33)])
    assert joints["right_wrist"] == (10.0, 0.0, 0.0) and fingers["right_index"][2] == 20.0
    assert named(("nose",), [(1.0, 2.0, 3.0)]) == {"nose": (1.0, 2.0, 3.0)}
    with pytest.raises(DataError, match="17 or 33 points"):
        named((), [(0.0, 0.0, 0.0)] * 5)
    blind = person(CUP.position) | {"left_eye": np.full(3, np.nan), "right_eye": np.full(3, np.nan)}
    assert all(np.isfinite(ray.direction).all() for ray in pointing_rays(blind))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_who_points_from_the_shoulder_means_the_same_as_who_points_from_the_eyes(share):
    origin = SHOULDER + share * (EYES - SHOULDER)
    along = np.subtract(CUP.position, origin)
    wrist = origin + along / np.linalg.norm(along) * 0.6
    points = person(CUP.position) | {"right_wrist": wrist, "right_elbow": SHOULDER + (wrist - SHOULDER) * 0.5}
    shares = heat(pointing_rays(points), (CUP, BOX, FAR))
    assert max(shares, key=shares.get) == CUP.id and sum(shares.values()) == pytest.approx(1.0)


def test_keypoints_of_a_picture_come_into_space():
    ball = thing("ball", "red", 0.5, 0.0, (0.2, 0.2, 0.2))
    frame = seen([ball], Eye((-0.8, 0.0, 0.5), (0.5, 0.0, 0.1)))
    pixel = frame.intrinsics.project(frame.into_camera(np.array(ball.position)))
    places = keypoints_in_space(frame, {"right_wrist": tuple(pixel), "nose": (2.0, 2.0)})
    assert math.dist(places["right_wrist"], ball.position) < 0.12
    assert "nose" not in places or np.isfinite(places["nose"]).all()
