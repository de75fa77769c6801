"""Scoring: segments get the word that fits their picture best, where one clearly does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from skill_stack.perception.networks.found import Scorer
from skill_stack.perception.recognition.label_fusion import kind_of
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
LIKELY = 0.6
"""Probability from which a word is accepted, beside :data:`NOTHING` and the other words."""
NOTHING = "something else"
"""Additional text, so that an object need not match any of the words."""
RIM = 0.15
"""Width of the margin around an object in its picture, as a share of its box."""
LEAST = 8
"""Smallest side of an object's picture, pixels."""


def score_things(
    observation: Observation, colour: Array, scorer: Scorer, words: Sequence[str], sure: float = LIKELY
) -> Observation:
    """The look with the fitting words.

    Args:
        observation: The look.
        colour: Its whole picture, RGB, uint8, shape (height, width, 3).
        scorer: Compares words and pictures.
        words: What things may be called.
        sure: Probability from which a word counts.
    """
    shown = [(n, picture_of(one, observation, colour)) for n, one in enumerate(observation.things) if one.label > 0]
    pictures = [(n, picture) for n, picture in shown if min(picture.shape[:2]) >= LEAST]
    if not pictures or not words:
        return observation
    likely = scorer.score([picture for _, picture in pictures], [*words, NOTHING])
    things = list(observation.things)
    for (number, _), row in zip(pictures, likely):
        best = int(np.argmax(row))
        if best < len(words) and row[best] >= sure:
            things[number] = replace(things[number], kind=kind_of(words[best]))
    return replace(observation, things=tuple(things))


def picture_of(thing: Detection, observation: Observation, colour: Array) -> Array:
    """The part of the picture that shows an object."""
    grown = colour.shape[1] / observation.cloud.depth.shape[1]
    left, top, right, bottom = (value * grown for value in thing.box)
    aside, above = RIM * (right - left + grown), RIM * (bottom - top + grown)
    rows = slice(max(int(top - above), 0), int(bottom + grown + above))
    return colour[rows, max(int(left - aside), 0) : int(right + grown + aside)]
