"""How legs on planted feet give way to arms and waist, as a table: ``counterbalance.yaml`` beside a planted policy.

Arms and waist go slowly from the stance to each posture of ``leans`` in ``balance.yaml`` and back. The solver of clips
finds base, legs and targets that keep the centre of mass where it is. All depends on one number, how far arms and waist
shift the centre of mass ahead, since the ground then pushes at the same point.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import mujoco
import numpy as np
import yaml

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_part import CounterbalanceTable
from skill_stack.training.balance.balance_task import BalanceTask
from skill_stack.training.balance.body_course import KeyFrame, course_of
from skill_stack.training.balance.clip_reference import ClipReference, ClipSolver
from skill_stack.training.balance.planted_stance import PlantedStance

Array = np.ndarray

COUNTERBALANCE = "counterbalance.yaml"
SLOWLY, RATE = 20.0, 2.0
"""Time to each posture, s, and frames per second on the way, Hz: so slow that nothing accelerates."""
STEP = 0.02
"""Distance between the shifts of the table, m; in between it is linear, which errs by less than 1 mrad."""
_DIGITS = 4  # of a metre or rad


def write_counterbalance(robot: RobotSpec, task: BalanceTask, path: Path, report: Callable[[str], None]) -> None:
    """Computes the table of a stance and writes it; nothing where the task has no ``leans``.

    Args:
        robot: The robot.
        task: The task of the stance.
        path: The file.
        report: Takes progress lines.

    Raises:
        DataError: Legs cannot make up for one of the postures; the message names frame and joint.
    """
    if not task.leans:
        return
    keys = [KeyFrame(at=0.0)]
    for lean in task.leans:
        keys += [KeyFrame(at=keys[-1].at + SLOWLY, joints=lean), KeyFrame(at=keys[-1].at + 2 * SLOWLY)]
    stance = PlantedStance(robot, task.stance, task.joints)
    course = course_of(keys, robot, task.stance, RATE)
    table = table_of(robot, stance, ClipSolver(robot, stance).solve(course, report))
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(table.model_dump(mode="json"), sort_keys=False, width=118, default_flow_style=None)
    made = f"# Made by `skill-stack train {task.robot} {task.skill}`; units: m, rad."
    path.write_text(f"{made}\n{text}", encoding="utf-8")
    report(f"legs give way to shifts of {table.shifts[0]:g} to {table.shifts[-1]:g} m")


def table_of(robot: RobotSpec, stance: PlantedStance, reference: ClipReference) -> CounterbalanceTable:
    """The table from what the solver found along the way."""
    driven, joints = stance.driven, stance.index.joint_qpos
    shift = _shifts(stance, reference.states)
    order = np.argsort(shift)
    shifts = np.arange(np.ceil(shift.min() / STEP), np.floor(shift.max() / STEP) + 1) * STEP
    values = np.hstack([reference.states[:, :1], reference.states[:, joints[driven]], reference.targets[:, driven]])
    rows = np.array([np.interp(shifts, shift[order], row[order]) for row in values.T])
    rests = np.array([np.interp(0.0, shift[order], row[order]) for row in values.T])
    names, count = [robot.joint_names[place] for place in driven], len(driven)
    offsets = np.round(rows - rests[:, None], _DIGITS).tolist()
    return CounterbalanceTable(
        shifts=tuple(np.round(shifts, _DIGITS).tolist()),
        base=tuple(offsets[0]),
        stance=dict(zip(names, np.round(rests[1 : 1 + count], _DIGITS).tolist())),
        joints={name: tuple(row) for name, row in zip(names, offsets[1 : 1 + count])},
        targets={name: tuple(row) for name, row in zip(names, offsets[1 + count :])},
    )


def _shifts(stance: PlantedStance, states: Array) -> Array:
    """How far ahead of that of the stance the centre of mass is, relative to the base, with its legs, m."""
    model, joints = stance.model(), stance.index.joint_qpos
    data, others = mujoco.MjData(model), np.setdiff1d(np.arange(len(joints)), stance.driven)
    ahead = []
    for state in [stance.start, *states]:
        data.qpos[:] = stance.start
        data.qpos[joints[others]] = state[joints[others]]
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        ahead.append(float(data.subtree_com[0][0]))
    return np.array(ahead[1:]) - ahead[0]
