"""Learns a correspondence: ``python -m skill_stack.training.mirroring go2 follow_body --record --learn``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skill_stack.connector.mirroring.correspondence import FILE, load_correspondence
from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.training.figures import write_figures
from skill_stack.training.mirroring.learn import learn
from skill_stack.training.mirroring.persons import People, load_people
from skill_stack.training.mirroring.recognition import ClipRecogniser, pieces
from skill_stack.training.mirroring.rollouts import MOTION, RandomGoals, SeenRun, run
from skill_stack.training.mirroring.settings import MirrorSettings, load_settings
from skill_stack.training.mirroring.streams import EACH, StreamMirror, dealt, made_stream
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.timed_lines import timed_lines

FIRST_SEED = 800_000
"""Seeds from here on are for measuring alone: first streams that the recogniser learns from, then others."""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "mirroring",
        "Learn how a person's body corresponds to a robot's, and measure whether its clips are recognised.",
        "go2 follow_body --record --learn --measure 20",
        "a skill with mirror.yaml beside it, whose goal values change all the time",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("runs/mirroring"),
        help="folder of recorded runs and streams; what is there is not run again",
    )
    parser.add_argument("--record", action="store_true", help="record what the robot does when told anything")
    parser.add_argument("--learn", action="store_true", help=f"learn from that, and write {FILE} beside the skill")
    parser.add_argument("--measure", type=int, metavar="N", help="follow N live streams and recognise their clips")
    parser.add_argument("--known", type=int, default=10, metavar="N", help="streams that the recogniser learns from")
    parser.add_argument("--people", type=Path, default=Path("examples/clips/people.yaml"), help="clips to recognise")
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed that is measured")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything requested was done."""
    options, report = parse(arguments), timed_lines()
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    library = load_library(resources, robot)
    settings = load_settings(folder)
    work = MirrorWork(resources, robot, library, options.skill, options.out, report)
    if options.record:
        work.record(settings)
    if options.learn:
        skill = library[options.skill]
        numbers = [goal for goal in skill.goal if goal.type == "number"]
        limits = np.array([[float(getattr(goal, side) or 0.0) for goal in numbers] for side in ("lower", "upper")])
        assert skill.guided is not None, "a guide passes the goal values on"
        change = np.array([skill.guided.settings[f"{goal.name}_rate"] for goal in numbers])
        learnt = learn(settings, work.recorded(), limits, change, robot.control_rate, report)
        np.savez_compressed(folder / FILE, allow_pickle=False, **learnt.arrays)
        report("comes back: " + ", ".join(f"{name} {share:.2f}" for name, share in learnt.kept.items()))
    if options.measure:
        figures = work.measure(folder, load_people(options.people), options.known, options.measure, options.first)
        write_figures(folder, figures)
    return 0


class MirrorWork:
    """Records, and measures, one skill."""

    def __init__(
        self,
        resources: Resources,
        robot: RobotSpec,
        library: SkillLibrary,
        skill: str,
        out: Path,
        report: Callable[[str], None],
    ) -> None:
        """Keeps what all of it needs."""
        self._resources, self._robot, self._library, self._skill = resources, robot, library, skill
        self._out, self._report = out, report

    def record(self, settings: MirrorSettings) -> None:
        """Records runs with random goal values, one file each."""
        self._out.mkdir(parents=True, exist_ok=True)
        for number in range(settings.runs):
            seed = 1000 * settings.seed + number
            told = RandomGoals(self._library[self._skill], settings.blending, seed)
            seen = run(self._resources, self._robot, self._library, self._skill, seed, told, settings.seconds)
            np.savez_compressed(self._out / f"run_{seed}.npz", goals=seen.goals, motion=seen.motion)
            self._report(f"run {seed}: {len(seen.motion) / self._robot.control_rate:.0f} s {seen.outcome}")

    def recorded(self) -> list[SeenRun]:
        """The recorded runs; raises DataError where there are none."""
        found = []
        for path in sorted(self._out.glob("run_*.npz")):
            with np.load(path, allow_pickle=False) as file:
                found.append(SeenRun(file["goals"], file["motion"], False, ""))
        if not found:
            raise DataError(f"{self._out}: no recorded runs; say --record too")
        return found

    def measure(self, folder: Path, people: People, known_count: int, count: int, first: int) -> dict[str, Any]:
        """Follows live streams: of the first ones a recogniser learns, on ``count`` others it is tried."""
        begin = first + known_count
        known, met = self.streams(folder, people, known_count, first), self.streams(folder, people, count, begin)
        everything, velocities = slice(None), [n for n in range(3 * len(MOTION)) if n % len(MOTION) < 3]
        told = recognised(known, met, everything)
        right, by_velocity = (
            sum(name == said for name, said in one) for one in (told, recognised(known, met, velocities))
        )
        self._report(f"{right} of {len(told)} clips recognised, by velocities alone {by_velocity}")
        return {
            "commit": commit_here(),
            "recogniser": seeds_text(list(range(first, begin))),
            "seeds": seeds_text(list(range(begin, begin + count))),
            "upright": [sum(not row["outcome"] for row in rows) for rows in (known, met)],
            "streams": [known_count, count],
            "recognised": right,
            "recognised_by_velocities": by_velocity,
            "clips": len(told),
            "chance": round(1 / len(people.clips), 3),
            "mistaken": sorted(f"{name} as {said}" for name, said in told if name != said),
        }

    def streams(self, folder: Path, people: People, count: int, first: int) -> list[dict[str, Any]]:
        """Follows streams, or reads what was kept of them: the pieces of each, and how it ended where it fell."""
        rows, found = [], load_correspondence(self._library[self._skill], folder)
        self._out.mkdir(parents=True, exist_ok=True)
        for number, names in enumerate(dealt(sorted(people.clips), count, np.random.default_rng(first))):
            path = self._out / f"stream_{first + number}.npz"
            if not path.exists():
                made = made_stream(people.clips, names, EACH, np.random.default_rng(first + number))
                told, seconds = StreamMirror(found, made), len(names) * EACH
                seen = run(self._resources, self._robot, self._library, self._skill, first + number, told, seconds)
                parts = pieces(seen.motion, names, EACH, self._robot.control_rate)
                values = np.array([value for _, value in parts])
                left = told.mirror.left_out
                np.savez_compressed(
                    path, names=[name for name, _ in parts], values=values, outcome=seen.outcome, left=left
                )
            with np.load(path, allow_pickle=False) as file:
                told_of = list(zip(file["names"].tolist(), file["values"]))
                rows.append({"pieces": told_of, "outcome": str(file["outcome"])})
                self._report(
                    f"seed {first + number}: {rows[-1]['outcome'] or 'upright'}, {file['left']} frames left out"
                )
        return rows


def recognised(
    known: list[dict[str, Any]], met: list[dict[str, Any]], columns: slice | list[int]
) -> list[tuple[str, str]]:
    """Clips and what they are taken for, by some of the numbers that describe a motion."""
    recogniser = ClipRecogniser.fit([(name, value[columns]) for row in known for name, value in row["pieces"]])
    return [(name, recogniser.name(value[columns])) for row in met for name, value in row["pieces"]]


if __name__ == "__main__":
    sys.exit(main())
