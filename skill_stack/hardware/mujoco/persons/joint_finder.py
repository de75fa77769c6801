"""JointFinder: what a network that finds the joints of people tells of a simulated person in a picture."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.rotation import rotate_inverse
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.scene import SceneObject

Joints = dict[str, tuple[float, float]]
"""Column and row in a picture, pixels, by COCO name."""
JOINTS = {"shoulder": (0.129, 0.818), "hip": (0.0955, 0.53), "knee": (0.0955, 0.285), "ankle": (0.0955, 0.039)}
"""Half the distance of a pair of joints and its height, as shares of the height of the body (R. Drillis, R. Contini:
Body segment parameters, 1966)."""
OFF = 5.0
"""Standard deviation of a joint in the picture, pixels: about that of people of half the picture's height in COCO."""
LOST = 0.2
"""Share of joints in view that are not found."""


class JointFinder:
    """Finds joints of one standing person, who faces the camera; what hides them is not looked at."""

    def __init__(self, camera: CameraSpec, person: SceneObject, rng: np.random.Generator) -> None:
        """Takes the camera.

        Args:
            camera: A camera at the base of the robot.
            person: The person, by whose height joints are placed.
            rng: Decides on errors.
        """
        self._camera, self._height, self._rng = camera, person.size[2], rng

    def find(self, robot: Truth, x: float, y: float) -> Joints:
        """Joints in the picture.

        Args:
            robot: Where the robot is.
            x: Where the person stands, m.
            y: Likewise.
        """
        away = math.atan2(y - robot.position[1], x - robot.position[0])
        across = np.array([math.sin(away), -math.cos(away), 0.0])  # its left is on the right of the picture
        found: Joints = {}
        for name, (half, high) in JOINTS.items():
            for side, sign in (("left", 1.0), ("right", -1.0)):
                at = np.array([x, y, high * self._height]) + sign * half * self._height * across
                from_eye = rotate_inverse(robot.orientation, at - robot.position) - self._camera.xyz
                pixel = self._camera.intrinsics.project(from_eye @ self._camera.rotation)
                column, row = (pixel + self._rng.normal(0.0, OFF, 2)).tolist()
                seen = 0.0 <= column < self._camera.width and 0.0 <= row < self._camera.height
                if seen and self._rng.random() >= LOST:
                    found[f"{side}_{name}"] = (column, row)
        return found
