"""VoiceProcess: a process that hears, seen from the one that starts it: audio in, audio out, and events."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.voice.capture import BYTES

EAR = "skill_stack.voice.ear_process"
"""Owns the microphone, or takes audio from its standard input, and hears a stop."""
HEARING = "skill_stack.voice.hearing_process"
"""Makes words of the audio on its standard input."""
_PATIENCE = 2.0  # s for the process to end


class VoiceProcess:
    """Starts the process and passes on what it says, in threads of its own; who feeds it never waits."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        note: Callable[[Mapping[str, Any]], object],
        take: Callable[[bytes], object] | None = None,
        environment: Mapping[str, str] | None = None,
        waiting: int = 0,
    ) -> None:
        """Starts it.

        Args:
            module: :data:`EAR` or :data:`HEARING`.
            arguments: Its command line.
            note: Takes its events, as ``ready``, ``stop``, ``partial``, ``problem``, ``ended``.
            take: Takes audio that it passes on, piece by piece; None: nobody wants it.
            environment: Its environment; None takes that of this process.
            waiting: Most pieces that wait for it; 0 where it is fed nothing.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE if waiting else subprocess.DEVNULL,
            stdout=subprocess.PIPE if take is not None else subprocess.DEVNULL,
            stderr=subprocess.PIPE, start_new_session=True,
            env=None if environment is None else dict(environment),
        )  # fmt: skip
        self._name = module.rpartition(".")[2].replace("_", " ")
        self._take, self._note = take, note
        self._fed: queue.Queue[bytes] = queue.Queue(waiting)
        works = {"events": self._read_events}
        works |= {"audio": self._read_audio} if take is not None else {}
        works |= {"input": self._feed} if waiting else {}
        self._threads = [WorkerThread(f"{self._name} {what}", work) for what, work in works.items()]
        for thread in self._threads:
            thread.start()

    def put(self, piece: bytes) -> bool:
        """Feeds it; False where too much waits for it, and the piece is lost."""
        try:
            self._fed.put_nowait(piece)
        except queue.Full:
            return False
        return True

    def close(self) -> None:
        """Ends the process."""
        self._process.terminate()
        self.put(b"")
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _feed(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError), self._process.stdin as pipe:
            while piece := self._fed.get():
                pipe.write(piece)
                pipe.flush()

    def _read_audio(self) -> None:
        assert self._process.stdout is not None and self._take is not None
        with self._process.stdout as pipe:
            while piece := pipe.read(BYTES):
                self._take(piece)

    def _read_events(self) -> None:
        assert self._process.stderr is not None
        ended = False
        with self._process.stderr as pipe:
            for line in pipe:
                if line.startswith(b"{"):
                    event = json.loads(line)
                    ended = ended or event["event"] in ("problem", "ended")
                    self._note(event)
        code = self._process.wait()
        self.put(b"")  # nothing feeds it any more
        if not ended:
            self._note({"event": "problem", "text": f"the {self._name} ended with exit code {code}"})
