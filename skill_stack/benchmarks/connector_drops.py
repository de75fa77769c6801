"""Random sequences with an object in the hand: whether switching itself makes a robot drop it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.benchmarks.connector_sequences import Happening, SequenceResult, carry_out
from skill_stack.benchmarks.report import Row
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.core.scene_file import load_scene, set_up
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skill_library import load_library
from skill_stack.evaluation.connector_suite import Event
from skill_stack.planner.planner import Planner
from skill_stack.runtime.eventful_line import EventfulLine

ROBOT, SCENE, THING = "leap", "cube_in_hand", "cube"
FIRST = "cradle"
"""Skill that holds the object when a sequence begins."""
SKILLS = ("cradle", "hold_hand", "close_hand", "open_hand")
LENGTH, AFTER = 6.0, 1.0  # s of task time, and for what still slides
FAULTS = ("nudge", "blind", "silent", "estop")
"""What happens without switching as well: a damped hand may drop what it holds, whoever asked before."""
SWITCHES = ("ask", "stop", "cancel")
BELOW, BESIDE = 0.05, 0.2  # m below and beside the palm at which an object has been dropped
NUDGE = 1.0  # m/s


class HeldLine(EventfulLine):
    """A line with an object in the hand."""

    def begin(self) -> None:
        """Takes hold, and counts from now on."""
        self._hands, self._gone = [], {}
        self.run_skill(FIRST, {})
        self.forget()

    @property
    def dropped(self) -> bool:
        """Whether the object is no longer in the hand."""
        assert self.robot.fixed is not None
        palm, place = np.array(self.robot.fixed.xyz), self.device.data.body(THING).xpos
        return bool(place[2] < palm[2] - BELOW or np.hypot(*(place[:2] - palm[:2])) > BESIDE)

    def nudge(self, velocity: tuple[float, float, float]) -> None:
        """Gives the object a velocity, m/s."""
        joint = self.device.model.body(THING).jntadr[0]
        first = self.device.model.jnt_dofadr[joint]
        self.device.data.qvel[first : first + 3] += velocity


class HeldSequences:
    """Makes and carries out sequences."""

    def __init__(self) -> None:
        """Loads the robot."""
        resources = Resources.from_environment(os.environ)
        self._robot = load_robot(resources.robot(ROBOT), resources)
        self._library = load_library(resources, self._robot)
        self._planner = Planner(self._library)
        self._scene = load_scene(resources.scene(SCENE))

    def run(self, seed: int) -> SequenceResult:
        """One sequence; where the object is dropped, the same faults once more with the first request alone."""
        happenings = drawn(np.random.default_rng([seed, 93]))
        dropped = self._play(seed, happenings)
        without: bool | None = None
        if dropped:
            calm = [one for number, one in enumerate(happenings) if number == 0 or one[1] in (*FAULTS, "reset")]
            without = self._play(seed, calm)
        faults = sum(kind in FAULTS for _, kind, _ in happenings)
        kinds = [
            f"{when:.1f} {kind} {what if isinstance(what, str) else ''}".strip() for when, kind, what in happenings
        ]
        return SequenceResult(seed, len(happenings) - faults, faults, dropped, without, kinds)

    def _play(self, seed: int, happenings: Sequence[Happening]) -> bool:
        line = HeldLine(self._robot, self._library, set_up(self._scene, seed), None, self._planner, pose="default")
        line.begin()
        start, waiting = line.now, list(happenings)
        while line.now - start < LENGTH + AFTER:
            while waiting and waiting[0][0] <= line.now - start:
                _, kind, what = waiting.pop(0)
                if kind == "ask":
                    line.ask(SkillRequest(f"sequence{len(waiting)}/1", what, {}, 5.0))
                elif kind == "nudge":
                    line.nudge(what)
                else:
                    line.happen(what)
            line.step()
            line.truths.clear()
            if line.dropped:
                return True
        return False


def drawn(rng: np.random.Generator) -> list[Happening]:
    """A request at once, then switches and faults at random times; many of them while fingers still move."""
    out: list[Happening] = [(0.0, "ask", str(rng.choice(SKILLS)))]
    for _ in range(int(rng.integers(3, 9))):
        fault = rng.uniform() < 0.3
        kind = str(rng.choice(FAULTS, p=(0.4, 0.25, 0.25, 0.1)) if fault else rng.choice(SWITCHES, p=(0.7, 0.15, 0.15)))
        out.append((float(rng.uniform(0.1, LENGTH)), kind, _details(rng, kind)))
    resets = [(when + 1.0, "reset", Event(at=0.0, kind="reset")) for when, kind, _ in out if kind == "estop"]
    return sorted([*out, *resets], key=lambda one: one[0])


def _details(rng: np.random.Generator, kind: str) -> Any:
    if kind == "ask":
        return str(rng.choice(SKILLS))
    if kind == "nudge":
        return tuple(float(v) for v in rng.uniform(-NUDGE, NUDGE, 3))
    seconds = float(rng.uniform(0.02, 0.08)) if kind == "blind" else float(rng.uniform(0.1, 1.0))
    return Event(at=0.0, kind=kind, seconds=seconds)


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
        Row("drops that the same faults without switching do not bring", float(len(own)), "drops", 0.0,
            note=note + (", ".join(str(one.seed) for one in own[:20]) or "none")),
        Row("drops in all", float(len(dropped)), "drops"),
    ]  # fmt: skip
