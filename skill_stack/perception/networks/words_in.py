"""Tokenised words for a network, by the ``tokenizer.json`` beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError, ResourceNotFound

Array = np.ndarray
FILE = "tokenizer.json"


class WordsIn:
    """Tokenises texts."""

    def __init__(self, folder: Path, length: int | None = None) -> None:
        """Reads the file.

        Args:
            folder: Folder of the network.
            length: Numbers that each text is filled up or cut to; None: as many as the longest has.

        Raises:
            ResourceNotFound: There is no such file, or the library for it is not installed.
            DataError: The file cannot be read.
        """
        file = folder / FILE
        if not file.is_file():
            raise ResourceNotFound(f"{folder}: a network that takes words needs its {FILE} beside it")
        try:
            import tokenizers
        except ImportError as error:
            raise ResourceNotFound("networks that take words need the extra: make setup EXTRAS=words") from error
        try:
            self._words: Any = tokenizers.Tokenizer.from_file(str(file))
        except Exception as error:  # the library raises bare exceptions
            raise DataError(f"{file}: {error}") from error
        if length is not None:
            self._words.enable_truncation(length)
            self._words.enable_padding(length=length)
        else:
            self._words.enable_padding()

    def texts(self, texts: Sequence[str]) -> dict[str, Array]:
        """``input_ids``, ``attention_mask`` and ``token_type_ids``, int64, shape (texts, numbers) each."""
        found = self._words.encode_batch(list(texts))
        parts = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
        return {name: np.array([getattr(one, part) for one in found], np.int64) for name, part in parts.items()}

    def spans(self, caption: str, phrases: Sequence[str]) -> list[list[int]]:
        """Token indices of each of several phrases in a caption that holds them in order."""
        found = self._words.encode(caption)
        out, start = [], 0
        for phrase in phrases:
            begin = caption.index(phrase, start)
            start = begin + len(phrase)
            out.append(
                [n for n, (low, high) in enumerate(found.offsets) if low < high and low < start and high > begin]
            )
        return out
