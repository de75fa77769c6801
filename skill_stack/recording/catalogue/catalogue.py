"""Catalogue: an index of runs and episodes that keeps up with a folder of recordings."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.core.database import Database
from skill_stack.core.errors import DataError
from skill_stack.core.stems import TOKENIZER
from skill_stack.recording.format import EventKind, RunEvent
from skill_stack.recording.reading.episode import ALWAYS, NS, EpisodeStep, RecordedTask, Window, episodes_of, seconds
from skill_stack.recording.recording import Recording, name_of
from skill_stack.recording.repair import is_being_written

FILE = "catalogue.sqlite"
TOLD_OF = ("answer", "correction", "takeover", "stop", "estop", "reset", "mark", "reason")
"""Kinds of events whose words are searched too."""
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS runs(name TEXT PRIMARY KEY, path TEXT, size INTEGER, changed INTEGER, robot TEXT,
  begin REAL, end REAL, whole INTEGER, problem TEXT);
CREATE TABLE IF NOT EXISTS episodes(id TEXT PRIMARY KEY, run TEXT, robot TEXT, instruction TEXT, begin REAL, end REAL,
  outcome TEXT, skills TEXT, data TEXT);
CREATE INDEX IF NOT EXISTS episodes_begin ON episodes(begin);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, episode UNINDEXED, place UNINDEXED, outcome UNINDEXED,
  begin UNINDEXED, end UNINDEXED, tokenize='{TOKENIZER}');
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab(words, row);
CREATE TABLE IF NOT EXISTS verdicts(episode TEXT, by TEXT, verdict TEXT, why TEXT, time REAL,
  PRIMARY KEY(episode, by));
"""

