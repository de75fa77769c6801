"""Open-vocabulary detectors: OWL-ViT, OWLv2 and Grounding-DINO."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.perception.networks.fitting import CLIP, IMAGENET, best_of, corners, framed, stretched
from skill_stack.perception.networks.found import Found
from skill_stack.perception.networks.network import VisionNetwork
from skill_stack.perception.networks.words_in import WordsIn

Array = np.ndarray
OWL_WORDS = 16  # numbers of each text, as both were trained with
OWL2_SIDE = 960  # pixels of OWLv2's smaller model; OWL-ViT takes 768 or 840
DINO_SIDE = 800  # pixels, where the file leaves it open
DINO_NORMAL = 0.3
OWL_NORMAL = 0.15


def _sigmoid(values: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-values.astype(np.float64))))


def _found(boxes: Array, scores: Array, words: Sequence[str], sure: float) -> list[tuple[int, str, float]]:
    """Index, word and score of the accepted boxes, each with its best word."""
    best, most = scores.argmax(axis=1), scores.max(axis=1)
    at = np.nonzero(most >= sure)[0]
    kept = at[best_of(boxes[at], most[at], best[at])]
    return [(int(n), words[int(best[n])], float(most[n])) for n in kept]


class Owl:
    """OWL-ViT and OWLv2: one text for each object; boxes as shares of a square."""

    def __init__(self, network: VisionNetwork, sure: float = OWL_NORMAL) -> None:
        """Reads the words' file beside it; raises ResourceNotFound or DataError."""
        self._network, self._sure = network, sure
        self._size = network.side("pixel_values", OWL2_SIDE)
        self._words = WordsIn(network.path.parent, network.inputs["input_ids"][-1] or OWL_WORDS)

    def find(self, colour: Array, words: Sequence[str] = ()) -> list[Found]:
        """See :class:`skill_stack.perception.networks.found.Detector`; raises DataError without words."""
        _need(words, self._network)
        whole = self._size[0] >= OWL2_SIDE  # OWLv2 sees the whole picture in a square, OWL-ViT squeezed
        fitted = stretched(colour, *self._size)
        if whole:
            fitted = framed(colour, *self._size, centred=False, around=128)
        texts = {k: v for k, v in self._words.texts(list(words)).items() if k in self._network.inputs}
        outputs = self._network.run({"pixel_values": fitted.batch(CLIP), **texts})
        height, width = self._size
        boxes = corners(outputs["pred_boxes"][0].astype(float)) * (width, height, width, height)
        scores = _sigmoid(outputs["logits"][0])[:, : len(words)]
        listed = _found(boxes, scores, words, self._sure)
        return [Found(word, score, fitted.back(boxes[n : n + 1])[0]) for n, word, score in listed]


class GroundingDino:
    """One caption with all phrases, a full stop after each; a box belongs to the phrase with the best tokens."""

    def __init__(self, network: VisionNetwork, sure: float = DINO_NORMAL) -> None:
        """Reads the words' file beside it; raises ResourceNotFound or DataError."""
        self._network, self._sure = network, sure
        self._picture = "pixel_values" if "pixel_values" in network.inputs else "img"
        self._boxes = "pred_boxes" if "pred_boxes" in network.outputs else "boxes"
        self._size = network.side(self._picture, DINO_SIDE)
        self._words = WordsIn(network.path.parent, network.inputs["input_ids"][-1])

    def find(self, colour: Array, words: Sequence[str] = ()) -> list[Found]:
        """See :class:`skill_stack.perception.networks.found.Detector`; raises DataError without words."""
        _need(words, self._network)
        phrases = [word.lower().strip(" .") for word in words]
        caption = " ".join(f"{phrase}." for phrase in phrases)
        fitted = stretched(colour, *self._size)
        feeds: dict[str, Array] = {self._picture: fitted.batch(IMAGENET), **self._words.texts([caption])}
        length = feeds["input_ids"].shape[1]
        feeds["pixel_mask"] = np.ones((1, *self._size), np.int64)
        feeds["position_ids"] = np.arange(length)[None]
        feeds["text_token_mask"] = feeds["attention_mask"][:, None, :] * feeds["attention_mask"][:, :, None] > 0
        outputs = self._network.run({name: feeds[name] for name in self._network.inputs if name in feeds})
        height, width = self._size
        boxes = corners(outputs[self._boxes][0].astype(float)) * (width, height, width, height)
        likes = _sigmoid(outputs["logits"][0])
        spans = self._words.spans(caption, phrases)
        scores = np.stack([likes[:, span].max(axis=1) if span else np.zeros(len(likes)) for span in spans], axis=1)
        listed = _found(boxes, scores, words, self._sure)
        return [Found(word, score, fitted.back(boxes[n : n + 1])[0]) for n, word, score in listed]


def _need(words: Sequence[str], network: VisionNetwork) -> None:
    if not words:
        raise DataError(f"{network.path}: finds what words name, and there are none: say 'words'")
