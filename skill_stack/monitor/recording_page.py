"""RecordingPage: recorded runs on a page: a list, time line, robot in 3-D, pictures, signals against their limits."""

from __future__ import annotations

import contextlib
import html
import io
import queue
from typing import Any

import numpy as np

from skill_stack.monitor.episode_list import EpisodeList, EpisodeSource
from skill_stack.monitor.link_transform import LinkTransform
from skill_stack.monitor.page_gate import Kind, PageGate
from skill_stack.monitor.page_server import open_page
from skill_stack.monitor.robot_view import ROOT as ROBOT
from skill_stack.monitor.robot_view import RobotView
from skill_stack.monitor.scene_view import WORLD, SceneView
from skill_stack.monitor.shown_run import RunTimeline, ShownRun
from skill_stack.monitor.web_monitor import PageOptions, free_port

Array = np.ndarray
_CAMERA = (-1.6, -1.5, 1.0), (0.0, 0.0, 0.2), 0.85  # where it is, what it looks at, m; field of view, rad
_WIDTH = 400.0  # px, of the panel
_POINTS = 400
"""Points of a plotted line."""
_NO_PICTURE = np.zeros((1, 1, 3), np.uint8)
_COLOURS = {"succeeded": "#2f9e44", "failed": "#e03131", "interrupted": "#f08c00"}


class RecordingPage:
    """The page. :meth:`advance` lets its time pass.

    Attributes:
        port: TCP port that it is on.
    """

    def __init__(
        self, options: PageOptions, shown: ShownRun, source: EpisodeSource | None = None, live: str = ""
    ) -> None:
        """Opens the page.

        Args:
            options: Where it is.
            shown: What is shown at first.
            source: Finds and opens other episodes; None for a page of one run.
            live: Address of the page of the running robot, for a link; empty for none.

        Raises:
            SkillStackError: No port is free, or the installed library cannot be protected.
        """
        self._timeline, self._key = shown.timeline, options.key
        self.port = free_port(options.host, options.port)
        gate = PageGate(options.key, (options.host, *options.names))
        self._server = open_page(gate, options.host, self.port, options.title)
        self.port = self._server.get_port()
        self._server.scene.set_up_direction("+z")
        self._server.scene.add_light_ambient("/light", intensity=0.45)
        camera = self._server.initial_camera
        camera.position, camera.look_at, camera.fov = _CAMERA
        self._world = self._server.scene.add_frame(WORLD, show_axes=False)
        self._floor = SceneView(self._server)
        self._robot = RobotView(self._server, shown.tree, shown.meshes)
        self._opened: queue.SimpleQueue[ShownRun] = queue.SimpleQueue()
        self._panel(gate, source, live)
        self._shown = -1.0
        self.advance(0.0)

    def _panel(self, gate: PageGate, source: EpisodeSource | None, live: str) -> None:
        gui, line = self._server.gui, self._timeline
        gui.configure_theme(show_logo=False, show_share_button=False)
        gui.set_panel_label(line.title)
        gui.main_panel.dock_right()
        gui.main_panel.set_width(_WIDTH)
        if live:
            gui.add_html(f'<a id="live" href="{html.escape(live)}">the running robot: watch, stop</a>')
        if source is not None:
            EpisodeList(gui, gate, source, self._opened.put)
        end = max(float(line.times[-1]), 0.02)
        self._heading = gui.add_html("")
        self._drawn = gui.add_html("")
        self._at: Any = gui.add_slider("Time, s", 0.0, end, 0.02, 0.0)
        self._plays: Any = gui.add_checkbox("Play", True)
        self._speed: Any = gui.add_slider("Speed", 0.1, 10.0, 0.1, 1.0)
        self._signal: Any = gui.add_dropdown("Signal", tuple(line.signals))
        self._told = gui.add_html("")
        first = line.picture(0.0)
        self._picture: Any = gui.add_image(_NO_PICTURE if first is None else first, label="Camera")
        self._picture.visible = first is not None
        self._heading.content = heading(line)
        kinds: tuple[tuple[Any, Kind], ...] = (
            (self._at, "number"),
            (self._plays, "tick"),
            (self._speed, "number"),
            (self._signal, "words"),
        )
        for handle, kind in kinds:
            gate.declare(handle._impl.uuid, kind)

    @property
    def url(self) -> str:
        """Address for a browser on this machine."""
        return f"http://127.0.0.1:{self.port}/{self._key}/"

    @property
    def watched(self) -> bool:
        """Whether a browser shows it."""
        return bool(self._server.get_clients())

    def _turn_to(self, shown: ShownRun) -> None:
        """Shows another run in place of the present one."""
        line = self._timeline = shown.timeline
        self._server.scene.remove_by_name(ROBOT)
        self._robot = RobotView(self._server, shown.tree, shown.meshes)
        self._at.max, self._at.value, self._plays.value = max(float(line.times[-1]), 0.02), 0.0, True
        self._signal.options = tuple(line.signals)
        self._picture.visible = line.picture(0.0) is not None
        self._heading.content = heading(line)
        self._shown = -1.0

    def advance(self, seconds: float) -> None:
        """Lets time pass and shows the run at its present time; ``seconds`` is real time since the last call."""
        while not self._opened.empty():
            self._turn_to(self._opened.get())
        line = self._timeline
        if self._plays.value and seconds > 0.0:
            end = float(line.times[-1])
            self._at.value = (self._at.value + seconds * float(self._speed.value)) % max(end, 0.02)
        now = float(self._at.value)
        row = max(int(np.searchsorted(line.times, now + 1e-6, side="right")) - 1, 0)
        with self._server.atomic():
            x, y, z = line.base[row].tolist()
            w, i, j, k = line.orientations[row].tolist()
            place = LinkTransform("map", "base", (x, y, z), (w, i, j, k))
            self._robot.update(place, dict(zip(line.joints, line.positions[row].tolist())))
            self._world.position = (-x, -y, 0.0)
            self._drawn.content = drawing(line, now, str(self._signal.value))
            self._told.content = told(line, now)
            if self._picture.visible and now != self._shown and (found := line.picture(now)) is not None:
                self._picture.image = found
        self._shown = now

    def close(self) -> None:
        """Closes the page."""
        with contextlib.redirect_stdout(io.StringIO()):
            self._server.stop()


