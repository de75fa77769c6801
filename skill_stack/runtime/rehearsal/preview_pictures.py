"""Pictures of a plan's steps, from a rehearsal in the world as it is known.

As a process it reads a pickled :class:`PreviewJob` of its own user from standard input.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import SkillStatus, StepOutcome
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.planner.behaviours import NodePath
from skill_stack.planner.executor import PlanExecutor
from skill_stack.runtime.line.line import LineResult
from skill_stack.runtime.line.observed_line import ObservedLine, Over
from skill_stack.runtime.line.parts_line import PartsLine
from skill_stack.runtime.rehearsal.plan_preview import PreviewJob
from skill_stack.runtime.rehearsal.rehearsal import LONGEST, load_rehearsal, resting_pose, stage_of
from skill_stack.runtime.rehearsal.rehearsal_world import Doubt, sample_world

_EXACT = ("position", "unsure", "drift", "drift_limit", "robot_position", "robot_heading", "push")
_RANGES = ("friction", "slippery", "latency", "noise", "added_mass")


class _Filmed(Protocol):
    """What a line has that is filmed."""

    device: MujocoDevice
    executor: PlanExecutor | None
    _outcomes: list[StepOutcome]


class _Film:
    """How everything stands when each step ends.

    Attributes:
        states: Generalised positions, by the place of the step in the tree; of one that ends often the last.
    """

    def __init__(self) -> None:
        self.states: dict[NodePath, np.ndarray] = {}
        self._paths: dict[str, NodePath] = {}

    def take(self, line: _Filmed) -> None:
        """Looks after a control period; a step that ended beside another has its place still."""
        if line.executor is not None:
            self._paths |= {request: path for request, (path, _) in line.executor.running.items()}
        for outcome in line._outcomes:
            self.states[self._paths[outcome.request_id]] = np.array(line.device.data.qpos)


class _FilmedLine(ObservedLine):
    """A line of a robot of one part."""

    film: _Film | None = None

    def step(self) -> SkillStatus:
        """One control period."""
        try:
            return super().step()
        finally:
            if self.film is not None:
                self.film.take(self)


class _FilmedParts(PartsLine):
    """A line of a robot of several parts."""

    film: _Film | None = None

    def step(self) -> None:
        """One control period."""
        super().step()
        if self.film is not None:
            self.film.take(self)


def preview(resources: Resources, job: PreviewJob) -> dict[int, Path]:
    """Rehearses a plan once and draws how each step ends.

    Args:
        resources: Where robots and skills are.
        job: What is rehearsed.

    Returns:
        A picture for each step that ended, by the number of the step among those of the tree; steps are missing where
        the rehearsal fails.

    Raises:
        SkillStackError: The plan has no steps, the robot's place is unknown, no step ended, or nothing can be drawn on
            this machine.
    """
    if job.plan.tree is None or not job.plan.steps:
        raise DataError("there is no plan with steps to be shown")
    stage = stage_of(resources, job.robot, _nominal(load_rehearsal(resources).doubt), job.device)
    world = sample_world(job.situation, stage.doubt, 0, stage.robot)
    pose = resting_pose(stage.library, job.situation.facts)
    line: _FilmedLine | _FilmedParts
    if len(stage.robot.parts) > 1:
        line = _FilmedParts(stage.robot, stage.library, world.setup, pose=pose or "default")
    else:
        line = _FilmedLine(
            stage.robot, stage.library, world.setup, job.situation.scene, stage.planner, pose or "lie"
        )  # fmt: skip
        line.limit(LONGEST)
    line.film = film = _Film()
    ended: list[StepOutcome] = []
    with contextlib.suppress(Over):
        ended += _steps_of(line.run_plan(job.plan))
    if not film.states:
        raise DataError(f"no step ended in the rehearsal{': ' + ended[-1].reason if ended else ''}")
    numbers = {path: number for number, path in enumerate(_places(job.plan.tree))}
    shown = sorted(film.states, key=numbers.__getitem__)
    paths = _draw(line, np.array([film.states[path] for path in shown]), job.folder)
    return dict(zip((numbers[path] for path in shown), paths, strict=True))


def _steps_of(result: LineResult | list[StepOutcome]) -> list[StepOutcome]:
    return list(result.steps) if isinstance(result, LineResult) else result


def _places(node: PlanNode, path: NodePath = ()) -> Iterator[NodePath]:
    """The places of a tree's steps, in the order of :meth:`PlanNode.every_skill`."""
    if node.type == "skill":
        yield path
    for number, child in enumerate(node.children):
        yield from _places(child, (*path, number))


def _nominal(doubt: Doubt) -> Doubt:
    """No uncertainty: everything is where it is known to be, the rest in the middle of its range."""
    middle = {name: (sum(getattr(doubt, name)) / 2,) * 2 for name in _RANGES}
    return doubt.model_copy(update={**dict.fromkeys(_EXACT, 0.0), **middle})


def _draw(line: _FilmedLine | _FilmedParts, states: np.ndarray, folder: Path) -> list[Path]:
    """Draws states in a process of its own, since the GL library can be chosen only once."""
    from PIL import Image

    from skill_stack.hardware.rendering.picture_strip import DISTANCE, WIDTH, save_strip_of

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="skill-stack-preview-") as scratch:
        strip = Path(scratch) / "strip.png"
        save_strip_of(line.device.model, line.robot.source.base_link, DISTANCE, states, strip)
        with Image.open(strip) as whole:
            paths = []
            for number in range(len(states)):
                paths.append(folder / f"{number}.jpg")
                cut = whole.convert("RGB").crop((number * WIDTH, 0, (number + 1) * WIDTH, whole.height))
                cut.save(paths[-1], quality=80)
    return paths


@command_line
def main(_arguments: list[str] | None = None) -> int:
    """Makes the preview that standard input describes."""
    job = pickle.load(sys.stdin.buffer)
    for number, path in preview(Resources.from_environment(os.environ), job).items():
        print(number, path, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
