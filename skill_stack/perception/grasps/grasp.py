"""Grasp: a pose for two jaws, with its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.spatial.transform import Rotation

Array = np.ndarray
Kind = Literal["top", "antipodal"]


@dataclass(frozen=True, slots=True, eq=False)
class Grasp:
    """One proposal.

    Attributes:
        thing: Place of the thing among those of the look.
        kind: How it was found: from above over its outline, or between two surfaces that face each other.
        position: The tool's origin, the middle between the jaws, m, shape (3,), in the frame of the look.
        rotation: From the tool's frame (z along the approach, y along the closing) to that of the look, shape (3, 3).
        width: Of the thing between the jaws, m.
        opening: Distance between the jaws on the approach, m.
        score: Estimated quality, 0 to 1.
        parts: Terms of the score, each 0 to 1.
    """

    thing: int
    kind: Kind
    position: Array
    rotation: Array
    width: float
    opening: float
    score: float = 0.0
    parts: dict[str, float] | None = None

    @property
    def approach(self) -> Array:
        """Direction in which the jaws come, shape (3,)."""
        return np.asarray(self.rotation[:, 2])

    @property
    def closing(self) -> Array:
        """Direction in which they close, shape (3,)."""
        return np.asarray(self.rotation[:, 1])

    def back(self, distance: float) -> Array:
        """Position from which the jaws approach, m, shape (3,)."""
        return self.position - distance * self.approach

    def to_json(self) -> dict[str, Any]:
        """As plain data, the orientation w-x-y-z."""
        x, y, z, w = Rotation.from_matrix(self.rotation).as_quat().tolist()
        return {
            "kind": self.kind, "position": [round(float(v), 5) for v in self.position],
            "orientation": [round(v, 6) for v in (w, x, y, z)], "width": round(self.width, 4),
            "opening": round(self.opening, 4), "score": round(self.score, 4),
            "parts": {name: round(value, 3) for name, value in (self.parts or {}).items()},
        }  # fmt: skip


def frame_of(approach: Array, closing: Array) -> Array:
    """Rotation whose z is the approach and whose y the closing, made upright on each other, shape (3, 3)."""
    z = approach / np.linalg.norm(approach)
    y = closing - (closing @ z) * z
    y /= np.linalg.norm(y)
    return np.column_stack([np.cross(y, z), y, z])
