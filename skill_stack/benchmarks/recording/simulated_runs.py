"""Runs of a simulated robot in the format of recordings, some of their episodes spoilt on purpose."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.planner.planner import Planner
from skill_stack.recording.made_run import START, MadeRun, stamp, write_ticks
from skill_stack.runtime.line.logged_line import LoggedLine

ROBOT, SCENE = "go2", "playground"
WORDS = ("walk to the red ball", "turn left", "walk forward one metre", "turn right", "walk to the blue box")
TASKS_A_RUN = 10
PICTURES = 5.0
"""Pictures of the camera per second."""
SIZE = 96
"""Pixels at each side of a picture."""


@dataclass
class SimulatedTask:
    """One task as it was done: words, begin and end in task time, s, steps, outcome, and what else was told."""

    words: str
    begin: float
    end: float
    steps: list[dict[str, Any]]
    outcome: str
    reason: str
    told: list[tuple[float, str, str]] = field(default_factory=list)
    frozen_camera: bool = False
    offset: float = 0.0


def simulate(seed: int, tasks: int = TASKS_A_RUN) -> tuple[list[dict[str, Any]], list[SimulatedTask], tuple[str, ...]]:
    """One run in a world of its own: rows of ticks, tasks, names of the joints."""
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(ROBOT), resources)
    library = load_library(resources, robot)
    line = LoggedLine(robot, library, set_up(load_scene(resources.scene(SCENE)), seed), planner=Planner(library))
    rng = np.random.default_rng((seed, 4))
    line.run_skill("rise", {})
    done = []
    for _ in range(tasks):
        words = str(rng.choice(WORDS))
        line.idle(0.2)
        begin = line.now
        result = line.run(words)
        steps = [{"skill": step.skill, "outcome": step.outcome, "text": step.reason, "seconds": step.seconds}
                 for step in result.steps]  # fmt: skip
        done.append(SimulatedTask(words, begin, line.now, steps, result.outcome, result.reason))
    return line.rows, done, robot.joint_names


Rows = list[dict[str, Any]]
Spoil = Callable[[Rows, SimulatedTask, list[int], np.random.Generator], None]


def spoil(kind: str, rows: Rows, task: SimulatedTask, rng: np.random.Generator) -> None:
    """Spoils one task in its place, as it happens on real robots; ``kind`` is one of :data:`SPOILS`."""
    inside = [n for n, row in enumerate(rows) if row and task.begin <= row["task_time"] < task.end]
    fifth = len(inside) // 5
    at = int(rng.integers(fifth, max(len(inside) // 2, fifth + 1)))
    _SPOIL[kind](rows, task, inside[at:], rng)


def _gap(rows: Rows, task: SimulatedTask, left: list[int], rng: np.random.Generator) -> None:
    """The driver repeats its last sample."""
    kept = {key: rows[left[0]][key] for key in ("position", "velocity", "torque", "sample_sequence")}
    for n in left[: int(rng.integers(10, 25))]:
        rows[n] = {**rows[n], **kept}


def _lost(rows: Rows, task: SimulatedTask, left: list[int], rng: np.random.Generator) -> None:
    for n in left[: int(rng.integers(2, 8))]:
        rows[n] = {}


def _stuck(rows: Rows, task: SimulatedTask, left: list[int], rng: np.random.Generator) -> None:
    """An encoder gives the same number for ever."""
    joint = int(rng.integers(len(rows[left[0]]["position"])))
    for n in left:
        position = [*rows[n]["position"]]
        position[joint] = rows[left[0]]["position"][joint]
        rows[n] = {**rows[n], "position": position}


def _blind(rows: Rows, task: SimulatedTask, left: list[int], rng: np.random.Generator) -> None:
    task.frozen_camera = True


def _jump(rows: Rows, task: SimulatedTask, left: list[int], rng: np.random.Generator) -> None:
    jump = float(rng.choice([-1, 1]) * rng.uniform(0.1, 0.8))
    for n in left:
        old = rows[n]["stamp"]["sec"] + 1e-9 * rows[n]["stamp"]["nanosec"]
        rows[n] = {**rows[n], "stamp": stamp(old + jump)}


def _label(rows: Rows, task: SimulatedTask, left: list[int], rng: np.random.Generator) -> None:
    """The outcome of another task was written to it."""
    task.outcome = "failed" if task.outcome == "succeeded" else "succeeded"


def _slip(rows: Rows, task: SimulatedTask, left: list[int], rng: np.random.Generator) -> None:
    task.told.append((rows[left[0]]["task_time"], str(rng.choice(["stop", "takeover"])), "by mistake"))


def _shake(rows: Rows, task: SimulatedTask, left: list[int], rng: np.random.Generator) -> None:
    """Targets jump for some ticks, as with a loose cable or a wrong policy."""
    for n in left[:15]:
        target = np.array(rows[n]["command_position"]) + rng.normal(0.0, 0.6, len(rows[n]["position"]))
        rows[n] = {**rows[n], "command_position": target.tolist()}


_SPOIL: dict[str, Spoil] = {
    "sensor_gap": _gap, "lost_ticks": _lost, "frozen_sensor": _stuck, "frozen_camera": _blind, "clock_jump": _jump,
    "wrong_label": _label, "slip": _slip, "unlike": _shake,
}  # fmt: skip
SPOILS = tuple(_SPOIL)


def write(
    folder: Path, name: str, rows: list[dict[str, Any]], tasks: list[SimulatedTask], joints: tuple[str, ...], seed: int
) -> Path:
    """Writes a run, with pictures of noise at :data:`PICTURES`."""
    run = MadeRun(folder, name, ROBOT)
    rng = np.random.default_rng((seed, 5))
    picture = _picture(rng)
    for number, task in enumerate(tasks):
        _events(run, f"t{number}", task)
        before = [task.begin - 1.0 / PICTURES] if number == 0 else []  # the camera has run before the first task, too
        for time in [*before, *np.arange(task.begin, task.end, 1.0 / PICTURES).tolist()]:
            if not task.frozen_camera:  # else it still shows what it showed before the task
                picture = _picture(rng)
            header = {"stamp": stamp(START + time), "frame_id": "camera"}
            message = {"header": header, "format": "jpeg", "data": picture}
            run.write("front/compressed", "sensor_msgs/CompressedImage", START + time, message)
    kept = (row for row in rows if row)
    write_ticks(run, START, kept, joints, 50.0)
    return run.end()


def _picture(rng: np.random.Generator) -> bytes:
    """A JPEG of noise."""
    data = io.BytesIO()
    Image.fromarray(rng.integers(0, 255, (SIZE, SIZE, 3), dtype=np.uint8)).save(data, "JPEG")
    return data.getvalue()


def _events(run: MadeRun, name: str, task: SimulatedTask) -> None:
    run.event(START + task.begin, "instruction", name, task.words)
    now = START + task.begin
    for number, step in enumerate(task.steps):
        key, skill = f"{name}/{number}", step["skill"]
        run.event(now, "step_started", name, "", request_id=key, skill=skill, arguments={})
        now = min(now + step["seconds"], START + task.end)
        run.event(now, "step_ended", name, step["text"], request_id=key, skill=skill, outcome=step["outcome"])
    for time, kind, text in task.told:
        run.event(START + time, kind, "", text)
    run.event(START + task.end, "outcome", name, task.reason, outcome=task.outcome)


@dataclass(frozen=True, slots=True)
class SpoiltRun:
    """A written run, and how its episodes were spoilt, by id."""

    path: Path
    spoilt: dict[str, str]
    episodes: int


def spoilt_runs(
    folder: Path, seed: int, runs: int, spoilt: int, report: Callable[[str], None] = lambda _: None
) -> Iterator[SpoiltRun]:
    """Runs with episodes spoilt at random places, each kind in turn."""
    rng = np.random.default_rng((seed, 6))
    chosen = rng.choice(runs * TASKS_A_RUN, spoilt, replace=False).tolist()
    kind_of = {place: SPOILS[number % len(SPOILS)] for number, place in enumerate(chosen)}
    for number in range(runs):
        rows, tasks, joints = simulate(1000 * seed + number)
        name = f"2025{number // 28 % 12 + 1:02d}{number % 28 + 1:02d}-100000_{ROBOT}"
        mine = {place % TASKS_A_RUN: kind for place, kind in kind_of.items() if place // TASKS_A_RUN == number}
        for place, kind in mine.items():
            spoil(kind, rows, tasks[place], rng)
        path = write(folder, name, rows, tasks, joints, seed)
        report(f"simulated {number + 1} of {runs} runs")
        yield SpoiltRun(path, {f"{name}/t{place}": kind for place, kind in mine.items()}, len(tasks))
