"""The ear as a process: it stops the robot by itself, whatever those who understand more are doing."""

import os
import threading
from pathlib import Path

import pytest

from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import remove_block
from skill_stack.voice.capture import BYTES, write_wav
from skill_stack.voice.voice_process import EAR, VoiceProcess
from test.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("pocketsphinx", reason="needs the extra voice")


@pytest.fixture
def words(request):
    """The flags of a robot in a namespace of this test's own."""
    path = block_path(request.node.name.split("[")[0], domain_of(os.environ), os.getuid())
    channels = RobotChannels.open(path, load_robot(ROOT / "urdf" / "go2"))
    yield channels.words
    channels.close()
    remove_block(path)


class Hearer:
    """Keeps what the ear says."""

    def __init__(self, request, *arguments, take=None, **environment):
        self.events, self.audio = [], []
        self.ear = VoiceProcess(
            EAR, ["--namespace", request.node.name.split("[")[0], *arguments], self.events.append,
            take or self.audio.append, {**os.environ, **environment},
        )  # fmt: skip
        request.addfinalizer(self.ear.close)

    def until(self, kind):
        return eventually(lambda: [one for one in self.events if one["event"] == kind], 60, kind, lambda: self.events)[
            0
        ]


@pytest.mark.parametrize(("text", "kind"), [("stop", "stop"), ("emergency stop", "estop")])
def test_it_writes_the_stop_itself_and_tells_it(request, words, say, tmp_path, text, kind):
    write_wav(tmp_path / "said.wav", say(text, voice="en-us+f2"))
    before = words.get(f"{kind}.local")
    hearer = Hearer(request, "--file", str(tmp_path / "said.wav"))
    event = hearer.until(kind)
    assert event["phrase"] == text and event["reached"] is False  # no control process lives here
    assert words.get(f"{kind}.local") > before
    hearer.until("ended")
    assert {len(piece) for piece in hearer.audio} == {BYTES}


def test_nobody_who_takes_the_audio_holds_a_stop_up(request, words, say, tmp_path):
    """Who understands more hangs from the first piece on, and the pipe to it is full long before the word."""
    free = threading.Event()
    request.addfinalizer(free.set)
    write_wav(tmp_path / "said.wav", say("stop", before=4.0))
    hearer = Hearer(request, "--file", str(tmp_path / "said.wav"), take=lambda piece: free.wait())
    hearer.until("stop")
    assert words.get("stop.local") == 1 and not free.is_set()
    assert hearer.until("ended")["dropped"] > 0


def test_commands_without_the_word_stop_nothing(request, words, say, tmp_path):
    write_wav(tmp_path / "said.wav", say("walk to the red ball and then turn left"))
    hearer = Hearer(request, "--file", str(tmp_path / "said.wav"))
    hearer.until("ended")
    assert words.get("stop.local") == 0 and [one["event"] for one in hearer.events] == ["ready", "ended"]


def test_a_wake_word_is_told(request, words, say, tmp_path):
    write_wav(tmp_path / "said.wav", say("hello robot", voice="en-us+f2"))
    hearer = Hearer(request, "--file", str(tmp_path / "said.wav"), "--wake", "hello robot")
    assert hearer.until("wake")["phrase"] == "hello robot"


def test_no_microphone_is_a_message_and_no_crash(request, tmp_path):
    hearer = Hearer(request, PATH=str(tmp_path))
    assert "no program that records is here: arecord" in hearer.until("problem")["text"]


def test_a_wake_word_that_cannot_be_said_is_refused(request):
    hearer = Hearer(request, "--wake", "xqzvy robot")
    assert "no pronunciation of 'xqzvy'" in hearer.until("problem")["text"]
