"""Makes words of audio that comes on standard input; events go to standard error, one JSON object per line.

A process of its own, since a recogniser holds the interpreter for long. What it is told is in frames, see
:func:`frame`: *begin* and *end* of a sentence, *audio* in between, and *names* that people may say.

Example: ``python -m skill_stack.voice.hearing_process --robot go2``
"""

from __future__ import annotations

import argparse
import json
import math
import os
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

from skill_stack.core.arguments import Parser
from skill_stack.core.data_file import load_model
from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.voice.heard import Recogniser, Utterance
from skill_stack.voice.loudness import Fault
from skill_stack.voice.recognisers import KINDS, make_recogniser
from skill_stack.voice.spoken_grammar import SpokenGrammar
from skill_stack.voice.talk import Talk
from skill_stack.voice.voice_events import say
from skill_stack.voice.voice_settings import VoiceSettings

Told = Literal["begin", "audio", "end", "names"]
_KINDS: tuple[Told, ...] = ("begin", "audio", "end", "names")
_HEAD = struct.Struct("<BI")  # kind, length
_OTHERS = 3  # other readings that are told


def frame(kind: Told, content: bytes = b"") -> bytes:
    """What the process is told, as bytes for its standard input.

    Args:
        kind: What it is.
        content: 16-bit samples for ``audio``, a JSON list for ``names``, else nothing.
    """
    return _HEAD.pack(_KINDS.index(kind), len(content)) + content


def frames(source: BinaryIO) -> Iterator[tuple[Told, bytes]]:
    """What it is told, until the end of input."""
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        kind, length = _HEAD.unpack(head)
        yield _KINDS[kind], source.read(length)


class SentenceHearer:
    """One sentence after the other."""

    def __init__(self, recogniser: Recogniser, settings: VoiceSettings) -> None:
        """Takes what makes words, and when a sentence is over."""
        self._talk = Talk(recogniser, settings, self._shown, self._done)

    def take(self, kind: Told, content: bytes) -> None:
        """Does what it is told; audio outside of a sentence is none of it."""
        if kind == "audio":
            if self._talk.listening:
                self._talk.take(content)
        elif kind != "names" and self._talk.listening == (kind == "end"):
            self._talk.press()
            if kind == "begin":
                say("listening")

    def _shown(self, text: str) -> None:
        say("partial", text=text)

    def _done(self, heard: Utterance, fault: Fault | None) -> None:
        sure = heard.confidence if math.isfinite(heard.confidence) else 0.0
        others = [text for text, _ in heard.alternatives[:_OTHERS] if text != heard.text]
        say("done", text=heard.text, confidence=round(sure, 3), others=others, fault=fault or "")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs until the end of input; returns 1 with an event ``problem`` where there is no recogniser."""
    parser = Parser(prog="hearing_process", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--robot", required=True, help="whose skills are spoken of")
    parser.add_argument("--recogniser", default=next(iter(KINDS)), help="one of " + ", ".join(KINDS))
    parser.add_argument("--model", type=Path, help="folder of its model")
    options = parser.parse_args(argv)
    stop = StopSignal()
    try:
        found = Resources.from_environment(os.environ)
        settings = load_model(VoiceSettings, found.find("config/voice.yaml", "settings of voice"))
        library = load_library(found, load_robot(found.robot(options.robot), found))
        recogniser = make_recogniser(options.recogniser, options.model)
        recogniser.bias(SpokenGrammar.of_robot(library, (), settings))
        hearing = SentenceHearer(recogniser, settings)
        say("ready")
        for kind, content in frames(sys.stdin.buffer):
            if stop.asked:
                break
            if kind == "names":
                recogniser.bias(SpokenGrammar.of_robot(library, json.loads(content), settings))
            hearing.take(kind, content)
    except (SkillStackError, OSError) as error:
        say("problem", text=str(error))
        return 1
    say("ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
