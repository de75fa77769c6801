"""Recordings: the black boxes of all parts of a robot; that of the main part under an empty name."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.black_box import BlackBoxRecording, box_path, parse_black_box
from skill_stack.core.shared_memory.block_name import PART, part_of, part_paths

MAIN = ""
"""Name of the main part."""
Recordings = Mapping[str, BlackBoxRecording]


def boxes_of(block: Path) -> dict[str, Path]:
    """The files of a running robot, by part.

    Args:
        block: The robot's main block.
    """
    return {MAIN: box_path(block)} | {part_of(path): box_path(path) for path in part_paths(block)}


def kept_boxes(main: Path) -> dict[str, Path]:
    """The files that were kept of a run that ended, by part.

    Args:
        main: That of the main part; those of the others lie beside it.
    """
    others = sorted(main.parent.glob(f"{main.name}{PART}*"))
    return {MAIN: main} | {part_of(path): path for path in others}


def read_boxes(boxes: Mapping[str, Path], wait: float = 0.0) -> dict[str, BlackBoxRecording]:
    """Reads the boxes; a part whose box is not there or of another version is left out.

    Args:
        boxes: As :func:`boxes_of` gives them.
        wait: Time between opening and reading, s; an open file outlives a stack that ends meanwhile.

    Raises:
        FileNotFoundError: The main part has none.
        DataError: That of the main part is of another version.
    """
    out: dict[str, BlackBoxRecording] = {}
    with ExitStack() as files:
        opened = {part: files.enter_context(path.open("rb")) for part, path in boxes.items() if _is_there(part, path)}
        time.sleep(wait)
        for part, file in opened.items():
            try:
                out[part] = parse_black_box(file.read(), boxes[part])
            except DataError:
                if part == MAIN:
                    raise
    return out


def _is_there(part: str, path: Path) -> bool:
    return part == MAIN or path.exists()
