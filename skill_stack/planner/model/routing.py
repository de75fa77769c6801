"""Endpoints with their health, and which is asked first: by what is said of it, and by what became of its plans."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skill_stack.core.database import Database
from skill_stack.core.errors import DataError, SkillStackError, UnknownName
from skill_stack.core.plan import Plan
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner.model.chat_client import ChatClient
from skill_stack.planner.model.circuit_breaker import CircuitBreaker
from skill_stack.planner.model.endpoint import ModelEndpoint
from skill_stack.planner.model.skill_offer import SkillOffer

GUESS = "guess"
"""Topic of words for which the planner has a plan that it is not sure of; else its answer's status is the topic."""

MOTION = "motion"
"""Topic of words for which reward terms are offered."""

READ_AS = (GUESS, "question", "statement", "refusal", MOTION)
"""Topics by how the planner reads the words."""

CLAIM = 8.0
"""Plans that what a deployment says of an endpoint counts for, against its record."""

CLAIMED = {True: 0.75, None: 0.5, False: 0.25}
"""Share of good plans that is expected without a record: said to be good at it, nothing said, good at other things."""

MOST_COUNTED = 400
"""Plans of one endpoint and topic after which both counts are halved, so that the record follows a change."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS model_record (
    endpoint TEXT NOT NULL, topic TEXT NOT NULL, good REAL NOT NULL, bad REAL NOT NULL, PRIMARY KEY (endpoint, topic));
"""
_ADD = """
INSERT INTO model_record (endpoint, topic, good, bad) VALUES (?, ?, ?, ?)
ON CONFLICT (endpoint, topic) DO UPDATE SET good = good + excluded.good, bad = bad + excluded.bad
"""
_HALVE = "UPDATE model_record SET good = good / 2, bad = bad / 2 WHERE good + bad > ?"


@dataclass(slots=True)
class Expert:
    """One endpoint.

    Attributes:
        client: The client of the server.
        breaker: Its health.
    """

    client: ChatClient
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)

    @property
    def endpoint(self) -> ModelEndpoint:
        """Where it is."""
        return self.client.endpoint

    def unready(self, now: float) -> str:
        """Why it is not queried now; empty when it may be."""
        rest = self.breaker.rest(now)
        if rest > 0:
            return f"rests for another {rest:.1f} s after failing"
        limit = self.endpoint.budget.per_hour
        if limit is not None and self.breaker.spent_within_hour(now) >= limit:
            return f"has used its {limit} tokens of this hour"
        return ""


def topics_of(own: Plan, offer: SkillOffer) -> frozenset[str]:
    """What a question is about: how the planner reads it, and the skills that it or the words name, with kind and part.

    Args:
        own: The planner's own answer.
        offer: What may be used.
    """
    names = {step.skill for step in own.steps} | offer.named
    specs = [spec for name, spec in offer.skills.items() if name in names]
    tags = {tag for spec in specs for tag in (spec.name, spec.kind, spec.part)}
    kinds = {GUESS if own.tree is not None else own.status} | ({MOTION} if offer.motion else set())
    return frozenset(kinds | tags)


def check_topics(experts: Iterable[Expert], library: SkillLibrary) -> None:
    """Checks what endpoints are said to be good at.

    Raises:
        DataError: Something is no skill, kind or part of one, and no kind of question.
    """
    known = {tag for spec in library for tag in (spec.name, spec.kind, spec.part)} | {*READ_AS}
    for expert in experts:
        for name in sorted(expert.endpoint.good_at - known):
            raise DataError(f"models: {expert.endpoint.name}: good_at: {UnknownName('topic', name, known)}")


class ModelRecord:
    """Counts of good and bad plans by endpoint and topic: passed the check or not, meant by a person or not.

    They are kept in the file of the memory. What was counted is written by :meth:`save`, which may wait for the disk;
    all else returns at once and may be called in any thread.
    """

    def __init__(self, path: Path | None = None, complain: Callable[[str], object] = print) -> None:
        """Reads what is kept.

        Args:
            path: The file; None counts for this process alone.
            complain: Takes what went wrong, in words; a record that cannot be kept stops nothing.
        """
        self._path, self._complain = path, complain
        self._counts: dict[tuple[str, str], tuple[float, float]] = {}
        self._unsaved: dict[tuple[str, str], tuple[float, float]] = {}
        self._lock, self._saving = threading.Lock(), threading.Lock()
        self.save()

    def note(self, endpoint: str, topics: Iterable[str], good: bool) -> None:
        """Counts a plan.

        Args:
            endpoint: Name of the endpoint.
            topics: What the question was about.
            good: What became of it.
        """
        with self._lock:
            for topic in topics:
                for table in (self._counts, self._unsaved):
                    before = table.get((endpoint, topic), (0.0, 0.0))
                    table[endpoint, topic] = (before[0] + good, before[1] + (not good))

    def counts(self, endpoint: str, topics: Iterable[str]) -> tuple[float, float]:
        """Good and bad plans of an endpoint: the mean over topics, since a plan counts for each of its topics."""
        with self._lock:
            found = [self._counts.get((endpoint, topic), (0.0, 0.0)) for topic in topics] or [(0.0, 0.0)]
        return sum(good for good, _ in found) / len(found), sum(bad for _, bad in found) / len(found)

    def save(self) -> None:
        """Writes what was counted since the last time, and reads what other processes wrote."""
        if self._path is None:
            return
        with self._saving:
            with self._lock:
                unsaved, self._unsaved = self._unsaved, {}
            try:
                rows = self._exchanged(self._path, unsaved)
            except (SkillStackError, OSError) as error:
                self._complain(f"what became of plans of language models is not kept: {error}")
                return
            with self._lock:
                self._counts = {(endpoint, topic): (good, bad) for endpoint, topic, good, bad in rows}
                for key, (good, bad) in self._unsaved.items():
                    before = self._counts.get(key, (0.0, 0.0))
                    self._counts[key] = (before[0] + good, before[1] + bad)

    @staticmethod
    def _exchanged(path: Path, unsaved: Mapping[tuple[str, str], tuple[float, float]]) -> list[Any]:
        """All rows of the file, after new counts were added."""
        database = Database(path, "memory", _SCHEMA)
        try:
            if unsaved:
                with database.transaction() as rows:
                    rows.executemany(_ADD, [(*key, *counts) for key, counts in unsaved.items()])
                    rows.execute(_HALVE, (MOST_COUNTED,))
            return database.query("SELECT endpoint, topic, good, bad FROM model_record")
        finally:
            database.close()


def routed(experts: Iterable[Expert], topics: frozenset[str], record: ModelRecord | None, image: bool) -> list[Expert]:
    """The endpoints that can plan, the most promising first; equal ones in their order.

    Args:
        experts: All, in the order of the deployment.
        topics: What the question is about.
        record: What became of their plans; None leaves them in their order.
        image: Whether there is a picture; those that take one come first.
    """

    def rank(expert: Expert) -> tuple[bool, float]:
        endpoint = expert.endpoint
        if record is None:
            return image and "image" not in endpoint.abilities, 0.0
        said = bool(endpoint.good_at & topics) if endpoint.good_at else None
        good, bad = record.counts(endpoint.name, topics)
        expected = (good + CLAIM * CLAIMED[said]) / (good + bad + CLAIM)
        return image and "image" not in endpoint.abilities, -expected

    return sorted((expert for expert in experts if "plan" in expert.endpoint.abilities), key=rank)
