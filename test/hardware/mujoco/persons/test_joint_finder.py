"""Joints of a simulated person in a picture: where they are, which are out of view, and that they err."""

import math

import numpy as np
import pytest

from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.scene import SceneObject
from skill_stack.hardware.mujoco.persons.joint_finder import JOINTS, LOST, OFF, JointFinder

CAMERA = CameraSpec(xyz=(0.34, 0.0, 0.09), rpy=(0.0, 0.2, 0.0))
ANNA = SceneObject("anna", "person", (0.0, 0.0, 0.85), shape="cylinder", size=(0.4, 0.4, 1.7))
NONE = np.zeros(3)


def robot(x: float, y: float, yaw: float) -> Truth:
    turn = np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])
    return Truth(0, 0.0, np.array([x, y, 0.3]), turn, NONE, NONE, np.zeros(4, bool), False)


def seen(x: float, truth: Truth, y: float = 0.0, pictures: int = 200) -> dict[str, np.ndarray]:
    """Pixels of every joint over many pictures."""
    finder, found = JointFinder(CAMERA, ANNA, np.random.default_rng(1)), dict[str, list[tuple[float, float]]]()
    for _ in range(pictures):
        for name, pixel in finder.find(truth, x, y).items():
            found.setdefault(name, []).append(pixel)
    return {name: np.array(pixels) for name, pixels in found.items()}


def test_a_person_far_ahead_is_seen_whole_with_errors_and_gaps() -> None:
    pixels = seen(6.0, robot(0.0, 0.0, 0.0))
    assert set(pixels) == {f"{side}_{name}" for side in ("left", "right") for name in JOINTS}
    heights = [pixels[f"left_{name}"].mean(axis=0)[1] for name in ("shoulder", "hip", "knee", "ankle")]
    assert heights == sorted(heights)
    assert pixels["left_hip"].mean(axis=0)[0] > CAMERA.intrinsics.cx > pixels["right_hip"].mean(axis=0)[0]
    assert pixels["left_hip"].std(axis=0) == pytest.approx([OFF, OFF], rel=0.25)
    assert len(pixels["left_hip"]) / 200 == pytest.approx(1.0 - LOST, abs=0.1)


def test_of_a_person_near_by_the_legs_alone_are_in_the_picture() -> None:
    assert {name.split("_")[1] for name in seen(1.2, robot(0.0, 0.0, 0.0))} == {"knee", "ankle"}


def test_the_picture_turns_with_the_robot_and_nobody_is_seen_behind_it() -> None:
    ahead, turned = seen(6.0, robot(0.0, 0.0, 0.0)), seen(0.0, robot(0.0, -6.0, math.pi / 2))
    for name, pixels in ahead.items():
        assert turned[name].mean(axis=0) == pytest.approx(pixels.mean(axis=0), abs=3.0)
    assert seen(6.0, robot(0.0, 0.0, math.pi)) == {}
