"""Knowledge: needs, kinds and places of things, and hazards, as data (``config/knowledge/*.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.language.kinds.rules import HazardRules


class Need(DataModel):
    """A need that people state, or a wish.

    Attributes:
        say: Regular expressions of whole sentences that state it. Named groups are put into ``ask``.
        use: Kinds and names of the objects that serve it, the best first; of none where ``say`` has groups.
        ask: Requests that follow from it, the best first, with ``{thing}`` and ``{speaker}``.
    """

    say: tuple[re.Pattern[str], ...]
    use: tuple[str, ...] = ()
    ask: tuple[str, ...]


class KnowledgeFile(DataModel):
    """``config/knowledge/*.yaml``; the file explains its keys."""

    needs: tuple[Need, ...] = ()
    categories: dict[str, tuple[str, ...]] = {}
    places: dict[str, tuple[str, ...]] = {}
    forms: dict[str, tuple[str, ...]] = {}
    hazards: HazardRules = HazardRules()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Needs, categories, places and hazards.

    Attributes:
        needs: Needs that people state, and what serves them.
        categories: Kinds and names of objects by category.
        places: Kinds and names of the usual places of objects, by their kind or category.
        forms: Irregular forms of words by their base form.
        hazards: Hazardous combinations by file.
    """

    needs: tuple[Need, ...] = ()
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    places: tuple[tuple[str, tuple[str, ...]], ...] = ()
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hazards: Mapping[str, HazardRules] = field(default_factory=dict)

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Knowledge:
        """Reads files. Entries of several files for one category or place are merged.

        Raises:
            DataError: A file is invalid.
        """
        by_path = {path: _read(path, _version(path)) for path in paths if path.suffix == ".yaml"}
        files = list(by_path.values())

        def merged(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
            out: dict[str, tuple[str, ...]] = {}
            for file in files:
                for key, words in getattr(file, name).items():
                    out[key] = tuple(dict.fromkeys((*out.get(key, ()), *words)))
            return tuple(out.items())

        return cls(
            needs=tuple(need for file in files for need in file.needs),
            categories=merged("categories"), places=merged("places"),
            forms={word: forms for file in files for word, forms in file.forms.items()},
            hazards={str(path): file.hazards for path, file in by_path.items() if "hazards" in file.model_fields_set},
        )  # fmt: skip


def _version(path: Path) -> tuple[int, int]:
    """What changes when a file is written; of a missing file nothing."""
    try:
        state = path.stat()
    except OSError:
        return 0, 0
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=64)
def _read(path: Path, version: tuple[int, int]) -> KnowledgeFile:
    """The content of a file, read once in each version."""
    return load_model(KnowledgeFile, path)