Phrases = Callable[[str], Mapping[str, Iterable[str]]]
"""Words for the skills of a robot, by skill; what people call them."""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run in the catalogue.

    Attributes:
        name: Its name.
        path: Its file.
        size: Bytes.
        robot: Robot that did it.
        begin: Wall time, s.
        end: Wall time, s.
        whole: Whether the file was ended in order.
        problem: Why it cannot be read, or an empty string.
    """

    name: str
    path: Path
    size: int
    robot: str
    begin: float
    end: float
    whole: bool
    problem: str


@dataclass(frozen=True, slots=True)
class FoundWords:
    """A place where words were found.

    Attributes:
        episode: Id of the episode.
        place: ``instruction``, ``step``, ``event`` or ``told``.
        outcome: Of the step, or of the episode.
        begin: Wall time, s.
        end: Wall time, s.
        score: The higher the better.
    """

    episode: str
    place: str
    outcome: str
    begin: float
    end: float
    score: float


class Catalogue:
    """The index of one folder; verdicts are kept even when a recording is deleted."""

    def __init__(self, folder: Path, breaks: Iterable[str] = ("then",)) -> None:
        """Opens the index of a folder, which must exist.

        Args:
            folder: Where runs are, one folder or file each.
            breaks: Words between two orders in one sentence.

        Raises:
            StoreError: The index can neither be read nor made.
        """
        self.folder = folder
        self.database = Database(folder / FILE, "catalogue of recordings", _SCHEMA)
        listed = "|".join(sorted(map(re.escape, breaks), key=len, reverse=True))
        self._break = re.compile(rf"[,;.]|\b(?:{listed})\b", re.IGNORECASE)

    def close(self) -> None:
        """Closes the index."""
        self.database.close()

    def refresh(self, phrases: Phrases = lambda _: {}, report: Callable[[str], None] = lambda _: None) -> int:
        """Takes in new and changed runs and forgets deleted ones.

        Args:
            phrases: What people call the skills of a robot.
            report: Takes progress lines.

        Returns:
            How many runs were read.
        """
        known = {name: (size, changed) for name, size, changed in self._rows("SELECT name, size, changed FROM runs")}
        there = {name_of(path): path for path in self._files()}
        gone = set(known) - set(there)
        for name in gone:
            self._forget(name)
        new = [(name, path) for name, path in there.items() if known.get(name) != _state(path)]
        read = 0
        for number, (name, path) in enumerate(new, 1):
            if is_being_written(path):
                continue
            self._take(name, path, phrases)
            read += 1
            if number % 20 == 0 or number == len(new):
                report(f"read {number} of {len(new)} new recordings")
        return read

    def runs(self) -> tuple[RunEntry, ...]:
        """All runs, the oldest first."""
        rows = self._rows("SELECT name, path, size, robot, begin, end, whole, problem FROM runs ORDER BY begin, name")
        return tuple(
            RunEntry(name, Path(path), size, robot, begin, end, bool(whole), problem)
            for name, path, size, robot, begin, end, whole, problem in rows
        )

    def run(self, name: str) -> Recording:
        """A run by its name, to be closed by the caller; raises DataError."""
        found = self._rows("SELECT path FROM runs WHERE name = ?", (name,))
        if not found:
            near = [row[0] for row in self._rows("SELECT name FROM runs ORDER BY begin DESC LIMIT 5")]
            raise DataError(f"there is no run '{name}'. The newest: {', '.join(near) or 'none'}")
        return Recording(Path(found[0][0]))

    def episodes(
        self, robot: str = "", skill: str = "", outcome: str = "", window: Window = ALWAYS, run: str = ""
    ) -> tuple[RecordedTask, ...]:
        """Episodes, the oldest first.

        Args:
            robot: Only of this robot.
            skill: Only with a step of this skill.
            outcome: Only with this outcome.
            window: Only those that begin in it, wall time, s.
            run: Only of this run.
        """
        end = window[1] if window[1] != float("inf") else 1e12
        rows = self._rows(
            "SELECT data FROM episodes WHERE (?1 = '' OR robot = ?1) AND (?2 = '' OR instr(skills, ' ' || ?2 || ' '))"
            " AND (?3 = '' OR outcome = ?3) AND begin >= ?4 AND begin < ?5 AND (?6 = '' OR run = ?6)"
            " ORDER BY begin, id",
            (robot, skill, outcome, window[0], end, run),
        )
        return tuple(episode_from(json.loads(row[0])) for row in rows)

    def episode(self, identity: str) -> RecordedTask:
        """An episode by its id, or by how that ends; raises DataError."""
        rows = self._rows("SELECT data FROM episodes WHERE id = ?1 OR id LIKE '%' || ?1", (identity,))
        if len(rows) != 1:
            known = [row[0] for row in self._rows("SELECT id FROM episodes ORDER BY begin DESC LIMIT 5")]
            what = "there is no episode" if not rows else f"there are {len(rows)} episodes"
            raise DataError(f"{what} '{identity}'. The newest: {', '.join(known) or 'none'}")
        return episode_from(json.loads(rows[0][0]))

    def matches(self, terms: Iterable[Iterable[str]], together: bool) -> tuple[FoundWords, ...]:
        """Places in which words were found, the best first.

        Args:
            terms: For each word its possible forms.
            together: Whether all words must be in one place.
        """
        clauses = [" OR ".join(f'"{form}"' for form in forms) for forms in terms]
        query = (" AND " if together else " OR ").join(f"({clause})" for clause in clauses if clause)
        if not query:
            return ()
        rows = self._rows(
            "SELECT episode, place, outcome, begin, end, -bm25(words) FROM words WHERE words MATCH ? ORDER BY rank",
            (query,),
        )
        return tuple(FoundWords(str(one), place, out, float(b), float(e), s) for one, place, out, b, e, s in rows)

    def knows(self, word: str) -> bool:
        """Whether a word, or one with its stem, is in the index."""
        return bool(self._rows("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", (f'"{word}"',)))

    def vocabulary(self) -> tuple[str, ...]:
        """Stems of all words in the index."""
        return tuple(row[0] for row in self._rows("SELECT term FROM vocabulary"))

    def robots(self) -> tuple[str, ...]:
        """Robots of all runs."""
        return tuple(row[0] for row in self._rows("SELECT DISTINCT robot FROM runs WHERE robot != ''"))

    def _rows(self, text: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        return self.database.query(text, tuple(values))

    def _files(self) -> Iterable[Path]:
        for path in sorted(self.folder.iterdir()):
            if path.suffix == ".mcap":
                yield path
            elif path.is_dir() and (found := sorted(path.glob("*.mcap"))):
                yield found[0]

    def _forget(self, name: str) -> None:
        with self.database.transaction() as connection:
            connection.execute("DELETE FROM words WHERE episode IN (SELECT id FROM episodes WHERE run = ?)", (name,))
            connection.execute("DELETE FROM episodes WHERE run = ?", (name,))
            connection.execute("DELETE FROM runs WHERE name = ?", (name,))

    def _take(self, name: str, path: Path, phrases: Phrases) -> None:
        """Puts one run into the index, in place of what was known of it."""
        begin = end = path.stat().st_mtime
        episodes: tuple[RecordedTask, ...] = ()
        problem, robot, whole = "", "", False
        try:
            with Recording(path) as run:
                begin, end = (one * NS for one in run.span)
                whole, robot = run.repaired is None, run.about.robot
                episodes = episodes_of(run)
        except DataError as error:
            problem = str(error)
        size, changed = _state(path)
        called = phrases(robot) if robot else {}
        self._forget(name)
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (name, str(path), size, changed, robot, begin, end, whole, problem),
            )
            for one in episodes:
                skills = f" {' '.join(step.skill for step in one.steps)} "
                connection.execute(
                    "INSERT OR REPLACE INTO episodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (one.id, name, one.robot, one.instruction, one.begin, one.end, one.outcome, skills,
                     json.dumps(dataclasses.asdict(one))),
                )  # fmt: skip
                connection.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?, ?)", self._places(one, called))

    def _places(self, one: RecordedTask, called: Mapping[str, Iterable[str]]) -> Iterable[tuple[Any, ...]]:
        """Rows of the text index: each order of the instruction, each step, and what was told."""
        for clause in self._break.split(one.instruction):
            if clause.strip():
                yield _plain(clause), one.id, "instruction", one.outcome, one.begin, one.end
        for step in one.steps:
            text = " ".join([step.words, *called.get(step.skill, ())])
            yield _plain(text), one.id, "step", step.outcome, step.begin, step.end
        for event in one.events:
            if event.kind in TOLD_OF:
                when = seconds(event)
                yield _plain(f"{event.kind.value} {event.text}"), one.id, "event", one.outcome, when, when
        told = " ".join(dict.fromkeys([one.reason, *(step.reason for step in one.steps)]))
        yield _plain(told), one.id, "told", one.outcome, one.begin, one.end


def episode_from(data: Mapping[str, Any]) -> RecordedTask:
    """An episode from its JSON."""
    steps = tuple(EpisodeStep(**one) for one in data["steps"])
    events = (RunEvent(**{**one, "kind": EventKind(one["kind"])}) for one in data["events"])
    return RecordedTask(**{**data, "steps": steps, "events": tuple(events)})


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _plain(text: str) -> str:
    return text.replace("_", " ").replace("=", " ")