def heading(line: RunTimeline) -> str:
    """What is shown."""
    return f'<b id="shown">{html.escape(line.title)}</b>'


def drawing(line: RunTimeline, now: float, signal: str) -> str:
    """Steps, events, and one signal against its limits over time, as SVG."""
    end = max(float(line.times[-1]), 0.02)
    parts = []
    for begin, stop, outcome, words in line.steps:
        colour, width = _COLOURS.get(outcome, "#868e96"), max(380 * (stop - begin) / end, 1.0)
        x = 380 * begin / end
        parts.append(f'<rect x="{x:.1f}" y="2" width="{width:.1f}" height="14" fill="{colour}" rx="2"/>')
        parts.append(
            f'<text x="{x + 3:.1f}" y="13" font-size="9" fill="white">{html.escape(words[: int(width / 5)])}</text>'
        )
    for time, words in line.events:
        x = 380 * time / end
        parts.append(f'<path d="M{x:.1f} 18 l3 7 h-6 z" fill="#1971c2"><title>{html.escape(words)}</title></path>')
    parts += _plot(line, signal, end)
    x = 380 * now / end
    parts.append(f'<line x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="140" stroke="#000" stroke-width="1"/>')
    return f'<svg id="time-line" viewBox="0 0 380 142" width="100%">{"".join(parts)}</svg>'


def _plot(line: RunTimeline, signal: str, end: float) -> list[str]:
    found = line.signals.get(signal)
    if found is None or not np.isfinite(found.values).any():
        return []
    limits = [limit for limit in (found.lower, found.upper) if limit is not None]
    low = min([float(np.nanmin(found.values)), *limits])
    high = max([float(np.nanmax(found.values)), *limits, low + 1e-9])
    places = np.linspace(0, len(line.times) - 1, min(_POINTS, len(line.times))).astype(int)
    xs, ys = 380 * line.times[places] / end, 135 - 105 * (np.nan_to_num(found.values[places]) - low) / (high - low)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys))
    lines = [
        f'<line x1="0" x2="380" y1="{(y := 135 - 105 * (one - low) / (high - low)):.1f}" y2="{y:.1f}" stroke="#e03131" '
        'stroke-dasharray="4 3"/>'
        for one in limits
    ]
    name = html.escape(f"{signal}, {found.unit}: {low:.2f} … {high:.2f}")
    text = f'<text x="2" y="38" font-size="9" fill="#495057">{name}</text>'
    return [f'<polyline points="{points}" fill="none" stroke="#1971c2"/>', *lines, text]


def told(line: RunTimeline, now: float) -> str:
    """The step that runs, and the newest events."""
    step = next((words for begin, end, _, words in line.steps if begin <= now < end), "")
    rows = [f"<b>{html.escape(step) or 'no step'}</b>"]
    rows += [f"{time:.1f} s {html.escape(words)}" for time, words in line.events if time <= now][-5:]
    return f'<div id="told" style="font-size:12px">{"<br>".join(rows)}</div>'
