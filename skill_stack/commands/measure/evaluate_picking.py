"""``skill-stack eval`` of picking by relation, with a camera alone, through every process."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from skill_stack.commands.common import note
from skill_stack.commands.measure.evaluate_drawn import DrawnKind, needs_opencv, score_all
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import Deployment, MonitorConfig, load_deployment
from skill_stack.evaluation.measured import version_from
from skill_stack.evaluation.scenes.relation_scenes import RelationScene, relation_scene
from skill_stack.evaluation.scores.pick_score import HELD, Picked, PickScore, Places, pick_figures, pick_misses, picked
from skill_stack.evaluation.scores.score_file import ScoreFile
from skill_stack.evaluation.suite import seeds_of

if TYPE_CHECKING:
    from skill_stack.commands.measure.through_nodes.stage import EvaluationStage

Array = np.ndarray
THROUGH = "picking"
"""Value of ``through`` in such a suite."""
PACKAGE = Path(__file__).resolve().parents[2]
STEADY = 3.0
"""Wall time without new observations before the words are given, s."""
EVERY = 0.02  # s between two looks at the truth
PATIENCE = 60.0
"""Longest wall time to wait for a steady scene, and for the watched period, s."""


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Sets up tables and picks one object from each; 0 when enough succeed.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``json``, ``fresh``, ``speed`` and ``report``, a folder for pictures.
        found: Where robots are, and where results are kept.

    Raises:
        SkillStackError: A stack does not come up, or nothing can be drawn here.
    """
    needs_opencv()
    content = read_yaml(file)
    wanted = seeds or seeds_of(str(content["seeds"]))
    deployment = load_deployment(found.deployment(str(content["deployment"])))
    kind = DrawnKind(PickScore.from_json, pick_figures, pick_misses, _told)
    name = str(content["name"])
    kept: ScoreFile[Any] = ScoreFile(
        found.writable_folder("eval"), name, version(found, deployment), kind.parse, options.fresh
    )
    tables = Tables(found, deployment, "lock_step" if options.speed == "max" else "real_time", options.report)
    return score_all(name, wanted, kept, kind, tables.scores, options.json)


