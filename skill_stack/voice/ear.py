"""Ear: the process that owns the microphone, seen from the process that understands what it hears."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.voice.capture import BYTES

_PATIENCE = 2.0  # s for the process to end


class Ear:
    """Starts the process and passes on what it says, in threads of its own."""

    def __init__(
        self,
        arguments: Sequence[str],
        take: Callable[[bytes], object],
        note: Callable[[Mapping[str, Any]], object],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Starts it.

        Args:
            arguments: Its command line.
            take: Takes audio, piece by piece.
            note: Takes events: ``ready``, ``stop``, ``estop``, ``wake``, ``problem``, ``ended``.
            environment: Its environment; None takes that of this process.
        """
        command = [sys.executable, "-m", "skill_stack.voice.ear_process", *arguments]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, start_new_session=True,
            env=None if environment is None else dict(environment),
        )  # fmt: skip
        self._take, self._note = take, note
        self._threads = [WorkerThread("ear audio", self._read_audio), WorkerThread("ear events", self._read_events)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Ends the process."""
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _read_audio(self) -> None:
        assert self._process.stdout is not None
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
        if not ended:
            self._note({"event": "problem", "text": f"the ear ended with exit code {self._process.wait()}"})
