"""Loudness of a sentence: whether somebody spoke, how far above the background, and whether the end was cut."""

from __future__ import annotations

from typing import Literal

import numpy as np

from skill_stack.voice.heard import RATE
from skill_stack.voice.voice_settings import VoiceSettings

Fault = Literal["silent", "noisy", "cut", "unsure", "nothing"]
"""What was wrong with a sentence; ``nothing``: sound, and no words in it."""
FRAME = 0.02
"""Length of a frame whose level is measured, s."""
FLOOR = -100.0
"""Level of digital silence, dB."""
_SAMPLES = int(FRAME * RATE)
_LOUD, _BACKGROUND = 95.0, 15.0  # percentiles of the frames of a sentence
_END = 0.06  # s at the end that must be quiet
_FULL = 32768.0


class Loudness:
    """Levels of the frames of one sentence.

    Attributes:
        levels: Level of each frame so far, dB of full scale.
    """

    def __init__(self, settings: VoiceSettings) -> None:
        """Begins a sentence."""
        self._settings = settings
        self._rest = b""
        self.levels: list[float] = []

    def take(self, samples: bytes) -> None:
        """Takes audio: 16-bit samples."""
        data = self._rest + samples
        whole = len(data) - len(data) % (2 * _SAMPLES)
        self._rest = data[whole:]
        frames = np.frombuffer(data[:whole], dtype="<i2").reshape(-1, _SAMPLES).astype(float) / _FULL
        power = np.mean(frames**2, axis=1)
        self.levels += np.maximum(10.0 * np.log10(np.maximum(power, 1e-10)), FLOOR).tolist()

    @property
    def seconds(self) -> float:
        """Length so far, s."""
        return len(self.levels) * FRAME

    @property
    def spoken(self) -> bool:
        """Whether somebody has spoken so far."""
        return bool(self.levels) and self._loud > max(self._settings.silence, self._background + 6.0)

    @property
    def paused(self) -> bool:
        """Whether somebody spoke and has been quiet since for the pause after which a sentence is over."""
        count = int(self._settings.pause / FRAME)
        return len(self.levels) > count and self.spoken and max(self.levels[-count:]) < self._quiet

    def fault(self) -> Fault | None:
        """What is wrong with the sentence as a sound; None where nothing is."""
        if not self.levels or self._loud < self._settings.silence:
            return "silent"
        if self._loud - self._background < self._settings.above_noise:
            return "noisy"
        end = self.levels[-int(_END / FRAME) :]
        return "cut" if min(end) > self._quiet else None

    @property
    def _loud(self) -> float:
        return float(np.percentile(self.levels, _LOUD))

    @property
    def _background(self) -> float:
        return float(np.percentile(self.levels, _BACKGROUND))

    @property
    def _quiet(self) -> float:
        """Level below which nobody speaks, dB: a third of the way from the background to the speech."""
        return self._background + (self._loud - self._background) / 3.0
