"""WhisperRecogniser: Whisper by faster-whisper; it hears whole sentences alone, so there are no partial results."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel

from skill_stack.voice.heard import Utterance
from skill_stack.voice.spoken_grammar import SpokenGrammar

_MOST_HINTS = 60
_MARKS = re.compile(r"[^\w'. ]|\.(?!\d)")  # of punctuation; points within numbers stay


class WhisperRecogniser:
    """See :class:`skill_stack.voice.heard.Recogniser`; the confidence is the mean probability of its pieces."""

    def __init__(self, model: Path) -> None:
        """Loads a model from a folder, and never from anywhere else."""
        self._model = WhisperModel(str(model), device="cpu", compute_type="int8", local_files_only=True)
        self._hints = ""
        self._audio: list[bytes] = []

    def bias(self, grammar: SpokenGrammar) -> tuple[str, ...]:
        """Takes names and commands as hints; any word can be heard."""
        self._hints = ", ".join(grammar.names()[:_MOST_HINTS])
        return ()

    def begin(self) -> None:
        """Begins a sentence."""
        self._audio = []

    def feed(self, samples: bytes) -> Utterance | None:
        """Keeps audio."""
        self._audio.append(samples)
        return None

    def end(self) -> Utterance:
        """Ends the sentence, and understands it."""
        audio = np.frombuffer(b"".join(self._audio), dtype="<i2").astype(np.float32) / 32768.0
        segments, _ = self._model.transcribe(audio, language="en", beam_size=5, hotwords=self._hints or None)
        found = list(segments)
        text = " ".join(_MARKS.sub(" ", " ".join(segment.text for segment in found).lower()).split())
        sure = [math.exp(segment.avg_logprob) * (1.0 - segment.no_speech_prob) for segment in found]
        return Utterance(text, sum(sure) / max(len(sure), 1), final=True)
