"""Scores of scenes in harder pictures beside the same ones in clean pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.perception_score import SceneScore, summary
from skill_stack.evaluation.scores.score_file import Score

COLUMNS = {"recall": "recall", "precision": "precision", "colour_accuracy": "colour", "shape_accuracy": "shape"}


@dataclass(frozen=True, slots=True)
class HarderScore(Score):
    """One scene.

    Attributes:
        seed: The scene.
        kinds: Its score by the name of the kind of pictures.
    """

    kinds: dict[str, SceneScore]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HarderScore:
        """From plain data; raises KeyError, TypeError or ValueError where something is missing or wrong."""
        return cls(data["seed"], {name: SceneScore.from_json(one) for name, one in data["kinds"].items()})


def harder_figures(scores: Sequence[HarderScore]) -> dict[str, Any]:
    """The figures of each kind of pictures, in words."""
    names = list(scores[0].kinds) if scores else []
    return {name: _row(summary([one.kinds[name] for one in scores])) for name in names}


def _row(figures: Mapping[str, Any]) -> str:
    shares = [f"{title} {_share(figures[name])}" for name, title in COLUMNS.items()]
    place, look = figures["position_error"]["median"], figures["look_ms"]["median"]
    return ", ".join([*shares, f"place {100 * (place or 0):.1f} cm", f"a look {look or 0:.0f} ms"])


def _share(row: Mapping[str, Any]) -> str:
    return "–" if row["share"] is None else f"{row['share']:.3f} ({row['count']} of {row['of']})"
