"""StandingCheck: whether a structure stands by itself, and whether a whole scene can be simulated, without motion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import mujoco
import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.hardware.mujoco.scene_geometry import FREE_JOINT_SUFFIX, add_floor, add_objects

SECONDS = 3.0
"""Simulated time, s."""
ERROR = 0.004
"""Placing error that a structure must bear, m: what a hand with a camera leaves."""
SHIFTS = 3
"""Arrangements of such errors that are tried, besides none."""
MOVED = 0.015
"""Motion from which a block does not stand, m; it settles by less."""
TIPPED = math.cos(0.2)
"""Cosine of the tilt from which it does not."""
SETTLING = 1.5
"""Simulated time, s."""
INSIDE = 0.005
"""How deep two things may be in one another where they are put, m."""
SHIFTED = 0.05
"""How far a thing may have moved while all settles, m."""
STILL = 0.05
"""Speed of things at the end, m/s."""
WILD = 20.0
"""Speed at which a scene has exploded, m/s or rad/s."""


def first_to_fall(blocks: Sequence[SceneObject], ground: SceneObject | None = None, seconds: float = SECONDS) -> str:
    """Id of the first block that does not stay where it is; empty where all stay.

    The blocks begin at rest. What stands only as long as nothing is off by a millimetre counts as falling: it is tried
    with errors in some directions, too.

    Args:
        blocks: The blocks where they shall stand, in order of placing.
        ground: What they stand on; None for the floor.
        seconds: Simulated time, s.
    """
    for shift in range(SHIFTS + 1):
        moved = [_off(block, number, shift) for number, block in enumerate(blocks)]
        fallen = _fallen(moved, ground, seconds)
        if fallen:
            return fallen
    return ""


def _off(block: SceneObject, number: int, shift: int) -> SceneObject:
    """A block with the error of an arrangement; none has none."""
    angle = 2.0 * math.pi * (shift / SHIFTS + number * 0.382)  # the golden section: neighbours differ
    size = ERROR if shift else 0.0
    x, y, z = block.position
    return replace(block, movable=True, position=(x + size * math.cos(angle), y + size * math.sin(angle), z))


def _fallen(blocks: Sequence[SceneObject], ground: SceneObject | None, seconds: float) -> str:
    """The block that moves first, or an empty string."""
    spec = mujoco.MjSpec()
    add_floor(spec)
    add_objects(spec, [*blocks, *([replace(ground, movable=False)] if ground is not None else [])])
    model = spec.compile()
    data = mujoco.MjData(model)
    rows = [int(model.joint(f"{block.id}{FREE_JOINT_SUFFIX}").qposadr[0]) for block in blocks]
    begun = np.array([data.qpos[row : row + 3] for row in rows])
    steps = round(seconds / model.opt.timestep)
    every = max(steps // 20, 1)
    for step in range(steps):
        mujoco.mj_step(model, data)
        if step % every and step != steps - 1:
            continue
        for block, row, was in zip(blocks, rows, begun):
            w, x, y, z = data.qpos[row + 3 : row + 7]
            upright = 1.0 - 2.0 * (x * x + y * y)
            if np.linalg.norm(data.qpos[row : row + 3] - was) > MOVED or (block.shape != "sphere" and upright < TIPPED):
                return block.id
    return ""


def settling_problem(robot: RobotSpec, setup: SceneSetup, seconds: float = SETTLING) -> str:
    """Why a scene is none to practise in, or an empty string.

    The robot holds its first pose meanwhile; only the things and what touches them are judged.

    Args:
        robot: The robot.
        setup: The scene with its seed applied.
        seconds: Simulated time, s.
    """
    try:
        model = build_model(robot, setup)
    except (SkillStackError, ValueError) as error:
        return f"the scene cannot be loaded: {error}"
    data = mujoco.MjData(model)
    position = robot.pose("default")
    for name, value in zip(robot.joint_names, position):
        data.qpos[model.joint(name).qposadr[0]] = value
        data.ctrl[model.actuator(name).id] = value
    if robot.fixed is None:
        data.qpos[2] = robot.stand_height
    mujoco.mj_forward(model, data)
    if problem := _inside(model, data, {thing.id for thing in setup.objects}):
        return problem
    return _unsettled(model, data, setup, seconds)


def _inside(model: mujoco.MjModel, data: mujoco.MjData, things: set[str]) -> str:
    """The first thing that is inside of something, in words."""
    for contact in data.contact[: data.ncon]:
        names = [model.geom(number).name or model.body(model.geom_bodyid[number]).name for number in contact.geom]
        if contact.dist < -INSIDE and things & set(names):
            return f"'{names[0]}' and '{names[1]}' are {-100 * contact.dist:.1f} cm inside of each other"
    return ""


def _unsettled(model: mujoco.MjModel, data: mujoco.MjData, setup: SceneSetup, seconds: float) -> str:
    """What does not come to rest, in words."""
    free = {f"{thing.id}{FREE_JOINT_SUFFIX}": thing.id for thing in setup.objects if thing.movable and not thing.hinge}
    rows = {name: model.joint(joint) for joint, name in free.items()}
    begun = {name: data.qpos[row.qposadr[0] : row.qposadr[0] + 3].copy() for name, row in rows.items()}
    for _ in range(round(seconds / model.opt.timestep)):
        mujoco.mj_step(model, data)
        if not np.isfinite(data.qvel).all() or data.warning[mujoco.mjtWarning.mjWARN_BADQACC].number:
            return "the scene explodes: its simulation diverges"
        if np.abs(data.qvel).max() > WILD:
            body = model.body(model.jnt_bodyid[model.dof_jntid[int(np.abs(data.qvel).argmax())]]).name
            return f"the scene explodes: '{body}' moves at {np.abs(data.qvel).max():.0f} m/s"
    for name, row in rows.items():
        at, speed = row.qposadr[0], row.dofadr[0]
        moved = float(np.linalg.norm(data.qpos[at : at + 3] - begun[name]))
        if moved > SHIFTED:
            return f"'{name}' does not stay where it was put: it moved by {100 * moved:.0f} cm"
        if (now := float(np.linalg.norm(data.qvel[speed : speed + 3]))) > STILL:
            return f"'{name}' does not come to rest: it moves at {now:.2f} m/s"
    return ""
