"""Verdicts on episodes, how far two people agree, and which episodes to ask about first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from skill_stack.core.errors import UnknownName
from skill_stack.recording.catalogue.catalogue import Catalogue
from skill_stack.recording.reading.episode import UNFINISHED, RecordedTask
from skill_stack.recording.review.judges import MACHINES, TRUTH_JUDGE
from skill_stack.recording.review.spoilt import SpoiltFinding

VERDICTS = ("good", "bad", "unclear")


@dataclass(frozen=True, slots=True)
class ReviewVerdict:
    """One verdict.

    Attributes:
        episode: Id of the episode.
        by: Name of a person, or one of :data:`skill_stack.recording.review.judges.MACHINES`.
        verdict: One of :data:`VERDICTS`.
        why: Why, in words.
        time: When, wall time, s.
    """

    episode: str
    by: str
    verdict: str
    why: str
    time: float


def give(catalogue: Catalogue, verdict: ReviewVerdict) -> None:
    """Keeps a verdict in place of an earlier one of the same person; raises UnknownName for no such verdict."""
    if verdict.verdict not in VERDICTS:
        raise UnknownName("verdict", verdict.verdict, VERDICTS)
    row = (verdict.episode, verdict.by, verdict.verdict, verdict.why, verdict.time)
    with catalogue.database.transaction() as connection:
        connection.execute("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?)", row)


def verdicts(catalogue: Catalogue) -> dict[str, list[ReviewVerdict]]:
    """All verdicts by episode, and those that were given while the robot ran."""
    found: dict[str, list[ReviewVerdict]] = {}
    for one in catalogue.episodes():
        for event in one.events:
            if event.kind == "verdict":
                by = str(event.payload.get("who") or event.payload.get("by", ""))
                told = str(event.payload.get("verdict", ""))
                found.setdefault(one.id, []).append(ReviewVerdict(one.id, by, told, event.text, event.time * 1e-9))
    rows = catalogue.database.query("SELECT episode, by, verdict, why, time FROM verdicts ORDER BY time")
    for row in rows:
        found.setdefault(row[0], []).append(ReviewVerdict(*row))
    return found


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Cohen's kappa of two judges: agreement beyond that by chance, 1 where they always agree.

    Args:
        pairs: Verdicts of both on the same episodes.

    Returns:
        NaN without pairs; 1 where both always said the same one thing.
    """
    if not pairs:
        return float("nan")
    agreed = sum(one == other for one, other in pairs) / len(pairs)
    chance = (
        sum(sum(one == kind for one, _ in pairs) * sum(other == kind for _, other in pairs) for kind in VERDICTS)
        / len(pairs) ** 2
    )
    return 1.0 if chance == 1.0 else (agreed - chance) / (1.0 - chance)


def agreements(given: Mapping[str, Iterable[ReviewVerdict]]) -> list[tuple[str, str, int, float]]:
    """For every two judges: how many episodes both judged, and their kappa."""
    by: dict[str, dict[str, str]] = {}
    for found in given.values():
        for one in found:
            by.setdefault(one.by, {})[one.episode] = one.verdict
    names = sorted(by)
    out = []
    for number, first in enumerate(names):
        for second in names[number + 1 :]:
            pairs = [(by[first][one], by[second][one]) for one in by[first] if one in by[second]]
            if pairs:
                out.append((first, second, len(pairs), kappa(pairs)))
    return out


def doubt(one: RecordedTask, given: Sequence[ReviewVerdict], found: Sequence[SpoiltFinding]) -> float:
    """How much an episode needs a person's eyes; 0 for none.

    A person and a machine that disagree count most, then others that do, then a judge against the robot's own outcome,
    then what checks found, then an end that nobody knows. What a person has judged without contradiction is settled.
    """
    people = [verdict for verdict in given if verdict.by not in MACHINES]
    sure = {verdict.verdict for verdict in given if verdict.verdict != "unclear"}
    machines = sure & {verdict.verdict for verdict in given if verdict.by in MACHINES}
    score = 4.0 * (len(sure) > 1)
    score += 4.0 * bool(len(sure) > 1 and machines and {verdict.verdict for verdict in people} & (sure - machines))
    wanted = {"succeeded": "good", "failed": "bad"}.get(one.outcome)
    score += 2.0 * (wanted is not None and bool(sure) and wanted not in sure)
    score += 1.5 * any(one.verdict == "unclear" for one in given if one.by != TRUTH_JUDGE) * (not sure)
    if people and score == 0.0:
        return 0.0
    return score + len({finding.check for finding in found}) + 0.5 * (one.outcome == UNFINISHED) + 0.25 * (not given)


def fit_to_learn_from(one: RecordedTask, given: Sequence[ReviewVerdict], found: Sequence[SpoiltFinding]) -> bool:
    """Whether an export takes an episode: not spoilt unless a person says it is good, and not judged bad.

    The truth of a simulator only scores: a robot that is to learn does not have it.
    """
    people = [verdict.verdict for verdict in given if verdict.by not in MACHINES]
    if people:
        return people[-1] == "good"
    bad = any(said.verdict == "bad" for said in given if said.by != TRUTH_JUDGE)
    return one.outcome != UNFINISHED and not found and not bad
