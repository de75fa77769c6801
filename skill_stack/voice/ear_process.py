"""The ear: owns the microphone, hears "stop" and acts on it at once; passes the audio on to whoever understands more.

A process of its own, so that nothing which a large recogniser, a terminal or a network does can hold a stop up. It
writes the flag in the robot's shared memory itself. Audio goes to standard output, which is never waited for; events go
to standard error, one JSON object per line.

Example: ``python -m skill_stack.voice.ear_process --namespace alice``
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from skill_stack.core.arguments import Parser, namespace
from skill_stack.core.data_file import load_model
from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.resources import Resources
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.robot_stop import ask_robot
from skill_stack.voice.capture import piped, played, recorded
from skill_stack.voice.stop_spotter import StopSpotter
from skill_stack.voice.voice_events import say
from skill_stack.voice.voice_settings import VoiceSettings

PRIORITY = 10  # under SCHED_RR, below the control loop


class AudioPipe:
    """Standard output for audio, which never waits.

    Attributes:
        dropped: Bytes that nobody took in time.
        closed: Whether the reader has gone.
    """

    def __init__(self, descriptor: int) -> None:
        """Takes the pipe."""
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self.dropped, self.closed = 0, False

    def put(self, piece: bytes) -> None:
        """Passes a piece on, whole or not at all: it is smaller than what a pipe takes in one step."""
        try:
            os.write(self._descriptor, piece)
        except BlockingIOError:
            self.dropped += len(piece)
        except BrokenPipeError:
            self.closed = True


def listen(pieces: Iterator[bytes], spotter: StopSpotter, pipe: AudioPipe, block: Path, stop: StopSignal) -> None:
    """Hears until the audio ends, the reader goes, or somebody asks to end.

    Args:
        pieces: The audio.
        spotter: Hears the stop.
        pipe: Where the audio goes.
        block: The robot's shared memory.
        stop: Asks to end.
    """
    taken = 0
    for piece in pieces:
        taken += len(piece)
        for kind, phrase in spotter.take(piece):
            if kind == "wake":
                say("wake", phrase=phrase, at=taken)
            else:
                say(kind, phrase=phrase, reached=ask_robot(block, kind))
        pipe.put(piece)
        if stop.asked or pipe.closed:
            return


def main(argv: Sequence[str] | None = None) -> int:
    """Runs; returns 0, or 1 with an event ``problem`` where there is no microphone or recogniser."""
    parser = Parser(prog="ear_process", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--namespace", type=namespace, default="", help="ROS namespace of the robot")
    parser.add_argument("--wake", default="", help="phrase that begins a sentence without a key")
    parser.add_argument("--device", default="", help="microphone (default: that of the system)")
    parser.add_argument("--file", type=Path, help="a WAV file instead, at the pace of the clock")
    parser.add_argument("--pipe", action="store_true", help="16-bit samples on standard input instead")
    options = parser.parse_args(argv)
    with contextlib.suppress(PermissionError):  # a busy machine must not make a stop late; it takes 3 % of a core
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))
    stop = StopSignal()
    pipe = AudioPipe(sys.stdout.fileno())
    try:
        found = Resources.from_environment(os.environ)
        settings = load_model(VoiceSettings, found.find("config/voice.yaml", "settings of voice"))
        spotter = StopSpotter(settings, options.wake)
        block = block_path(options.namespace, domain_of(os.environ), os.getuid())
        if options.pipe:
            pieces = piped(sys.stdin.buffer)
        elif options.file:
            pieces = played(options.file, paced=True)
        else:
            pieces = recorded(settings.record, options.device)
        say("ready")
        listen(pieces, spotter, pipe, block, stop)
    except (SkillStackError, OSError) as error:
        if stop.asked:
            return 0
        say("problem", text=str(error))
        return 1
    say("ended", dropped=pipe.dropped)
    return 0


if __name__ == "__main__":
    sys.exit(main())
