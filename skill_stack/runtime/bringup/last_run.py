"""LastRun: data kept of a run when its shared memory is removed, so that it can still be reported."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skill_stack.core.processes.journal import journal_path
from skill_stack.core.shared_memory.black_box import box_path
from skill_stack.core.shared_memory.block_name import part_paths

ABOUT, BOX, JOURNAL = "about.json", "black_box", "journal"


def keep_run(block: Path, folder: Path, about: Mapping[str, Any]) -> bool:
    """Copies black boxes and journal of a robot into a folder, over those of the previous run.

    Args:
        block: The robot's main block.
        folder: Where to; made when it is not there.
        about: Description of the run.

    Returns:
        Whether there was anything to keep and it could be written.
    """
    boxes = {box_path(path): f"{BOX}{path.name.removeprefix(block.name)}" for path in (block, *part_paths(block))}
    journal = journal_path(block)
    files = {**boxes, journal: JOURNAL, journal.with_name(journal.name + ".old"): f"{JOURNAL}.old"}
    there = {source: name for source, name in files.items() if source.exists()}
    if not there:
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for source, name in there.items():
            shutil.copyfile(source, folder / name)
        (folder / ABOUT).write_text(json.dumps(dict(about)), encoding="utf-8")
    except OSError:
        return False
    return True


def about_run(folder: Path) -> dict[str, str]:
    """Run file of a kept run; empty without one."""
    try:
        found = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
