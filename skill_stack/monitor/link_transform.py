"""LinkTransform: the pose of one link in the frame of another, and the quaternions that it needs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from skill_stack.core.rotation import Quaternion, multiply

Triple = tuple[float, float, float]

IDENTITY: Quaternion = (1.0, 0.0, 0.0, 0.0)
"""No rotation, w-x-y-z."""


@dataclass(frozen=True, slots=True)
class LinkTransform:
    """Pose of a link in its parent's frame.

    Attributes:
        parent: Link that the pose is given in.
        child: Link that it is the pose of.
        translation: Origin of the child in the parent's frame, m.
        rotation: Orientation of the child in the parent's frame, unit quaternion w-x-y-z.
    """

    parent: str
    child: str
    translation: Triple = (0.0, 0.0, 0.0)
    rotation: Quaternion = IDENTITY

    def compose(self, inner: LinkTransform) -> LinkTransform:
        """The pose of ``inner``'s child in this pose's parent, where ``inner`` is given in this pose's child."""
        shift = rotate(self.rotation, inner.translation)
        x, y, z = (a + b for a, b in zip(self.translation, shift))
        return LinkTransform(self.parent, inner.child, (x, y, z), multiply(self.rotation, inner.rotation))


def rotate(rotation: Quaternion, vector: Triple) -> Triple:
    """A vector turned by a unit quaternion w-x-y-z."""
    w, x, y, z = rotation
    _, i, j, k = multiply(multiply(rotation, (0.0, *vector)), (w, -x, -y, -z))
    return i, j, k


def about_axis(axis: Triple, angle: float) -> Quaternion:
    """Rotation by an angle, rad, about an axis of unit length; w-x-y-z."""
    s = math.sin(angle / 2)
    return math.cos(angle / 2), axis[0] * s, axis[1] * s, axis[2] * s


def from_rpy(rpy: Triple) -> Quaternion:
    """Rotation of URDF's fixed-axis roll, pitch, yaw, rad; w-x-y-z."""
    roll, pitch, yaw = rpy
    turned = multiply(about_axis((0.0, 1.0, 0.0), pitch), about_axis((1.0, 0.0, 0.0), roll))
    return multiply(about_axis((0.0, 0.0, 1.0), yaw), turned)
