"""``skill-stack eval errands``: what has to hold in the body on the way, part by part, judged on simulator truth.

A part is scored here (:data:`PARTS`), or is tasks of another suite, which its own evaluation runs.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from skill_stack.benchmarks.seed_counts import SeedCounts, counted_figures
from skill_stack.commands.common import note, print_json
from skill_stack.commands.measure.evaluate_drawn import DrawnKind, needs_opencv, score_all
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import SkillStackError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.evaluation.measured import commit_here, seeds_text, version_from
from skill_stack.evaluation.scenes.scene_sentences import scene_sentence
from skill_stack.evaluation.scores.building_score import BuildingScore, building_figures, building_misses
from skill_stack.evaluation.scores.contrast_score import ContrastScore, contrast_figures, contrast_misses
from skill_stack.evaluation.scores.correction_score import CorrectionScore, correction_figures, correction_misses
from skill_stack.evaluation.scores.failure_score import FailureScore, failure_figures, failure_misses
from skill_stack.evaluation.scores.proposal_score import ProposalScore, proposal_figures, proposal_misses
from skill_stack.evaluation.scores.room_score import RoomScore, room_figures, room_misses
from skill_stack.evaluation.scores.score_file import ScoreFile
from skill_stack.evaluation.scores.sentence_score import (
    SentenceScore,
    judged,
    sentence_figures,
    sentence_misses,
)
from skill_stack.evaluation.scores.switch_score import SwitchScore, switch_figures, switch_misses
from skill_stack.evaluation.scores.team_score import TeamScore, team_figures, team_misses
from skill_stack.evaluation.scores.way_score import WayScore, way_figures, way_misses
from skill_stack.evaluation.suite import seeds_of
from skill_stack.language import scene_described
from skill_stack.runtime.rehearsal.response_score import (
    ResponseScore,
    response_figures,
    response_misses,
    save_responses,
)

THROUGH = "errands"
"""Value of ``through`` in such a suite."""
LIST = "list"
"""Name for ``--task`` that lists the parts."""
ROUND = 840
"""First drawn seeds are its multiples, so that kinds that go by turns of up to eight begin with the first."""
DRAWS = 1_000_000
"""Of how many such multiples the version of the software draws one."""
Rows = Callable[[list[int]], Iterable[dict[str, Any]]]
PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class ErrandPart:
    """One part of the suite.

    Attributes:
        kind: How scores are read and summed up.
        rows: Resources and robot → scores of seeds as plain data, as they come.
    """

    kind: DrawnKind
    rows: Callable[[Resources, str], Rows]


@dataclass(frozen=True, slots=True)
class _Scored:
    """Rows of a class that is imported on demand, for it needs physics or processes.

    Attributes:
        where: The class below ``skill_stack``; it takes resources and the robot's name.
        method: Its method that scores one seed.
        sees: Whether a camera is drawn.
    """

    where: str
    method: str = "score"
    sees: bool = False

    def found(self) -> Any:
        """The class."""
        module, _, name = self.where.rpartition(".")
        return getattr(importlib.import_module(f"skill_stack.{module}"), name)

    def __call__(self, found: Resources, robot: str) -> Rows:
        if self.sees:
            needs_opencv()
        return _each(getattr(self.found()(found, robot), self.method))


def _each(score: Callable[[int], Any]) -> Rows:
    """Rows of a function that scores one seed."""
    return lambda seeds: (score(seed).to_json() for seed in seeds)


def _drawn(what: str) -> Callable[[Resources, str], Rows]:
    """Rows of a measurement with a drawn camera, in a process of its own."""

    def rows(found: Resources, robot: str) -> Rows:
        from skill_stack.runtime.episodes.perception_worker import rows as scored  # on demand: physics

        needs_opencv()
        return lambda seeds: scored(what, seeds)

    return rows


def _corrections(found: Resources, robot: str) -> Rows:
    from skill_stack.runtime.episodes.errands.correction_episodes import CorrectionEpisodes  # on demand: robots

    return _each(CorrectionEpisodes(found).score)


def _skill_choice(found: Resources, robot: str) -> Rows:
    from skill_stack.runtime.episodes.errands.correction_episodes import CorrectionEpisodes  # on demand: robots

    return _each(CorrectionEpisodes(found).choice)


def _rehearsal(found: Resources, robot: str) -> Rows:
    from skill_stack.runtime.episodes.errands.proposal_episodes import ProposalEpisodes  # on demand: physics

    return _each(ProposalEpisodes(found, robot, time.process_time).score)


def _described(found: Resources, robot: str) -> Rows:
    """Rows of descriptions in words; no robot has a part in them."""

    def score(seed: int) -> SentenceScore:
        said = scene_sentence(seed)
        try:
            return judged(said, [one.resolve() for one in scene_described(said.words).objects])
        except SkillStackError as error:
            return judged(said, [], str(error))

    return _each(score)


def _contrast(least: float, gain: float) -> DrawnKind:
    """Tasks with and without something; the least share done, and by how much that is to be more than without."""
    return DrawnKind(
        ContrastScore.from_json,
        contrast_figures,
        lambda figures: contrast_misses(figures, least, gain),
        lambda row: _told(row, "done"),
    )


def _counted(module: str, figures: str = "", misses: str = "") -> DrawnKind:
    """Counts of a benchmark, with figures and limits of its own where it has some; imported on demand, as it is."""

    def own(name: str) -> Callable[[Any], Any]:
        return lambda value: getattr(importlib.import_module(f"skill_stack.benchmarks.{module}"), name)(value)

    return DrawnKind(
        SeedCounts.from_json,
        own(figures) if figures else counted_figures,
        own(misses) if misses else lambda figures: [],
        lambda row: _counts_told(row),
    )


_WAYS = DrawnKind(WayScore.from_json, way_figures, way_misses, lambda row: _told(row, "kept"))
_SENTENCES = DrawnKind(SentenceScore.from_json, sentence_figures, sentence_misses, lambda row: _told(row, "passed"))
_ROOMS = DrawnKind(RoomScore.from_json, room_figures, room_misses, lambda row: _told(row, "reached"))
_EXPLAINED = DrawnKind(FailureScore.from_json, failure_figures, failure_misses, lambda row: _told(row, "named"))
_BUILDINGS = DrawnKind(BuildingScore.from_json, building_figures, building_misses, lambda row: _told(row, "passed"))
_SWITCHED = DrawnKind(SwitchScore.from_json, switch_figures, switch_misses, lambda row: _switch_told(row))


def _nodes(name: str, method: str = "score") -> _Scored:
    """What runs and judges errands through all nodes with a camera."""
    return _Scored(f"commands.measure.through_nodes.errands.{name}", method, sees=True)


PARTS = {
    "ways": ErrandPart(_WAYS, _Scored("runtime.episodes.errands.way_episodes.WayEpisodes")),
    "ways_areas": ErrandPart(_WAYS, _Scored("runtime.episodes.errands.way_episodes.WayEpisodes", "area")),
    "switches": ErrandPart(_SWITCHED, _Scored("runtime.episodes.errands.switch_episodes.SwitchEpisodes")),
    "switches_nodes": ErrandPart(_SWITCHED, _Scored("commands.measure.through_nodes.switches.NodeSwitches")),
    "hand_switches": ErrandPart(_SWITCHED, _Scored("runtime.episodes.errands.grip_episodes.GripEpisodes")),
    "ways_nodes": ErrandPart(_contrast(0.85, -1.0), _Scored("commands.measure.through_nodes.errands.NodeWays")),
    "doors_nodes": ErrandPart(_contrast(0.8, -1.0), _nodes("NodeDoors")),
    "lids_nodes": ErrandPart(_contrast(0.8, -1.0), _nodes("NodeLids")),
    "touch_nodes": ErrandPart(_contrast(0.8, 0.0), _nodes("NodeTouches")),
    "fingers_nodes": ErrandPart(_contrast(0.8, 0.5), _Scored("commands.measure.through_nodes.fingers.NodeFingers")),
    "tower_nodes": ErrandPart(_contrast(0.8, -1.0), _nodes("NodeTowers")),
    "blocked_nodes": ErrandPart(_contrast(0.9, -1.0), _nodes("NodeBlocked")),
    "blocked": ErrandPart(_contrast(0.9, 0.0), _Scored("runtime.episodes.errands.blocked_episodes.BlockedEpisodes")),
    "leaf_here": ErrandPart(
        _contrast(0.9, -1.0), _Scored("runtime.episodes.errands.blocked_episodes.BlockedEpisodes", "leaf_here")
    ),
    "leaf_here_nodes": ErrandPart(_contrast(0.9, -1.0), _nodes("NodeBlocked", "leaf_here")),
    "doors": ErrandPart(_contrast(0.9, -1.0), _Scored("runtime.episodes.errands.door_episodes.DoorEpisodes")),
    "lids": ErrandPart(_contrast(0.9, -1.0), _Scored("runtime.episodes.errands.lid_episodes.LidEpisodes")),
    **{f"{robot}_bodies_nodes": ErrandPart(_contrast(0.8, -1.0), _nodes("NodeBodies")) for robot in ("go2", "g1")},
    "rooms": ErrandPart(_ROOMS, _Scored("runtime.episodes.errands.room_episodes.RoomEpisodes")),
    "rooms_nodes": ErrandPart(_ROOMS, _nodes("NodeRooms")),
    "blueprints": ErrandPart(_BUILDINGS, _drawn("blueprints")),
    "repairs": ErrandPart(_BUILDINGS, _drawn("repairs")),
    "described_scenes": ErrandPart(_SENTENCES, _described),
    "going": ErrandPart(_contrast(0.96, 0.0), _Scored("runtime.handling.going_episodes.GoingEpisodes")),
    "handling": ErrandPart(_contrast(0.8, 0.25), _Scored("runtime.handling.handling_episodes.HandlingEpisodes")),
    "two_hands": ErrandPart(_contrast(0.8, -1.0), _Scored("runtime.handling.two_hand_episodes.TwoHandEpisodes")),
    "two_hands_nodes": ErrandPart(_contrast(0.8, -1.0), _Scored("commands.measure.through_nodes.errands.NodeTwoHands")),
    "tracking": ErrandPart(_contrast(0.8, 0.25), _Scored("runtime.handling.tracking_episodes.TrackingEpisodes")),
    "corrections": ErrandPart(
        DrawnKind(CorrectionScore.from_json, correction_figures, correction_misses, lambda row: _told(row, "shown")),
        _corrections,
    ),
    "explained": ErrandPart(_EXPLAINED, _Scored("runtime.episodes.errands.failure_episodes.FailureEpisodes")),
    "explained_nodes": ErrandPart(_EXPLAINED, _nodes("NodeExplained")),
    "skill_choice": ErrandPart(_contrast(0.0, 0.2), _skill_choice),
    "second": ErrandPart(
        _contrast(0.0, 0.3), _Scored("runtime.episodes.errands.failure_episodes.FailureEpisodes", "second")
    ),
    "rehearsal": ErrandPart(
        DrawnKind(ProposalScore.from_json, proposal_figures, proposal_misses, lambda row: _told(row, "right")),
        _rehearsal,
    ),
    **dict.fromkeys(
        ("responses", "g1_responses"),
        ErrandPart(
            DrawnKind(ResponseScore.from_json, response_figures, response_misses),
            _Scored("benchmarks.connecting.response_walks.ResponseWalks"),
        ),
    ),
    "composites": ErrandPart(
        _counted("planning.gaps", "composite_figures", "composite_misses"),
        _Scored("benchmarks.planning.gaps.CompositeSearches"),
    ),
    "lessons": ErrandPart(
        _counted("planning.lessons", misses="lesson_misses"), _Scored("benchmarks.planning.lessons.LessonSeeds")
    ),
    "stages": ErrandPart(
        _counted("stack.line_in_process", "stage_figures"), _Scored("benchmarks.stack.line_in_process.StageTimes")
    ),
    "transfer": ErrandPart(
        _counted("connecting.synthetic_learner", misses="transfer_misses"),
        _Scored("benchmarks.connecting.synthetic_learner.TransferFigures"),
    ),
    "mixed_team": ErrandPart(_contrast(0.9, 0.0), _Scored("runtime.line.team_episodes.MixedEpisodes")),
    "teams": ErrandPart(
        DrawnKind(TeamScore.from_json, team_figures, team_misses, lambda row: _team_told(row)),
        _Scored("runtime.line.team_episodes.TeamEpisodes"),
    ),
}


def run(
    file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources,
    measure: Callable[[argparse.Namespace], int],
) -> int:  # fmt: skip
    """Measures the parts; 0 when every limit is met.

    Args:
        file: The suite.
        seeds: Seeds; none takes as many of each part as the suite states, drawn by the version of the software.
        options: Of the command line: ``task``, names of parts, or ``list``, which tells them; ``json``, ``fresh`` and
            ``into``, the folder of a robot's skills, where responses are written. Other suites get all of them.
        found: Where robots are, and where results are kept.
        measure: Runs the evaluation of another suite; takes the options of its command line.

    Raises:
        UnknownName: There is no such part.
        SkillStackError: A robot or skill is missing or wrong.
    """
    stated = read_yaml(file)["parts"]
    if options.task == [LIST]:
        return _list(stated, options.json)
    for name in options.task:
        if name not in stated or "suite" not in stated[name] and name not in PARTS:
            raise UnknownName("part of the errands", name, (*stated, LIST))
    ended = 0
    for name in options.task or stated:
        part = stated[name]
        version = _version(found.robot(str(part["robot"]).partition("+")[0]).parent.parent)
        wanted = seeds or drawn_seeds(version, seeds_of(str(part["draws"])))
        if "suite" in part:
            text = seeds_text(wanted).replace(" ", "")
            note(f"{name}: seeds {_said(wanted, bool(seeds))}, commit {commit_here()}")
            tasks = {"suite": part["suite"], "task": list(part.get("tasks", ())), "seeds": text}
            ended = max(ended, measure(argparse.Namespace(**{**vars(options), **tasks})))
        else:
            ended = max(ended, _measured(name, part, wanted, bool(seeds), version, options, found))
        if ended > 1:
            break
    return ended


def drawn_seeds(version: str, offsets: Sequence[int]) -> tuple[int, ...]:
    """Seeds that nobody looked at before this version of the software.

    Args:
        version: Of the software, hexadecimal digits; each has seeds of its own.
        offsets: Seeds as the suite states them, counted from the first one that is drawn.
    """
    first = ROUND * (int(version, 16) % DRAWS)
    return tuple(first + one for one in offsets)


def _said(seeds: Sequence[int], asked: bool) -> str:
    """Seeds, and where they come from."""
    return f"{seeds_text(seeds)} ({'as asked for' if asked else 'drawn for this version'})"


def _list(stated: Mapping[str, Mapping[str, Any]], as_json: bool) -> int:
    """Tells which parts there are: robot, how many seeds, and what they are about."""
    if as_json:
        print_json({"parts": stated})
        return 0
    for name, one in stated.items():
        print(f"{name:18} {one['robot']:20} {len(seeds_of(str(one['draws']))):4} seeds  {one['about']}")
    return 0


def _measured(
    name: str, stated: Mapping[str, Any], wanted: Sequence[int], asked: bool, version: str,
    options: argparse.Namespace, found: Resources,
) -> int:  # fmt: skip
    """One part that is scored here."""
    part, robot = PARTS[name], str(stated["robot"])
    about = {"seeds": _said(wanted, asked), "commit": commit_here()}
    kind = replace(part.kind, figures=lambda scores: {**about, **part.kind.figures(scores)})
    kept: ScoreFile[Any] = ScoreFile(
        found.writable_folder("eval"), f"errands_{name}", version, kind.parse, options.fresh
    )

    def rows(left: list[int]) -> Iterator[dict[str, Any]]:
        yield from part.rows(found, robot)(left) if left else ()

    ended = score_all(name, wanted, kept, kind, rows, options.json)
    if part.kind.parse == ResponseScore.from_json and options.into is not None and ended <= 1:
        scores = [kept.scores[seed] for seed in wanted]
        note(f"wrote {save_responses(options.into, str(stated['skill']), scores, commit_here())}")
    return ended


def _version(root: Path) -> str:
    """Names the software that scores depend on: a hash of all of it, and of the skills."""
    folders = (PACKAGE, root / "models")
    return version_from("", (path for one in folders for path in sorted((*one.rglob("*.py"), *one.rglob("*.yaml")))))


def _counts_told(row: dict[str, Any]) -> str:
    came = (
        f"{figure} {kind}".strip() + (": yes" if passed else ": no")
        for figure, one in row["counts"].items()
        for kind, passed in one.items()
    )
    return f"; seed {row['seed']}: {', '.join(came)}"


def _team_told(row: dict[str, Any]) -> str:
    word = f"done in {row['seconds']:.1f} s, one robot {row['seconds_alone']:.1f} s" if row["done"] else row["reason"]
    return f"; seed {row['seed']}, {row['kind']}: {word}"


def _switch_told(row: dict[str, Any]) -> str:
    word = row["reason"] or f"begun after {row['seconds']:.2f} s"
    return f"; seed {row['seed']}: {row['words']}: {word}"


def _told(row: dict[str, Any], passed: str) -> str:
    word = passed if row[passed] else f"FAILED: {row['reason']}"
    return f'; seed {row["seed"]}: "{row["words"]}": {word}'
