"""SkillOrigin: which package an installed skill is from, and whether it is still in quarantine.

A skill that came in a package is used in simulation only, until a person releases it. The note lies beside its
``skill.yaml`` and says for which content the release holds: a file that changes afterwards is in quarantine again.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError

ORIGIN = "origin.json"
"""The note in the folder of an installed skill."""
_LATER = (ORIGIN, "results")
"""Beginnings of the names of files that are written after the installation and run nothing."""
_HASH = r"^([0-9a-f]{64})?$"


class SkillOrigin(DataModel):
    """Where an installed skill is from, and what happened to it since.

    Attributes:
        package: sha256 of the package file.
        version: Version that the package states.
        author: Author that the package states.
        key: Fingerprint of the key that signed it.
        installed: When it was installed, ISO 8601, UTC.
        tried: Content that passed a trial in simulation here, as of :func:`content_hash`; empty for none.
        trial: What that trial was.
        released: Content that a person released; empty for none.
        released_at: When, ISO 8601, UTC.
        practised: How it was learnt, where it came in no package but was practised here; empty for one of a package.
    """

    package: str = Field(pattern=_HASH)
    version: str
    author: str
    key: str
    installed: str
    tried: str = Field("", pattern=_HASH)
    trial: str = ""
    released: str = Field("", pattern=_HASH)
    released_at: str = ""
    practised: str = ""


def origin_of(folder: Path) -> SkillOrigin | None:
    """The note of a skill folder; None for a skill that came in no package.

    Raises:
        DataError: The note cannot be read.
    """
    path = folder / ORIGIN
    return load_model(SkillOrigin, path) if path.exists() else None


def write_origin(folder: Path, origin: SkillOrigin) -> None:
    """Writes the note of a skill folder, in one step."""
    new = folder / f".{ORIGIN}.new"
    new.write_text(origin.model_dump_json(indent=1) + "\n", encoding="utf-8")
    new.replace(folder / ORIGIN)


def content_hash(folder: Path) -> str:
    """sha256 over names and contents of what a skill runs by: all its files without notes and results."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith((".", *_LATER)):
            total.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def quarantine(folder: Path) -> str:
    """Why a skill may not move a real robot; empty where it may.

    Args:
        folder: Its folder, ``models/<robot>/<skill>``.
    """
    try:
        origin = origin_of(folder)
        if origin is None or origin.released == content_hash(folder):
            return ""
    except (DataError, OSError) as error:
        return f"it is in quarantine, as its origin cannot be read: {error}"
    came = "was practised in simulation" if origin.practised else f"was installed from a package of {origin.author}"
    since = "was changed since it was released" if origin.released else came
    words = f"{folder.name} --robot {folder.parent.name}"
    return (
        f"it is in quarantine: it {since}, and is used in simulation only until a person releases it: "
        f"skill-stack try {words}, then skill-stack release {words}"
    )
