"""Panel: the side of the page with the buttons, the prompt and the words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import viser

from skill_stack.core.operator_callbacks import OperatorCallbacks
from skill_stack.monitor import page_text
from skill_stack.monitor.board import Snapshot

_WIDTH = 360.0  # px
_HINT = "For example: walk to the red ball, then sit down. Enter sends it."
_NUMBERS_EVERY = 4  # updates of the page between two updates of the numbers


class Panel:
    """Buttons, prompt and text."""

    def __init__(self, server: viser.ViserServer, title: str, callbacks: OperatorCallbacks) -> None:
        """Builds the panel at the right of the page.

        Args:
            server: The page.
            title: Heading, e.g. the robot's name.
            callbacks: What buttons and prompt do.
        """
        gui = server.gui
        gui.configure_theme(show_logo=False, show_share_button=False)
        gui.set_panel_label(title)
        gui.main_panel.dock_right()
        gui.main_panel.set_width(_WIDTH)
        gui.add_html(page_text.STYLE)
        self._banner = gui.add_html("")
        self._button(gui, "E-STOP", "red", "Damps all joints at once, until someone resets", callbacks.estop)
        self._button(gui, "Stop", "orange", "Ends what runs; the robot stands", callbacks.stop)
        self._button(gui, "Reset", "gray", "Clears the e-stop; the robot stays down until asked", callbacks.reset)
        self._instruct = callbacks.instruct
        with gui.add_folder("What shall it do?"):
            # Several lines, because the browser sends a new line together with the words before it, while it may
            # drop the last letters when "enter" is a message of its own.
            self._words: Any = gui.add_text("", "", multiline=True, hint=_HINT)
            send = gui.add_button("Send", color="blue")
        self._guard = threading.RLock()
        self._words.on_update(lambda _: self._send(only_if_ended=True))
        send.on_click(lambda _: self._send(only_if_ended=False))
        self._plan, self._robot, self._events = (gui.add_html("") for _ in range(3))
        self._follow = gui.add_checkbox("Follow the robot", True, hint="Keeps the robot in view")
        self._last: dict[int, str] = {}
        self._updates = 0

    @property
    def follow(self) -> bool:
        """Whether the robot shall stay in view."""
        return bool(self._follow.value)

    @staticmethod
    def _button(gui: Any, label: str, colour: Any, hint: str, callback: Callable[[], None]) -> None:
        gui.add_button(label, color=colour, hint=hint).on_click(lambda _: callback())

    def _send(self, only_if_ended: bool) -> None:
        """Takes what was typed out of the box and hands it on, once, though several threads may see it at a time."""
        with self._guard:
            typed = self._words.value
            if only_if_ended and not typed.endswith("\n"):
                return
            self._words.value = ""
        words = " ".join(typed.split())
        if words:
            self._instruct(words)

    def update(self, snapshot: Snapshot) -> None:
        """Shows a snapshot; only text that changed is sent, and numbers only as often as one can read them."""
        self._updates += 1
        texts = [
            (self._banner, page_text.banner(snapshot)),
            (self._plan, page_text.plan_text(snapshot.plan)),
            (self._events, page_text.event_text(snapshot.events)),
        ]
        if self._updates % _NUMBERS_EVERY == 1:
            texts.append((self._robot, page_text.robot_text(snapshot)))
        for part, text in texts:
            if self._last.get(id(part)) != text:
                part.content = self._last[id(part)] = text
