"""StopSpotter: hears a few phrases in running speech, by a small decoder of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from skill_stack.core.errors import DataError
from skill_stack.voice.heard import RATE, SAMPLE
from skill_stack.voice.voice_settings import VoiceSettings

Kind = Literal["stop", "estop", "wake"]
_SEARCH, _OTHER = "stops", "_other"
_SECOND = RATE * SAMPLE
_HOLD = 0.6
"""Audio after a phrase in which another one that holds it is still told, s."""
_FRESH = 20.0
"""Audio after which the decoder begins anew where nothing was heard, s: what it keeps grows with the audio."""


class StopSpotter:
    """Hears the phrases of the stop, of the emergency stop, and a wake word."""

    def __init__(self, settings: VoiceSettings, wake: str = "") -> None:
        """Loads the model.

        Args:
            settings: Phrases and thresholds.
            wake: Another phrase that is told; empty for none.

        Raises:
            DataError: The library is missing, or a word has no pronunciation.
        """
        phrases: dict[str, tuple[Kind, float]] = {text: ("stop", least) for text, least in settings.stop.items()}
        phrases |= {text: ("estop", least) for text, least in settings.estop.items()}
        phrases |= {wake: ("wake", settings.wake)} if wake else {}
        self._kinds: dict[str, Kind] = {text: kind for text, (kind, _) in phrases.items()}
        self._decoder = _decoder({text: least for text, (_, least) in phrases.items()}, settings.pronounced)
        self._begin()

    def take(self, samples: bytes) -> list[tuple[Kind, str]]:
        """Takes audio; returns what was heard, each once.

        One phrase may hold another, as *emergency stop* does: for a moment after the first, others are still told.
        """
        self._decoder.process_raw(samples, False, False)
        found = self._decoder.hyp()
        heard = {_as_said(text) for text in found.hypstr.split("  ")} if found is not None else set()
        new = sorted(text for text in heard & self._kinds.keys() if text not in self._told)
        self._told |= set(new)
        self._taken += len(samples)
        self._after += len(samples) if self._told else 0
        if self._after >= _HOLD * _SECOND or self._taken >= _FRESH * _SECOND:
            self._decoder.end_utt()
            self._begin()
        return [(self._kinds[text], text) for text in new]

    def _begin(self) -> None:
        self._decoder.start_utt()
        self._told: set[str] = set()
        self._taken = self._after = 0


def _as_said(phrase: str) -> str:
    """A phrase without the marks of other pronunciations."""
    return phrase.replace(_OTHER, "").strip()


def _decoder(phrases: Mapping[str, float], pronounced: Mapping[str, str]) -> Any:
    """A decoder that spots phrases, each from its threshold on, in all pronunciations of its words."""
    try:
        import pocketsphinx
    except ModuleNotFoundError as error:
        raise DataError("hearing a stop needs the extra 'voice': make setup EXTRAS=voice") from error
    decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL")
    if strange := [word for text in phrases for word in text.split() if not decoder.lookup_word(word)]:
        raise DataError(f"there is no pronunciation of '{strange[0]}': take others (config/voice.yaml, --wake)")
    lines = [f"{text} /{least:g}/\n" for text, least in phrases.items()]
    for word, sounds in pronounced.items():
        try:
            decoder.add_word(word + _OTHER, sounds, True)
        except RuntimeError as error:
            raise DataError(f"config/voice.yaml: pronounced.{word}: '{sounds}' are no sounds of the model") from error
    for text, least in phrases.items():
        other = " ".join(word + _OTHER if word in pronounced else word for word in text.split())
        lines += [f"{other} /{least:g}/\n"] if other != text else []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "phrases"
        file.write_text("".join(lines), encoding="utf-8")
        decoder.add_kws(_SEARCH, str(file))
    decoder.activate_search(_SEARCH)
    return decoder
