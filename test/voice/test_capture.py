"""Where audio comes from: WAV files of any form, and programs that record, are missing, or end."""

from __future__ import annotations

import stat
import wave
from itertools import islice

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.voice.capture import BYTES, NoMicrophone, played, read_wav, recorded, write_wav
from skill_stack.voice.heard import RATE


def tone(rate, seconds=0.5):
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)


def program(folder, name, text):
    """An executable of this name."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    ("rate", "channels", "kind", "middle", "full"),
    [
        (16000, 1, "<i2", 0, 32767),
        (48000, 2, "<i2", 0, 32767),
        (22050, 1, "<i4", 0, 2**31 - 1),
        (8000, 1, "u1", 128, 127),
    ],
)
def test_a_file_of_any_form_becomes_the_same_sound(tmp_path, rate, channels, kind, middle, full):
    file = tmp_path / "tone.wav"
    samples = (np.repeat(tone(rate)[:, None], channels, axis=1) * full + middle).astype(kind)
    with wave.open(str(file), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(samples.dtype.itemsize)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    found = read_wav(file).astype(float) / 32767
    middle_part = slice(RATE // 8, RATE // 4)
    assert len(found) == pytest.approx(RATE / 2, abs=2)
    assert np.abs(found[middle_part] - tone(RATE)[middle_part]).max() < 0.02


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all, only text of some length " * 3])
def test_what_is_no_sound_is_named(tmp_path, content):
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(DataError, match=r"x\.wav: is no WAV file"):
        read_wav(tmp_path / "x.wav")


def test_a_file_is_played_in_pieces_at_the_pace_of_the_clock(tmp_path):
    write_wav(tmp_path / "tone.wav", (tone(RATE, 0.25) * 32767).astype("<i2"))
    naps = []
    pieces = list(played(tmp_path / "tone.wav", paced=True, sleep=naps.append))
    assert {len(piece) for piece in pieces} == {BYTES} and len(pieces) == 13
    assert len(naps) == 13 and 0.2 < naps[-1] < 0.27  # nobody slept, so the last piece is due a quarter of a second on


def test_the_first_program_that_is_there_records(tmp_path, monkeypatch):
    program(tmp_path, "mic", 'echo "$@" >args; cat /dev/zero')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.chdir(tmp_path)
    pieces = recorded([["nowhere"], ["mic", "-r", "16000"]], "plughw:1")
    assert list(islice(pieces, 3)) == [bytes(BYTES)] * 3
    pieces.close()
    assert (tmp_path / "args").read_text().split() == ["-r", "16000", "--device", "plughw:1"]


def test_no_program_says_which_would_do():
    with pytest.raises(NoMicrophone, match="nowhere, nothing; install one"):
        next(recorded([["nowhere"], ["nothing"]]))


def test_a_microphone_that_is_missing_or_goes_says_why(tmp_path, monkeypatch):
    program(tmp_path, "mic", "head -c 640 /dev/zero; echo 'audio open error: No such device' >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    pieces = recorded([["mic"]])
    assert next(pieces) == bytes(BYTES)
    with pytest.raises(NoMicrophone, match="mic: audio open error: No such device"):
        next(pieces)
