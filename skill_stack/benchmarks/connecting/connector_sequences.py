"""Random sequences of requests, interruptions, hand-overs and faults: whether switching itself makes a robot fall."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.benchmarks.connecting.connector_reference import PAUSES, Happening, happened, lost_one_by_one, turns
from skill_stack.benchmarks.report import Row
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.connector_suite import SuiteEvent
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.event_line import EventLine

LENGTH = 9.0  # s of task time
AFTER = 2.0  # s in which the robot must come to rest
FAULTS = ("push", "blind", "silent")
SWITCHES = ("ask", "stop", "cancel", "teleop", "estop", "change")
_WALKS = ("go_to", "turn", "move", "walk_for", "face", "walk_lowered", "crawl", "hop", "trot", "spin", "circle")
SKILLS = (*_WALKS, "sit", "stand", "lie", "rise", "wait", "wave", "body_pose")


@dataclass(frozen=True, slots=True)
class SequenceResult:
    """One sequence.

    Attributes:
        seed: Its seed.
        switches: Requests, interruptions and hand-overs.
        faults: Faults.
        fell: Whether the robot fell.
        fell_without: Whether it also fell with the same requests and faults without switching; None where it did not
            fall.
        kinds: What happened, in order.
        unharmed: Whether it also fell with the same requests without switching and without faults; None likewise.
        calm: Whether the same requests and faults bring one without switching in one run; None where it was not tried.
    """

    seed: int
    switches: int
    faults: int
    fell: bool
    fell_without: bool | None
    kinds: list[str]
    unharmed: bool | None = None
    calm: bool | None = None


class Sequences:
    """Creates and runs sequences in the playground."""

    def __init__(self) -> None:
        """Loads the robot."""
        resources = Resources.from_environment(os.environ)
        self._robot: RobotSpec = load_robot(resources.robot("go2"), resources)
        self._library: SkillLibrary = load_library(resources, self._robot)
        self._planner = Planner(self._library)
        self._scene = load_scene(resources.scene("playground"))

    def run(self, seed: int) -> SequenceResult:
        """One sequence; after a fall, the same requests and faults again without switching."""
        line = self._line(seed)
        happenings = _drawn(np.random.default_rng([seed, 91]), [thing.id for thing in line.scene.things])
        fell = self._play(line, happenings)
        without = any(self._in_turn(seed, happenings, FAULTS, pause) for pause in PAUSES) if fell else None
        unharmed = self._in_turn(seed, happenings, (), PAUSES[0]) if fell else None
        faults = sum(kind in FAULTS for _, kind, _ in happenings)
        return SequenceResult(seed, len(happenings) - faults, faults, fell, without, told(happenings), unharmed)

    def _in_turn(self, seed: int, happenings: Sequence[Happening], faults: Sequence[str], pause: float) -> bool:
        """Whether it falls when each request runs until its end."""
        line = self._line(seed)

        def happen(kind: str, what: Any, name: str) -> None:
            _happen(line, kind, what, name)

        requests = turns(happenings, faults, LENGTH)
        return lost_one_by_one(line, requests, happen, lambda: line.truths[-1].fallen, pause, AFTER)

    def _line(self, seed: int) -> EventLine:
        line = EventLine(self._robot, self._library, set_up(self._scene, seed), None, self._planner)
        line.begin()
        return line

    def _play(self, line: EventLine, happenings: Sequence[Happening]) -> bool:
        start, waiting = line.now, list(happenings)
        while line.now - start < LENGTH + AFTER:
            while waiting and waiting[0][0] <= line.now - start:
                when, kind, what = waiting.pop(0)
                _happen(line, kind, what, f"sequence{len(waiting)}/1")
            line.step()
            if line.truths[-1].fallen:
                return True
            line.truths = line.truths[-1:]
        return False


def _drawn(rng: np.random.Generator, things: Sequence[str]) -> list[Happening]:
    """A request at once, then switches and faults at random times."""
    out: list[Happening] = [(0.0, "ask", _request(rng, things))]
    for _ in range(int(rng.integers(3, 8))):
        fault = rng.uniform() < 0.3
        kind = str(rng.choice(FAULTS if fault else SWITCHES, p=None if fault else (0.5, 0.1, 0.1, 0.15, 0.05, 0.1)))
        out.append((float(rng.uniform(0.3, LENGTH)), kind, _details(rng, kind, things)))
    resets = [(when + 1.5, "reset", SuiteEvent(at=0.0, kind="reset")) for when, kind, _ in out if kind == "estop"]
    return sorted([*out, *resets], key=lambda one: one[0])


def _request(rng: np.random.Generator, things: Sequence[str]) -> tuple[str, dict[str, Any]]:
    skill = str(rng.choice(SKILLS))
    drawn: dict[str, dict[str, Any]] = {
        "go_to": {"target": str(rng.choice(things))},
        "face": {"target": str(rng.choice(things))},
        "turn": {"angle": float(rng.uniform(-math.pi, math.pi))},
        "move": {"forward": float(rng.uniform(-0.5, 1.5)), "left": float(rng.uniform(-0.5, 0.5))},
        "walk_for": {"vx": float(rng.uniform(-0.4, 0.9)), "duration": float(rng.uniform(1.0, 5.0))},
        "body_pose": {name: float(rng.uniform(-0.2, 0.2)) for name in ("roll", "pitch", "yaw")},
        "walk_lowered": {"vx": float(rng.uniform(-0.3, 0.6)), "lower": float(rng.uniform(0.0, 0.05))},
        "crawl": {"vx": float(rng.uniform(-0.2, 0.4)), "duration": float(rng.uniform(1.0, 5.0))},
        "hop": {"forward": float(rng.uniform(0.3, 1.0))},
        "trot": {"vx": float(rng.uniform(0.6, 1.5)), "duration": float(rng.uniform(1.0, 3.0))},
        "spin": {"angle": float(rng.uniform(-6.0, 6.0))},
        "circle": {"target": str(rng.choice(things))},
        "wait": {"duration": float(rng.uniform(0.5, 2.0))},
    }
    return skill, drawn.get(skill, {})


def _details(rng: np.random.Generator, kind: str, things: Sequence[str]) -> Any:
    if kind == "ask":
        return _request(rng, things)
    velocity, seconds = (0.0, 0.0, 0.0), 0.0
    if kind == "push":
        size, way = float(rng.uniform(0.1, 0.6)), float(rng.uniform(-math.pi, math.pi))
        velocity = (size * math.cos(way), size * math.sin(way), 0.0)
    elif kind == "teleop":
        velocity = (float(rng.uniform(-0.4, 0.8)), float(rng.uniform(-0.3, 0.3)), float(rng.uniform(-0.9, 0.9)))
        seconds = float(rng.uniform(0.3, 2.0))
    elif kind in ("blind", "silent"):
        seconds = float(rng.uniform(0.02, 0.08)) if kind == "blind" else float(rng.uniform(0.1, 1.0))
    return SuiteEvent(at=0.0, kind=kind, velocity=velocity, seconds=seconds, pace=float(rng.choice((0.0, 0.6, 1.3))))


def _happen(line: EventLine, kind: str, what: Any, name: str) -> None:
    happened(line, what, SkillRequest(name, what[0], what[1], 8.0) if kind == "ask" else None)


def told(happenings: Sequence[Happening]) -> list[str]:
    """A sequence for people: time, event, and skill."""
    out = []
    for when, kind, what in happenings:
        skill = what if isinstance(what, str) else what[0] if kind == "ask" else ""
        out.append(f"{when:.1f} {kind} {skill}".strip())
    return out


def sequence_rows(seeds: Sequence[int], out: Path | None) -> list[Row]:
    """Carries out sequences.

    Args:
        seeds: Their seeds.
        out: Where a JSON line goes for each; those that are there already are not run again.
    """
    return rows_of(carry_out(seeds, out, Sequences().run, "falls"))


def carry_out(
    seeds: Sequence[int], out: Path | None, run: Callable[[int], SequenceResult], what: str
) -> list[SequenceResult]:
    """Runs the sequences that have not been run yet.

    Args:
        seeds: Their seeds.
        out: Where a JSON line goes for each, and where those are that have been run.
        run: Runs one.
        what: What is counted, for the lines on the way.
    """
    done = _read(out)
    todo = [seed for seed in seeds if seed not in done]
    for number, seed in enumerate(todo):
        result = run(seed)
        done[seed] = result
        if out is not None:
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(result)) + "\n")
        if number % 20 == 19:
            fallen = sum(one.fell for one in done.values())
            print(f"{len(done)} of {len(seeds)} sequences, {fallen} {what}", file=sys.stderr, flush=True)
    return [done[seed] for seed in seeds if seed in done]


def rows_of(results: Sequence[SequenceResult]) -> list[Row]:
    """The figures."""
    fell = [one for one in results if one.fell]
    own = [one for one in fell if not one.fell_without]
    switches, faults = sum(one.switches for one in results), sum(one.faults for one in results)
    note = f"{switches} switches, interruptions and hand-overs, {faults} faults; seeds of these: "
    note += ", ".join(str(one.seed) for one in own[:20]) or "none"
    return [
        Row("sequences", float(len(results)), "sequences", 1000.0, "higher"),
        Row("falls that the same sequence without switching does not have", float(len(own)), "falls", 0.0, note=note),
        Row(
            "falls in all",
            float(len(fell)),
            "falls",
            note=f"in {sum(bool(one.unharmed) for one in fell)} of them the requests bring one without any fault",
        ),
    ]


def _read(out: Path | None) -> dict[int, SequenceResult]:
    if out is None or not out.is_file():
        return {}
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {line["seed"]: SequenceResult(**line) for line in lines}
