"""EpisodeList: episodes on a page, found by words; pressing one opens it."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import viser

from skill_stack.core.errors import SkillStackError
from skill_stack.monitor.page_gate import PageGate
from skill_stack.monitor.shown_run import ShownRun

MOST = 12
"""Episodes in the list."""
_COLOURS = {"succeeded": "green", "failed": "red", "interrupted": "orange"}
_HINT = "Words of the instruction, of steps and reasons, or a question: when did it last push the box?"


@dataclass(frozen=True, slots=True)
class ListedEpisode:
    """A line of the list.

    Attributes:
        id: Of the episode.
        label: For people.
        outcome: How it ended.
    """

    id: str
    label: str
    outcome: str


class EpisodeSource(Protocol):
    """Where episodes come from; may raise SkillStackError, and is asked by one thread at a time."""

    def find(self, words: str, most: int) -> tuple[str, tuple[ListedEpisode, ...]]:
        """An answer in words or an empty text, and episodes: the best first, for no words the newest first."""

    def open(self, episode: str) -> ShownRun:
        """What is shown of an episode."""


class EpisodeList:
    """The list in the panel of a page."""

    def __init__(
        self, gui: viser.GuiApi, gate: PageGate, source: EpisodeSource, opened: Callable[[ShownRun], None]
    ) -> None:
        """Adds it to the panel, with the newest episodes.

        Args:
            gui: Of the page.
            gate: Gets the inputs that browsers may send.
            source: Where episodes come from.
            opened: Takes what was opened; called from the page's threads.
        """
        self._source, self._opened = source, opened
        self._guard = threading.Lock()
        self._there: tuple[ListedEpisode, ...] = ()
        self._words: Any = gui.add_text("Find", "", multiline=True, hint=_HINT)
        gate.declare(self._words._impl.uuid, "words")
        self._said = gui.add_html("")
        self._rows: list[Any] = []
        for number in range(MOST):
            row: Any = gui.add_button(f"episode {number}", visible=False)
            row.on_click(lambda _, number=number: self._open(number))
            gate.declare(row._impl.uuid, "press")
            self._rows.append(row)
        self._words.on_update(lambda _: self._find())
        self._find()

    def _find(self) -> None:
        """Lists what has the words."""
        with self._guard:
            try:
                said, self._there = self._source.find(str(self._words.value).strip(), MOST)
            except SkillStackError as error:
                said, self._there = str(error), ()
            self._say(said or f"{len(self._there) or 'no'} episodes")
            for row, one in zip(self._rows, self._there):
                row.label, row.color, row.visible = one.label, _COLOURS.get(one.outcome, "gray"), True
            for row in self._rows[len(self._there) :]:
                row.visible = False

    def _open(self, number: int) -> None:
        with self._guard:
            if number >= len(self._there):
                return
            one = self._there[number]
            self._say(f"opens {one.label} …")
            try:
                self._opened(self._source.open(one.id))
                self._say("")
            except SkillStackError as error:
                self._say(str(error))

    def _say(self, text: str) -> None:
        self._said.content = f'<div id="found" style="font-size:12px;white-space:pre-line">{html.escape(text)}</div>'
