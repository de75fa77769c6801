"""Talk: from a key, or a wake word, to words that a person can correct."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from skill_stack.voice.heard import RATE, SAMPLE, Recogniser, Utterance
from skill_stack.voice.loudness import Fault, Loudness
from skill_stack.voice.voice_settings import VoiceSettings

TELL: dict[Fault, str] = {
    "silent": "I heard nothing: is the microphone on, and the right one?",
    "noisy": "it is too loud here to understand you: come closer, or type it",
    "cut": "the end was cut off: check what I heard, or say it again and pause before the key",
    "unsure": "I am not sure that I heard you right: check it, or say it again",
    "nothing": "I heard a sound and no words: say it again, or type it",
}
"""What a person is told."""

Shown = Callable[[str], object]
"""Takes what the sentence is so far."""
Done = Callable[[Utterance, Fault | None], object]
"""Takes a sentence, and what is wrong with it."""


class Talk:
    """One sentence after the other; audio comes from one thread, the key from another."""

    def __init__(self, recogniser: Recogniser, settings: VoiceSettings, shown: Shown, done: Done) -> None:
        """Waits for a key.

        Args:
            recogniser: Makes words of audio.
            settings: When a sentence is over, and what is wrong with one.
            shown: Called with partial results.
            done: Called with each sentence.
        """
        self._recogniser, self._settings = recogniser, settings
        self._shown, self._done = shown, done
        self._before: deque[bytes] = deque()
        self._loudness: Loudness | None = None
        self._lock = threading.Lock()

    @property
    def listening(self) -> bool:
        """Whether a sentence is being taken."""
        return self._loudness is not None

    def press(self) -> None:
        """The key: begins a sentence, or ends the one that is being taken."""
        with self._lock:
            self._end() if self._loudness is not None else self._begin()

    def wake(self) -> None:
        """The wake word: begins a sentence unless one is being taken."""
        with self._lock:
            if self._loudness is None:
                self._before.clear()  # the wake word itself is none of it
                self._begin()

    def take(self, samples: bytes) -> None:
        """Takes audio, and ends the sentence after a pause or at its greatest length."""
        with self._lock:
            if self._loudness is None:
                self._keep(samples)
                return
            self._feed(samples)
            if self._loudness.paused or self._loudness.seconds >= self._settings.longest:
                self._end()

    def ended(self) -> None:
        """No more audio comes."""
        with self._lock:
            if self._loudness is not None:
                self._end()

    def _keep(self, samples: bytes) -> None:
        """Keeps the last moments before a key."""
        self._before.append(samples)
        most = int(self._settings.before * RATE) * SAMPLE
        while sum(map(len, self._before)) > most + len(samples):
            self._before.popleft()

    def _begin(self) -> None:
        self._loudness = Loudness(self._settings)
        self._recogniser.begin()
        while self._before:
            self._feed(self._before.popleft())

    def _feed(self, samples: bytes) -> None:
        assert self._loudness is not None
        self._loudness.take(samples)
        partial = self._recogniser.feed(samples)
        if partial is not None:
            self._shown(partial.text)

    def _end(self) -> None:
        assert self._loudness is not None
        fault, self._loudness = self._loudness.fault(), None
        heard = self._recogniser.end()
        if fault == "silent":
            heard = Utterance("", final=True)  # recognisers make words of silence
        if fault is None and not heard.text:
            fault = "nothing"
        if fault is None and heard.confidence < self._settings.sure:
            fault = "unsure"
        self._done(heard, fault)
