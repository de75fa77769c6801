"""Handles, rims, lids and buttons of composed things, where they really are."""

import math

import numpy as np
import pytest
from computed_looks import RADIUS, TALL, box, mug, seen, thing

from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.scene.affordances import affordances
from skill_stack.perception.scene.look_observer import LookObserver

EYE = Eye((-0.35, 0.0, 0.42), (0.0, 0.0, 0.04))


def parts(things, colour, eye=EYE, noise=0.001):
    observation = LookObserver().look(seen(things, eye, noise=noise))
    number = next(n for n, one in enumerate(observation.things) if one.colour == colour)
    return affordances(observation, number)


@pytest.mark.parametrize("side", [math.pi / 2, -math.pi / 2, math.pi * 0.75, math.pi])
def test_the_handle_of_a_mug_is_where_it_sticks_out(side) -> None:
    found = parts(mug(handle=side), "red")["handle"]
    true = 0.06 * np.array([math.cos(side), math.sin(side)])
    assert np.linalg.norm(found.point[:2] - true) < 0.02
    assert found.outward[:2] @ (math.cos(side), math.sin(side)) > 0.9 and 0.02 < found.point[2] < 0.1


def test_an_open_mug_has_a_rim_and_a_closed_one_a_lid() -> None:
    opened, closed = parts(mug(handle=None), "red"), parts(mug(handle=None, hollow=False), "red")
    assert "lid" not in opened and "handle" not in opened
    rim = opened["rim"]
    assert rim.point == pytest.approx((-RADIUS, 0.0, TALL), abs=0.01) and rim.outward[0] < -0.9
    assert "rim" not in closed and closed["lid"].point == pytest.approx((0.0, 0.0, TALL), abs=0.01)


def test_a_stem_is_a_handle() -> None:
    pan = [SceneObject("p", "cylinder", (0.0, 0.0, 0.02), 0.0, "cylinder", (0.14, 0.14, 0.04), "blue")]
    pan.append(box("blue", (0.0, 0.14, 0.03), (0.02, 0.15, 0.015)))
    handle = parts(pan, "blue")["handle"]
    assert "button" not in parts(pan, "blue"), "the floor between body and stem is none"
    assert handle.point[1] > 0.09 and abs(handle.point[0]) < 0.02 and handle.outward[1] > 0.9


def test_a_patch_on_a_face_is_a_button() -> None:
    block = [thing("box", "blue", 0.0, 0.0, (0.12, 0.12, 0.10)), box("red", (0.01, 0.02, 0.10), (0.018, 0.018, 0.003))]
    button = parts(block, "blue")["button"]
    assert button.point == pytest.approx((0.01, 0.02, 0.10), abs=0.01) and button.outward[2] > 0.9


@pytest.mark.parametrize("shape", ["box", "ball", "cylinder"])
def test_plain_things_have_no_handle_and_no_button(shape) -> None:
    found = parts([thing(shape, "green", 0.0, 0.0, (0.08, 0.08, 0.08))], "green")
    assert "handle" not in found and "button" not in found and "rim" not in found


def test_what_has_no_segment_has_no_parts() -> None:
    table = thing("box", "red", 0.0, 0.0, (0.9, 0.9, 0.4))
    observation = LookObserver().look(seen([table], Eye((-1.2, 0, 1.0), (0, 0, 0.3))))
    tables = [n for n, one in enumerate(observation.things) if one.label <= 0]
    assert all(affordances(observation, n) == {} for n in tables)
