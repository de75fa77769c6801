"""From a key to words: what is taken, when a sentence is over, and what is said of silence, noise and cuts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.data_file import load_model
from skill_stack.voice.capture import CHUNK
from skill_stack.voice.heard import RATE, Utterance
from skill_stack.voice.talk import TELL, Talk
from skill_stack.voice.voice_settings import VoiceSettings

SETTINGS = load_model(VoiceSettings, Path(__file__).resolve().parents[2] / "config" / "voice.yaml")
SPEECH, HISS, QUIET = 0.1, 0.003, 0.0


class Scripted:
    """Hears one word for each piece of audio, and counts them."""

    def __init__(self, confidence: float = 0.9) -> None:
        self.pieces: list[bytes] = []
        self.begun, self.confidence, self.words = 0, confidence, True

    def bias(self, grammar) -> tuple[str, ...]:
        return ()

    def begin(self) -> None:
        self.begun, self.pieces = self.begun + 1, []

    def feed(self, samples: bytes) -> Utterance | None:
        self.pieces.append(samples)
        return Utterance(f"word {len(self.pieces)}") if len(self.pieces) % 10 == 0 else None

    def end(self) -> Utterance:
        return Utterance("walk to the red ball" if self.words else "", self.confidence, final=True)


class Person:
    """Presses, speaks, and keeps what comes of it."""

    def __init__(self, recogniser: Scripted) -> None:
        self.done: list[tuple[Utterance, str | None]] = []
        self.shown: list[str] = []
        self.talk = Talk(recogniser, SETTINGS, self.shown.append, lambda *found: self.done.append(found))
        self._rng = np.random.default_rng(1)

    def hear(self, level: float, seconds: float) -> None:
        """Sound of a level, of full scale, for a time."""
        for _ in range(round(seconds / CHUNK)):
            samples = level * self._rng.standard_normal(int(CHUNK * RATE)) * 32767
            self.talk.take(np.clip(samples, -32768, 32767).astype("<i2").tobytes())


@pytest.fixture
def recogniser() -> Scripted:
    return Scripted()


@pytest.fixture
def person(recogniser: Scripted) -> Person:
    return Person(recogniser)


def test_a_sentence_ends_by_a_pause_and_shows_what_it_is_so_far(person: Person, recogniser: Scripted) -> None:
    person.hear(HISS, 0.5)
    person.talk.press()
    person.hear(SPEECH, 1.0)
    assert person.talk.listening and person.shown
    person.hear(HISS, 1.0)
    assert not person.talk.listening
    (heard, fault) = person.done[0]
    assert heard.text == "walk to the red ball" and fault is None
    assert len(recogniser.pieces) * CHUNK == pytest.approx(1.0 + SETTINGS.before + SETTINGS.pause, abs=0.1)


def test_the_key_ends_it_too_and_what_comes_then_is_not_heard(person: Person, recogniser: Scripted) -> None:
    person.talk.press()
    person.hear(HISS, 0.3)
    person.hear(SPEECH, 0.5)
    person.hear(HISS, 0.1)
    person.talk.press()
    count = len(recogniser.pieces)
    person.hear(SPEECH, 0.5)
    assert len(person.done) == 1 and len(recogniser.pieces) == count


def test_a_pause_before_the_first_word_ends_nothing(person: Person) -> None:
    person.talk.press()
    person.hear(HISS, 2.0)
    assert person.talk.listening
    person.hear(SPEECH, 0.5)
    person.hear(HISS, 1.0)
    assert [fault for _, fault in person.done] == [None]


def test_silence_is_no_command_whatever_was_made_of_it(person: Person) -> None:
    person.talk.press()
    person.hear(QUIET, 2.0)
    person.talk.press()
    assert person.done == [(Utterance("", final=True), "silent")]


def test_noise_alone_is_said_to_be_noise(person: Person) -> None:
    person.talk.press()
    person.hear(SPEECH, SETTINGS.longest + 0.1)  # never a pause
    assert not person.talk.listening
    assert [fault for _, fault in person.done] == ["noisy"]


def test_a_sentence_whose_end_is_missing_is_said_to_be_cut(person: Person) -> None:
    person.talk.press()
    person.hear(HISS, 0.5)
    person.hear(SPEECH, 1.0)
    person.talk.ended()
    assert [fault for _, fault in person.done] == ["cut"]


def test_no_words_and_no_certainty_are_told(person: Person, recogniser: Scripted) -> None:
    for change, wanted in (({"words": False}, "nothing"), ({"words": True, "confidence": 0.1}, "unsure")):
        vars(recogniser).update(change)
        person.talk.press()
        person.hear(HISS, 0.3)
        person.hear(SPEECH, 0.5)
        person.hear(HISS, 1.0)
        assert person.done[-1][1] == wanted
    assert set(TELL) == {"silent", "noisy", "cut", "unsure", "nothing"}


def test_a_wake_word_begins_a_sentence_without_itself_and_ends_none(person: Person, recogniser: Scripted) -> None:
    person.hear(SPEECH, 0.5)
    person.talk.wake()
    assert person.talk.listening and recogniser.pieces == []
    person.hear(SPEECH, 0.5)
    person.talk.wake()
    assert recogniser.begun == 1 and person.talk.listening
