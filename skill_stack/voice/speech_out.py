"""SpeechOut: says texts aloud by a program that is there, one after the other, and never holds anything up."""

from __future__ import annotations

import queue
import shutil
import subprocess
from collections.abc import Sequence

from skill_stack.core.processes.worker_thread import WorkerThread

_MOST_WAITING = 4
_LONGEST = 60.0  # s that one text may take


class SpeechOut:
    """Says texts aloud.

    Attributes:
        program: What speaks; empty where nothing does.
    """

    def __init__(self, programs: Sequence[Sequence[str]]) -> None:
        """Looks for a program, and starts the thread that waits for it.

        Args:
            programs: Programs with their arguments, ``{text}`` for the text.
        """
        self._command = next((tuple(one) for one in programs if shutil.which(one[0])), ())
        self.program = self._command[0] if self._command else ""
        self._texts: queue.Queue[str] = queue.Queue(_MOST_WAITING)
        if self._command:
            WorkerThread("speech", self._work).start()

    def say(self, text: str) -> None:
        """Says a text when those before are over; where too many wait, it is left out."""
        try:
            self._texts.put_nowait(" ".join(text.split()))
        except queue.Full:
            pass  # old answers are worth less than the quiet in which a person can speak

    def _work(self) -> None:
        while True:
            self.say_now(self._texts.get())

    def say_now(self, text: str) -> None:
        """Says a text and waits for the end."""
        command = [word.replace("{text}", text) for word in self._command]
        try:
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_LONGEST, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return
