"""Viewers: the browsers that have the page open, and what each of them is told."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec.json

from skill_stack.monitor.page.access import Bucket, Visitor
from skill_stack.monitor.page.drivers import Wheel
from skill_stack.monitor.page.section_board import SectionBoard

PERIOD = 0.1
"""Shortest time between two states that a browser is sent, s."""
BEAT = 0.4
"""Longest silence to a browser, s; it shows a lost connection after 1 s."""
MOST = 64
"""Most viewers at once."""
MOST_WITHOUT_KEY = 32
"""Most of them without a key, so that they never keep out those who may move the robot."""
MESSAGES, MESSAGES_AT_ONCE = 60.0, 120.0
"""Rate and burst of the messages of one viewer, 1/s."""
ANSWERS = 128
"""Answers that wait for a slow viewer; older ones are dropped."""


class Viewer:
    """One browser. Belongs to the thread of the page's server.

    Attributes:
        id: Its name among the viewers.
        who: What it may do.
        outdated: Whether its page is of another version than the server, so that it may only stop.
        plotted: Signals that it wants to see.
    """

    def __init__(self, number: int, who: Visitor, outdated: bool, send: Callable[[str], Awaitable[None]]) -> None:
        """Takes what is known of it.

        Args:
            number: Unique in this run.
            who: What it may do.
            outdated: Whether its page is of another version.
            send: Sends it a text; waits while it is slow.
        """
        self.id, self.who, self.outdated = f"c{number}", who, outdated
        self.plotted: tuple[str, ...] = ()
        self.budget = Bucket(MESSAGES, MESSAGES_AT_ONCE)
        self._send = send
        self._answers: deque[str] = deque(maxlen=ANSWERS)
        self._plot = ""
        self._clients = ""
        self._woken = asyncio.Event()

    def answer(self, message: dict[str, Any]) -> None:
        """Queues a message for it alone."""
        self._answers.append(msgspec.json.encode(message).decode())
        self._woken.set()

    def show_clients(self, section: dict[str, Any]) -> None:
        """Takes who else is there."""
        others = [one for one in section["others"] if one["id"] != self.id]
        self._clients = f'"clients":{msgspec.json.encode({**section, "others": others}).decode()}'
        self._woken.set()

    def plot(self, at: float, values: dict[str, float]) -> None:
        """Takes the newest values of signals; one that is slow misses some."""
        found = {name: values[name] for name in self.plotted if name in values}
        if found:
            self._plot = msgspec.json.encode({"t": "plot", "at": at, "v": found}).decode()
            self._woken.set()

    def wake(self) -> None:
        """Has it look for news."""
        self._woken.set()

    async def tell(self, board: SectionBoard) -> None:
        """Sends what is new until the connection ends: answers at once, states at a limited rate."""
        seen, due, sent = 0, 0.0, time.monotonic()
        while True:
            now = time.monotonic()
            news = bool(self._clients or self._plot) or board.version > seen
            await self._wait(min(BEAT - (now - sent), due - now if news else BEAT))
            self._woken.clear()
            while self._answers:
                await self._send(self._answers.popleft())
                sent = time.monotonic()
            now = time.monotonic()
            if now >= due:
                seen, parts = self._news(board, seen)
                for part in parts:
                    await self._send(part)
                    sent, due = time.monotonic(), now + PERIOD
            if time.monotonic() - sent >= BEAT:
                await self._send('{"t":"beat"}')
                sent = time.monotonic()

    async def _wait(self, longest: float) -> None:
        """Waits until there is something, or some time has passed."""
        if longest <= 0.0:
            await asyncio.sleep(0)
            return
        try:
            await asyncio.wait_for(self._woken.wait(), longest)
        except asyncio.TimeoutError:
            pass

    def _news(self, board: SectionBoard, seen: int) -> tuple[int, list[str]]:
        """What it has not been told yet, as messages."""
        version, changed = board.since(seen) if board.version > seen else (seen, "")
        members = ",".join(part for part in (changed, self._clients) if part)
        parts = [part for part in (f'{{"t":"state","s":{{{members}}}}}' if members else "", self._plot) if part]
        self._clients = self._plot = ""
        return version, parts


class Viewers:
    """All viewers; what is not for any thread is for the server's thread alone."""

    def __init__(self) -> None:
        """Nobody watches."""
        self.board, self.wheel = SectionBoard(), Wheel()
        self._there: dict[str, Viewer] = {}
        self._count = 0
        self.loop: asyncio.AbstractEventLoop | None = None

    def __iter__(self) -> Iterator[Viewer]:
        return iter(tuple(self._there.values()))

    def __len__(self) -> int:
        return len(self._there)

    def __getitem__(self, client: str) -> Viewer:
        return self._there[client]

    @property
    def plotted(self) -> frozenset[str]:
        """Signals that somebody wants to see."""
        return frozenset(name for viewer in self for name in viewer.plotted)

    def full(self, who: Visitor) -> bool:
        """Whether there is no room for one more."""
        unkeyed = sum(not viewer.who.keyed for viewer in self)
        return len(self) >= MOST or (not who.keyed and unkeyed >= MOST_WITHOUT_KEY)

    def enter(self, who: Visitor, outdated: bool, send: Callable[[str], Awaitable[None]]) -> Viewer:
        """Adds a viewer; see :class:`Viewer` for the arguments."""
        self._count += 1
        viewer = Viewer(self._count, who, outdated, send)
        self._there[viewer.id] = viewer
        self.tell_clients()
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Removes a viewer; if it drove, the robot is let go."""
        self._there.pop(viewer.id, None)
        self.wheel.leave(viewer.id)
        self.tell_clients()

    def tell_clients(self) -> None:
        """Shows everybody who is there and who drives."""
        everyone = [{"id": one.id, "role": one.who.role, "from": one.who.address} for one in self]
        section = {
            "count": len(self), "others": everyone, "driver": self.wheel.driver, "asking": self.wheel.asking,
        }  # fmt: skip
        for viewer in self:
            viewer.show_clients(section)

    def changed(self) -> None:
        """The board has changed; from any thread."""
        self._later(self._wake_all)

    def halt(self) -> None:
        """The robot was stopped, by whomever: the driver has to let go first; from any thread."""
        self._later(self.wheel.halt)

    def plot(self, at: float, values: dict[str, float]) -> None:
        """Shows signals to those who want them; from any thread.

        Args:
            at: Task time, s.
            values: Newest values by name.
        """

        def tell() -> None:
            for viewer in self:
                viewer.plot(at, values)

        self._later(tell)

    def tell(self, viewer: Viewer, message: dict[str, Any], then: Callable[[], object]) -> None:
        """Tells one viewer something, and then does something; from any thread."""

        def work() -> None:
            viewer.answer(message)
            then()

        self._later(work)

    def link(self, what: str, url: str) -> None:
        """Tells administrators on this machine an address; from any thread."""

        def tell() -> None:
            for viewer in self:
                if viewer.who.near and viewer.who.may("administrator"):
                    viewer.answer({"t": "link", "what": what, "url": url})

        self._later(tell)

    def _wake_all(self) -> None:
        for viewer in self:
            viewer.wake()

    def _later(self, work: Callable[[], object]) -> None:
        """Does something in the server's thread; nothing once that has ended."""
        loop = self.loop
        if loop is not None and not loop.is_closed():
            try:
                loop.call_soon_threadsafe(work)
            except RuntimeError:
                pass  # it ended just now
