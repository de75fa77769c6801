"""Pictures of a plan's steps, from a rehearsal in the world as it is known.

As a process it reads a pickled :class:`PreviewJob` of its own user from standard input.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import tempfile
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import SkillStatus
from skill_stack.runtime.line.observed_line import ObservedLine, Over
from skill_stack.runtime.rehearsal.plan_preview import PreviewJob
from skill_stack.runtime.rehearsal.rehearsal import LONGEST, load_rehearsal, resting_pose, stage_of
from skill_stack.runtime.rehearsal.rehearsal_world import Doubt, sample_world

_EXACT = ("position", "unsure", "drift", "drift_limit", "robot_position", "robot_heading", "push")
_RANGES = ("friction", "slippery", "latency", "noise", "added_mass")


class _SteppedLine(ObservedLine):
    """A line that keeps how everything stands when a step ends.

    Attributes:
        states: Generalised positions, one array for each step that ended.
    """

    def __init__(self, *arguments: object, **options: object) -> None:
        self.states: list[np.ndarray] = []
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def step(self) -> SkillStatus:
        """One control period."""
        try:
            return super().step()
        finally:
            while len(self.states) < len(self.events):
                self.states.append(np.array(self.device.data.qpos))


def preview(resources: Resources, job: PreviewJob) -> list[Path]:
    """Rehearses a plan once and draws how each step ends.

    Args:
        resources: Where robots and skills are.
        job: What is rehearsed.

    Returns:
        A picture for each step that ended, in order; fewer than the plan has steps where the rehearsal fails.

    Raises:
        SkillStackError: The plan has no steps, the robot's place is unknown, or nothing can be drawn on this machine.
    """
    if not job.plan.steps:
        raise DataError("there is no plan with steps to be shown")
    stage = stage_of(resources, job.robot, _nominal(load_rehearsal(resources).doubt))
    world = sample_world(job.situation, stage.doubt, 0)
    pose = resting_pose(stage.library, job.situation.facts) or "lie"
    line = _SteppedLine(stage.robot, stage.library, world.setup, job.situation.scene, stage.planner, pose)
    line.limit(LONGEST)
    with contextlib.suppress(Over):
        line.run_plan(job.plan)
    states = line.states or [np.array(line.device.data.qpos)]
    return _draw(line, np.array(states), job.folder)


def _nominal(doubt: Doubt) -> Doubt:
    """No uncertainty: everything is where it is known to be, the rest in the middle of its range."""
    middle = {name: (sum(getattr(doubt, name)) / 2,) * 2 for name in _RANGES}
    return doubt.model_copy(update={**dict.fromkeys(_EXACT, 0.0), **middle})


def _draw(line: ObservedLine, states: np.ndarray, folder: Path) -> list[Path]:
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


def main() -> int:
    """Makes the preview that standard input describes."""
    job = pickle.load(sys.stdin.buffer)
    try:
        for path in preview(Resources.from_environment(os.environ), job):
            print(path, flush=True)
    except SkillStackError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
