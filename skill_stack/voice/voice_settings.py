"""VoiceSettings: programs, levels and words of ``config/voice.yaml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Seconds

_Level = Annotated[float, Field(ge=-120, le=0)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Words = tuple[str, ...]


class VoiceSettings(DataModel):
    """Settings of voice.

    Attributes:
        record: Programs that record, each with its arguments.
        speak: Programs that speak; ``{text}`` stands for the text.
        silence: Loudest moment below which nothing was said, dB of full scale.
        above_noise: Speech less than this above the background is too noisy, dB.
        sure: Confidence below which a sentence is called unsure.
        pause: Quiet after which a sentence is over, s.
        before: Audio from before the key that is taken too, s.
        longest: Longest sentence, s.
        stop: Phrases of the stop with their thresholds.
        estop: Phrases of the emergency stop with their thresholds.
        pronounced: Another pronunciation of a word of these phrases, by word, in the sounds of CMUdict.
        wake: Threshold of a wake word.
        polite: What people say around a command.
        joining: What joins two commands.
        answers: What is said to a question, or to a robot that works.
        articles: What stands before a name.
        units: Spoken units, by unit of an argument.
        numbers: Spoken numbers.
    """

    record: tuple[_Words, ...]
    speak: tuple[_Words, ...]
    silence: _Level
    above_noise: Annotated[float, Field(ge=0, le=60)]
    sure: _Share
    pause: Seconds
    before: Annotated[float, Field(ge=0, le=2)]
    longest: Seconds
    stop: dict[str, Annotated[float, Field(gt=0, le=1)]] = Field(min_length=1)
    estop: dict[str, Annotated[float, Field(gt=0, le=1)]]
    pronounced: dict[str, str] = {}
    wake: Annotated[float, Field(gt=0, le=1)]
    polite: _Words
    joining: _Words
    answers: _Words
    articles: _Words
    units: dict[str, _Words]
    numbers: _Words
