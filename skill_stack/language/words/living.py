"""Living: the people and animals of a scene, their names, and the pronouns that may refer to them."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.endings import single
from skill_stack.language.words.function_words import WORDS

OBJECT_FORMS = {"he": "him", "she": "her"}
"""Subject pronouns with their object forms."""


@dataclass(frozen=True, slots=True)
class Living:
    """The people and animals of a scene."""

    words: SceneWords

    @property
    def scene(self) -> SceneGraph:
        return self.words.scene

    def lives(self, name: str) -> bool:
        """Whether an id is a person or an animal."""
        words = self.scene.objects[name].kind.replace("_", " ").split()
        return name in self.words.people or bool(self.words.somebody.animals & {*words, *map(single, words)})

    def named(self, person: str) -> set[str]:
        """Returns the names of a person in plain words."""
        return {plain(name) for name in (person, *self.scene.objects[person].names)}

    def pronouns(self, name: str) -> set[str]:
        """Returns the pronouns that may refer to somebody: one if a name shows the gender, else both."""
        words = {word for called in self.named(name) if "'s " not in called for word in called.split()}
        forms = {"him": self.words.somebody.him, "her": self.words.somebody.her}
        return {form for form, known in forms.items() if words & known} or set(forms)

    def meant_by(self, pronoun: str, names: list[str]) -> list[str]:
        """Returns the ids that a pronoun may refer to; empty if none is a person or an animal.

        Args:
            pronoun: The pronoun.
            names: Ids of possible antecedents.
        """
        living = [name for name in names if self.lives(name)]
        form = OBJECT_FORMS.get(pronoun, pronoun)
        return [name for name in living if form in self.pronouns(name)] or living

    def belongs(self, name: str, person: str) -> bool:
        """Whether the name of an object contains its owner: ``Anna's room``."""
        called = (person.replace("_", " "), *self.scene.objects[person].names)
        whose = {f"{one.removeprefix('the ')}'s " for one in called}
        whose |= {"my "} if {"me", "I"} & set(called) else set()
        return any(called.startswith(tuple(whose)) for called in self.scene.objects[name].names)

    def speaker(self) -> str:
        """Returns the speaker: the person whom the scene names as such, or the only person; empty if unknown."""
        people = self.words.people
        for name in WORDS.speaker_ids:
            if name in self.scene.objects:
                return name
        named = [name for name in people if {"me", "I"} & set(self.scene.objects[name].names)]
        if len(named) == 1:
            return named[0]
        return next(iter(people)) if len(people) == 1 else ""

    def alone(self, ids: tuple[str, ...]) -> bool:
        """Whether ids mean a single person, whatever the ending of the name: Ines, but not the Novaks."""
        return bool(set(ids) & self.words.people) and not any(
            name.startswith("the ") and (name.endswith("s") or name.split()[-1] in WORDS.collective)
            for one in ids
            for name in (called.replace("_", " ").casefold() for called in (one, *self.scene.objects[one].names))
        )


def plain(name: str) -> str:
    """Returns a name in plain words, without its article."""
    return name.replace("_", " ").casefold().removeprefix("the ")
