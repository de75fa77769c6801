"""``skill-stack eval`` of ``search``, ``seen_success``, ``depth_grasps``, ``clearing``, ``spatial``, ``harder`` and
``pointing_votes``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill_stack.commands.common import note, print_json
from skill_stack.core.arguments import INTERRUPTED
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.resources import Resources
from skill_stack.evaluation.scores import drawn_figures
from skill_stack.evaluation.scores.score_file import ScoreFile
from skill_stack.evaluation.suite import seeds_of

if TYPE_CHECKING:
    from skill_stack.evaluation.scores.pointing_score import PointingScore


@dataclass(frozen=True, slots=True)
class DrawnKind:
    """One kind of measurement.

    Attributes:
        parse: Reads a score.
        figures: Sums scores up.
        misses: Returns the missed limits.
        tell: Returns the text on a score beside the progress.
    """

    parse: Callable[[Any], Any]
    figures: Callable[[Sequence[Any]], dict[str, Any]]
    misses: Callable[[dict[str, Any]], list[str]]
    tell: Callable[[dict[str, Any]], str] = lambda row: ""


THROUGH = ("search", "seen_success", "depth_grasps", "clearing", "spatial", "harder", "pointing_votes")
"""Values of ``through`` in such a suite."""


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Measures; 0 when every limit is met.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``json`` and ``fresh``.
        found: Where results are kept.

    Raises:
        SkillStackError: Nothing can be drawn here.
    """
    needs_opencv()
    from skill_stack.runtime.episodes.perception_worker import rows, version

    content = read_yaml(file)
    what, kind = str(content["through"]), _kind(str(content["through"]))
    wanted = seeds or seeds_of(str(content["seeds"]))
    kept: ScoreFile[Any] = ScoreFile(found.writable_folder("eval"), what, version(what), kind.parse, options.fresh)
    code = score_all(what, wanted, kept, kind, lambda left: rows(what, left), options.json)
    if what == "pointing_votes" and options.report is not None and all(seed in kept.scores for seed in wanted):
        _ask_people([kept.scores[seed] for seed in wanted], options.report, found)
    return code


def _ask_people(scores: Sequence[PointingScore], folder: Path, found: Resources) -> None:
    """Writes the page on which people vote, and what the votes beside it say."""
    from skill_stack.evaluation.pointing_votes import read_votes, vote_page
    from skill_stack.evaluation.scores.pointing_score import pointing_figures
    from skill_stack.runtime.building.pointed_picks import FOLDER, PICTURES

    folder.mkdir(parents=True, exist_ok=True)
    votes = [vote for path in sorted(folder.glob("votes*.jsonl")) for vote in read_votes(path)]
    (folder / "report.json").write_text(json.dumps(pointing_figures(scores, votes), indent=1) + "\n", encoding="utf-8")
    kept = found.writable_folder(FOLDER)
    pictures = {one.picture: (kept / PICTURES.format(one.picture)).read_bytes() for one in scores}
    page = folder / "votes.html"
    page.write_text(vote_page([one.ballot() for one in scores], pictures), encoding="utf-8")
    counted = f"{len(votes)} votes are counted in report.json" if votes else "there are no votes yet"
    note(f"{page} is the page to vote on; save votes*.jsonl beside it: {counted}")


def needs_opencv() -> None:
    """Raises ResourceNotFound where what perception needs is not installed."""
    if importlib.util.find_spec("cv2") is None:
        raise ResourceNotFound("perception needs OpenCV: make setup")


def score_all(
    what: str,
    wanted: Sequence[int],
    kept: ScoreFile[Any],
    kind: DrawnKind,
    rows: Callable[[list[int]], Iterable[dict[str, Any]]],
    as_json: bool,
) -> int:
    """Scores missing scenes, with progress, and prints the figures; 0 when every limit is met.

    Args:
        what: Name of the suite.
        wanted: The requested seeds.
        kept: What is scored already, and where more is kept.
        kind: How scores are read and summed up.
        rows: Scores of seeds as plain data, as they come.
        as_json: Whether figures are printed as JSON.
    """
    if not score_left(wanted, kept, rows, kind.parse, kind.tell):
        return INTERRUPTED
    figures = kind.figures([kept.scores[seed] for seed in wanted])
    short = kind.misses(figures)
    if as_json:
        print_json({"suite": what, **figures, "misses": short})
        return 1 if short else 0
    for name, value in figures.items():
        print(f"{name:18} {figure_said(value)}")
    for line in short:
        print(f"MISSED: {line}", file=sys.stderr)
    return 1 if short else 0


