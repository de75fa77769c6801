"""The files of the page, read once: what is not among them does not exist."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from skill_stack.core.errors import ResourceNotFound

FOLDER = Path(__file__).resolve().parent / "static"
INDEX = "index.html"
_KINDS = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file.

    Attributes:
        kind: Its media type.
        plain: Its content.
        packed: The same by gzip.
        tag: What names just this content.
    """

    kind: str
    plain: bytes
    packed: bytes
    tag: str


def load_static(folder: Path = FOLDER) -> dict[str, StaticFile]:
    """All files of a folder and those below it, by their relative path.

    Raises:
        ResourceNotFound: There is no page among them.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        kind = _KINDS.get(path.suffix)
        if kind is None or not path.is_file() or path.name.startswith("."):
            continue
        plain = path.read_bytes()
        tag = f'"{hashlib.blake2b(plain, digest_size=8).hexdigest()}"'
        found[path.relative_to(folder).as_posix()] = StaticFile(kind, plain, gzip.compress(plain, mtime=0), tag)
    if INDEX not in found:
        raise ResourceNotFound(f"{folder / INDEX} is missing: install the package again")
    return found
