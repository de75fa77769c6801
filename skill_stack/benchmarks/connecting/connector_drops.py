"""Random sequences with an object in the hand: whether switching itself makes a robot drop it.

A drop counts against switching if it occurs neither with the same requests and faults one after the other, nor with the
same faults alone, each applied to the hand at rest in the posture that it was commanded then.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.benchmarks.connecting.connector_reference import (
    PAUSES,
    Happening,
    Turn,
    happened,
    lost_one_by_one,
    turns,
)
from skill_stack.benchmarks.connecting.connector_sequences import SequenceResult, carry_out, told
from skill_stack.benchmarks.connecting.connector_settled import Met, settled
from skill_stack.benchmarks.report import Row
from skill_stack.controllers.tick import Tick
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillRequest
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.connector_suite import SuiteEvent
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.event_line import EventLine

ROBOT, SCENE, THING = "leap", "cube_in_hand", "cube"
FIRST = "cradle"
"""Skill that holds the object at the start of a sequence."""
SKILLS = ("cradle", "hold_hand", "close_hand", "open_hand")
LENGTH, AFTER = 6.0, 1.0  # s of task time, and for what still slides
LATER = 4.0
"""Additional time without switching, s: what slides out of a damped hand a little later counts as dropped too."""
FAULTS = ("nudge", "blind", "silent", "estop")
"""Faults of the runs without switching: a damped hand may drop its object after any request."""
KEPT = (*FAULTS, "reset")
SWITCHES = ("ask", "stop", "cancel")
BELOW, BESIDE = 0.05, 0.2  # m below and beside the palm at which an object has been dropped
NUDGE = 1.0  # m/s
Shift = tuple[float, float]
SHIFTS: tuple[Shift, ...] = ((0.0, 0.0), (0.008, 0.0), (-0.008, 0.0), (0.0, 0.008), (0.0, -0.008))
"""Displacements of the object in the runs without switching, m: about as far as bowls and fists move it."""


class HeldLine(EventLine):
    """A line with an object in the hand.

    Attributes:
        told: Joint targets of the last command other than damping, rad, by name.
    """

    told: dict[str, float]

    def begin(self) -> None:
        """Grasps, and starts the time."""
        self._hands, self._gone, self.told = [], {}, dict(self.robot.poses["default"])
        self.run_skill(FIRST, {})
        self.forget()

    def _tick(self) -> Tick:
        tick = super()._tick()
        if hasattr(self, "told") and tick.status.mode in (ControlMode.ACTIVE, ControlMode.STANCE):
            self.told = dict(zip(self.robot.joint_names, (float(q) for q in tick.command.q), strict=True))
        return tick

    @property
    def dropped(self) -> bool:
        """Whether the object has left the hand."""
        assert self.robot.fixed is not None
        palm, place = np.array(self.robot.fixed.xyz), self.device.data.body(THING).xpos
        return bool(place[2] < palm[2] - BELOW or np.hypot(*(place[:2] - palm[:2])) > BESIDE)

    def shift(self, way: Shift) -> None:
        """Moves the object in the hand, m."""
        first = self.device.model.jnt_qposadr[self.device.model.body(THING).jntadr[0]]
        self.device.data.qpos[first : first + 2] += way

    def nudge(self, velocity: tuple[float, float, float]) -> None:
        """Gives the object a velocity, m/s."""
        joint = self.device.model.body(THING).jntadr[0]
        first = self.device.model.jnt_dofadr[joint]
        self.device.data.qvel[first : first + 3] += velocity


class HeldSequences:
    """Creates and runs sequences."""

    def __init__(self) -> None:
        """Loads the robot."""
        resources = Resources.from_environment(os.environ)
        self._robot = load_robot(resources.robot(ROBOT), resources)
        self._library = load_library(resources, self._robot)
        self._planner = Planner(self._library)
        self._scene = load_scene(resources.scene(SCENE))

    def run(self, seed: int) -> SequenceResult:
        """One sequence; after a drop, the same requests and faults again without switching."""
        happenings, met = drawn(np.random.default_rng([seed, 93])), list[Met]()
        dropped = self._play(self._line(seed), happenings, met)
        requests = turns(happenings, KEPT, LENGTH)
        calm = self._in_turn(self._line(seed), requests, PAUSES[0], AFTER)
        without: bool | None = None
        unharmed: bool | None = None
        if dropped:
            without = calm or any(
                self._in_turn(self._line(seed, shift), requests, one) or self._at_rest(seed, met, one, shift)
                for one, shift in zip(PAUSES, SHIFTS, strict=True)
            )
            unharmed = self._in_turn(self._line(seed), turns(happenings, (), LENGTH), PAUSES[0])
        faults = sum(kind in FAULTS for _, kind, _ in happenings)
        switches = len(happenings) - faults
        return SequenceResult(seed, switches, faults, dropped, without, told(happenings), unharmed, calm)

    def _line(self, seed: int, shift: Shift = SHIFTS[0]) -> HeldLine:
        return self._held(self._robot, self._library, seed, shift)

    def _held(self, robot: RobotSpec, library: SkillLibrary, seed: int, shift: Shift) -> HeldLine:
        line = HeldLine(robot, library, set_up(self._scene, seed), None, self._planner, pose="default")
        line.shift(shift)
        line.begin()
        return line

    def _in_turn(self, line: HeldLine, requests: Sequence[Turn], pause: float, after: float = LATER) -> bool:
        """Whether it is dropped when each request runs until its end."""

        def happen(kind: str, what: Any, name: str) -> None:
            _happen(line, kind, what, name)

        return lost_one_by_one(line, requests, happen, lambda: line.dropped, pause, after)

    def _at_rest(self, seed: int, met: Sequence[Met], pause: float, shift: Shift) -> bool:
        """Whether the faults alone make the hand drop it, at rest in the postures at the time of each fault."""
        robot, library, requests = settled(self._robot, self._library, FIRST, met, LENGTH, pause)
        return self._in_turn(self._held(robot, library, seed, shift), requests, pause)

    def _play(self, line: HeldLine, happenings: Sequence[Happening], met: list[Met]) -> bool:
        start, waiting = line.now, list(happenings)
        while line.now - start < LENGTH + AFTER:
            while waiting and waiting[0][0] <= line.now - start:
                when, kind, what = waiting.pop(0)
                if kind in KEPT:
                    met.append(Met(when, line.told, kind, what))
                _happen(line, kind, what, f"sequence{len(waiting)}/1")
            line.step()
            line.truths.clear()
            if line.dropped:
                return True
        return False


def _happen(line: HeldLine, kind: str, what: Any, name: str) -> None:
    if kind == "nudge":
        line.nudge(what)
    else:
        happened(line, what, SkillRequest(name, what, {}, 5.0) if kind == "ask" else None)


def drawn(rng: np.random.Generator) -> list[Happening]:
    """A request at once, then switches and faults at random times; many of them while fingers still move."""
    out: list[Happening] = [(0.0, "ask", str(rng.choice(SKILLS)))]
    for _ in range(int(rng.integers(3, 9))):
        fault = rng.uniform() < 0.3
        kind = str(rng.choice(FAULTS, p=(0.4, 0.25, 0.25, 0.1)) if fault else rng.choice(SWITCHES, p=(0.7, 0.15, 0.15)))
        out.append((float(rng.uniform(0.1, LENGTH)), kind, _details(rng, kind)))
    resets = [(when + 1.0, "reset", SuiteEvent(at=0.0, kind="reset")) for when, kind, _ in out if kind == "estop"]
    return sorted([*out, *resets], key=lambda one: one[0])


def _details(rng: np.random.Generator, kind: str) -> Any:
    if kind == "ask":
        return str(rng.choice(SKILLS))
    if kind == "nudge":
        return tuple(float(v) for v in rng.uniform(-NUDGE, NUDGE, 3))
    seconds = float(rng.uniform(0.02, 0.08)) if kind == "blind" else float(rng.uniform(0.1, 1.0))
    return SuiteEvent(at=0.0, kind=kind, seconds=seconds)


def drop_rows(seeds: Sequence[int], out: Path | None) -> list[Row]:
    """Carries out sequences.

    Args:
        seeds: Their seeds.
        out: Where a JSON line goes for each; those that are there already are not run again.
    """
    results = carry_out(seeds, out, HeldSequences().run, "drops")
    dropped = [one for one in results if one.fell]
    own = [one for one in dropped if not one.fell_without]
    switches, faults = sum(one.switches for one in results), sum(one.faults for one in results)
    note = f"{switches} requests and interruptions, {faults} faults, a cube in a hand; seeds of these: "
    return [
        Row("sequences with an object", float(len(results)), "sequences", 1000.0, "higher"),
        Row("drops that the same sequence without switching does not have", float(len(own)), "drops", 0.0,
            note=note + (", ".join(str(one.seed) for one in own[:20]) or "none")),
        Row("drops in all", float(len(dropped)), "drops",
            note=f"in {sum(bool(one.unharmed) for one in dropped)} of them the requests drop it without any fault"),
        Row("drops in all without switching", float(sum(bool(one.calm) for one in results)), "drops",
            note="of the same sequences, each request left alone until it ends; one run of each"),
    ]  # fmt: skip
