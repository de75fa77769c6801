"""PromptSession: a line for instructions, with the robot's answers above it."""

from __future__ import annotations

import contextlib
import queue
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession as Line
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
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

TALK = "Space on an empty line, or Ctrl-T: talk; again, or a pause, ends it. Correct what was heard; Enter sends it."

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
        talk: Callable[[], object] | None = None,
    ) -> None:
        """Prepares the prompt.

        Args:
            callbacks: What is called.
            completions: Names of objects and example phrasings.
            events: Lines to print above the prompt, put there by any thread; None ends the prompt.
            history_folder: Where the history is kept, usually the overlay.
            colour: Whether to use colours (``NO_COLOR`` switches them off).
            lines: Where lines come from when it is no terminal; None takes standard input.
            talk: The key to talk, Ctrl-T, and the space bar on an empty line; None where nobody listens.
        """
        self._callbacks = callbacks
        self._completer = PhraseCompleter(completions)
        self._events = events
        self._folder = history_folder
        self._colour = colour
        self._lines = lines or sys.stdin
        self._talk = talk
        self._shown = ""
        self._line: Line[str] | None = None
        self._ended = False

    def complete_with(self, completions: Iterable[str]) -> None:
        """Replaces the completions; from any thread."""
        self._completer.replace(completions)

    def show(self, text: str) -> None:
        """Shows a text below the line, such as what is being heard; from any thread."""
        self._shown = text
        self._on_screen(lambda line: line.app.invalidate())

    def offer(self, words: str) -> None:
        """Puts words into the line, where the person corrects them and sends them by Enter; from any thread."""
        self._on_screen(lambda line: line.default_buffer.set_document(Document(words), bypass_readonly=True))

    def _on_screen(self, act: Callable[[Line[str]], object]) -> None:
        """Does something in the thread of the screen, while there is one."""
        line = self._line
        if line is not None and line.app.is_running and line.app.loop is not None:
            line.app.loop.call_soon_threadsafe(act, line)

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
            bottom_toolbar=(lambda: self._shown) if self._talk is not None else None,
            color_depth=None if self._colour else ColorDepth.DEPTH_1_BIT,
        )
        # Raw between two prompts too: there the terminal would lose Ctrl-D and turn Ctrl-C into the end of the process.
        with patch_stdout(raw=True), self._line.input.raw_mode():
            print(HELP if self._talk is None else f"{HELP}\n{TALK}")
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

        if self._talk is not None:
            self._talk_keys(keys, self._talk)
        return keys

    def _talk_keys(self, keys: KeyBindings, talk: Callable[[], object]) -> None:
        """The keys to talk: a terminal reports no release, so the same key ends what it began."""

        @keys.add("c-t", eager=True)
        @keys.add(" ", filter=Condition(lambda: self._line is not None and not self._line.default_buffer.text))
        def _(event: KeyPressEvent) -> None:
            talk()

    def _print_events(self) -> None:
        """Prints events as they arrive; within ``patch_stdout`` they appear above the input line."""
        with contextlib.suppress(BrokenPipeError):  # the reader is gone
            for text in iter(self._events.get, None):
                print(text, flush=True)
        self._ended = True
        self._on_screen(_leave)


def _leave(line: Line[str]) -> None:
    if line.app.is_running:
        line.app.exit(exception=EOFError)
