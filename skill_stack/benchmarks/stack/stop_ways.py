"""Ways in which a person stops a robot: each acts once when it is told to, and gives the moment of that."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from websockets.exceptions import ConnectionClosed

from skill_stack.benchmarks.devices.made_speech import MadeVoice, end_of, mixed, padded, pink
from skill_stack.benchmarks.stack.page import open_page, page_address
from skill_stack.benchmarks.stack.running_stack import ProbeFailed, RunningStack
from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.voice.capture import write_wav
from skill_stack.voice.voice_process import EAR, VoiceProcess

Press = Callable[[], float]
"""Does it; returns when, monotonic s, for a word before it is spoken. StopIteration: nothing is left to say."""
READY = 40.0  # s that a program may take to begin
CTRL_C, ESC = b"\x03", b"\x1b"
CLI = "from skill_stack.cli import main; raise SystemExit(main())"
SPOKEN, GAP = 150, 3.0  # stops in one recording, s between them
WORD = 0.8  # s before its end at which the word has not begun yet


class TypedProgram:
    """A program on a terminal of its own."""

    def __init__(self, stack: RunningStack, *words: str) -> None:
        """Starts ``python …`` with these words."""
        self._master, slave = pty.openpty()
        environment = {**stack.environment, "TERM": "xterm", "COLUMNS": "100", "LINES": "30"}
        self._process = subprocess.Popen(
            [sys.executable, *words], stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=environment
        )
        os.close(slave)
        self.screen = ""
        self._drain = WorkerThread("terminal", self._read)
        self._drain.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while self._process.poll() is None:
                if select.select([self._master], [], [], 0.2)[0]:
                    self.screen = (self.screen + os.read(self._master, 65536).decode(errors="replace"))[-20_000:]

    def expect(self, text: str) -> None:
        """Waits until a text has appeared; raises ProbeFailed."""
        end = time.monotonic() + READY
        while text not in self.screen:
            if time.monotonic() > end or self._process.poll() is not None:
                raise ProbeFailed(f"a terminal shows no '{text}': {self.screen[-400:]!r}")
            time.sleep(0.02)

    def type(self, keys: bytes) -> float:
        """Presses keys at once."""
        now = time.monotonic()
        os.write(self._master, keys)
        return now

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()
        self._drain.join(1.0)
        os.close(self._master)


@contextlib.contextmanager
def typed(stack: RunningStack, keys: bytes, shows: str, *words: str) -> Iterator[Press]:
    """Keys of a program on a terminal."""
    program = TypedProgram(stack, *words)
    try:
        program.expect(shows)
        yield lambda: program.type(keys)
    finally:
        program.close()


def verb(stack: RunningStack, *words: str) -> tuple[str, ...]:
    """Words of a verb of the command line, in the namespace of the stack."""
    return ("-c", CLI, *words, "--namespace", stack.namespace)


@contextlib.contextmanager
def by_command(stack: RunningStack) -> Iterator[Press]:
    """``skill-stack stop``, from Enter on: the start of Python is part of it."""
    running: list[subprocess.Popen[bytes]] = []

    def press() -> float:
        now = time.monotonic()
        quiet = subprocess.DEVNULL
        running.append(
            subprocess.Popen(
                [sys.executable, *verb(stack, "stop")], env=dict(stack.environment), stdout=quiet, stderr=quiet
            )
        )
        return now

    yield press
    for process in running:
        process.wait(READY)


@contextlib.contextmanager
def by_gamepad(stack: RunningStack) -> Iterator[Press]:
    """The button *back*, by ``sensor_msgs/Joy`` at 50 Hz as ROS's joy node repeats it."""
    program = TypedProgram(stack, *verb(stack, "drive", "--gamepad", "legged", "--joy", "joy"))
    command = [sys.executable, "-m", "skill_stack.nodes.clients.bench_probe", "joy", "--namespace", stack.namespace]
    pipe = subprocess.PIPE
    pad = subprocess.Popen(command, env=dict(stack.environment), stdin=pipe, stdout=pipe, text=True)

    def press() -> float:
        assert pad.stdin is not None and pad.stdout is not None
        pad.stdin.write("back\n")
        pad.stdin.flush()
        return float(json.loads(pad.stdout.readline())["t"])

    try:
        program.expect("Hold LB")
        yield press
    finally:
        pad.kill()
        pad.communicate()
        program.close()


@contextlib.contextmanager
def by_page(stack: RunningStack) -> Iterator[Press]:
    """The page's Stop, as its browser sends it over the websocket."""
    numbers = itertools.count(1)
    with open_page(page_address(stack)) as page:
        reading = WorkerThread("page", _read_page, page)
        reading.start()

        def press() -> float:
            now = time.monotonic()
            page.send(json.dumps({"t": "stop", "n": next(numbers)}))
            return now

        yield press
    reading.join(1.0)


def _read_page(page: Any) -> None:
    """Takes what the page sends, as a browser does."""
    with contextlib.suppress(ConnectionClosed):
        for _ in page:
            pass


@contextlib.contextmanager
def by_voice(stack: RunningStack, seed: int) -> Iterator[Press]:
    """The word, spoken by many voices at 20 dB, played to the ear at the pace of the clock; the moment is its end."""
    rng = np.random.default_rng(seed)
    track, ends = [np.zeros(0)], []
    for _ in range(SPOKEN):
        speech = padded(MadeVoice.draw(rng).say("stop"), 0.0, GAP)
        ends.append((sum(map(len, track)) + end_of(speech) * 16000) / 16000)
        track.append(speech)
    audio = np.concatenate(track)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stops.wav"
        write_wav(file, mixed(audio, pink(len(audio), rng), 20.0))
        began: list[float] = []
        arguments = ["--namespace", stack.namespace, "--file", str(file)]
        ear = VoiceProcess(EAR, arguments, lambda event: began.append(event["t"]), environment=stack.environment)
        try:
            end = time.monotonic() + READY
            while not began:
                if time.monotonic() > end:
                    raise ProbeFailed("the ear did not begin")
                time.sleep(0.01)
            moments = iter([began[0] + end for end in ends])

            def press() -> float:
                moment = next(moment for moment in moments if moment - WORD > time.monotonic())
                time.sleep(max(moment - WORD - time.monotonic(), 0.0))
                return moment

            yield press
        finally:
            ear.close()
