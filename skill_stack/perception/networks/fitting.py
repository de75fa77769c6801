"""Scaling pictures to a network's input, and boxes back to the picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from skill_stack.perception.networks.found import Box

Array = np.ndarray
IMAGENET = np.array([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]], np.float32)
"""Mean and standard deviation of colours, 0 to 1, for networks normalised as for ImageNet."""
CLIP = np.array([[0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]], np.float32)
"""The same for CLIP and its descendants."""
GREY = 114
"""Padding colour of a picture in a frame of another shape, as YOLO is trained with."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A picture in the network's frame.

    Attributes:
        pixels: RGB, uint8, shape (height, width, 3).
        scale: Pixels of it for one pixel of the picture, across and down.
        left: Column at which the picture begins.
        top: Row at which the picture begins.
        size: Width and height of the picture.
    """

    pixels: Array
    scale: tuple[float, float]
    left: int
    top: int
    size: tuple[int, int]

    def batch(self, norm: Array | None = None) -> Array:
        """Float32, shape (1, 3, height, width), 0 to 1, or with mean and deviation taken out."""
        values = self.pixels.astype(np.float32) / 255.0
        if norm is not None:
            values = (values - norm[0]) / norm[1]
        return np.ascontiguousarray(values.transpose(2, 0, 1)[None])

    def back(self, boxes: Array) -> list[Box]:
        """Boxes in the picture of boxes in the network's frame, shape (N, 4): left, top, right, bottom."""
        across, down = self.scale
        moved = (boxes - (self.left, self.top, self.left, self.top)) / (across, down, across, down)
        moved = moved.clip(0, [*self.size, *self.size])
        return [(float(a), float(b), float(c), float(d)) for a, b, c, d in moved]

    def mask_back(self, mask: Array) -> Array:
        """A mask of the network's frame in the picture, as real numbers, shape (height, width)."""
        height, width = self.pixels.shape[:2]
        whole = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        inner = whole[self.top : self.top + round(self.size[1] * self.scale[1])]
        inner = inner[:, self.left : self.left + round(self.size[0] * self.scale[0])]
        return np.asarray(cv2.resize(inner, self.size, interpolation=cv2.INTER_LINEAR))


def framed(colour: Array, height: int, width: int, *, centred: bool = True, around: int = GREY) -> Fitted:
    """A picture scaled uniformly within a frame of another shape.

    Args:
        colour: RGB, uint8, shape (height, width, 3).
        height: Of the frame.
        width: Of the frame.
        centred: Whether it lies in the middle, else in the upper left corner.
        around: Colour of the rest.
    """
    rows, columns = colour.shape[:2]
    scale = min(height / rows, width / columns)
    inner = (max(round(columns * scale), 1), max(round(rows * scale), 1))
    left, top = ((width - inner[0]) // 2, (height - inner[1]) // 2) if centred else (0, 0)
    out = np.full((height, width, 3), around, np.uint8)
    out[top : top + inner[1], left : left + inner[0]] = cv2.resize(colour, inner, interpolation=cv2.INTER_LINEAR)
    return Fitted(out, (inner[0] / columns, inner[1] / rows), left, top, (columns, rows))


def stretched(colour: Array, height: int, width: int) -> Fitted:
    """A picture scaled to fill a frame of another shape."""
    rows, columns = colour.shape[:2]
    pixels = np.asarray(cv2.resize(colour, (width, height), interpolation=cv2.INTER_LINEAR))
    return Fitted(pixels, (width / columns, height / rows), 0, 0, (columns, rows))


def corners(centred: Array) -> Array:
    """Left, top, right, bottom of boxes given as centre, width and height, shape (N, 4)."""
    middle, half = centred[:, :2], centred[:, 2:4] / 2
    return np.concatenate([middle - half, middle + half], axis=1)


def best_of(boxes: Array, scores: Array, classes: Array, overlap: float = 0.45, most: int = 100) -> Array:
    """Indices of the boxes kept by non-maximum suppression per class, the surest first."""
    if not len(boxes):
        return np.zeros(0, int)
    apart = boxes + classes[:, None] * (float(np.abs(boxes).max()) + 1.0) * 2  # so that classes never overlap
    sized = np.concatenate([apart[:, :2], apart[:, 2:] - apart[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(sized.tolist(), scores.astype(float).tolist(), 0.0, overlap)
    order = np.array(kept, int).ravel()
    return order[np.argsort(-scores[order], kind="stable")][:most]
