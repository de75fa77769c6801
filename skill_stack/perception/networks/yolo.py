"""Yolo: detectors of the YOLO families, with any exported head."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.perception.networks.fitting import Fitted, best_of, corners, framed
from skill_stack.perception.networks.found import Found
from skill_stack.perception.networks.network import Shape, VisionNetwork

Array = np.ndarray
Head = Literal["anchors", "columns", "ready", "listed", "grid"]
SURE = 0.25
"""Confidence from which a box is accepted, as in the families' own tools."""
STRIDES = (8, 16, 32)
"""Cell sizes in pixels of the three prediction grids of all families."""


class Yolo:
    """Five kinds of heads, distinguished by their shapes.

    ``columns`` (1, 4 + classes, cells): v8, v9, v11, v12 and YOLO-World. ``anchors`` (1, 3 boxes a cell, 5 + classes),
    with an objectness: v5 and v7. ``grid`` (1, cells, 5 + classes): YOLOX, relative to its cells. ``ready``
    (1, N, 6): v10 and whatever was exported with its suppression inside. ``listed``: num_dets, boxes, scores, labels.
    A second output of four dimensions holds prototypes of masks; their weights follow the classes.
    """

    def __init__(self, network: VisionNetwork, names: Sequence[str] = (), sure: float = SURE) -> None:
        """Determines its head.

        Args:
            network: The file.
            names: Names of classes where its metadata have none.
            sure: Confidence from which a box counts.

        Raises:
            DataError: The head is none of these, or the names of its classes are not stated.
        """
        self._network, self._sure = network, sure
        self._picture = next(name for name in ("images", "input", "image") if name in network.inputs)
        self._size = network.side(self._picture, 640)
        self._names = dict(enumerate(names)) or network.names
        if not self._names:
            raise DataError(f"{network.path}: its metadata have no 'names'; say the names of its classes")
        shapes = list(network.outputs.values())
        self._masks = shapes[1][1] or 32 if len(shapes) == 2 and len(shapes[1]) == 4 else 0
        self.head: Head = self._head(shapes)

    def _head(self, shapes: Sequence[Shape]) -> Head:
        if {"boxes", "scores", "labels"} <= set(self._network.outputs):
            return "listed"
        rows, columns = shapes[0][1], shapes[0][2]
        classes, masks = len(self._names), self._masks
        cells = sum(math.ceil(self._size[0] / s) * math.ceil(self._size[1] / s) for s in STRIDES)
        if rows == 4 + classes + masks:
            return "columns"
        dense = classes == 1 and rows in (cells, 3 * cells)  # one class makes both as wide
        if columns == 6 + masks and not dense:
            return "ready"
        if columns == 5 + classes + masks:
            return "grid" if rows == cells else "anchors"
        wanted = f"{4 + classes + masks} rows, or {5 + classes + masks} or {6 + masks} columns"
        said = f"{classes} classes" + (f" and {masks} masks" if masks else "")
        raise DataError(f"{self._network.path}: {self._network.says()}; with {said} its boxes would have {wanted}")

    def find(self, colour: Array, words: Sequence[str] = ()) -> list[Found]:
        """See :class:`skill_stack.perception.networks.found.Detector`."""
        fitted = framed(colour, *self._size)
        scale = 255.0 if self.head == "grid" else 1.0  # YOLOX takes colours as they are, blue first
        batch = fitted.batch()[:, ::-1] * scale if self.head == "grid" else fitted.batch()
        outputs = self._network.run({self._picture: batch})
        boxes, scores, classes, weights = self._decoded(outputs)
        sure = scores >= self._sure
        boxes, scores, classes, weights = boxes[sure], scores[sure], classes[sure], weights[sure]
        kept = best_of(boxes, scores, classes)
        found = [
            Found(self._names.get(int(classes[n]), f"class_{int(classes[n])}"), float(scores[n]), box)
            for n, box in zip(kept, fitted.back(boxes[kept]))
        ]
        if self._masks and len(found):
            prototypes = list(outputs.values())[1][0]
            found = [_masked(one, weights[n], prototypes, fitted) for one, n in zip(found, kept)]
        wanted = {word.lower() for word in words}
        return [one for one in found if not wanted or one.name.lower() in wanted]

    def _decoded(self, outputs: dict[str, Array]) -> tuple[Array, Array, Array, Array]:
        """Boxes in the frame (N, 4), scores (N,), classes (N,) and weights of masks (N, masks)."""
        if self.head == "listed":
            boxes, scores, labels = (outputs[name][0] for name in ("boxes", "scores", "labels"))
            return boxes, scores, labels, np.zeros((len(scores), 0))
        table = next(iter(outputs.values()))[0].astype(np.float32)
        table = table.T if self.head == "columns" else table
        if self.head == "ready":
            return table[:, :4], table[:, 4], table[:, 5], table[:, 6:]
        if self.head == "grid":
            table = _on_grid(table, self._size)
        first = 4 if self.head == "columns" else 5
        each = table[:, first : first + len(self._names)]
        scores = each.max(axis=1) * (1.0 if first == 4 else table[:, 4])
        return corners(table[:, :4]), scores, each.argmax(axis=1), table[:, first + len(self._names) :]


def _on_grid(table: Array, size: tuple[int, int]) -> Array:
    """YOLOX: centres are offsets in cells, extents exponents."""
    out, at = table.copy(), 0
    for stride in STRIDES:
        rows, columns = math.ceil(size[0] / stride), math.ceil(size[1] / stride)
        y, x = np.divmod(np.arange(rows * columns), columns)
        part = slice(at, at + rows * columns)
        out[part, :2] = (table[part, :2] + np.stack([x, y], axis=1)) * stride
        out[part, 2:4] = np.exp(table[part, 2:4]) * stride
        at += rows * columns
    return out


def _masked(one: Found, weights: Array, prototypes: Array, fitted: Fitted) -> Found:
    """An object with its mask: prototypes weighted, within its box."""
    mask = fitted.mask_back(np.tensordot(weights, prototypes, axes=1)) > 0
    left, top, right, bottom = (round(value) for value in one.box)
    inside = np.zeros_like(mask)
    inside[top : bottom + 1, left : right + 1] = True
    return Found(one.name, one.confidence, one.box, mask & inside)
