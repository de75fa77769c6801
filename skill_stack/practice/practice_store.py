"""PracticeStore: goals, runs and what they were examples of, in one file that survives a kill at any moment."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from skill_stack.core.database import Database
from skill_stack.core.resources import Resources
from skill_stack.practice.goal import Goal
from skill_stack.practice.relabel import Label

Array = np.ndarray
FILE = "practice.sqlite"
State = Literal["open", "unsuited", "given up", "kept"]
"""``open``: to be practised, or interrupted; ``unsuited``: no scene, or nothing comes near it."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS goal (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, robot TEXT NOT NULL, goal TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open', reason TEXT NOT NULL DEFAULT '', learner TEXT NOT NULL DEFAULT '',
    spent REAL NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY AUTOINCREMENT, goal INTEGER NOT NULL, learner TEXT NOT NULL, seed INTEGER NOT NULL,
    passed INTEGER NOT NULL, reason TEXT NOT NULL, positions BLOB, UNIQUE (goal, learner, seed));
CREATE TABLE IF NOT EXISTS example (
    run INTEGER NOT NULL, goal TEXT NOT NULL, began REAL NOT NULL, ended REAL NOT NULL);
"""
_SPEND = "UPDATE goal SET spent = spent + ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class KeptGoal:
    """A goal and how it stands.

    Attributes:
        id: Its number.
        goal: It.
        state: How it stands.
        reason: Why, one sentence; empty while it is open.
        learner: What it was learnt by last.
        spent: Processor time so far, s.
    """

    id: int
    goal: Goal
    state: State
    reason: str
    learner: str
    spent: float


@dataclass(frozen=True, slots=True)
class PractisedRun:
    """One run of a goal in one world.

    Attributes:
        learner: What moved the robot.
        seed: The world.
        passed: Whether it reached the goal, as far as the robot could tell.
        reason: Why not, or an empty string.
        cpu: Processor time, s.
        positions: Joint positions as measured, rad, shape (time, joints); None where nothing moved.
        labels: What it was an example of.
    """

    learner: str
    seed: int
    passed: bool
    reason: str = ""
    cpu: float = 0.0
    positions: Array | None = None
    labels: tuple[Label, ...] = ()


class PracticeStore:
    """What was practised. Every write is one transaction that is on the disk when the call returns."""

    def __init__(self, path: Path) -> None:
        """Opens the file, or makes it.

        Args:
            path: The file; its folder must exist.

        Raises:
            StoreError: It can be neither read nor made.
        """
        self.path = path
        self._database = Database(path, "record of practice", _SCHEMA)

    @classmethod
    def of(cls, resources: Resources) -> PracticeStore:
        """That of the overlay."""
        return cls(resources.writable_folder("practice") / FILE)

    def propose(self, goal: Goal) -> KeptGoal | None:
        """Takes a goal; None where it was there before."""
        with self._database.transaction() as database:
            done = database.execute(
                "INSERT OR IGNORE INTO goal (key, robot, goal) VALUES (?, ?, ?)",
                (goal.key, goal.robot, goal.model_dump_json(exclude_defaults=True)),
            )
            new = done.rowcount
        return self.by_key(goal.key) if new else None

    def by_key(self, key: str) -> KeptGoal | None:
        """The goal of a canonical form; None where there is none."""
        return next(self._goals("WHERE key = ?", (key,)), None)

    def goals(self, robot: str, state: State | None = None) -> list[KeptGoal]:
        """Goals of a robot, the oldest first.

        Args:
            robot: Its name.
            state: Those of one state; None for all.
        """
        if state is None:
            return list(self._goals("WHERE robot = ?", (robot,)))
        return list(self._goals("WHERE robot = ? AND state = ?", (robot, state)))

    def settle(self, number: int, state: State, reason: str, learner: str = "") -> None:
        """Says how a goal stands."""
        with self._database.transaction() as database:
            database.execute(
                "UPDATE goal SET state = ?, reason = ?, learner = ? WHERE id = ?", (state, reason, learner, number)
            )

    def add(self, number: int, run: PractisedRun) -> None:
        """Keeps a run with what it was an example of; one of the same learner and world is replaced."""
        with self._database.transaction() as database:
            database.execute(
                "DELETE FROM example WHERE run IN (SELECT id FROM run WHERE goal = ? AND learner = ? AND seed = ?)",
                (number, run.learner, run.seed),
            )
            row = database.execute(
                "INSERT OR REPLACE INTO run (goal, learner, seed, passed, reason, positions) VALUES (?, ?, ?, ?, ?, ?)",
                (number, run.learner, run.seed, int(run.passed), run.reason, _packed(run.positions)),
            ).lastrowid
            database.executemany(
                "INSERT INTO example (run, goal, began, ended) VALUES (?, ?, ?, ?)",
                [(row, json.dumps(one.rewards.plain()), one.begin, one.end) for one in run.labels],
            )
            database.execute(_SPEND, (run.cpu, number))

    def spend(self, number: int, cpu: float) -> None:
        """Counts processor time of a goal beside its runs, s."""
        with self._database.transaction() as database:
            database.execute(_SPEND, (cpu, number))

    def runs(self, number: int, learner: str) -> dict[int, bool]:
        """Worlds in which a goal was tried by a learner, and whether it was reached there."""
        rows = self._database.query("SELECT seed, passed FROM run WHERE goal = ? AND learner = ?", (number, learner))
        return {int(seed): bool(passed) for seed, passed in rows}

    def examples(self, number: int) -> list[dict[str, Any]]:
        """What the runs of a goal were examples of, as plain data of reward sets."""
        query = "SELECT example.goal FROM example JOIN run ON run.id = example.run WHERE run.goal = ? ORDER BY run.id"
        return [json.loads(row[0]) for row in self._database.query(query, (number,))]

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def _goals(self, where: str, values: tuple[Any, ...]) -> Iterator[KeptGoal]:
        columns = "id, goal, state, reason, learner, spent"
        for number, goal, *rest in self._database.query(f"SELECT {columns} FROM goal {where} ORDER BY id", values):
            yield KeptGoal(int(number), Goal.model_validate_json(goal), *rest)


def _packed(positions: Array | None) -> bytes | None:
    """Positions as a compressed file of half floats: a milliradian is enough."""
    if positions is None:
        return None
    out = io.BytesIO()
    np.savez_compressed(out, positions=positions.astype(np.float16))
    return out.getvalue()
