"""The picture with detections drawn in, for people."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np

from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
SHARE = 0.45  # of a segment's colour in the picture


def overlay(seen: Observation) -> Array:
    """Segments in colours, each with its name and distance.

    Returns:
        RGB, uint8, of the size at which the look was understood.
    """
    picture = seen.cloud.colour.copy()
    for number, thing in enumerate(seen.things):
        paint = np.array(colorsys.hsv_to_rgb((number * 0.37) % 1.0, 0.9, 1.0)) * 255.0
        mask = seen.labels == thing.label if thing.label > 0 else np.zeros(seen.labels.shape, bool)
        picture[mask] = ((1 - SHARE) * picture[mask] + SHARE * paint).astype(np.uint8)
        left, top, right, bottom = thing.box
        colour = tuple(int(value) for value in paint)
        cv2.rectangle(picture, (left, top), (right, bottom), colour, 1)
        reach = float(np.linalg.norm(thing.position - seen.cloud.eye))
        words = f"{thing.colour} {thing.kind} {reach:.1f} m".strip()
        cv2.putText(picture, words, (left, max(top - 3, 8)), cv2.FONT_HERSHEY_SIMPLEX, 0.3, colour, 1)
    return picture
