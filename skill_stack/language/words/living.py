"""Living: the persons of a scene, their names, and the pronouns that may mean them."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.grammar.chunks import COLLECTIVE
from skill_stack.language.grammar.scene_words import SceneWords

HIM_OR_HER = ("him", "her", "he", "she")
"""Pronouns that mean somebody."""

OBJECT_FORMS = {"he": "him", "she": "her"}
"""Pronouns of a subject as what something is done with."""


@dataclass(frozen=True, slots=True)
class Living:
    """The people and animals of a scene.

    Attributes:
        words: The scene with its names.
    """

    words: SceneWords

    @property
    def scene(self) -> SceneGraph:
        """The scene."""
        return self.words.scene

    def lives(self, name: str) -> bool:
        """Whether something is a person or an animal."""
        return name in self.words.people or bool(self.words.somebody.animals & set(self.kinds(name)))

    def kinds(self, name: str) -> list[str]:
        """The words of a thing's kind, which may be a plural."""
        words = self.scene.objects[name].kind.replace("_", " ").split()
        return [*words, *(word[:-1] for word in words if word.endswith("s"))]

    def named(self, person: str) -> set[str]:
        """What somebody is called, as people write it."""
        return {plain(name) for name in (person, *self.scene.objects[person].names)}

    def pronouns(self, name: str) -> set[str]:
        """The pronouns that may mean somebody: one where a name tells, else both."""
        words = {word for called in self.named(name) if "'s " not in called for word in called.split()}
        forms = {"him": self.words.somebody.him, "her": self.words.somebody.her}
        return {form for form, known in forms.items() if words & known} or set(forms)

    def meant_by(self, pronoun: str, names: list[str]) -> list[str]:
        """Those of some names that ``him`` or ``her`` may mean; none where nobody is among them.

        Args:
            pronoun: The pronoun.
            names: What was spoken of.
        """
        living = [name for name in names if self.lives(name)]
        form = OBJECT_FORMS.get(pronoun, pronoun)
        return [name for name in living if form in self.pronouns(name)] or living

    def belongs(self, name: str, person: str) -> bool:
        """Whether a thing is called after somebody: ``Anna's room``."""
        called = (person.replace("_", " "), *self.scene.objects[person].names)
        whose = {f"{one.removeprefix('the ')}'s " for one in called}
        whose |= {"my "} if {"me", "I"} & set(called) else set()
        if any(called.startswith(tuple(whose)) for called in self.scene.objects[name].names):
            return True
        seated = {f" {plain(one)}" for one in (name, *self.scene.objects[name].names) if len(plain(one).split()) > 1}
        return any(called.endswith(tuple(seated)) for called in self.named(person))  # "the guest at table one"

    def speaker(self) -> str:
        """The person who speaks: the one that the scene calls so, or the only one there is; empty where unknown."""
        people = self.words.people
        for name in ("user", "me", "speaker", "operator", "human", "owner"):
            if name in self.scene.objects:
                return name
        named = [name for name in people if {"me", "I"} & set(self.scene.objects[name].names)]
        if len(named) == 1:
            return named[0]
        return next(iter(people)) if len(people) == 1 else ""

    def alone(self, ids: tuple[str, ...]) -> bool:
        """Whether ids mean a single person, whatever the name ends with: Ines, and not the Novaks."""
        return bool(set(ids) & self.words.people) and not any(
            name.startswith("the ") and (name.endswith("s") or name.split()[-1] in COLLECTIVE)
            for one in ids
            for name in (called.replace("_", " ").casefold() for called in (one, *self.scene.objects[one].names))
        )


def plain(name: str) -> str:
    """A name as people write it, without its article."""
    return name.replace("_", " ").casefold().removeprefix("the ")
