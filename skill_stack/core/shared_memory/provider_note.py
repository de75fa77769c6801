"""ProviderNote: where a control process evaluates its networks and why, written beside the shared block."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

SUFFIX = ".providers"


@dataclass(frozen=True, slots=True)
class ProviderNote:
    """One network.

    Attributes:
        skills: Names of the skills that use it, with commas between.
        provider: ``cpu``, ``cuda`` or ``tensorrt``.
        why: One sentence.
    """

    skills: str
    provider: str
    why: str

    def sentence(self) -> str:
        """The note as a sentence."""
        return f"{self.provider} for {self.skills}: {self.why}"


def notes_path(block: Path) -> Path:
    """Where the notes of a shared block are."""
    return block.with_name(block.name + SUFFIX)


def write_notes(block: Path, notes: Sequence[ProviderNote]) -> None:
    """Writes the notes; concurrent readers see either the former ones or these.

    Args:
        block: File of the shared block.
        notes: All of them.
    """
    path = notes_path(block)
    draft = path.with_name(f"{path.name}.new-{os.getpid()}")
    draft.write_text(json.dumps([asdict(note) for note in notes]), encoding="utf-8")
    draft.replace(path)


def read_notes(block: Path) -> tuple[ProviderNote, ...]:
    """The notes beside a block; none where no control process wrote any, or where the file is corrupted."""
    try:
        data = json.loads(notes_path(block).read_text(encoding="utf-8"))
        return tuple(ProviderNote(str(item["skills"]), str(item["provider"]), str(item["why"])) for item in data)
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def summary(notes: Sequence[ProviderNote]) -> str:
    """All notes in one line; networks that share provider and reason are named together."""
    together: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        together.setdefault((note.provider, note.why), []).append(note.skills)
    return "; ".join(ProviderNote(", ".join(skills), *key).sentence() for key, skills in together.items())
