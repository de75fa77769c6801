"""Balls that a map states are followed by a camera: which is which, how old that is, and when the camera is blind."""

from dataclasses import replace

import numpy as np
import pytest
from computed_looks import seen, thing

from skill_stack.core.errors import DataError
from skill_stack.core.robots.camera_spec import CameraSpec, eye_of
from skill_stack.core.rotation import from_yaw
from skill_stack.core.world.fact import Fact
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.balls.ball_watch import BEGINS, BLIND, BallWatch

CAMERA = CameraSpec(xyz=(0.33, 0.0, 0.04), width=640, height=360, view=2.0944, far=4.5, rate=10.0, depth=False)
BLINDED = Fact("stale", ("ball",))


def ball(x, y, colour="red", name="ball"):
    return replace(thing("ball", colour, x, y, (0.3, 0.3, 0.3)), id=name, movable=True, rolling=0.004)


def base(x=0.0, y=0.0, yaw=0.0):
    return np.array([x, y, 0.22, *from_yaw(yaw)])


def shown(*things, at, stamp):
    place, turn = eye_of(at, CAMERA)
    frame = seen(things, Eye(tuple(place), tuple(place + turn[:, 2])), view=CAMERA.intrinsics)
    frame.colour[frame.depth == 0] = 30  # a dark sky over a grey floor
    return stamp, frame.colour, np.zeros_like(frame.depth), CAMERA.intrinsics


def follow(watch, *things, stamp, at=None):
    at = base() if at is None else at
    return watch.look(shown(*things, at=at, stamp=stamp), at)


def test_a_ball_is_told_by_its_stated_name_with_the_time_of_the_look() -> None:
    watch = BallWatch([ball(1.3, 0.0)], CAMERA)
    assert watch.graph(0.0).objects == {}, "what was not seen is not said"
    assert follow(watch, ball(2.5, 1.0), stamp=7.0, at=base(0.3, -0.2, 0.4))
    told = watch.graph(7.1)["ball"]
    assert told.position == pytest.approx((2.5, 1.0, 0.15), abs=0.03) and told.last_seen == 7.0
    follow(watch, stamp=7.5)
    assert watch.graph(7.6)["ball"].last_seen == 7.0, "it is out of view, and as old as it is"
    assert BLINDED not in watch.graph(7.6).facts


def test_a_ball_that_rolls_is_followed_and_one_far_from_where_it_can_be_is_another() -> None:
    watch = BallWatch([ball(1.3, 0.0)], CAMERA)
    for tick in range(10):
        follow(watch, ball(1.0 + 0.15 * tick, 0.0), stamp=1.0 + 0.1 * tick)
    assert watch.graph(2.0)["ball"].position[0] == pytest.approx(2.35, abs=0.03)
    follow(watch, ball(1.0, -1.0), stamp=2.0)
    assert watch.graph(2.0)["ball"].last_seen == pytest.approx(1.9)
    follow(watch, ball(1.0, -1.0), stamp=3.0)
    assert watch.graph(3.0)["ball"].last_seen == 3.0, "after a second it can be there"


def test_of_two_alike_the_one_that_was_followed_is_it_and_of_two_as_likely_neither() -> None:
    watch = BallWatch([ball(1.3, 0.0)], CAMERA)
    follow(watch, ball(1.3, 0.3), ball(1.3, -0.3), stamp=1.0)
    assert watch.graph(1.0).objects == {}
    follow(watch, ball(1.3, 0.1), ball(2.5, -1.5), stamp=1.1)
    follow(watch, ball(1.4, 0.1), ball(2.4, -1.4), stamp=1.2)
    assert watch.graph(1.2)["ball"].position[:2] == pytest.approx((1.4, 0.1), abs=0.03)


def test_two_stated_balls_keep_their_names() -> None:
    watch = BallWatch([ball(1.3, 0.5, name="one"), ball(1.3, -0.5, name="two"), ball(2, 0, "blue", "three")], CAMERA)
    follow(watch, ball(1.3, 0.4), ball(1.4, -0.4), ball(2.2, 0.0, "blue"), stamp=1.0)
    told = {name: one.position[:2] for name, one in watch.graph(1.0).objects.items()}
    assert told["one"] == pytest.approx((1.3, 0.4), abs=0.03) and told["two"] == pytest.approx((1.4, -0.4), abs=0.03)
    assert told["three"] == pytest.approx((2.2, 0.0), abs=0.05)


def test_what_hangs_in_the_air_is_not_the_ball() -> None:
    watch = BallWatch([ball(1.3, 0.0)], CAMERA)
    follow(watch, replace(ball(1.5, 0.0), position=(1.5, 0.0, 0.7)), stamp=1.0)
    assert watch.looks == 1 and watch.graph(1.0).objects == {}


@pytest.mark.parametrize(("shade", "why"), [(0, "the picture is black"), (140, "the camera is covered")])
def test_a_blind_camera_is_said_to_be_blind_and_a_usable_look_clears_that(shade, why) -> None:
    watch = BallWatch([ball(1.3, 0.0)], CAMERA)
    follow(watch, ball(1.3, 0.0), stamp=1.0)
    look = shown(at=base(), stamp=0.0)
    for stamp in (1.5, 2.0, 2.5):
        assert not watch.look((stamp, np.full_like(look[1], shade), *look[2:]), base())
    assert BLINDED not in watch.graph(0.9 + BLIND).facts
    assert BLINDED in watch.graph(1.1 + BLIND).facts and why in watch.trouble(1.1 + BLIND)
    assert watch.refused == 3
    follow(watch, stamp=2.6)
    assert BLINDED not in watch.graph(2.6).facts


def test_a_frozen_picture_is_none_while_the_robot_walks() -> None:
    watch, picture = BallWatch([ball(1.3, 0.0)], CAMERA), shown(ball(1.3, 0.0), at=base(), stamp=1.0)
    assert watch.look(picture, base())
    assert not watch.look((1.1, *picture[1:]), base(0.2)) and "frozen" in watch.reason
    assert watch.look((1.2, *picture[1:]), base()), "it stands where it stood"


def test_without_a_place_a_look_says_nothing_and_a_camera_has_time_to_begin() -> None:
    watch = BallWatch([ball(1.3, 0.0)], CAMERA)
    assert watch.trouble(5.0) == ""
    assert not watch.look(shown(ball(1.3, 0.0), at=base(), stamp=6.0), None)
    assert watch.trouble(4.0 + BEGINS) == "" and "where the robot was" in watch.trouble(6.0 + BEGINS)


def test_what_cannot_be_followed_is_left_out_or_refused() -> None:
    assert BallWatch([ball(1.3, 0.0, "white")], CAMERA).balls == {}
    with pytest.raises(DataError, match="has to be fixed to the base"):
        BallWatch([ball(1.3, 0.0)], CAMERA.model_copy(update={"link": "head"}))
