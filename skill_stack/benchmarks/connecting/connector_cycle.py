"""Duration of a connector cycle with many skills in its library."""

from __future__ import annotations

import itertools
import os
import time
from dataclasses import replace

import numpy as np

from skill_stack.connector.connector import Connector
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.selection.observer import RunObserver
from skill_stack.connector.selection.track_record import TrackRecord
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.statistics.run import Run
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.occupancy_grid import FREE, OCCUPIED, UNKNOWN, OccupancyGrid
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.line.line import Line

SKILLS = 200
COPIED = ("go_to", "face", "turn", "move", "pass")
"""Skills of which copies realise the same request, so that there is much to choose from."""

CELL, CELLS, CORNER = 0.05, 240, Pose2(-6.0, -6.0, 0.0)
"""The grid of the floor: edge of a cell in m, cells along each side, and where its corner is."""
GRID_EVERY = 0.2
"""Time between two grids, s."""

RUNS = 5000
"""Number of known runs."""


def crowded(library: SkillLibrary, skills: int = SKILLS) -> SkillLibrary:
    """The library with copies up to a number of skills, each realising one of them."""
    entries = dict(library.entries)
    for number, name in zip(itertools.count(), itertools.cycle(COPIED), strict=False):
        if len(entries) >= skills:
            break
        copy = f"{name}_{number}"
        spec = library[name].model_copy(update={"name": copy, "realises": name, "phrases": ()})
        entries[copy] = replace(library.entries[name], name=copy, spec=spec)
    return replace(library, entries=entries)


def measure_cycles(seconds: float, seen: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Errands in the playground.

    Args:
        seconds: How long, s of wall time.
        seen: Whether the robot walks by an occupancy grid that is always fresh.

    Returns:
        Duration of every cycle and its time on a core, ms; one in which a request began counts with it.
    """
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"), resources)
    plain = load_library(resources, robot)
    library, rng = crowded(plain), np.random.default_rng(5)
    line = Line(robot, plain, set_up(load_scene(resources.scene("playground")), 1))
    line.run_skill("stand", {})
    watched = _Timed(Connector(robot, library, ConnectorSettings(), part=robot.main_part), line)
    watched.inner.observer = RunObserver(TrackRecord(_history(library)), rng, time.time)
    targets = [thing.id for thing in line.scene.things]
    cells = _cells(line) if seen else None
    due = 0.0
    end = time.perf_counter() + seconds
    for number in itertools.count():
        skill, arguments = _errand(number, targets)
        watched.start(SkillRequest(f"bench/{number}", skill, arguments, 30.0))
        while watched.inner.active is not None:
            if cells is not None and line.now >= due:
                watched.inner.see(OccupancyGrid("map", CELL, CORNER, cells, line.now), line.scene)
                due = line.now + GRID_EVERY
            line.step()
            if time.perf_counter() > end:
                return np.array(watched.cycles), np.array(watched.computed)
    raise AssertionError("the errands never end")


def _cells(line: Line) -> np.ndarray:
    """A grid of the scene as from a sensor: objects are occupied, and a corner is unknown."""
    empty = OccupancyGrid("map", CELL, CORNER, np.zeros((CELLS, CELLS), np.int8), 0.0)
    points = empty.centres().reshape(-1, 2)
    values = np.where((Outlines.from_objects(line.scene.things).distances(points) < 0.0).any(axis=1), OCCUPIED, FREE)
    values[(points > 3.0).all(axis=1)] = UNKNOWN
    return values.reshape(CELLS, CELLS).astype(np.int8)


def _errand(number: int, targets: list[str]) -> tuple[str, dict[str, object]]:
    target = targets[number % len(targets)]
    return ("go_to", {"target": target}) if number % 3 else ("face", {"target": target})


def _history(library: SkillLibrary) -> list[Run]:
    names = [name for name, entry in library.entries.items() if entry.spec is not None and entry.usable]
    rng = np.random.default_rng(6)
    out = []
    for number in range(RUNS):
        used = names[number % len(names)]
        asked = library[used].realises or used
        region, outcome = f"target={('near', 'middle', 'far')[number % 3]},ahead", "succeeded"
        seconds = float(rng.uniform(4.0, 9.0))
        out.append(Run("", number, 0.0, "go2", asked, used, region, "", outcome, seconds=seconds))  # type: ignore[arg-type]
    return out


class _Timed:
    """Times a line's connector."""

    def __init__(self, inner: Connector, line: Line) -> None:
        self.inner, self.cycles, self.computed = inner, list[float](), list[float]()
        self._line, self._began = line, (0.0, 0.0)
        inner.localization = line.connector.localization
        update = inner.update

        def timed(*given: object) -> object:
            begin = _clocks()
            cycle = update(*given)  # type: ignore[arg-type]
            for spent, earlier, times in zip(_since(begin), self._began, (self.cycles, self.computed), strict=True):
                times.append(1e3 * (spent + earlier))
            self._began = (0.0, 0.0)
            return cycle

        inner.update = timed  # type: ignore[method-assign, assignment]
        line.connector = inner

    def start(self, request: SkillRequest) -> None:
        """Starts a request; its time counts with the next cycle."""
        begin = _clocks()
        self.inner.start(request, self._line.scene, self._line.now)
        self._began = _since(begin)


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.thread_time()


def _since(begin: tuple[float, float]) -> tuple[float, float]:
    return time.perf_counter() - begin[0], time.thread_time() - begin[1]
