"""SegmentAnything: an encoder and a decoder that segment the object in a box or at a point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.perception.networks.fitting import IMAGENET, Fitted, framed
from skill_stack.perception.networks.found import Box
from skill_stack.perception.networks.network import VisionNetwork

Array = np.ndarray
SIDE = 1024  # pixels of the encoder's square
INSIDE, FIRST_CORNER, LAST_CORNER, PADDING = 1.0, 2.0, 3.0, -1.0
"""Labels of points, as the decoders were exported with."""


class SegmentAnything:
    """SAM, its small descendants, and SAM 2; the encoding is cached until another picture comes.

    Every input of the decoder that has the name of an output of the encoder takes it, so that the high resolution
    features of SAM 2 need no case of their own.
    """

    def __init__(self, encoder: VisionNetwork, decoder: VisionNetwork) -> None:
        """Takes both files.

        Raises:
            DataError: They do not belong together.
        """
        self._encoder, self._decoder = encoder, decoder
        self._input = next(iter(encoder.inputs))
        shared = {"image_embeddings", "image_embed"} & set(encoder.outputs) & set(decoder.inputs)
        if not shared:
            raise DataError(f"{decoder.path}: {decoder.says()}; {encoder.path.name} gives {', '.join(encoder.outputs)}")
        shape = encoder.inputs[self._input]
        self._flat = len(shape) == 3  # exports with the normalisation inside take (height, width, 3)
        self._side = (shape[0] or SIDE, shape[1] or SIDE) if self._flat else encoder.side(self._input, SIDE)
        self._last: tuple[bytes, Fitted, dict[str, Array]] | None = None

    def outline(self, colour: Array, box: Box | None = None, points: Sequence[tuple[float, float]] = ()) -> Array:
        """See :class:`skill_stack.perception.networks.found.Segmenter`.

        Raises:
            DataError: There is neither a box nor a point.
        """
        if box is None and not points:
            raise DataError("an outline needs a box or a point")
        fitted, seen = self._encoded(colour)
        corners = [(box[0], box[1], FIRST_CORNER), (box[2], box[3], LAST_CORNER)] if box is not None else []
        asked = [*((x, y, INSIDE) for x, y in points), *(corners or [(0.0, 0.0, PADDING)])]
        table = np.array(asked)
        outputs = self._decoder.run(self._feeds(fitted, seen, table))
        masks = outputs["masks"][0]
        best = int(np.argmax(outputs["iou_predictions"][0])) if "iou_predictions" in outputs else 0
        mask = masks[min(best, len(masks) - 1)]
        return np.asarray(mask > 0) if mask.shape == colour.shape[:2] else fitted.mask_back(mask) > 0

    def _feeds(self, fitted: Fitted, seen: dict[str, Array], table: Array) -> dict[str, Array]:
        scaled = table[:, :2] * fitted.scale
        low = self._decoder.inputs.get("mask_input", (1, 1, 256, 256))
        columns, rows = fitted.size
        feeds = {
            "point_coords": scaled[None],
            "point_labels": table[None, :, 2],
            "mask_input": np.zeros((1, 1, low[2] or 256, low[3] or 256)),
            "has_mask_input": np.zeros(1),
            "orig_im_size": np.array([rows, columns]),
            **seen,
        }
        return {name: feeds[name] for name in self._decoder.inputs if name in feeds}

    def _encoded(self, colour: Array) -> tuple[Fitted, dict[str, Array]]:
        key = colour.tobytes()
        if self._last is None or self._last[0] != key:
            fitted = framed(colour, *self._side, centred=False, around=0)
            batch = fitted.pixels.astype(np.float32) if self._flat else fitted.batch(IMAGENET)
            self._last = (key, fitted, self._encoder.run({self._input: batch}))
        return self._last[1], self._last[2]
