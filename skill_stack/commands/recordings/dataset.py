"""``skill-stack dataset``: data sets of recorded episodes."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from skill_stack.commands.common import add_json, note, print_json
from skill_stack.commands.recordings.catalogue_here import (
    add_selection,
    checked_here,
    opened,
    selected,
    with_runs,
)
from skill_stack.core.errors import DataError
from skill_stack.recording.catalogue.catalogue import Catalogue
from skill_stack.recording.datasets.dataset import (
    CARD,
    CONSENTS,
    DatasetCard,
    DatasetWriter,
    described,
    export,
    read_card,
)
from skill_stack.recording.reading.episode import RecordedTask
from skill_stack.recording.recording import Recording
from skill_stack.recording.review.verdicts import fit_to_learn_from, verdicts

FORMATS = ("lerobot", "parquet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares what can be done."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")

    def add(name: str, summary: str, example: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=summary, epilog=f"Example: skill-stack dataset {example}")

    one = add("export", "episodes that are fit to learn from; goes on where it was ended", "export demos --robot go2")
    one.add_argument("into", type=Path, metavar="TO", help="folder of the data set")
    one.add_argument("--format", choices=FORMATS, default="parquet", help="default: parquet; lerobot is LeRobot's v3")
    one.add_argument("--fps", type=float, default=25.0, metavar="N", help="frames per second (default: 25)")
    one.add_argument("--camera", action="append", default=[], metavar="NAME", help="with pictures of this camera")
    one.add_argument("--licence", default="CC-BY-4.0", help="SPDX name (default: CC-BY-4.0)")
    one.add_argument("--consent", choices=CONSENTS, default="unknown", help="whether people in pictures agreed")
    one.add_argument("--blur-faces", type=Path, metavar="MODEL", help="hide faces; a YuNet model of OpenCV's zoo")
    one.add_argument("--all", action="store_true", help="also what checks or verdicts say is spoilt")
    add_selection(one)
    one = add("merge", "several data sets to one", "merge all_demos monday tuesday")
    one.add_argument("into", type=Path, metavar="TO", help="folder of the new data set")
    one.add_argument("sources", type=Path, nargs="+", help="folders of data sets")
    one = add("split", "a data set to several, at random", "split demos parts train=0.9 test=0.1")
    one.add_argument("data", type=Path, metavar="DIR", help="folder of the data set")
    one.add_argument("into", type=Path, metavar="TO", help="folder of the parts")
    one.add_argument("shares", nargs="+", metavar="NAME=SHARE", help="e.g. train=0.9 test=0.1")
    one.add_argument("--seed", type=int, default=0, help="of the draw (default: 0)")
    one = add("describe", "what is in a data set", "describe demos")
    one.add_argument("data", type=Path, metavar="DIR", help="folder of the data set")
    add_json(one)
    one = add(
        "questions", "questions and answers about runs, one JSON object a line", "questions qa.jsonl --count 1000"
    )
    one.add_argument("into", type=Path, metavar="TO", help="file")
    one.add_argument("--count", type=int, default=1000, metavar="N", help="how many (default: 1000)")
    one.add_argument("--seed", type=int, default=0, help="of the draw (default: 0)")
    add_selection(one)
    one = add("reached", "what was reached by chance, named anew, one JSON object a line", "reached reached.jsonl")
    one.add_argument("into", type=Path, metavar="TO", help="file")
    add_selection(one)


def run(options: argparse.Namespace) -> int:
    """0 when it was done."""
    return _VERBS[options.what](options)


def _export(options: argparse.Namespace) -> int:
    if options.camera and options.consent == "unknown" and not options.blur_faces:
        raise DataError("pictures may show people: say --consent given, --consent no_people, or --blur-faces MODEL")
    blur: Any = None
    if options.blur_faces:
        from skill_stack.recording.datasets.faces import FaceBlur

        blur = FaceBlur(options.blur_faces)
    card = _card(options)
    began, before = time.monotonic(), sum(card.frames)
    writer = _writer(options)
    with opened(options.folder) as catalogue:
        try:
            for _ in export(options.into, card, writer, _chosen(catalogue, options, card), blur, note):
                pass
        finally:
            writer.close()
    took, done = time.monotonic() - began, (sum(card.frames) - before) / card.rate
    about = described(options.into)
    print(
        f"{about['episodes']} episodes, {about['hours']:.3f} h, {about['megabytes_per_hour']:.0f} MB an hour; "
        f"{done:.0f} s of episodes in {took:.1f} s, {done / max(took, 1e-9):.0f} times as fast as they happened; "
        f"100 h would be {about['megabytes_per_hour'] / 10:.1f} GB; {len(card.left_out)} left out, see {CARD}"
    )
    return 0 if card.episodes else 1


def _card(options: argparse.Namespace) -> DatasetCard:
    """The card of what is there already, or a new one."""
    if not (options.into / CARD).is_file():
        if options.into.exists() and any(options.into.iterdir()):
            raise DataError(f"{options.into} is not empty and no data set; name a new folder")
        return DatasetCard(
            options.format, options.licence, options.fps, consent=options.consent,
            faces_blurred=bool(options.blur_faces), cameras=options.camera,
        )  # fmt: skip
    card = read_card(options.into)
    asked = (options.format, options.fps, options.camera, options.licence, options.consent, bool(options.blur_faces))
    if asked != (card.format, card.rate, card.cameras, card.licence, card.consent, card.faces_blurred):
        raise DataError(
            f"{options.into} was begun with other options, see its {CARD}; repeat those, or name a new folder"
        )
    return card


def _writer(options: argparse.Namespace) -> DatasetWriter:
    if options.format == "lerobot":
        from skill_stack.recording.datasets.lerobot_dataset import LeRobotWriter

        return LeRobotWriter(options.into, options.into.name)
    from skill_stack.recording.datasets.parquet_dataset import ParquetWriter

    return ParquetWriter(options.into)


def _chosen(
    catalogue: Catalogue, options: argparse.Namespace, card: DatasetCard
) -> Iterator[tuple[Recording, RecordedTask]]:
    """Episodes to export; the others are noted on the card."""
    episodes = selected(catalogue, options)
    if not options.all:
        found, given = checked_here(catalogue, episodes), verdicts(catalogue)
        for one in episodes:
            if not fit_to_learn_from(one, given.get(one.id, ()), found[one.id]):
                said = [f"{verdict.by}: {verdict.verdict}" for verdict in given.get(one.id, ())]
                card.left_out[one.id] = "; ".join([*(f.text for f in found[one.id]), *said]) or one.outcome
        episodes = tuple(one for one in episodes if one.id not in card.left_out)
    yield from with_runs(catalogue, episodes)


def _merge(options: argparse.Namespace) -> int:
    card = _kind(options.sources[0]).merge(options.sources, options.into)
    print(f"{len(card.episodes)} episodes in {options.into}")
    return 0


def _split(options: argparse.Namespace) -> int:
    try:
        shares = {name: float(share) for name, share in (one.split("=") for one in options.shares)}
    except ValueError:
        raise DataError(f"'{' '.join(options.shares)}' are no shares; write train=0.9 test=0.1") from None
    for name, card in _kind(options.data).split(options.data, shares, options.into, options.seed).items():
        print(f"{name}: {len(card.episodes)} episodes, {card.hours:.3f} h")
    return 0


def _kind(folder: Path) -> Any:
    """The module of a data set's format."""
    if read_card(folder).format == "lerobot":
        from skill_stack.recording.datasets import lerobot_dataset

        return lerobot_dataset
    from skill_stack.recording.datasets import parquet_dataset

    return parquet_dataset


def _describe(options: argparse.Namespace) -> int:
    about = described(options.data)
    if options.json:
        print_json(about)
        return 0
    for name, value in about.items():
        print(f"{name:20} {', '.join(map(str, value)) if isinstance(value, list) else value}")
    return 0


def _questions(options: argparse.Namespace) -> int:
    from skill_stack.recording.datasets.questions import questions

    with opened(options.folder) as catalogue:
        rows = questions(with_runs(catalogue, selected(catalogue, options)), options.count, options.seed)
    return _written(options.into, rows)


def _reached(options: argparse.Namespace) -> int:
    from skill_stack.recording.datasets.reached import reached

    with opened(options.folder) as catalogue:
        rows = [row for run, one in with_runs(catalogue, selected(catalogue, options)) for row in reached(run, one)]
    return _written(options.into, rows)


def _written(path: Path, rows: list[dict[str, Any]]) -> int:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    note(f"{len(rows)} lines written to {path}")
    return 0 if rows else 1


_VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "export": _export, "merge": _merge, "split": _split, "describe": _describe, "questions": _questions,
    "reached": _reached,
}  # fmt: skip
