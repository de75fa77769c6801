"""Speech made by espeak-ng, with noise added: the same for the same seed, and nowhere stored."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.voice.capture import CHUNK, read_wav
from skill_stack.voice.heard import RATE

PROGRAM = "espeak-ng"
VOICES = ("en-us", "en-gb", "en-us+m3", "en-us+f2", "en-gb+f4", "en-us+m7", "en-gb-x-rp+m1", "en-us+f5")
SPEEDS = (130, 175)  # words per minute, slowest and fastest
PITCHES = (35, 65)
_QUIET = 40.0  # dB below its loudest frame from which a frame is no speech
_LEVEL = 0.12  # of full scale: the loudest speech of a person at a microphone


class NoSpeech(SkillStackError):
    """Nothing speaks here."""


@dataclass(frozen=True, slots=True)
class MadeVoice:
    """A voice.

    Attributes:
        voice: Its name.
        speed: Words per minute.
        pitch: 0 to 99.
    """

    voice: str
    speed: int
    pitch: int

    @classmethod
    def draw(cls, rng: np.random.Generator) -> MadeVoice:
        """One of many."""
        return cls(str(rng.choice(VOICES)), int(rng.integers(*SPEEDS)), int(rng.integers(*PITCHES)))

    def say(self, text: str) -> np.ndarray:
        """The text as samples without noise, float, shape (samples,).

        Raises:
            NoSpeech: The program is missing.
        """
        if shutil.which(PROGRAM) is None:
            raise NoSpeech(f"speech is made by {PROGRAM}: apt install {PROGRAM}")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "said.wav"
            how = ["-v", self.voice, "-s", str(self.speed), "-p", str(self.pitch), "-w", str(file)]
            subprocess.run([PROGRAM, *how, "--", text], check=True, capture_output=True, timeout=30)
            samples = read_wav(file).astype(float) / 32768.0
        return samples * (_LEVEL / max(float(np.sqrt(np.mean(_active(samples) ** 2))), 1e-9))


def _active(samples: np.ndarray) -> np.ndarray:
    """The samples of frames with speech."""
    size = int(CHUNK * RATE)
    frames = samples[: len(samples) - len(samples) % size].reshape(-1, size)
    power = np.mean(frames**2, axis=1)
    return frames[power > power.max() * 10 ** (-_QUIET / 10)].ravel()


def end_of(samples: np.ndarray) -> float:
    """When the last speech of samples without noise ends, s."""
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return float(loud[-1] + 1) / RATE


def padded(samples: np.ndarray, before: float, after: float) -> np.ndarray:
    """Samples with silence around them, s."""
    return np.concatenate([np.zeros(int(before * RATE)), samples, np.zeros(int(after * RATE))])


def pink(count: int, rng: np.random.Generator) -> np.ndarray:
    """Noise whose power falls by 3 dB an octave, as of fans and traffic; of power 1, shape (count,)."""
    spectrum = rng.standard_normal(count // 2 + 1) + 1j * rng.standard_normal(count // 2 + 1)
    spectrum /= np.sqrt(np.maximum(np.arange(count // 2 + 1), 1.0))
    noise = np.fft.irfft(spectrum, count)
    return noise / np.sqrt(np.mean(noise**2))


def mixed(samples: np.ndarray, noise: np.ndarray, snr: float) -> np.ndarray:
    """Speech with noise as int16.

    Args:
        samples: Speech, with silence around it.
        noise: Noise of power 1, as long.
        snr: Power of the speech, where there is any, over that of the noise, dB; infinite for none.
    """
    power = float(np.mean(_active(samples) ** 2))
    level = np.sqrt(power * 10 ** (-snr / 10)) if np.isfinite(snr) else 0.0
    return np.clip(np.round((samples + level * noise) * 32767.0), -32768, 32767).astype("<i2")
