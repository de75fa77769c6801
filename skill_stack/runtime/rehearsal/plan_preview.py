"""Pictures of a plan before it starts, made in a process of its own: physics is large."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan
from skill_stack.planner.trial import TrialSituation

NICE = 10
"""Lower priority than everything that moves a robot."""
PROCESS = "skill_stack.runtime.rehearsal.preview_pictures"
"""What makes the pictures."""
PATIENCE = 300.0
"""Longest time that a preview takes, s."""


@dataclass(frozen=True, slots=True)
class PreviewJob:
    """What is rehearsed.

    Attributes:
        robot: Name of the robot.
        plan: The plan.
        situation: Where it would begin, as far as it is known.
        folder: Where the pictures go.
        device: Whether it will move a real robot, which goes part of the way first.
    """

    robot: str
    plan: Plan
    situation: TrialSituation
    folder: Path
    device: bool = False


def preview_apart(job: PreviewJob) -> dict[int, Path]:
    """Rehearses a plan once and draws how each step ends, at low priority.

    Args:
        job: What is rehearsed.

    Returns:
        A picture for each step that ended, by the number of the step among those of the tree; steps are missing where
        the rehearsal fails.

    Raises:
        SkillStackError: It came to nothing; the message states why.
    """
    command = ["nice", "-n", str(NICE), sys.executable, "-m", PROCESS]
    try:
        done = subprocess.run(command, input=pickle.dumps(job), capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise SkillStackError(f"a preview takes longer than {PATIENCE:.0f} s") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise SkillStackError(said[-1] if said else f"the preview ended with {done.returncode}")
    lines = (line.partition(" ") for line in done.stdout.decode().splitlines())
    return {int(number): Path(path) for number, _, path in lines}
