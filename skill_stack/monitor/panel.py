"""Panel: the side of the page with buttons, text box and texts."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable
from typing import Any

import viser

from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.core.stop_words import find_stop
from skill_stack.monitor import page_text
from skill_stack.monitor.page_gate import Input, PageGate
from skill_stack.monitor.page_watch import KINDS, confirmed
from skill_stack.monitor.status_board import StatusSnapshot

_WIDTH = 360.0  # px
_HINT = "For example: walk to the red ball, then sit down. Enter sends it."
_NUMBERS_EVERY = 4  # updates of the page between two updates of the numbers


class Panel:
    """Buttons, prompt and text."""

    def __init__(self, server: viser.ViserServer, gate: PageGate, title: str, callbacks: OperatorCallbacks) -> None:
        """Builds the panel at the right of the page.

        Args:
            server: The page.
            gate: Gets the inputs that browsers may send.
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
        self._counts: dict[str, int] = {}
        self._confirmed = gui.add_html(confirmed(self._counts))
        self._guard = threading.RLock()
        buttons: tuple[tuple[str, Any, str, Callable[[], bool | None]], ...] = (
            ("E-STOP", "red", "Damps all joints at once, until someone resets", callbacks.estop),
            ("Stop", "orange", "Ends what runs; the robot stands", callbacks.stop),
            ("Reset", "gray", "Clears the e-stop; the robot stays down until asked", callbacks.reset),
        )
        for label, colour, hint, callback in buttons:
            button: Any = gui.add_button(label, color=colour, hint=hint)
            button.on_click(lambda _, kind=KINDS[label], ask=callback: self._press(kind, ask))
            # A stop is safe, and whoever sees that one is needed must not have to look for a key first.
            gate.declare(button._impl.uuid, Input("press", free=label != "Reset"))
        self._callbacks = callbacks
        with gui.add_folder("What shall it do?"):
            # Several lines, because the browser sends a new line together with the words before it, while it may
            # drop the last letters when "enter" is a message of its own.
            self._words: Any = gui.add_text("", "", multiline=True, hint=_HINT)
            send = gui.add_button("Send", color="blue")
        self._words.on_update(lambda _: self._send(only_if_ended=True))
        send.on_click(lambda _: self._send(only_if_ended=False))
        self._plan, self._robot, self._events = (gui.add_html("") for _ in range(3))
        self._follow: Any = gui.add_checkbox("Follow the robot", True, hint="Keeps the robot in view")
        inputs: list[tuple[Any, Input]] = [
            (self._words, Input("words")), (send, Input("press")), (self._follow, Input("tick")),
        ]  # fmt: skip
        if (keep := callbacks.keep) is not None:
            kept: Any = gui.add_button("Keep this", color="gray", hint="Marks this moment and keeps the recording")
            kept.on_click(lambda _: keep())
            inputs.append((kept, Input("press")))
        self._link = gui.add_html("")
        if (browse := callbacks.recordings) is not None:
            recorded: Any = gui.add_button("Recordings", color="gray", hint="What the robot did: find it, look at it")
            recorded.on_click(lambda _: browse())
            inputs.append((recorded, Input("press")))
        for handle, what in inputs:
            gate.declare(handle._impl.uuid, what)
        self._last: dict[int, str] = {}
        self._updates = 0

    @property
    def follow(self) -> bool:
        """Whether the robot shall stay in view."""
        return bool(self._follow.value)

    def _press(self, kind: str, ask: Callable[[], bool | None]) -> None:
        """Makes a button's request, and confirms it to all browsers unless it failed."""
        if ask() is False:
            return
        with self._guard:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._confirmed.content = confirmed(self._counts)

    def _send(self, only_if_ended: bool) -> None:
        """Takes the typed text and passes it on, once, even with several threads."""
        with self._guard:
            typed = self._words.value
            if only_if_ended and not typed.endswith("\n"):
                return
            self._words.value = ""
        words = " ".join(typed.split())
        stop = find_stop(words)
        if stop == "estop":
            self._press(stop, self._callbacks.estop)
        elif stop == "stop":
            self._press(stop, self._callbacks.stop)
        if words:
            self._callbacks.instruct(words)  # a stop too: plans that are still being made are given up

    def link_recordings(self, url: str) -> None:
        """Shows a link to the page of the recordings, which opens beside this one: the buttons here stay at hand."""
        self._link.content = (
            f'<a id="recordings" href="{html.escape(url)}" target="_blank" rel="noopener">open the recordings</a>'
        )

    def update(self, snapshot: StatusSnapshot) -> None:
        """Shows a snapshot; only changed text is sent, and numbers at a readable rate."""
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
