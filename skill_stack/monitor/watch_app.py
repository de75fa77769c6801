"""WatchApp: a running robot on the whole terminal, for people on ssh."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from rich.table import Table
from rich.text import Text
from textual.actions import SkipAction
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Footer, Input, Static

from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.stop_words import find_stop
from skill_stack.monitor.plan_view import STEP_COLOURS, STEP_MARKS, PlanView
from skill_stack.monitor.status_board import MODE_COLOURS, StatusSnapshot

PERIOD = 0.1
"""Time between two updates, s."""
DOUBLE = 0.7
"""Longest time between the two escapes of an emergency stop, s."""
_GREY, _RED = "white on #6b7280", "white on #c01818"
_SHOWN = 8  # events
_EVENTS = {"good": "green", "bad": "red", "said": "cyan", "note": "default"}


class WatchApp(App[int]):
    """State, plan and events of a robot; space stops it, two escapes damp it.

    The keys of the stops work wherever the focus is but while words are typed; there they are sent as words of stop.
    """

    TITLE = "skill-stack watch"
    AUTO_FOCUS = None  # the keys of the stops work from the start
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #banner { height: 2; padding: 0 1; }
    #robot { height: auto; padding: 0 1; }
    #plan { height: auto; padding: 1 1 0 1; }
    #events { height: auto; padding: 1 1 0 1; }
    #words { dock: bottom; margin-bottom: 1; }
    """
    BINDINGS = [
        Binding("space", "stop", "Stop"),
        Binding("escape", "escape", "Esc Esc: emergency stop"),
        Binding("r", "reset", "Reset"),
        Binding("slash", "speak", "Say something", priority=True),  # before the keys behind it are passed on
        Binding("q,ctrl+c", "quit", "Leave"),
    ]

    def __init__(
        self,
        snapshot: Callable[[], StatusSnapshot],
        callbacks: OperatorCallbacks,
        name: str,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepares the screen.

        Args:
            snapshot: Gives what is known now.
            callbacks: What the keys do.
            name: Of the robot, for the heading.
            now: Gives the time at which a key was pressed, s.
        """
        super().__init__()
        self._snapshot, self._callbacks, self._robot_name, self._now = snapshot, callbacks, name, now
        self._escape_at = -math.inf
        self._note = ""

    def compose(self) -> ComposeResult:
        """The parts of the screen, from above."""
        # Kept, not looked up: the timer may tick once more after the screen was taken down.
        self._banner, self._robot, self._plan, self._events = (
            Static(id=name) for name in ("banner", "robot", "plan", "events")
        )
        yield self._banner
        with VerticalScroll(can_focus=False):
            yield self._robot
            yield self._plan
            yield self._events
        yield Input(placeholder="/ and words: walk to the red ball, then sit down", id="words")
        yield Footer()

    def on_mount(self) -> None:
        """Begins to update."""
        self.refresh_now()
        self.set_interval(PERIOD, self.refresh_now)

    def refresh_now(self) -> None:
        """Shows what is known now."""
        snapshot = self._snapshot()
        text, style = banner_of(snapshot, self._robot_name)
        self._banner.update(Text(text, style=style, no_wrap=True))
        self._robot.update(robot_table(snapshot.status))
        self._plan.update(plan_lines(snapshot.plan))
        self._events.update(self._event_lines(snapshot))

    def _event_lines(self, snapshot: StatusSnapshot) -> Text:
        lines = Text()
        if self._note:
            lines.append(f"{self._note}\n", style="bold")
        for event in reversed(snapshot.events[-_SHOWN:]):
            lines.append(f"{event.text}\n", style=_EVENTS[event.kind])
        return lines

    def _ask(self, name: str, ask: Callable[[], bool | None]) -> None:
        self._note = f"{name} asked for" if ask() is not False else f"{name} REACHED NOBODY"

    def action_stop(self) -> None:
        """Ends what runs."""
        self._ask("stop", self._callbacks.stop)

    def action_escape(self) -> None:
        """Leaves the line of words; damps the robot when pressed twice."""
        self.set_focus(None)
        now = self._now()
        if now - self._escape_at <= DOUBLE:
            self._ask("EMERGENCY STOP", self._callbacks.estop)
        self._escape_at = now

    def action_reset(self) -> None:
        """Clears the emergency stop."""
        self._ask("reset", self._callbacks.reset)

    def action_speak(self) -> None:
        """Goes to the line of words, at once, so that keys which are already typed arrive there."""
        words = self.query_one("#words", Input)
        if words.has_focus:
            raise SkipAction
        self.set_focus(words)

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Sends words; words of stop at once."""
        words = " ".join(submitted.value.split())
        submitted.input.clear()
        self.set_focus(None)
        stop = find_stop(words)
        if stop is not None:
            self._ask(stop, self._callbacks.estop if stop == "estop" else self._callbacks.stop)
        if words:
            self._callbacks.instruct(words)


def banner_of(snapshot: StatusSnapshot, name: str) -> tuple[str, str]:
    """Connection and state in one line, and its style."""
    status = snapshot.status
    if status is None:
        return f" {name}  WAITING  no robot has reported yet", _GREY
    if not snapshot.connected:
        return f" {name}  CONNECTION LOST  last report {snapshot.status_age:.0f} s ago", _RED
    doing = " · ".join(part for part in (status.skill.replace("_", " "), status.reason) if part)
    return f" {name}  {status.mode.value.upper()}  {doing}", f"white on {MODE_COLOURS[status.mode]}"


def robot_table(status: SkillStatus | None) -> Table | Text:
    """Motion, pose and timing."""
    if status is None:
        return Text("")
    table = Table.grid(padding=(0, 3))
    speed = math.hypot(float(status.base_velocity[0]), float(status.base_velocity[1]))
    x, y, z = (float(part) for part in status.base_position)
    table.add_row(
        f"skill {status.skill or '–'} ({status.phase or '–'})", f"speed {speed:.2f} m/s",
        f"turning {status.yaw_rate:+.2f} rad/s", f"tilt {math.degrees(status.tilt):.0f}°",
    )  # fmt: skip
    table.add_row(
        f"odom x {x:.2f} y {y:.2f} z {z:.2f} m", f"tick {status.tick_ms:.2f} ms", f"late {status.lateness_ms:.2f} ms",
        f"late ticks {status.deadline_misses}, stops {status.stop_count}",
    )  # fmt: skip
    return table


def plan_lines(plan: PlanView) -> Text:
    """The instruction, the answer, and each step with its state."""
    lines = Text()
    if plan.instruction:
        lines.append(f"“{plan.instruction}”\n", style="bold")
    if plan.reason:
        lines.append(f"{plan.reason}\n", style="dim")
    for step in plan.steps:
        r, g, b = (int(255 * part) for part in STEP_COLOURS.get(step.status, STEP_COLOURS[""]))
        mark = STEP_MARKS.get(step.status, STEP_MARKS[""])
        lines.append(f"{mark} {'⇉ ' if step.beside else ''}{step.text}\n", style=f"rgb({r},{g},{b})")
    return lines
