"""Spoken words through the real recogniser: a command, and everything that can go wrong with one."""

import json
import os

import numpy as np
import pytest

from skill_stack.benchmarks.devices.made_speech import pink
from skill_stack.benchmarks.devices.voice import VoiceStage, hear
from skill_stack.cli import main
from skill_stack.voice.capture import write_wav
from skill_stack.voice.heard import RATE
from skill_stack.voice.recognisers import make_recogniser

pytest.importorskip("pocketsphinx", reason="needs the extra voice")


@pytest.fixture(scope="module")
def listener():
    """Hears one sentence as a robot in its playground does."""
    stage, recogniser = VoiceStage.make(), make_recogniser("pocketsphinx")
    recogniser.bias(stage.grammar)
    return lambda audio: hear(stage.settings, recogniser, audio)


def test_a_command_is_understood_and_sure(listener, say):
    heard, fault = listener(say("turn around and then lie down"))
    assert (heard.text, fault) == ("turn around and then lie down", None) and heard.confidence > 0.4 and heard.final


def test_the_next_sentence_knows_nothing_of_the_one_before(listener, say):
    words = "turn around and then lie down"
    listener(say("sit down", voice="en-us+f2", snr=5.0))
    assert listener(say(words))[0].text == words


def test_silence_and_noise_make_no_command(listener):
    heard, fault = listener(np.zeros(2 * RATE, dtype="<i2"))
    assert (heard.text, fault) == ("", "silent")
    noise = (3000 * pink(3 * RATE, np.random.default_rng(1))).clip(-32768, 32767).astype("<i2")
    assert listener(noise)[1] == "noisy"


def test_a_sentence_that_is_cut_is_said_to_be(listener, say):
    whole = say("walk to the red ball and then sit down", after=0.0)
    assert listener(whole[: int(0.45 * len(whole))])[1] == "cut"


def test_two_voices_at_once_are_not_taken_for_sure(listener, say):
    one, other = say("walk to the red ball"), say("turn around and then lie down", voice="en-us+f2")
    size = min(len(one), len(other))
    both = np.clip(one[:size].astype(int) + other[:size], -32768, 32767).astype("<i2")
    assert listener(both)[1] is not None


def test_other_words_than_the_grammar_s_are_not_taken_for_sure(listener, say):
    heard, fault = listener(say("my grandmother bought seventeen cucumbers yesterday"))
    assert heard.text and fault == "unsure"  # a grammar makes a command of anything


def test_a_file_is_understood_by_the_command_line(say, tmp_path, capsys):
    write_wav(tmp_path / "said.wav", say("turn around and then lie down"))
    assert main(["listen", "--file", str(tmp_path / "said.wav"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["text"] == "turn around and then lie down"
    assert told["fault"] is None and told["unknown_words"] == ["pronk"]
    write_wav(tmp_path / "silence.wav", np.zeros(RATE, dtype="<i2"))
    assert main(["listen", "--file", str(tmp_path / "silence.wav")]) == 1
    assert "I heard nothing" in capsys.readouterr().err


def test_without_a_terminal_or_a_file_it_says_what_would_work(capsys):
    assert main(["listen"]) == 1
    assert "skill-stack listen --file FILE.wav" in capsys.readouterr().err


def test_what_is_said_aloud_goes_through_the_first_program_that_is_there(tmp_path, monkeypatch):
    from skill_stack.voice.speech_out import SpeechOut

    (tmp_path / "speaker").write_text('#!/bin/sh\necho "$@" >>"$0.said"\n')
    (tmp_path / "speaker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    out = SpeechOut([["nowhere", "{text}"], ["speaker", "--", "{text}"]])
    out.say_now("done: it sits")
    assert out.program == "speaker" and (tmp_path / "speaker.said").read_text() == "-- done: it sits\n"
    assert SpeechOut([["nowhere"]]).program == ""
