"""PromptSession: a line for instructions, with the robot's answers above it."""

from __future__ import annotations

import contextlib
import queue
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession as Line
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.key_binding.key_processor import KeyPressEvent
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.patch_stdout import patch_stdout

from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.stop_words import find_stop
from skill_stack.teleop.completion import PhraseCompleter
from skill_stack.teleop.history_file import open_history

HELP = (
    "Type what the robot shall do. Tab completes, the arrow keys bring back what was typed.\n"
    "Ctrl-C: stop. Esc Esc: emergency stop; 'reset' clears it. Ctrl-D or 'quit' leaves."
)

_LEAVE = ("quit", "exit")  # the terminal's own words, although "quit" is a stop where nobody can leave


class PromptSession:
    """The prompt on a terminal; without a terminal it reads lines."""

    def __init__(
        self,
        callbacks: OperatorCallbacks,
        completions: Iterable[str],
        events: queue.Queue[str | None],
        history_folder: Path,
        colour: bool = True,
        lines: TextIO | None = None,
    ) -> None:
        """Prepares the prompt.

        Args:
            callbacks: What is called.
            completions: Names of objects and example phrasings.
            events: Lines to print above the prompt, put there by any thread; None ends the prompt.
            history_folder: Where the history is kept, usually the overlay.
            colour: Whether to use colours (``NO_COLOR`` switches them off).
            lines: Where lines come from when it is no terminal; None takes standard input.
        """
        self._callbacks = callbacks
        self._completer = PhraseCompleter(completions)
        self._events = events
        self._folder = history_folder
        self._colour = colour
        self._lines = lines or sys.stdin
        self._line: Line[str] | None = None
        self._ended = False

    def complete_with(self, completions: Iterable[str]) -> None:
        """Replaces the completions; from any thread."""
        self._completer.replace(completions)

    def run(self) -> None:
        """Reads and passes on instructions until the person leaves, input ends, or None arrives as an event."""
        printer = WorkerThread("events", self._print_events)
        if not self._lines.isatty():
            printer.start()
            self._read_lines()
            return
        history, problem = open_history(self._folder)
        self._line = Line(
            "robot> " if not self._colour else [("ansicyan bold", "robot> ")],
            history=history,
            completer=self._completer,
            complete_while_typing=False,
            key_bindings=self._keys(),
            color_depth=None if self._colour else ColorDepth.DEPTH_1_BIT,
        )
        # Raw between two prompts too: there the terminal would lose Ctrl-D and turn Ctrl-C into the end of the process.
        with patch_stdout(raw=True), self._line.input.raw_mode():
            print(HELP)
            if problem:
                print(problem)
            printer.start()
            while not self._ended and self._ask(self._line):
                pass

    def _ask(self, line: Line[str]) -> bool:
        """Reads one line and acts on it; False when the person leaves."""
        try:
            words = line.prompt()
        except EOFError:
            return False
        except KeyboardInterrupt:  # an interrupt by signal: it means what Ctrl-C means
            self._stop()
            return True
        return self._take(words)

    def _read_lines(self) -> None:
        for words in self._lines:
            if self._ended or not self._take(words):
                return

    def _take(self, words: str) -> bool:
        """Handles one line; False when it requests to quit."""
        words = " ".join(words.split())
        command, stop = words.lower().rstrip("."), find_stop(words)
        if command in _LEAVE:
            return False
        if stop == "stop":
            self._stop()
        elif stop == "estop":
            self._estop()
        elif command == "reset":
            self._callbacks.reset()
        elif command in ("help", "?"):
            print(HELP, flush=True)
        elif words:
            self._callbacks.instruct(words)
        return True

    def _stop(self) -> None:
        self._callbacks.stop()
        print("stop", flush=True)

    def _estop(self) -> None:
        self._callbacks.estop()
        print("EMERGENCY STOP: the robot is damped; 'reset' clears it", flush=True)

    def _keys(self) -> KeyBindings:
        """Ctrl-C stops and keeps the typed text; Esc Esc is the emergency stop and empties the line.

        After an emergency stop the next word is 'reset', and half a sentence in front of it would make it an order.
        """
        keys = KeyBindings()

        @keys.add("c-c", eager=True)
        @keys.add("<sigint>", eager=True)
        def _(event: KeyPressEvent) -> None:
            self._stop()

        @keys.add("escape", "escape", eager=True)
        def _(event: KeyPressEvent) -> None:
            self._estop()
            event.current_buffer.reset()

        return keys

    def _print_events(self) -> None:
        """Prints events as they arrive; within ``patch_stdout`` they appear above the input line."""
        with contextlib.suppress(BrokenPipeError):  # the reader is gone
            for text in iter(self._events.get, None):
                print(text, flush=True)
        self._ended = True
        if self._line is not None and self._line.app.is_running and self._line.app.loop is not None:
            self._line.app.loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        if self._line is not None and self._line.app.is_running:
            self._line.app.exit(exception=EOFError)
