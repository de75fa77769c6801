"""VoskRecogniser: Kaldi models by vosk, with a list of phrases where the model takes one."""

from __future__ import annotations

import json
from pathlib import Path

import vosk

from skill_stack.core.errors import DataError
from skill_stack.voice.heard import RATE, Utterance
from skill_stack.voice.spoken_grammar import SpokenGrammar

_UNKNOWN = "[unk]"


class VoskRecogniser:
    """See :class:`skill_stack.voice.heard.Recogniser`; the confidence is the mean of its words'."""

    def __init__(self, model: Path) -> None:
        """Loads a model; raises DataError where the folder holds none."""
        vosk.SetLogLevel(-1)
        try:
            self._model = vosk.Model(str(model))
        except Exception as error:  # the library raises bare exceptions
            raise DataError(f"{model}: holds no model of vosk: {error}") from error
        self._phrases: tuple[str, ...] = ()
        self._said: list[dict[str, object]] = []
        self._partial = ""
        self.begin()

    def bias(self, grammar: SpokenGrammar) -> tuple[str, ...]:
        """Takes the words of the grammar alone; a model with a fixed graph ignores that."""
        self._phrases = tuple(sorted(grammar.words()))
        return tuple(word for word in self._phrases if self._model.vosk_model_find_word(word) < 0)

    def begin(self) -> None:
        """Begins a sentence."""
        words = (json.dumps([" ".join(self._phrases), *self._phrases, _UNKNOWN]),) if self._phrases else ()
        self._decoder = vosk.KaldiRecognizer(self._model, RATE, *words)
        self._decoder.SetWords(True)
        self._said, self._partial = [], ""

    def feed(self, samples: bytes) -> Utterance | None:
        """Takes audio; the decoder itself may end a part of a sentence."""
        if self._decoder.AcceptWaveform(samples):
            self._said += json.loads(self._decoder.Result()).get("result", [])
        text = " ".join([self._text(), json.loads(self._decoder.PartialResult()).get("partial", "")]).strip()
        if text == self._partial:
            return None
        self._partial = text
        return Utterance(text)

    def end(self) -> Utterance:
        """Ends the sentence."""
        self._said += json.loads(self._decoder.FinalResult()).get("result", [])
        sure = [float(str(word["conf"])) for word in self._said if word["word"] != _UNKNOWN]
        return Utterance(self._text(), sum(sure) / max(len(self._said), 1), final=True)

    def _text(self) -> str:
        return " ".join(str(word["word"]) for word in self._said if word["word"] != _UNKNOWN)
