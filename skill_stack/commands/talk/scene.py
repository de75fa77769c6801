"""``skill-stack scene``: a description in words to a scene file."""

from __future__ import annotations

import argparse
from pathlib import Path

from skill_stack.commands.common import add_json, note, print_json, words_of
from skill_stack.core.errors import DataError
from skill_stack.language import scene_described


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("words", help="what there is, and where: counts, colours, kinds and relations")
    parser.add_argument("--into", type=Path, metavar="FILE.yaml", help="write the scene there instead of printing it")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the scene was made."""
    from skill_stack.core.world.described_scene import scene_text

    scene = scene_described(words_of(options.words))
    if options.json:
        print_json(scene.model_dump(mode="json"))
        return 0
    if options.into is None:
        print(scene_text(scene), end="")
        return 0
    try:
        options.into.write_text(scene_text(scene), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{options.into}: cannot be written: {error}") from error
    note(f"wrote {options.into}")
    return 0
