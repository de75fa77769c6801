"""TextScoring: how well words fit pictures, by a network of CLIP's form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.perception.networks.fitting import CLIP, stretched
from skill_stack.perception.networks.network import VisionNetwork
from skill_stack.perception.networks.words_in import WordsIn

Array = np.ndarray
SIDE, WORDS = 224, 77  # pixels and numbers of a text, as CLIP was trained with


class TextScoring:
    """See :class:`skill_stack.perception.networks.found.Scorer`."""

    def __init__(self, network: VisionNetwork) -> None:
        """Reads the words' file beside it; raises ResourceNotFound or DataError."""
        self._network = network
        self._size = network.side("pixel_values", SIDE)
        self._words = WordsIn(network.path.parent, network.inputs["input_ids"][-1] or WORDS)

    def score(self, pictures: Sequence[Array], words: Sequence[str]) -> Array:
        """Probability of each text for each picture, shape (pictures, words); each row sums to 1."""
        texts = {k: v for k, v in self._words.texts(list(words)).items() if k in self._network.inputs}
        rows = []
        for picture in pictures:
            batch = stretched(picture, *self._size).batch(CLIP)
            logits = self._network.run({"pixel_values": batch, **texts})["logits_per_image"][0].astype(float)
            likely = np.exp(logits - logits.max())
            rows.append(likely / likely.sum())
        return np.array(rows)
