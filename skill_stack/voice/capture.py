"""Where audio comes from: a program that records, a pipe, or a WAV file."""

from __future__ import annotations

import shutil
import subprocess
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.voice.heard import RATE, SAMPLE

CHUNK = 0.02
"""Length of one piece of audio, s."""
BYTES = int(CHUNK * RATE) * SAMPLE
_WIDTHS = {1: ("u1", 128.0, 128.0), 2: ("<i2", 0.0, 32768.0), 4: ("<i4", 0.0, 2147483648.0)}


class NoMicrophone(SkillStackError):
    """Nothing records here; the message states what was tried."""


def recorded(programs: Sequence[Sequence[str]], device: str = "") -> Iterator[bytes]:
    """Audio of a microphone, piece by piece, until it goes.

    Args:
        programs: Programs with their arguments; the first that is there records.
        device: Device of ALSA for ``arecord``; empty for the default.

    Raises:
        NoMicrophone: None is there, or it ended, with what it said.
    """
    command = next((list(one) for one in programs if shutil.which(one[0])), None)
    if command is None:
        names = ", ".join(one[0] for one in programs)
        raise NoMicrophone(f"no program that records is here: {names}; install one, e.g. apt install alsa-utils")
    if device:
        command += ["-D", device] if command[0] == "arecord" else ["--device", device]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    try:
        while len(piece := process.stdout.read(BYTES)) == BYTES:
            yield piece
        process.wait(1.0)
        said = process.stderr.read().decode("utf-8", "replace").strip().splitlines()
        raise NoMicrophone(f"the microphone ended ({command[0]}: {said[-1] if said else 'no reason given'})")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def piped(source: BinaryIO) -> Iterator[bytes]:
    """Audio that somebody else records, piece by piece, until it ends.

    Args:
        source: 16-bit samples at :data:`RATE`.
    """
    while len(piece := source.read(BYTES)) == BYTES:
        yield piece


def played(path: Path, paced: bool, sleep: Callable[[float], object] = time.sleep) -> Iterator[bytes]:
    """Audio of a WAV file, piece by piece, the last one filled with silence.

    Args:
        path: The file, of any rate and number of channels.
        paced: Whether it takes as long as it lasts.
        sleep: Waits, s.

    Raises:
        DataError: It is none.
    """
    samples = read_wav(path).tobytes()
    begin = time.monotonic()
    for number, place in enumerate(range(0, len(samples), BYTES)):
        if paced:
            sleep(max(begin + (number + 1) * CHUNK - time.monotonic(), 0.0))
        yield samples[place : place + BYTES].ljust(BYTES, b"\0")


def read_wav(path: Path) -> np.ndarray:
    """Samples of a WAV file at :data:`RATE`, one channel, int16, shape (samples,).

    Raises:
        DataError: It is none, or of an unknown kind.
    """
    try:
        with wave.open(str(path), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise DataError(f"{path}: is no WAV file that can be read: {error}") from error
    if width not in _WIDTHS or not channels or not rate:
        raise DataError(f"{path}: has {8 * width} bits and {channels} channels; 8, 16 or 32 bits can be read")
    kind, middle, full = _WIDTHS[width]
    whole = len(data) - len(data) % (width * channels)
    samples = (np.frombuffer(data[:whole], dtype=kind).astype(float) - middle) / full
    return as_samples(samples.reshape(-1, channels).mean(axis=1), rate)


def as_samples(samples: np.ndarray, rate: int) -> np.ndarray:
    """Samples of any rate as int16 at :data:`RATE`.

    Args:
        samples: Numbers from -1 to 1, shape (samples,).
        rate: Their rate, Hz.
    """
    if rate != RATE:
        from scipy.signal import resample_poly  # on demand: a microphone needs none

        divisor = int(np.gcd(rate, RATE))
        samples = resample_poly(samples, RATE // divisor, rate // divisor)
    return np.clip(np.round(samples * 32767.0), -32768, 32767).astype("<i2")


def write_wav(path: Path, samples: np.ndarray) -> None:
    """Writes int16 samples at :data:`RATE` as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
