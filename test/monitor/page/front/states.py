"""States of a robot for the page: a Go2 in the playground, at work, in trouble, and stopped."""

from __future__ import annotations

import math
from typing import Any

from skill_stack.monitor.plan_view import PlanView, StepView

ROBOT = {"name": "go2", "kind": "quadruped", "drive": {"vx": [-0.5, 1.0], "vy": [-0.4, 0.4], "wz": [-1.0, 1.0]}}

REST: dict[str, Any] = {
    "connected": True, "age": 0.0, "mode": "disarmed", "skill": "", "phase": "", "progress": 0.0, "reason": "",
    "speed": 0.0, "yaw_rate": 0.0, "place": [0.0, 0.0, 0.0], "tilt": 0.02, "tick_ms": 0.52, "lateness_ms": 0.03,
    "misses": 0, "stops": 0, "battery": 0.83, "hottest": 41.0,
}  # fmt: skip

OBJECTS = [
    {"name": "red_ball", "kind": "ball", "x": 2.2, "y": 0.8},
    {"name": "blue_ball", "kind": "ball", "x": 1.4, "y": -2.0},
    {"name": "yellow_box", "kind": "box", "x": 3.4, "y": -0.9},
    {"name": "orange_cone", "kind": "cone", "x": 3.2, "y": 2.4},
    {"name": "brown_table", "kind": "table", "x": -3.2, "y": -2.6},
]  # fmt: skip
SCENE = {
    "objects": OBJECTS,
    "walls": [[-5, -4, 5, -4], [5, -4, 5, 4], [5, 4, -5, 4], [-5, 4, -5, -4]],
    "path": [[0.0, 0.0], [0.8, 0.1], [1.5, 0.4], [1.95, 0.7]],
    "looked": [[0.0, 0.0, 0.0, 3.0], [0.6, 0.05, 0.5, 3.0]],
}
MAP = {"v": 1, "width": 200, "height": 160, "resolution": 0.05, "origin": [-5.0, -4.0]}

CAMERAS = [{"name": "head_camera", "v": 1, "boxes": [
    {"name": "red_ball", "confidence": 0.94, "box": [0.62, 0.53, 0.79, 0.76]},
    {"name": "yellow_box", "confidence": 0.81, "box": [0.12, 0.45, 0.35, 0.76]},
]}]  # fmt: skip


def argument(name: str, **changes: Any) -> dict[str, Any]:
    """An argument of a skill; a number unless told otherwise."""
    values = {"name": name, "description": name, "unit": "", "low": None, "high": None, "default": None,
              "choices": None, "kind": "number"}  # fmt: skip
    return values | changes


