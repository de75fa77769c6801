"""Messages between connector and perception as text: the running request, steps to be verified, and verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.world.search_progress import SearchProgress
from skill_stack.core.world.seen_outcome import SeenOutcome

RUNNING, LOOKOUT, SEEN = "running_requests", "lookout", "seen_outcome"
"""Topics: running requests of the connector, views requested by perception, and its verdicts."""


@dataclass(frozen=True, slots=True)
class Running:
    """The connector's running requests.

    Attributes:
        requests: What it carries out.
        judge: Ids of steps that have ended and wait for what cameras say of them.
    """

    requests: tuple[SkillRequest, ...] = ()
    judge: tuple[str, ...] = ()


def running_text(running: Running) -> str:
    """As text."""
    requests = [{"id": one.id, "skill": one.skill, "arguments": one.arguments} for one in running.requests]
    return json.dumps({"requests": requests, "judge": list(running.judge)})


def running_of(text: str) -> Running:
    """From text; raises DataError for anything else."""
    data = _object(text)
    try:
        requests = tuple(SkillRequest(str(r["id"]), str(r["skill"]), dict(r["arguments"])) for r in data["requests"])
        return Running(requests, tuple(str(one) for one in _listed(data["judge"])))
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"what runs cannot be read: {type(error).__name__} {error}") from error


def lookout_text(lookout: SearchProgress) -> str:
    """As text."""
    return json.dumps(lookout.to_json())


def lookout_of(text: str) -> SearchProgress:
    """From text; raises DataError for anything else."""
    return SearchProgress.from_json(_object(text))


def seen_text(seen: SeenOutcome) -> str:
    """As text."""
    return json.dumps(seen.to_json())


def seen_of(text: str) -> SeenOutcome:
    """From text; raises DataError for anything else."""
    return SeenOutcome.from_json(_object(text))


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise DataError(f"this is no JSON: {error}") from error
    if not isinstance(data, dict):
        raise DataError("this is JSON, but no object")
    return data


def _listed(value: object) -> Iterable[object]:
    if not isinstance(value, list):
        raise TypeError("a list is needed")
    return value
