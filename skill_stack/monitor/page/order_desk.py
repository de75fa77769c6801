"""OrderDesk: carries out what viewers request, as far as they may."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.stop_words import find_stop
from skill_stack.monitor.page.access import PageAccess, Role
from skill_stack.monitor.page.actions import PageActions
from skill_stack.monitor.page.drivers import REST
from skill_stack.monitor.page.orders import (
    PIECE,
    AnyOrder,
    DriveOrder,
    EstopOrder,
    ForgetOrder,
    KeepOrder,
    MicOrder,
    PingOrder,
    PlotOrder,
    PreviewOrder,
    RecordingsOrder,
    ResetOrder,
    SayOrder,
    SkillOrder,
    StopOrder,
    WheelOrder,
    number_of,
    read_order,
)
from skill_stack.monitor.page.viewers import Viewer, Viewers

DRIVE_PERIOD = 0.05
"""Time between two velocities to the robot, s."""
LEAST: dict[type[Any], Role] = {
    PingOrder: "watcher", PlotOrder: "watcher", SayOrder: "operator", SkillOrder: "operator", DriveOrder: "operator",
    WheelOrder: "operator", KeepOrder: "operator", ForgetOrder: "operator", PreviewOrder: "operator",
    ResetOrder: "operator", MicOrder: "operator", RecordingsOrder: "administrator",
}  # fmt: skip
"""The lowest role that may send each kind of message; stops have a rule of their own."""
OLD_PAGE = "this page is older or newer than its server and can only stop: reload it"


class OrderDesk:
    """Takes the messages of all viewers; in the thread of the page's server."""

    def __init__(self, viewers: Viewers, access: PageAccess, actions: PageActions) -> None:
        """Takes who is there, what they may do, and who carries it out."""
        self._viewers, self._access, self._actions = viewers, access, actions
        self._driving: asyncio.Task[None] | None = None
        self._speaker: Viewer | None = None
        self._waits = False  # for the wake word
        self._do: dict[type[Any], Callable[[Viewer, Any], str]] = {
            StopOrder: lambda _, order: self._stop("stop", order.robot),
            EstopOrder: lambda _, order: self._stop("estop", order.robot),
            ResetOrder: lambda _, order: actions.ask("reset", order.robot),
            SayOrder: self._say,
            SkillOrder: lambda viewer, order: actions.start(order.name, order.arguments, _sure(viewer)),
            DriveOrder: self._drive,
            WheelOrder: self._turn_wheel,
            KeepOrder: lambda *_: actions.keep(),
            RecordingsOrder: lambda *_: actions.recordings(),
            PlotOrder: self._plot,
            PreviewOrder: lambda *_: actions.preview(),
            ForgetOrder: lambda _, order: actions.forget(order.id),
            MicOrder: self._speak,
            PingOrder: lambda *_: "",
        }

    def take(self, viewer: Viewer, text: str | bytes) -> None:
        """Carries out a message and answers it."""
        try:
            order = read_order(text)
        except DataError as error:
            self._access.drop(str(error)[:200])
            viewer.answer({"t": "ack", "n": number_of(text), "ok": False, "why": str(error)[:200]})
            return
        why = self._fault(viewer, order)
        if why:
            self._access.drop(why)
        else:
            why = self._do[type(order)](viewer, order)
        if order.n or why:
            viewer.answer({"t": "ack", "n": order.n, "ok": not why, "why": why})

    def hear(self, viewer: Viewer, samples: bytes) -> None:
        """Takes a piece of audio from who speaks; what comes late of a sentence that is over is nobody's."""
        if self._speaker is not viewer:
            if not viewer.who.may("operator"):
                self._access.drop("audio of somebody who may not speak")
            return
        microphone = self._actions.microphone
        assert microphone is not None
        fit = 0 < len(samples) <= PIECE and len(samples) % 2 == 0
        why = microphone.take(samples) if fit else "a piece of audio that no page sends"
        if why:
            self._access.drop(why)
            self._hush(viewer)
            viewer.answer({"t": "heard", "event": "problem", "text": why})

    def leave(self, viewer: Viewer) -> None:
        """A viewer has gone."""
        self._hush(viewer)
        self._viewers.leave(viewer)
        self._actions.plot(self._viewers.plotted)

    def _fault(self, viewer: Viewer, order: AnyOrder) -> str:
        """Why a viewer may not send a message, or an empty string."""
        stopping = isinstance(order, StopOrder | EstopOrder) or (
            isinstance(order, SayOrder) and not viewer.who.may("operator") and find_stop(order.words) is not None
        )
        if stopping:
            if not viewer.who.may_stop:
                return "only the robot's own machine and those with the key of an operator stop it"
            if not viewer.who.keyed and self._access.too_many_presses():
                return "more presses without a key than a hand makes"
            return ""
        least = LEAST[type(order)]
        if not viewer.who.may(least):
            return f"that takes the role {least}: open the address that the stack printed"
        return OLD_PAGE if viewer.outdated and not isinstance(order, PingOrder) else ""

    def _stop(self, kind: str, robot: str) -> str:
        self._viewers.wheel.halt()
        return self._actions.ask("estop" if kind == "estop" else "stop", robot)

    def _say(self, viewer: Viewer, order: SayOrder) -> str:
        """Words; those of a stop go its way first."""
        words = " ".join(order.words.split())
        stop = find_stop(words)
        why = self._stop(stop, "all") if stop is not None else ""
        if words and viewer.who.may("operator"):  # a stop too: plans that are still being made are given up
            why = self._actions.say(words, _sure(viewer)) or why
        return why

    def _speak(self, viewer: Viewer, order: MicOrder) -> str:
        """Begins or ends a sentence; one person speaks at a time, and who only waits for the wake word gives way."""
        microphone = self._actions.microphone
        if microphone is None:
            return "this robot does not listen to browsers"
        if order.do == "end":
            if self._speaker is viewer:
                microphone.end()
            return ""
        if self._speaker not in (None, viewer):
            if not self._waits or order.do == "wait":
                return "somebody else is speaking"
            self._speaker.answer({"t": "heard", "event": "problem", "text": "somebody else speaks now"})

        def tell(event: Mapping[str, Any]) -> None:
            last = event["event"] in ("done", "problem")
            self._waits = self._waits and not last and event["event"] != "listening"
            message = {"t": "heard", **event}
            self._viewers.tell(viewer, message, (lambda: self._free(viewer)) if last else (lambda: None))

        self._waits = order.do == "wait"
        why = (microphone.wait if self._waits else microphone.begin)(tell)
        self._speaker = None if why else viewer
        return why

    def _hush(self, viewer: Viewer) -> None:
        """Ends the sentence of a viewer, if it speaks."""
        if self._speaker is viewer and self._actions.microphone is not None:
            self._actions.microphone.end()
            self._speaker = None

    def _free(self, viewer: Viewer) -> None:
        """Lets others speak."""
        if self._speaker is viewer:
            self._speaker = None

    def _plot(self, viewer: Viewer, order: PlotOrder) -> str:
        viewer.plotted = order.names
        self._actions.plot(self._viewers.plotted)
        return ""

    def _turn_wheel(self, viewer: Viewer, order: WheelOrder) -> str:
        if self._actions.drive is None:
            return "this robot cannot be driven"
        if order.do == "take" and not viewer.who.may("administrator"):
            return "that takes the role administrator; ask for the wheel"
        why: str = getattr(self._viewers.wheel, order.do)(viewer.id)
        self._viewers.tell_clients()
        return why

    def _drive(self, viewer: Viewer, order: DriveOrder) -> str:
        wheel = self._viewers.wheel
        if self._actions.drive is None:
            return "this robot cannot be driven"
        if wheel.driver is None:
            wheel.ask(viewer.id)
            self._viewers.tell_clients()
        why = wheel.drive(viewer.id, (order.vx, order.vy, order.wz), time.monotonic())
        if not why and (self._driving is None or self._driving.done()):
            self._driving = asyncio.get_running_loop().create_task(self._move())
        return why

    async def _move(self) -> None:
        """Passes on what the hand wants until the robot rests."""
        drive = self._actions.drive
        assert drive is not None
        while True:
            wheel = self._viewers.wheel
            near = wheel.driver is not None and self._viewers[wheel.driver].who.near
            wanted = wheel.wanted(time.monotonic())
            if not drive(wanted, near) and wanted == REST:
                return
            await asyncio.sleep(DRIVE_PERIOD)


def _sure(viewer: Viewer) -> bool:
    """Whether a viewer may confirm what is hazardous: a person on the robot's machine with all rights."""
    return viewer.who.near and viewer.who.may("administrator")
