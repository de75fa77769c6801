"""A template motion carried out by the hand of a humanoid in simulation, and the path that came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.connector.kinematics.reach_map import HAND
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.templates.template_motion import template_motions
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.motion.templates.motion_look import look_of
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.line import Line

Array = np.ndarray
SIDE = "right"
HELD = 0.5
"""Time for which the motion must be over before the skill has succeeded, s."""
LAG = 0.3
"""Longest time by which the path may be behind the template, s."""


@dataclass(frozen=True, slots=True)
class TemplateRun:
    """One run.

    Attributes:
        reason: Why it failed; empty when it succeeded.
        look: Qualities of the path, see ``manner.yaml``.
        off: Root mean square distance of the path from the template, about the means of both, m.
    """

    reason: str
    look: dict[str, float]
    off: float


class _HandLine(Line):
    """A line that notes time and, in the frame of the base, place, m, and quaternion of a hand.

    That is what joints say of it on a robot: how the body sways while it keeps its balance is not in it.
    """

    rows: list[Array]

    def step(self) -> SkillStatus:
        """See :class:`skill_stack.runtime.line.line.Line`."""
        status, data, model = super().step(), self.device.data, self.device.model
        base, hand = (model.body(name).id for name in (self.robot.source.base_link, HAND.format(side=SIDE)))
        from_base = Rotation.from_matrix(data.xmat[base].reshape(3, 3)).inv()
        place = from_base.apply(data.xpos[hand] - data.xpos[base])
        turned = from_base * Rotation.from_matrix(data.xmat[hand].reshape(3, 3))
        self.rows.append(np.array([self.now, *place, *turned.as_quat()]))
        return status


def run_template(
    robot: RobotSpec, library: SkillLibrary, planner: Planner, motion: str, setup: SceneSetup
) -> TemplateRun:
    """Stands up, moves the hand by a template, and measures the hand's path in the frame of its base.

    Args:
        robot: The robot.
        library: Its skills.
        planner: Plans for it; one may be shared.
        motion: The template.
        setup: The world with its seed applied.
    """
    line, template = _HandLine(robot, library, setup, planner=planner), template_motions()[motion]
    line.rows = []
    result = line.run(f"move your {SIDE} hand by {motion}")  # it hangs at first: planning adds that it stands
    path = np.array(line.rows)
    period, ended = float(np.median(np.diff(path[:, 0]))), path[-1, 0] - HELD
    path = path[(path[:, 0] > ended - template.seconds) & (path[:, 0] <= ended)]
    turns = Rotation.from_quat(path[:, 4:])
    turn = (turns.mean().inv() * turns).as_rotvec()[:, 0]
    reason = "" if result.outcome == "succeeded" else result.reason
    return TemplateRun(reason, look_of(path[:, 1:4], turn, period), _off(path, template.at))


def _off(path: Array, at: Callable[[float], tuple[Array, float]]) -> float:
    """Distance from the template at the best lag, m."""
    times = path[:, 0] - path[0, 0]
    seen = path[:, 1:4] - path[:, 1:4].mean(axis=0)
    found = []
    for lag in np.arange(0.0, LAG, 0.02):
        wanted = np.array([at(time - lag)[0] for time in times])
        away = seen - wanted + wanted.mean(axis=0)
        found.append(float(np.sqrt(np.mean(np.sum(away**2, axis=1)))))
    return min(found)