def score_left(
    wanted: Sequence[int],
    kept: ScoreFile[Any],
    rows: Callable[[list[int]], Iterable[dict[str, Any]]],
    parse: Callable[[Any], Any],
    tell: Callable[[dict[str, Any]], str] = lambda row: "",
) -> bool:
    """Scores what is missing, with progress; whether it came to its end, or was ended by Ctrl-C.

    Args:
        wanted: The requested seeds.
        kept: What is scored already, and where more is kept.
        rows: Scores of seeds as plain data, as they come; not called where none is missing.
        parse: Reads a score.
        tell: Returns the text on a score beside the progress.
    """
    left = [seed for seed in wanted if seed not in kept.scores]
    began = time.monotonic()
    try:
        for number, row in enumerate(rows(left) if left else (), 1):
            kept.add(parse(row))
            rest = (time.monotonic() - began) / number * (len(left) - number)
            note(f"{len(wanted) - len(left) + number} of {len(wanted)}, {rest:.0f} s left{tell(row)}")
    except KeyboardInterrupt:
        note("ended; what is measured is kept, and the same command goes on from there")
        return False
    return True


def _kind(what: str) -> DrawnKind:
    if what == "search":
        from skill_stack.evaluation.scores.search_score import FlatScore

        return DrawnKind(FlatScore.from_json, drawn_figures.search_figures, drawn_figures.search_misses)
    if what == "depth_grasps":
        from skill_stack.evaluation.scores.view_grasp_score import ViewGraspScore, view_grasp_figures, view_grasp_misses

        return DrawnKind(ViewGraspScore.from_json, view_grasp_figures, view_grasp_misses)
    if what == "clearing":
        from skill_stack.evaluation.scores.clearing_score import ClearingScore, clearing_figures, clearing_misses

        return DrawnKind(ClearingScore.from_json, clearing_figures, clearing_misses)
    if what == "pointing_votes":
        from skill_stack.evaluation.scores.pointing_score import PointingScore, pointing_figures

        return DrawnKind(PointingScore.from_json, pointing_figures, lambda figures: [])
    if what == "harder":
        from skill_stack.evaluation.scores.harder_score import HarderScore, harder_figures

        return DrawnKind(HarderScore.from_json, harder_figures, lambda figures: [])
    if what == "spatial":
        from skill_stack.evaluation.scores.spatial_score import SpatialScore, spatial_figures, spatial_misses

        return DrawnKind(SpatialScore.from_json, spatial_figures, spatial_misses)
    from skill_stack.evaluation.scores.success_score import SuccessScore

    return DrawnKind(SuccessScore.from_json, drawn_figures.success_figures, drawn_figures.success_misses)


def figure_said(value: Any) -> str:
    """A figure as it is printed: a share, mean or ratio with its interval, counts by kind, or a number."""
    if isinstance(value, list):
        counted = (
            f"{one['task']} {one['successes']} of {one['episodes']} "
            f"({one['interval'][0]:.2f} to {one['interval'][1]:.2f})"
            for one in value if isinstance(one, dict)
        )  # fmt: skip
        return ", ".join(counted) or " to ".join(f"{end:.3f}" for end in value)
    if not isinstance(value, dict):
        return "none" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
    number = value.get("value", value.get("share"))
    if number is None:
        return "none"
    episodes = f"{value['count']} of {value['of']}" if "count" in value else f"of {value['of']}"
    ends = value["interval"]
    return f"{number:.3f}  {episodes}" + (f"  95 % interval {ends[0]:.3f} to {ends[1]:.3f}" if ends else "")
