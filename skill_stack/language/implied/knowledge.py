"""Knowledge: needs, wishes and what serves them, as data (``config/knowledge/*.yaml``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.world.scene import SceneObject
from skill_stack.language.kinds.rules import HazardRules
from skill_stack.language.words.traits import Trait


class Need(DataModel):
    """A need or wish.

    Attributes:
        say: Sayings that state it; ``{x}`` and ``{y}`` stand for any words, ``(a|b)`` for a choice.
        use: Use of the objects that serve it; empty if the saying names the object itself.
        ask: Requests that follow from it, best first; ``{do_x}`` is ``{x}`` with its verb in the base form.
    """

    say: tuple[str, ...]
    use: str = ""
    ask: tuple[str, ...]


class KnowledgeFile(DataModel):
    """``config/knowledge/*.yaml``; the file explains its keys."""

    needs: tuple[Need, ...] = ()
    wishes: tuple[Need, ...] = ()
    lead_ins: tuple[str, ...] = ()
    uses: dict[str, tuple[str, ...]] = {}
    categories: dict[str, tuple[str, ...]] = {}
    places: dict[str, tuple[str, ...]] = {}
    acts: dict[str, tuple[str, ...]] = {}
    forms: dict[str, tuple[str, ...]] = {}
    traits: dict[str, Trait] = {}
    hazards: HazardRules = HazardRules()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Needs, wishes, uses, categories and places.

    Attributes:
        needs: Needs; their requests take precedence over other readings.
        wishes: Wishes; they are read only if the words are no instruction.
        uses: Kinds and names of objects by use.
        lead_ins: Introductory phrases to ignore before a need or a wish.
        categories: Kinds and names of objects by category.
        places: Kinds and names of the usual places of objects, by their kind or category.
        acts: Kinds and names of the objects that a verb can take.
        forms: Irregular forms of words by their base form.
        traits: Properties of objects by name.
        hazards: Hazardous combinations by file.
    """

    needs: tuple[Need, ...] = ()
    uses: tuple[tuple[str, tuple[str, ...]], ...] = ()
    wishes: tuple[Need, ...] = ()
    lead_ins: tuple[str, ...] = ()
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    places: tuple[tuple[str, tuple[str, ...]], ...] = ()
    acts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    traits: Mapping[str, Trait] = field(default_factory=dict)
    hazards: Mapping[str, HazardRules] = field(default_factory=dict)

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Knowledge:
        """Reads files. Entries of several files for one use, category, place or act are merged.

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

        def listed(name: str) -> tuple[Any, ...]:
            return tuple(one for file in files for one in getattr(file, name))

        return cls(
            needs=listed("needs"), wishes=listed("wishes"), lead_ins=listed("lead_ins"),
            uses=merged("uses"), categories=merged("categories"), places=merged("places"), acts=merged("acts"),
            forms={word: forms for file in files for word, forms in file.forms.items()},
            traits={name: one for file in files for name, one in file.traits.items()},
            hazards={str(path): file.hazards for path, file in by_path.items() if "hazards" in file.model_fields_set},
        )  # fmt: skip

    def suits(self, request: str, thing: SceneObject) -> bool:
        """Whether the verb of a request can take an object."""
        kinds = dict(self.acts).get(request.split()[0])
        return kinds is None or bool(called(thing) & set(kinds))

    def usual_places(self, thing: SceneObject) -> tuple[str, ...]:
        """Returns kinds and names of an object's usual places, those of its kind before those of its categories."""
        names = called(thing)
        groups = self.groups(thing)
        own = [place for name, places in self.places if name in names for place in places]
        more = [place for name, places in self.places if name in groups for place in places]
        return tuple(dict.fromkeys((*own, *more)))

    def groups(self, thing: SceneObject) -> tuple[str, ...]:
        """Returns the categories of an object."""
        names = called(thing)
        return tuple(name for name, kinds in self.categories if names & set(kinds))


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


def called(thing: SceneObject) -> set[str]:
    """Returns kind, id and names of an object in plain words."""
    return {name.replace("_", " ").casefold() for name in (thing.kind, thing.id, *thing.names)}
