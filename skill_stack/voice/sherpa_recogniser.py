"""SherpaRecogniser: streaming transducers by sherpa-onnx, with hot words where the model states its pieces."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import sherpa_onnx

from skill_stack.core.errors import DataError
from skill_stack.voice.heard import RATE, Utterance
from skill_stack.voice.spoken_grammar import SpokenGrammar

_SCORE = 2.0
_TAIL = 0.4  # s of silence after the last word, which the network's look-ahead needs


class SherpaRecogniser:
    """See :class:`skill_stack.voice.heard.Recogniser`; the confidence is the mean probability of its pieces."""

    def __init__(self, model: Path) -> None:
        """Loads a model; raises DataError where the folder lacks a file."""
        networks = {name: _one(model, f"*{name}*.onnx") for name in ("encoder", "decoder", "joiner")}
        pieces = model / "bpe.vocab"
        bpe = {"modeling_unit": "bpe", "bpe_vocab": str(pieces)} if pieces.is_file() else {}
        self._biased = bool(bpe)
        self._recogniser = sherpa_onnx.OnlineRecognizer.from_transducer(
            tokens=_one(model, "tokens.txt"), **networks, num_threads=1, sample_rate=RATE,
            decoding_method="modified_beam_search", hotwords_score=_SCORE, **bpe,
        )  # fmt: skip
        self._hot = ""
        self.begin()

    def bias(self, grammar: SpokenGrammar) -> tuple[str, ...]:
        """Takes names and commands as hot words; any word can be heard."""
        self._hot = "/".join(text.upper() for text in grammar.names()) if self._biased else ""
        return ()

    def begin(self) -> None:
        """Begins a sentence."""
        self._stream = self._recogniser.create_stream(**({"hotwords": self._hot} if self._hot else {}))
        self._text = ""

    def feed(self, samples: bytes) -> Utterance | None:
        """Takes audio."""
        self._stream.accept_waveform(RATE, np.frombuffer(samples, dtype="<i2").astype(np.float32) / 32768.0)
        return self._decoded()

    def end(self) -> Utterance:
        """Ends the sentence."""
        self.feed(bytes(2 * int(_TAIL * RATE)))
        self._stream.input_finished()
        self._decoded()
        chances = [math.exp(min(float(one), 0.0)) for one in self._recogniser.ys_probs(self._stream)]
        return Utterance(self._text, sum(chances) / max(len(chances), 1), final=True)

    def _decoded(self) -> Utterance | None:
        while self._recogniser.is_ready(self._stream):
            self._recogniser.decode_stream(self._stream)
        text = self._recogniser.get_result(self._stream).strip().lower()
        if text == self._text:
            return None
        self._text = text
        return Utterance(text)


def _one(folder: Path, pattern: str) -> str:
    """The file of a pattern; of several, the smallest, which is the quantised one."""
    found = sorted(folder.glob(pattern), key=lambda path: path.stat().st_size)
    if not found:
        raise DataError(f"{folder}: has no {pattern}; a streaming transducer of sherpa-onnx has")
    return str(found[0])
