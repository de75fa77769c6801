"""Speech of espeak-ng and the recogniser that brings a model; tests that need them skip where they are not here."""

import os
import shutil

import numpy as np
import pytest

from skill_stack.benchmarks.devices.made_speech import PROGRAM, MadeVoice, mixed, padded, pink
from skill_stack.core.data_file import load_model
from skill_stack.core.resources import Resources
from skill_stack.voice.voice_settings import VoiceSettings


@pytest.fixture(scope="session")
def settings():
    resources = Resources.from_environment(os.environ)
    return load_model(VoiceSettings, resources.find("config/voice.yaml", "settings of voice"))


@pytest.fixture
def say():
    """Speaks a text between two silences, with noise: int16 samples."""
    if shutil.which(PROGRAM) is None:
        pytest.skip(f"speech is made by {PROGRAM}, which is not here")

    def speak(text, snr=20.0, before=0.5, after=1.2, voice="en-us", seed=1):
        speech = padded(MadeVoice(voice, 150, 50).say(text), before, after)
        return mixed(speech, pink(len(speech), np.random.default_rng(seed)), snr)

    return speak
