"""What is said into a browser, through the real ear and the real recogniser, each a process of its own."""

import os
import queue
from pathlib import Path

import numpy as np
import pytest

from skill_stack.benchmarks.devices.made_speech import pink
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import remove_block
from skill_stack.nodes.voice.page_voice import PageHearer, PageVoice
from skill_stack.voice.heard import RATE
from test.voice.conftest import say  # noqa: F401

pytest.importorskip("pocketsphinx", reason="needs the extra voice")
NAME = f"page_voice_{os.getpid()}"
PIECE = 1280  # bytes, as the page sends them
PATIENCE = 90  # s, on a busy machine


class Person:
    """Speaks into the page, and keeps what comes of it."""

    def __init__(self, *hearing):
        self.events, self.stops, self.words = queue.Queue(), [], []
        hearer = PageHearer(self.stops.append, self.words.append, lambda: ["red ball", "blue box"])
        self.voice = PageVoice(["--namespace", NAME, "--wake", "hello robot"], ["--robot", "go2", *hearing], hearer)

    def until(self, *kinds):
        """What is told, up to one of some kinds."""
        told = []
        while not told or told[-1]["event"] not in kinds:
            told.append(self.events.get(timeout=PATIENCE))
        return told

    def speak(self, samples, ends=True, last=("done", "problem")):
        """Says something; gives all that it is told, up to the last."""
        self.events = queue.Queue()
        assert self.voice.begin(self.events.put) == ""
        begun = self.until("listening", "problem")
        if begun[-1]["event"] == "problem":
            return begun
        self.hear(samples)
        if ends:
            self.voice.end()
        return self.until(*last)

    def hear(self, samples):
        """Plays a sound to the page."""
        sound = samples.astype("<i2").tobytes()
        for place in range(0, len(sound) - PIECE, PIECE):
            assert self.voice.take(sound[place : place + PIECE]) == ""


@pytest.fixture(scope="module")
def words():
    path = block_path(NAME, domain_of(os.environ), os.getuid())
    channels = RobotChannels.open(path, load_robot(Path(__file__).parents[3] / "urdf" / "go2"))
    yield channels.words
    channels.close()
    remove_block(path)


@pytest.fixture(scope="module")
def person(words):
    person = Person()
    yield person
    person.voice.close()


def test_a_command_is_shown_as_it_grows_and_then_whole_and_is_nobody_s_order_yet(person, say):  # noqa: F811
    *before, done = person.speak(say("turn around and then lie down"))
    assert any(one["event"] == "partial" for one in before)
    assert done["text"] == "turn around and then lie down" and done["confidence"] > 0.4 and done["fault"] == ""
    assert person.words == ["turn around and then lie down"] and person.stops == []


def test_a_sentence_ends_by_a_pause_without_the_button(person, say):  # noqa: F811
    assert person.speak(say("turn around and then lie down"), ends=False)[-1]["text"].startswith("turn around")


def test_stop_acts_at_once_by_the_ear_and_is_no_order(person, words, say):  # noqa: F811
    before, said = words.get("stop.local"), len(person.words)
    told = person.speak(say("stop", voice="en-us+f2"), ends=False, last=["stop"])
    assert told[-1]["event"] == "stop" and person.stops[0] == "stop"
    assert words.get("stop.local") > before  # the ear wrote it itself
    person.voice.end()
    person.until("done")
    assert len(person.words) == said


def test_a_wake_word_begins_a_sentence_where_a_person_waits_for_it(person, say):  # noqa: F811
    said, person.events = len(person.words), queue.Queue()
    assert person.voice.wait(person.events.put) == ""
    person.hear(say("hello robot", after=0.3))
    assert person.until("listening", "problem", "done")[-1]["event"] == "listening"
    person.hear(say("turn around and then lie down"))
    assert person.until("done")[-1]["text"] == "turn around and then lie down"
    assert person.words[said:] == ["turn around and then lie down"] and person.voice.wait(person.events.put) == ""
    person.hear(say("turn around"))
    person.voice.end()
    assert person.until("done")[-1]["text"] == "" and len(person.words) == said + 1


def test_silence_noise_two_voices_and_a_cut_are_told_apart(person, say):  # noqa: F811
    assert person.speak(np.zeros(RATE))[-1]["fault"] == "silent"
    noise = 3000 * pink(3 * RATE, np.random.default_rng(1))
    assert person.speak(noise.clip(-32768, 32767))[-1]["fault"] == "noisy"
    whole = say("walk to the red ball and then sit down", after=0.0)
    assert person.speak(whole[: int(0.45 * len(whole))])[-1]["fault"] == "cut"
    one, other = say("walk to the red ball"), say("turn around and then lie down", voice="en-us+f2")
    size = min(len(one), len(other))
    assert person.speak((one[:size].astype(int) + other[:size]).clip(-32768, 32767))[-1]["fault"]


def test_without_a_recogniser_it_says_what_is_missing_each_time():
    person = Person("--recogniser", "vosk")
    try:
        for _ in range(2):
            (told,) = person.speak(np.zeros(0))[-1:]
            assert told["event"] == "problem" and "'vosk' needs a model of yours" in told["text"]
    finally:
        person.voice.close()
