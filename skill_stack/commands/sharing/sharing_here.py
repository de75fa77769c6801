"""What the verbs for exchanging skills share: limits, keys, packages from files, questions, the time."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from pathlib import Path

from skill_stack.commands.common import resources
from skill_stack.core.data_file import load_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.skill_origin import SkillOrigin, origin_of
from skill_stack.sharing.known_keys import KnownKeys
from skill_stack.sharing.package_manifest import SharingLimits
from skill_stack.sharing.skill_package import SkillPackage, read


def limits() -> SharingLimits:
    """The limits of packages."""
    return load_model(SharingLimits, resources().find("config/sharing.yaml", "limits of packages"))


def keys() -> KnownKeys:
    """The keys that were accepted here, and this user's own."""
    return KnownKeys(resources().overlay / "keys")


def now() -> str:
    """The present time, ISO 8601, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def opened(path: Path) -> tuple[SkillPackage, bytes]:
    """A checked package, and its file.

    Raises:
        DataError: It is none, or altered; the message names the file.
    """
    if path.is_dir():
        found = ", ".join(str(one) for one in sorted(path.rglob("*.skillpack"))[:10])
        raise DataError(f"{path} is a folder; name one package of it: {found or 'it has none'}")
    most = limits()
    with path.open("rb") as file:
        data = file.read(most.file + 1)  # read once: what is checked is what is used
    try:
        return read(data, most), data
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def installed(found: Resources, robot: str, skill: str) -> tuple[Path, SkillOrigin]:
    """Folder of an installed skill and its note.

    Raises:
        DataError: It is not there, or came in no package.
    """
    folder = found.overlay / "models" / robot / skill
    origin = origin_of(folder) if folder.is_dir() else None
    if origin is None:
        there = [path.parent.name for path in sorted(found.overlay.glob(f"models/{robot}/*/origin.json"))]
        raise DataError(f"'{skill}' of {robot} was not installed from a package; those that were: {_named(there)}")
    return folder, origin


def agreed(question: str, yes: bool) -> bool:
    """Asks the person; without a terminal, only ``--yes`` agrees.

    Args:
        question: The question, without its answers.
        yes: Whether it is answered already.
    """
    if yes:
        return True
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _named(names: list[str]) -> str:
    return ", ".join(names) or "none"