def skill(name: str, description: str, *arguments: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A skill that succeeded in 97 of 100 episodes, unless told otherwise."""
    measured = {"episodes": 100, "successes": 97, "low": 0.915, "high": 0.99}
    values = {"name": name, "description": description, "usable": True, "reason": "", "measured": measured,
              "arguments": list(arguments)}  # fmt: skip
    return values | changes


SKILLS = [
    skill("go_to", "Walks up to an object or place and faces it.", argument("target", kind="object"),
          argument("gap", unit="m", low=0.0, high=3.0, default=0.04),
          argument("side", kind="word", choices=["any", "front", "behind", "left", "right"], default="any")),
    skill("sit", "Sits down on its hind legs.", measured={"episodes": 50, "successes": 50, "low": 0.929, "high": 1.0}),
    skill("stand", "Stands still."),
    skill("turn", "Turns on the spot by an angle.", argument("angle", unit="rad", low=-3.14, high=3.14, default=1.57)),
    skill("wait", "Waits for a while.", argument("seconds", unit="s", low=0.5, high=60.0, default=3.0), measured=None),
    skill("hop", "Hops on the spot.", usable=False, reason="not usable: measured 61 % of 100, at least 80 % are needed",
          measured={"episodes": 100, "successes": 61, "low": 0.512, "high": 0.7}),
]  # fmt: skip

NAMES = ["FL_calf torque", "FR_calf torque", "tick time", "FL_thigh position", "tilt", "battery"]
SIGNALS = {
    "names": NAMES,
    "limits": {"FL_calf torque": [-45.0, 45.0], "FR_calf torque": [-45.0, 45.0], "tick time": [0.0, 2.0]},
    "units": {"FL_calf torque": "Nm", "FR_calf torque": "Nm", "tick time": "ms", "FL_thigh position": "rad",
              "tilt": "rad", "battery": "%"},
}  # fmt: skip


def sample(at: float) -> dict[str, float]:
    """One value of each signal."""
    return {
        "FL_calf torque": 18 + 14 * math.sin(12 * at), "FR_calf torque": 18 - 14 * math.sin(12 * at),
        "tick time": 0.5 + 0.08 * math.sin(3 * at), "FL_thigh position": 0.8 + 0.2 * math.sin(12 * at),
        "tilt": 0.03, "battery": 83.0,
    }  # fmt: skip


def node(text: str, status: str = "", **changes: Any) -> dict[str, Any]:
    """A step of a plan."""
    values = {"type": "skill", "text": text, "status": status, "why": "", "reason": "", "next": False, "count": 1,
              "children": [], "step": None, "picture": None}  # fmt: skip
    return values | changes


def group(kind: str, *children: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Steps that belong together."""
    return node("", type=kind, children=list(children), **changes)


WORDS = "walk to the ball and wave twice, then sit down"
MEANT = "I will stand up, then go to the red ball, then 2 times: wave, then sit."


def plan(status: str = "running", reason: str = "", pictures: bool = False) -> dict[str, Any]:
    """A plan whose second step runs, or failed."""
    picture = [f"preview/p1/{index}.jpg" if pictures else None for index in range(3)]
    over = status != "running"
    tree = group(
        "sequence",
        node("rise", "succeeded", why="go to needs posture(robot, standing)", step=0),
        node("go to red ball", status, why="asked: “walk to the ball”", reason=reason, step=1, picture=picture[0]),
        group("repeat", node("wave", next=not over, step=2, picture=picture[1]), count=2),
        node("sit", why="asked: “sit down”", step=3, picture=picture[2]),
    )
    return {
        "id": "p1", "instruction": WORDS, "status": "plan", "reason": MEANT, "tree": tree,
        "facts": ["near(robot, red_ball)", "posture(robot, sitting)"],
    }  # fmt: skip


NO_PLAN = {"id": "", "instruction": "", "status": "", "reason": "", "facts": [], "tree": None}


def said(at: float, *lines: tuple[str, str, str]) -> list[dict[str, Any]]:
    """A conversation: who, kind and text of each line, a few seconds apart."""
    return [{"id": index, "at": at - 4.0 * (len(lines) - index), "who": who, "kind": kind, "text": text}
            for index, (who, kind, text) in enumerate(lines)]  # fmt: skip


def events(at: float, *lines: tuple[str, str]) -> list[dict[str, Any]]:
    """Events: kind and text of each, some seconds apart."""
    return [{"id": index, "at": at - 7.0 * (len(lines) - index), "kind": kind, "text": text}
            for index, (kind, text) in enumerate(lines)]  # fmt: skip


def at_rest() -> dict[str, Any]:
    """Everything of a robot that just started."""
    return {"robot": dict(REST), "robots": [], "plan": NO_PLAN, "talk": [], "facts": [], "events": [],
            "skills": SKILLS, "scene": SCENE | {"path": []}, "map": MAP, "cameras": CAMERAS,
            "signals": SIGNALS}  # fmt: skip


def at_work(at: float) -> dict[str, Any]:
    """Everything of a robot that walks to the ball."""
    return at_rest() | {
        "robot": REST | {"mode": "active", "skill": "go_to", "phase": "walking", "progress": 0.4, "speed": 0.52,
                         "place": [0.9, 0.15, 0.3]},
        "plan": plan(pictures=True), "scene": SCENE,
        "talk": said(at, ("person", "said", "the red ball is heavy"), ("robot", "understood", "The red ball is heavy."),
                     ("person", "said", WORDS), ("robot", "assumed", "“the ball” is the red ball: it is the nearest."),
                     ("robot", "understood", MEANT)),
        "facts": [{"id": 7, "text": "the red ball is heavy"}],
        "events": events(at, ("said", "“the red ball is heavy”"), ("said", f"“{WORDS}”"),
                         ("good", "rise succeeded after 2.1 s"), ("note", "go to red ball started")),
    }  # fmt: skip


def in_trouble(at: float) -> dict[str, Any]:
    """Everything of a robot that could not reach the ball."""
    why = "stalled for 4.0 s: something holds it 0.6 m before the red ball"
    shown = at_work(at)
    return shown | {
        "robot": REST | {"mode": "stance", "skill": "stand", "phase": "stand", "reason": why,
                         "place": [1.3, 0.35, 0.4]},
        "plan": plan("failed", why),
        "talk": [
            *shown["talk"],
            {"id": 9, "at": at, "who": "robot", "kind": "failed", "text": f"go to red ball: {why}"},
            {"id": 10, "at": at, "who": "robot", "kind": "asked", "text": "Shall I go around it, or sit down here?"},
        ],
        "events": [*shown["events"], {"id": 9, "at": at, "kind": "bad", "text": f"go to failed after 9.2 s: {why}"}],
    }  # fmt: skip


def stopped(at: float) -> dict[str, Any]:
    """Everything of a robot after an emergency stop."""
    shown = at_work(at)
    return shown | {
        "robot": REST | {"mode": "estop", "reason": "asked for on this page", "stops": 1, "place": [1.3, 0.35, 0.4]},
        "plan": plan("interrupted", "emergency stop"),
        "events": [*shown["events"], {"id": 9, "at": at, "kind": "bad", "text": "estop asked for on this page"}],
    }  # fmt: skip


OTHERS = [
    {"name": "g1", "connected": True, "mode": "active", "skill": "wave", "reason": ""},
    {"name": "go2_b", "connected": False, "mode": "active", "skill": "", "reason": ""},
]


def plan_view(shown: dict[str, Any]) -> PlanView:
    """The same plan for the 3-D view."""
    if shown["plan"] is NO_PLAN:
        return PlanView()
    step = StepView("go_to", {"target": "red_ball"}, "running", "you asked for it")
    return PlanView("p1", WORDS, "plan", "", (step,))
