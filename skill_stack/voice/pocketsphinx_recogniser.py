"""PocketSphinxRecogniser: hears what a grammar allows; small, with a model of English in its package."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pocketsphinx
from rapidfuzz.distance import Levenshtein

from skill_stack.core.errors import DataError
from skill_stack.voice.heard import Utterance
from skill_stack.voice.spoken_grammar import SpokenGrammar

_GRAMMAR = "robot"
_MOST = 3
"""Most other readings of a sentence."""
_STATES = 10000
"""Most active states of a search at once: without it a second of noise takes several seconds of a core."""
_BEAM = 1e-20
_SILENCE = ("SIL", "+")


class PocketSphinxRecogniser:
    """See :class:`skill_stack.voice.heard.Recogniser`.

    What is shown while a person speaks comes from a search that follows the audio. The result comes from a second one
    over the whole sentence, whose level and colour are known by then.

    A grammar makes a command of any sound. The confidence is therefore how much the sounds of the result have in
    common with those that a free search for sounds finds: 1 less their edit distance, as a share of the longer.
    """

    def __init__(self, model: Path | None = None) -> None:
        """Loads the model.

        Args:
            model: Folder with an acoustic model, a ``.dict`` and a model of sounds, ``*phone*``; None: the package's.

        Raises:
            DataError: The folder lacks one.
        """
        acoustic, words, sounds = _files(model)
        places = {"hmm": acoustic, "dict": words, "loglevel": "FATAL"}
        self._grammar = pocketsphinx.Decoder(**places, lm=None, maxhmmpf=_STATES)
        self._sounds = pocketsphinx.Decoder(**places, allphone=sounds, beam=_BEAM, pbeam=_BEAM, lw=2.0)
        self._audio: list[bytes] = []
        self._partial = ""
        self._next: SpokenGrammar | None = None

    def bias(self, grammar: SpokenGrammar) -> tuple[str, ...]:
        """Takes the grammar, from the next sentence on; what holds words without a pronunciation is left out."""
        self._next = grammar
        return tuple(sorted(word for word in grammar.words() if not self._grammar.lookup_word(word)))

    def begin(self) -> None:
        """Begins a sentence."""
        if self._next is not None:
            text = self._next.jsgf(lambda word: bool(self._grammar.lookup_word(word)))
            self._grammar.add_jsgf_string(_GRAMMAR, text)
            self._grammar.activate_search(_GRAMMAR)
            self._next = None
        self._audio, self._partial = [], ""
        self._grammar.start_utt()

    def feed(self, samples: bytes) -> Utterance | None:
        """Takes audio."""
        self._audio.append(samples)
        self._grammar.process_raw(samples, False, False)
        found = self._grammar.hyp()
        text = found.hypstr if found is not None else ""
        if text == self._partial:
            return None
        self._partial = text
        return Utterance(text)

    def end(self) -> Utterance:
        """Ends the sentence."""
        self._grammar.end_utt()
        audio = b"".join(self._audio)
        if not audio:
            return Utterance("", final=True)
        _whole(self._sounds, audio)
        self._grammar.set_cmn(self._sounds.get_cmn(True))  # the colour of this sentence, whatever came before it
        if _whole(self._grammar, audio) is not None:
            texts = list(dict.fromkeys(_readings(self._grammar)))[: 1 + _MOST]
        elif self._partial:  # neither search came to an end of the grammar
            texts = [self._partial]
        else:
            return Utterance("", final=True)
        heard = [seg.word for seg in self._sounds.seg() if not seg.word.startswith(_SILENCE)]
        sure = [self._confidence(text, heard) for text in texts]
        return Utterance(texts[0], sure[0], tuple(zip(texts[1:], sure[1:])), final=True)

    def _confidence(self, text: str, heard: list[str]) -> float:
        """Share of the sounds of a text that were heard."""
        said = [sound for word in text.split() for sound in self._grammar.lookup_word(word).split()]
        return float(Levenshtein.normalized_similarity(said, heard))


def _whole(decoder: Any, audio: bytes) -> Any:
    """The best result over a whole sentence; None for none."""
    decoder.start_utt()
    decoder.process_raw(audio, False, True)
    decoder.end_utt()
    found = decoder.hyp()
    return found if found is not None and found.hypstr else None


def _readings(decoder: Any) -> Iterator[str]:
    """The best reading of a sentence, and others."""
    yield decoder.hyp().hypstr
    for one in islice(decoder.nbest() or (), 4 * _MOST):
        if one.hypstr:
            yield one.hypstr


def _files(model: Path | None) -> tuple[str, str, str]:
    """Acoustic model, words and model of sounds."""
    if model is None:
        names = ("en-us/en-us", "en-us/cmudict-en-us.dict", "en-us/en-us-phone.lm.bin")
        return tuple(map(pocketsphinx.get_model_path, names))  # type: ignore[return-value]
    words, sounds = sorted(model.glob("*.dict")), sorted(model.glob("*phone*"))
    if not (model / "mdef").is_file() or not words or not sounds:
        raise DataError(f"{model}: an acoustic model of PocketSphinx has mdef, *.dict and *phone*")
    return str(model), str(words[0]), str(sounds[0])
