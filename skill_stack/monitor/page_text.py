"""Texts of the page as HTML. Everything from outside is escaped."""

from __future__ import annotations

import math
from html import escape

from skill_stack.core.setpoint import SkillStatus
from skill_stack.monitor.plan_view import STEP_COLOURS, STEP_MARKS, PlanView, StepView
from skill_stack.monitor.status_board import MODE_COLOURS, PageEvent, StatusSnapshot

_EVENT_COLOURS = {"good": "#1a7f37", "bad": "#c01818", "said": "#1d4ed8", "note": "#4b5563"}

STYLE = """<style>
.ss-banner{border-radius:6px;color:#fff;padding:8px 12px;margin:8px 12px 8px;font-size:15px;line-height:1.35}
.ss-banner b{font-size:18px}
button[style*="red-filled"]{--button-bg:#d10f0f!important;height:64px!important;font-size:22px!important;
font-weight:700!important;letter-spacing:.08em}
button[style*="orange-filled"]{height:46px!important;font-size:18px!important;font-weight:600!important}
div:has(>p>label:empty){display:none}
.ss-card{margin:4px 14px;font-size:13px;line-height:1.45}
.ss-card h4{margin:6px 0 2px;font-size:12px;letter-spacing:.04em;text-transform:uppercase;color:#6b7280}
.ss-card ol,.ss-card ul{margin:2px 0;padding:0;list-style:none}
.ss-card li{padding:1px 0}
.ss-grid{display:grid;grid-template-columns:auto 1fr;gap:0 12px}
.ss-grid span:nth-child(odd){color:#6b7280}
.ss-running{font-weight:600}
.ss-why{color:#6b7280}
</style>"""
"""Style sheet of the page's own parts. The red and the orange button are the stops: they are the large ones."""


def banner(snapshot: StatusSnapshot) -> str:
    """Connection and state of the robot, and why it differs from the request."""
    status = snapshot.status
    if status is None:
        return _banner("#6b7280", "WAITING", "no robot has reported yet")
    if not snapshot.connected:
        # Whole seconds: the text is sent to the page whenever it changes.
        age = f"last report {snapshot.status_age:.0f} s ago; what is shown is old"
        return _banner("#c01818", "CONNECTION LOST", age)
    doing = " · ".join(part for part in (status.skill.replace("_", " "), status.reason) if part)
    return _banner(MODE_COLOURS[status.mode], status.mode.value.upper(), doing)


def _banner(colour: str, head: str, text: str) -> str:
    below = escape(text) or "&nbsp;"  # keeps the height when there is nothing to say
    return f'<div class="ss-banner" style="background:{colour}"><b>{escape(head)}</b><br>{below}</div>'


def plan_text(plan: PlanView) -> str:
    """The instruction, the planner's answer and the steps."""
    if not plan.instruction and not plan.reason and not plan.steps:
        return _card("Plan", '<span class="ss-why">none yet</span>')
    said = f"“{escape(plan.instruction)}”" if plan.instruction else ""
    answer = f'<div class="ss-why">{escape(plan.reason)}</div>' if plan.reason else ""
    steps = "".join(_step(step) for step in plan.steps)
    kind = {"question": "Question", "refusal": "Refused", "statement": "Answer"}.get(plan.status, "Plan")
    return _card(kind, f"{said}{answer}<ol>{steps}</ol>")


def _step(step: StepView) -> str:
    r, g, b = (int(255 * part) for part in STEP_COLOURS.get(step.status, STEP_COLOURS[""]))
    mark = f'<span style="color:rgb({r},{g},{b})">{STEP_MARKS.get(step.status, "○")}</span>'
    style = ' class="ss-running"' if step.status == "running" else ""
    with_it = "⇉ " if step.beside else ""  # at the same time as the line above
    return f'<li{style} title="{escape(step.why)}">{mark} {with_it}{escape(step.text)}</li>'


def robot_text(snapshot: StatusSnapshot) -> str:
    """Skill, phase, motion and pose."""
    status, base = snapshot.status, snapshot.base
    if status is None or base is None:
        return _card("Robot", '<span class="ss-why">not connected</span>')
    speed = math.hypot(float(status.base_velocity[0]), float(status.base_velocity[1]))
    x, y, _ = base.translation
    rows = [
        ("skill", f"{status.skill or '–'} ({status.phase or '–'})"),
        ("progress", f"{100 * status.progress:.0f} %" if status.progress > 0 else "–"),  # a policy has none
        ("speed", f"{speed:.2f} m/s, turning {status.yaw_rate:+.2f} rad/s"),
        ("place", f"x {x:.2f} m, y {y:.2f} m"),
        ("tilt", f"{math.degrees(status.tilt):.0f}°"),
        ("tick", _tick(status)),
        ("stops", f"{status.stop_count}"),
    ]
    cells = "".join(f"<span>{name}</span><span>{escape(value)}</span>" for name, value in rows)
    return _card("Robot", f'<div class="ss-grid">{cells}</div>')


def _tick(status: SkillStatus) -> str:
    misses = f"{status.deadline_misses} late tick{'' if status.deadline_misses == 1 else 's'}"
    return f"{status.tick_ms:.2f} ms, {status.lateness_ms:.2f} ms late; {misses}"


def event_text(events: tuple[PageEvent, ...]) -> str:
    """The last events, newest first."""
    lines = [f'<li style="color:{_EVENT_COLOURS[event.kind]}">{escape(event.text)}</li>' for event in reversed(events)]
    return _card("Events", f"<ul>{''.join(lines)}</ul>" if lines else '<span class="ss-why">none yet</span>')


def _card(title: str, body: str) -> str:
    return f'<div class="ss-card"><h4>{escape(title)}</h4>{body}</div>'