def version(found: Resources, deployment: Deployment) -> str:
    """Names the software that scores depend on: a hash of all of it, and of the robot's data."""
    folders = (PACKAGE, found.robot(deployment.robot), found.robot(deployment.robot).parents[1] / "models")
    files = (path for folder in folders for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.yaml"))))
    return version_from(deployment.model_dump_json(), files)


def _told(row: dict[str, Any]) -> str:
    word = "passed" if row["passed"] else f"FAILED: {row['reason']}"
    return f'; seed {row["seed"]}: "{row["words"]}": {word}'


class Tables:
    """Tables of seeds, each with its own stack."""

    def __init__(self, found: Resources, deployment: Deployment, pace: str, pictures: Path | None) -> None:
        """Starts no stack.

        Args:
            found: Where robots and skills are.
            deployment: Of the robot and its camera; scene, seed and pace are replaced.
            pace: ``real_time`` or ``lock_step``.
            pictures: Folder for a strip of pictures of every table, or None.
        """
        self._found, self._pictures = found, pictures
        self._data = {**deployment.model_dump(), "pace": pace, "monitor": MonitorConfig(enabled=False).model_dump()}

    def scores(self, seeds: list[int]) -> Iterator[dict[str, Any]]:
        """Scores as plain data as they come; raises SkillStackError where a stack does not come up."""
        for seed in seeds:
            yield self.score(relation_scene(seed)).to_json()

    def score(self, table: RelationScene) -> PickScore:
        """Starts a stack, gives the words, and judges the objects' motion.

        Raises:
            SkillStackError: The stack does not come up.
        """
        from skill_stack.commands.measure.evaluate_nodes import raised

        def deploy(file: Path, namespace: str) -> Deployment:
            changes = {"namespace": namespace, "scene": str(file), "seed": table.seed}
            return Deployment.model_validate({**self._data, **changes})

        with raised(self._found, table.file, table.seed, deploy) as stage:
            before = places_of(stage)
            asked = ask_and_wait(stage, table.words)
            watched = _watch(stage)
            verdict = picked(table.target, before, watched)
            if self._pictures is not None:
                self._draw(stage, table, asked.states)
        return _score(table, len(before), asked, verdict)

    def _draw(self, stage: EvaluationStage, table: RelationScene, states: list[Array]) -> None:
        """A strip of pictures: before the words, after each step, and at the end."""
        from skill_stack.hardware.mujoco.mujoco_model import build_model
        from skill_stack.hardware.rendering.picture_strip import save_strip_of

        assert self._pictures is not None
        self._pictures.mkdir(parents=True, exist_ok=True)
        path = self._pictures / f"table_{table.seed}.png"
        model = build_model(stage.robot, stage.setup)
        save_strip_of(model, table.target, 1.1, np.array([*states, stage.state()]), path)
        note(f"wrote {path}")


class PickRequest:
    """Result of the words, as the robot reported it.

    Attributes:
        outcome: How it ended.
        reason: Why.
        plan: What it said that it would do.
        seconds: Task time from the words to the end, s.
        states: Generalised positions before the words and after every step.
    """

    def __init__(self) -> None:
        """Starts without words."""
        self.outcome, self.reason, self.plan, self.seconds = "failed", "", "", 0.0
        self.states: list[Array] = []

    def take(self, stage: EvaluationStage) -> Callable[[str, str], None]:
        """Takes events of the task."""

        def heard(kind: str, text: str) -> None:
            self.plan = text if kind == "plan" else self.plan
            if kind == "step_ended":
                self.states.append(stage.state())

        return heard


def ask_and_wait(stage: EvaluationStage, words: str) -> PickRequest:
    """Gives words once the camera has seen the scene, and waits for the outcome.

    Args:
        stage: The stack.
        words: The words.
    """
    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.clients.steady_scene import wait_for_steady_scene

    asked = PickRequest()
    with TaskClient(stage.namespace, stage.poll) as client:
        if not wait_for_steady_scene(client, STEADY, PATIENCE):
            asked.reason = f"the camera saw no steady scene within {PATIENCE:g} s"
            return asked
        asked.states.append(stage.state())
        try:
            done = client.do(words, asked.take(stage), source="eval")
        except SkillStackError as error:
            asked.reason = str(error)
            return asked
    asked.outcome, asked.reason, asked.seconds = done.outcome, done.reason, done.simulated_seconds
    return asked


def places_of(stage: EvaluationStage) -> Places:
    """True present centres of a stack's objects by id, m."""
    return {name: way[0, :3] for name, way in stage.details.movable_ways([stage.state()]).items()}


def _watch(stage: EvaluationStage) -> list[Places]:
    """True positions of objects during the time that the picked one must be held."""
    watched, begun, limit = [places_of(stage)], stage.now().task_time, time.monotonic() + PATIENCE
    while stage.now().task_time < begun + HELD and time.monotonic() < limit:
        stage.poll()
        time.sleep(EVERY)
        watched.append(places_of(stage))
    return watched


def _score(table: RelationScene, things: int, asked: PickRequest, verdict: Picked) -> PickScore:
    wrong = [verdict.wrong] if verdict.wrong else []
    if asked.outcome != "succeeded":
        wrong.append(f"the robot said: {asked.outcome}: {asked.reason}")
    return PickScore(
        seed=table.seed, words=table.words, relation=table.relation, things=things, passed=not wrong,
        outcome=asked.outcome, reason="; ".join(wrong), taken=verdict.taken, right=verdict.taken == table.target,
        lifted=round(verdict.lifted, 4), pushed=round(verdict.pushed, 4), plan=asked.plan,
        seconds=round(asked.seconds, 2),
    )  # fmt: skip
