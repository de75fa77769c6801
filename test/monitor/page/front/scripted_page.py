"""The real server of the page, with a robot that is and does what a test says."""

from __future__ import annotations

import io
import secrets
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageDraw

import skill_stack.monitor.page
from skill_stack.hardware.mujoco.robot_description import description_folder, locate_urdf
from skill_stack.monitor.page.actions import PageActions, PageMicrophone
from skill_stack.monitor.page.drivers import REST
from skill_stack.monitor.robot_meshes import LinkMesh
from skill_stack.monitor.robot_tree import RobotTree, read_tree
from skill_stack.monitor.web_monitor import PageOptions, WebMonitor
from test.monitor.conftest import GO2

STATIC = Path(skill_stack.monitor.page.__file__).parent / "static"


def tree() -> RobotTree:
    """Links of the Go2."""
    return read_tree(locate_urdf(GO2).read_text().replace("package://", f"{description_folder(GO2.source.package)}/"))


class ScriptedPage:
    """A page whose robot does nothing but note what it is asked for.

    Attributes:
        asked: Requests in their order: kind and what came with it.
        driven: Velocities that reached the robot.
        plotted: Signals that are looked at.
        refusal: Why a kind of request is refused.
        delay: Time that a kind of request takes, s; meanwhile the server answers nobody.
        monitor: The page.
    """

    def __init__(
        self, robot: Mapping[str, Any], meshes: Iterable[LinkMesh] = (), steps: Iterable[bytes] = (),
        microphone: PageMicrophone | None = None,
    ) -> None:  # fmt: skip
        """Opens it on a free port of loopback."""
        self._microphone = microphone
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.driven: list[tuple[float, float, float]] = []
        self.plotted: frozenset[str] = frozenset()
        self.refusal: dict[str, str] = {}
        self.delay: dict[str, float] = {}
        self._frozen: threading.Event | None = None
        self._robot, self._meshes, self._steps = robot, tuple(meshes), tuple(steps)
        self.monitor = self._open(0)

    def _open(self, port: int) -> WebMonitor:
        actions = PageActions(
            ask=lambda kind, robot: self._take(kind, robot=robot),
            say=lambda words, sure: self._take("say", words=words),
            start=lambda name, arguments, sure: self._take("skill", name=name, arguments=dict(arguments)),
            drive=self._drive,
            keep=lambda: self._take("keep"),
            recordings=lambda: self._take("recordings"),
            forget=lambda number: self._take("forget", id=number),
            preview=lambda: self._take("preview"),
            plot=self._plot,
            picture=lambda name: _encoded(room(320, 240), "jpeg"),
            map=lambda: _encoded(occupancy(), "png"),
            step_picture=lambda plan, step: self._steps[step] if self._steps else _encoded(room(320, 240), "jpeg"),
            report=lambda: b"zip",
            microphone=self._microphone,
        )
        options = PageOptions(port=port, title=self._robot["name"], key=secrets.token_hex(16))
        return WebMonitor(options, tree(), self._meshes, actions, self._robot)

    def begin_anew(self) -> None:
        """Ends, and begins again at the same port with another key, as a stack that is started again."""
        self.monitor.close()
        self.monitor = self._open(self.monitor.port)

    def url(self, role: str = "administrator") -> str:
        """Address for a role; that of a watcher on the robot's own machine has no key."""
        if role != "watcher":
            return self.monitor.url_of(role)  # type: ignore[arg-type]
        return f"http://127.0.0.1:{self.monitor.port}/"

    def show(self, **sections: Any) -> None:
        """Shows sections to all browsers."""
        self.monitor.show(sections)

    @property
    def kinds(self) -> list[str]:
        """What was asked for, in order."""
        return [kind for kind, _ in self.asked]

    def freeze(self) -> None:
        """Has the server send and answer nothing, as if the network were gone."""
        loop, self._frozen = self.monitor._viewers.loop, threading.Event()
        assert loop is not None
        loop.call_soon_threadsafe(self._frozen.wait, 120)

    def thaw(self) -> None:
        """Ends that."""
        if self._frozen is not None:
            self._frozen.set()

    def close(self) -> None:
        """Ends."""
        self.thaw()
        self.monitor.close()

    def _take(self, kind: str, **fields: Any) -> str:
        self.asked.append((kind, fields))
        threading.Event().wait(self.delay.get(kind, 0.0))
        return self.refusal.get(kind, "")

    def _drive(self, velocity: tuple[float, float, float], near: bool) -> bool:
        self.driven.append(velocity)
        return velocity != REST

    def _plot(self, names: frozenset[str]) -> None:
        self.plotted = names


def room(width: int, height: int) -> PIL.Image.Image:
    """What a camera may see: a ball and a box on a floor."""
    picture = PIL.Image.new("RGB", (width, height), (203, 212, 222))
    pen = PIL.ImageDraw.Draw(picture)
    pen.rectangle((0, height * 0.55, width, height), fill=(150, 160, 172))
    pen.ellipse((200, 130, 250, 180), fill=(204, 40, 40))
    pen.rectangle((40, 110, 110, 180), fill=(224, 190, 60))
    return picture


def occupancy() -> PIL.Image.Image:
    """Walls around a free floor."""
    picture = PIL.Image.new("L", (200, 160), 255)
    PIL.ImageDraw.Draw(picture).rectangle((0, 0, 199, 159), outline=0, width=3)
    return picture


def _encoded(picture: PIL.Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()
