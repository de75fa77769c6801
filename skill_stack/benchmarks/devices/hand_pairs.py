"""Grasp skills over the bus and directly: the same skill on the same seeds, judged on the object's true position.

``skill-stack bench hardware --pairs 20 --robot leap --skill close_hand --turn 60``. The hand is bolted down palm up
with an object in it. The skill closes it; then gravity turns by an angle, as if the hand were turned, and the object
must stay. Directly the simulation drives the joints; over the bus the real driver talks to motors that do. In both ways
joints are as strong as the bus lets them be.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.benchmarks.pieces import PieceFile, print_rows
from skill_stack.benchmarks.report import Row
from skill_stack.core.errors import SkillStackError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import MountPose, RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import ObjectFile, SceneFile, SceneSetup, VariationFile, set_up
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.paired import mcnemar_exact, pairs_of
from skill_stack.hardware.bus_device import PHYSICS_STEP, BusDevice
from skill_stack.hardware.mujoco.drive_torques import as_driven
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.runtime.line.line import Line

Array = np.ndarray

TITLE = "a grasp skill directly in simulation and over the bus, on the same seeds"
HOLD = 5.0
"""Time that the object must stay, s."""
TURN_WITHIN = 1.5
"""Time in which gravity turns, s; the holding begins after it."""
SLIPPED = 0.06
"""Distance from where the skill left it at which an object counts as dropped, m: about its own size."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A fixed hand, palm up, and its object.

    Attributes:
        fixed: Where its base is.
        pose: Named pose in which it begins.
        thing: The object, in the world.
        shift: Largest shift of the object along x and y by the seed, m.
        rate: Rate of the control loop, Hz; None for the robot's own.
    """

    fixed: MountPose
    pose: str
    thing: ObjectFile
    shift: float = 0.006
    rate: float | None = None


HOLDS: Mapping[str, Hold] = {
    # Cube of the published task of this hand (mujoco_playground, Apache-2.0).
    "leap": Hold(
        MountPose(xyz=(0.0, 0.0, 0.25)),
        "default",
        ObjectFile(
            id="thing", kind="cube", shape="box", size=(0.07, 0.07, 0.07), position=(0.1, 0.0, 0.3), movable=True,
            mass=0.108, friction=0.6,
        ),
    ),
    # Palm up: the palm looks along x of its link, fingers along z.
    "allegro_right": Hold(
        MountPose(xyz=(0.0, 0.0, 0.25), rpy=(0.0, -math.pi / 2, 0.0)),
        "default",
        ObjectFile(
            id="thing", kind="ball", shape="sphere", size=(0.07, 0.07, 0.07), position=(-0.02, 0.0, 0.33), movable=True,
            mass=0.108, friction=0.8,
        ),
        rate=250.0,  # its deployment takes 300: the loop is closed over the bus; this one is whole milliseconds
    ),
}  # fmt: skip
"""Hands by robot; sizes of objects in m, masses in kg."""
RANGES = VariationFile(motor_strength=(0.9, 1.1), noise=(0.5, 1.5))
"""What a seed varies beside the object's place; own."""


@dataclass(frozen=True, slots=True)
class HeldObject:
    """How one try ended.

    Attributes:
        seed: Its seed.
        way: ``direct`` or ``bus``.
        held: Whether the object stayed for as long as it must.
        outcome: The outcome of the skill that the robot itself reports.
        moved: Largest distance of the object from where the skill left it, m.
        reason: Why the skill did not succeed; empty when it did.
        counts: What the driver noticed, by name.
    """

    seed: int
    way: str
    held: bool
    outcome: str
    moved: float
    reason: str = ""
    counts: Mapping[str, int] | None = None


class HoldTask:
    """One skill of one hand, over any number of seeds."""

    def __init__(self, robot_name: str, skill: str, turn: float, mass: float | None = None) -> None:
        """Loads hand and skill.

        Args:
            robot_name: One of :data:`HOLDS`.
            skill: A skill of it that needs no arguments but the object.
            turn: Angle by which gravity turns after the skill, rad.
            mass: Of the object, kg; None for that of :data:`HOLDS`.

        Raises:
            UnknownName: Nothing is known of an object in that hand, or it has no such skill.
        """
        if robot_name not in HOLDS:
            raise UnknownName("hand with an object in it", robot_name, HOLDS)
        found = Resources.from_environment({})
        robot = load_robot(found.robot(robot_name), found)
        hold = HOLDS[robot_name]
        thing = hold.thing if mass is None else hold.thing.model_copy(update={"mass": mass})
        self._hold, self._skill, self._turn = replace(hold, thing=thing), skill, turn
        self._robot: RobotSpec = robot.at_rate(hold.rate).model_copy(update={"fixed": hold.fixed})
        self._library: SkillLibrary = load_library(found, robot)
        self._goals = {goal.name: thing.id for goal in self._library[skill].goal if goal.type == "object"}
        self._library[skill].complete(self._goals)

    def setup(self, seed: int) -> SceneSetup:
        """The world of a seed."""
        variation = RANGES.model_copy(update={"object_shift": self._hold.shift})
        scene = SceneFile(
            name="object_in_hand", description="An object in an open hand.", objects=(self._hold.thing,),
            variation=variation,
        )  # fmt: skip
        return set_up(scene, seed)

    def run(self, seed: int, over_bus: bool) -> HeldObject:
        """One try.

        Args:
            seed: Its seed.
            over_bus: Whether the joints are reached over the bus.
        """
        make: Callable[..., MujocoDevice] = BusDevice if over_bus else _limited
        line = Line(self._robot, self._library, self.setup(seed), pose=self._hold.pose, device=make)
        device = line.device
        try:
            result = line.run_skill(self._skill, self._goals)
            moved = self._hold_on(line)
            counts = dict(device.counts) if isinstance(device, BusDevice) else None
        finally:
            if isinstance(device, BusDevice):
                device.close()
        succeeded = result.outcome == "succeeded"
        return HeldObject(
            seed, "bus" if over_bus else "direct", succeeded and moved < SLIPPED, result.outcome, moved,
            "" if succeeded else result.reason, counts,
        )  # fmt: skip

    def _hold_on(self, line: Line) -> float:
        """Turns gravity, holds, and returns how far the object has gone from where it was, m."""
        model, data = line.device.model, line.device.data
        thing, down = data.body(self._hold.thing.id), float(np.linalg.norm(model.opt.gravity))
        place, begin, farthest = np.array(thing.xpos), line.now, 0.0
        while line.now < begin + TURN_WITHIN + HOLD and farthest < SLIPPED:
            angle = self._turn * min((line.now - begin) / TURN_WITHIN, 1.0)
            model.opt.gravity[:] = (0.0, down * math.sin(angle), -down * math.cos(angle))
            line.step()
            farthest = max(farthest, float(np.linalg.norm(thing.xpos - place)))
        return farthest


def _limited(robot: RobotSpec, *given: Any, **more: Any) -> MujocoDevice:
    """A simulation with joint torques limited as over the bus, unknown to the controller."""
    return MujocoDevice(as_driven(robot), *given, **{**more, "timestep": PHYSICS_STEP})


def campaign(task: HoldTask, seeds: Sequence[int], out: Path | None, tell: Callable[[str], object]) -> list[HeldObject]:
    """Runs the pairs that are not done yet.

    Args:
        task: What is done.
        seeds: The seeds.
        out: File with the tries that are done already, which takes the others.
        tell: Takes lines on the progress.
    """
    done = PieceFile(out)
    tries = [HeldObject(**told) for told in done.pieces]
    known = {(one.seed, one.way) for one in tries}
    for seed in seeds:
        for way in ("direct", "bus"):
            if (seed, way) not in known:
                tries.append(task.run(seed, way == "bus"))
                done.add(asdict(tries[-1]))
                tell(f"seed {seed}, {way}: {'held' if tries[-1].held else 'not held'} {tries[-1].reason}".rstrip())
    return [one for one in tries if one.seed in set(seeds)]


def rows(tries: Sequence[HeldObject], what: str) -> list[Row]:
    """The figures.

    Args:
        tries: Those of both ways on the same seeds.
        what: The skill, for people.
    """
    won = {way: {(what, one.seed): one.held for one in tries if one.way == way} for way in ("direct", "bus")}
    pairs = pairs_of(won["direct"], won["bus"])
    out = []
    for way, held in won.items():
        low, high = success_interval(sum(held.values()), len(held))
        note = f"{sum(held.values())} of {len(held)}; spread: 95 % interval"
        share = 100.0 * sum(held.values()) / len(held)
        name = f"{what}, {way}: held for {HOLD:g} s"
        out.append(Row(name, share, "%", spread=(100.0 * low, 100.0 * high), note=note))
    p = mcnemar_exact(pairs.lost, pairs.won)
    alone = f"{pairs.lost} directly alone, {pairs.won} over the bus alone"
    note = f"{pairs.both} with both, {pairs.neither} with neither, {alone}"
    out.append(Row(f"{what}: probability that chance explains the difference", p, "", 0.05, "higher", note=note))
    moved = [one.moved for one in tries if one.held]
    out.append(Row(f"{what}: way of held objects", 1e3 * float(np.median(moved)) if moved else math.nan, "mm"))
    return out


def _kilograms(mass: float | None) -> str:
    return "" if mass is None else f"{mass:g} kg, "


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of pairs."""
    pairs = parser.add_argument_group("with --pairs")
    pairs.add_argument("--robot", default="leap", help=f"one of {', '.join(HOLDS)} (default: leap)")
    pairs.add_argument("--skill", default="close_hand", help="skill that closes the hand (default: close_hand)")
    pairs.add_argument(
        "--turn", type=float, default=60.0, metavar="DEGREES", help="by which gravity turns (default: 60)"
    )
    pairs.add_argument("--mass", type=float, metavar="KG", help="of the object (default: the hand's own, 0.108)")


def run(options: argparse.Namespace) -> int:
    """Pairs of tries.

    Returns:
        0 when success is equal within what chance explains, 1 otherwise or when it could not be measured.
    """
    began = time.perf_counter()
    try:
        task = HoldTask(options.robot, options.skill, math.radians(options.turn), options.mass)
        tries = campaign(task, range(1, options.pairs + 1), options.out, lambda line: print(line, file=sys.stderr))
    except SkillStackError as error:
        print(error, file=sys.stderr)
        return 1
    found = rows(
        tries, f"{options.robot} {options.skill}, {_kilograms(options.mass)}gravity turned by {options.turn:g}°"
    )
    print_rows("hardware", TITLE, found, options.json, began)
    return 0 if all(row.holds is not False for row in found) else 1
