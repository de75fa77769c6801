"""SceneWords: names of the objects of one scene."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product

from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.world_facts import SPEAKER
from skill_stack.language.words.endings import endings, expanded, single
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import Words
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import name_words

Phrase = tuple[str, ...]

PICKS = ("nearest", "farthest", "biggest", "smallest", "tallest", "shortest", "longest", "leftmost", "rightmost",
         "middle")  # fmt: skip
OBJECT_FORMS = {"he": "him", "she": "her"}
"""Subject pronouns with their object forms."""


class SceneWords:
    """Nouns and colours of a scene.

    Attributes:
        scene: The scene.
        lexicon: The lexicon.
        nouns: Noun phrases with the ids that they may mean, in the singular and plural.
        plurals: Plural noun phrases.
        people: Ids of people.
        states: Words of states, with the predicates that express them.
        colour_of: Colours of the lexicon by the words for them.
        colours: Colour phrases with the colour of the lexicon, or of the scene where the lexicon has none.
        sizes: Adjectives of size.
        genders: Words that say that somebody is a man or a woman.
    """

    def __init__(
        self,
        scene: SceneGraph,
        lexicon: Lexicon,
        categories: Iterable[tuple[str, tuple[str, ...]]] = (),
    ) -> None:
        """Collects the words.

        Args:
            scene: The scene.
            lexicon: Synonyms.
            categories: Kinds and names of objects by category.
        """
        categories = tuple(categories)
        self._categories = categories
        self.scene = scene
        self.lexicon = lexicon
        self.sizes = {word for name in PICKS[2:7] for word in getattr(lexicon.things, name)}
        self.states = lexicon.clauses.states
        self.colour_of = {word: name for name, words in lexicon.things.colours.items() for word in words}
        gathered = {lexicon.split(word) for word in lexicon.things.gathered}
        named = self._named()
        self._categorise(named, categories, gathered)
        self.plurals = {plural(phrase) for phrase in named if phrase and len(phrase[-1]) > 2}
        self.plurals |= {phrase for phrase, ids in named.items() if phrase in gathered and len(ids) > 1}
        for phrase, ids in list(named.items()):
            for one in singulars(phrase):
                named.setdefault(one, ids)
        self.nouns = self._nouns(named)
        kinds = {*lexicon.things.kinds["person"], "person"}
        self.people = frozenset(thing.id for thing in scene.objects.values() if thing.kind in kinds)
        self.genders = lexicon.people.him | lexicon.people.her
        self.colours = self._colours(named)

    def _named(self) -> dict[Phrase, set[str]]:
        """Objects by their names, and by other words where these are no name of another object."""
        named = self._by_name()
        for phrase, ids in self._last_words().items():
            named.setdefault(phrase, ids)
        for phrase, ids in self._synonyms(named):
            named.setdefault(phrase, set()).update(ids)
        for phrase, ids in self._within().items():
            named.setdefault(phrase, ids)
        rooms = {place.id for place in self._rooms()}
        if SPEAKER in self.scene.objects:  # who is seen to point is here
            named[("here",)] = {SPEAKER}
        for phrase in WORDS.any_place if rooms else ():
            named.setdefault(phrase, rooms)
        return named

    def _by_name(self) -> dict[Phrase, set[str]]:
        named: dict[Phrase, set[str]] = {}
        for thing in self.scene.objects.values():
            for name in self._names(thing):
                words = self.lexicon.split(name)
                bare = words[1:] if len(words) > 1 and words[0] in self.lexicon.small.articles else words  # "the chef"
                if words[:1] != ("my",) or bare not in WORDS.any_place:  # "my room" is not "every room"
                    named.setdefault(bare, set()).add(thing.id)
        return named

    def _within(self) -> dict[Phrase, set[str]]:
        """Objects by their names behind those of the places that they are in: ``the living room couch``."""
        named: dict[Phrase, set[str]] = {}
        for fact in self.scene.facts:
            thing, place = (self.scene.objects.get(name) for name in (fact.arguments + ("", ""))[:2])
            if fact.predicate == "in" and thing is not None and place is not None and place.kind == "place":
                for room, name in product((place.id, *place.names), self._names(thing)):
                    named.setdefault(self.lexicon.split(f"{room} {name}"), set()).add(thing.id)
        return named

    def _rooms(self) -> list[SceneObject]:
        return [thing for thing in self.scene.objects.values() if thing.kind == "place" and thing.id != "start"]

    def _nouns(self, named: Mapping[Phrase, set[str]]) -> PhraseTable[frozenset[str]]:
        nouns: PhraseTable[frozenset[str]] = PhraseTable()
        for phrase, ids in named.items():
            nouns.add(phrase, frozenset(ids))
            if plural(phrase) in self.plurals and plural(phrase) not in named:
                nouns.add(plural(phrase), frozenset(ids))
        return nouns

    def _colours(self, named: Collection[Phrase]) -> PhraseTable[str]:
        """The table of colours. A name of an object is no colour, unless some object has that colour."""
        here = {thing.colour for thing in self.scene.objects.values() if thing.colour}
        own = {colour: Words((colour,)) for colour in sorted(here - set(self.colour_of))}
        seen = {self.colour_of.get(colour, colour) for colour in here}
        return self.lexicon.grouped({  # "lemon" is no colour in a scene with a lemon
            name: Words(word for word in words if name in seen or self.lexicon.split(word) not in named)
            for name, words in {**self.lexicon.things.colours, **own}.items()
        })  # fmt: skip

    def _last_words(self) -> dict[Phrase, set[str]]:
        """Objects by the last words of their ids: "the novel" for the mystery novel."""
        short: dict[Phrase, set[str]] = {}
        for thing in self.scene.things:
            words = self.lexicon.split(" ".join(name_words(unnumbered(thing.id))))
            last = words[-1] if len(words) > 1 else ""
            counted = last in self.lexicon.quantities.numbers or not last.isalpha() or len(last) < 3
            if not counted and thing.kind not in ("wall", "place"):
                short.setdefault(words[-1:], set()).add(thing.id)
        return short

    def of_scene(self, scene: SceneGraph) -> SceneWords:
        """Returns the names of another scene."""
        return SceneWords(scene, self.lexicon, self._categories)

    def colour(self, thing: SceneObject) -> str:
        """Returns the colour of an object by its name in the lexicon."""
        return self.colour_of.get(thing.colour, thing.colour)

    def colour_by_id(self, name: str) -> str:
        return self.colour(self.scene.objects[name])

    def words(self) -> Iterator[str]:
        """Yields every word that names an object or a colour here."""
        yield from self.nouns.words()
        yield from self.colours.words()

    def speaker(self) -> str:
        """Returns the speaker: the person whom the scene names as such, or the only person; empty if unknown."""
        for name in WORDS.speaker_ids:
            if name in self.scene.objects:
                return name
        named = [name for name in self.people if {"me", "I"} & set(self.scene.objects[name].names)]
        among = named if len(named) == 1 else list(self.people)
        return among[0] if len(among) == 1 else ""

    def meant_by(self, pronoun: str, names: list[str]) -> list[str]:
        """Returns the ids of people and animals to whom a pronoun may refer; empty if none is one.

        Args:
            pronoun: The pronoun.
            names: Ids of possible antecedents.
        """
        living = [name for name in names if self._lives(name)]
        form = OBJECT_FORMS.get(pronoun, pronoun)
        return [name for name in living if form in self._pronouns(name)] or living

    def _lives(self, name: str) -> bool:
        """Whether an id is a person or an animal."""
        words = _plain(self.scene.objects[name].kind).split()
        return name in self.people or bool(self.lexicon.people.animals & {*words, *map(single, words)})

    def _pronouns(self, name: str) -> set[str]:
        """The pronouns that may refer to somebody: one if a name shows the gender, else both."""
        called = map(plain, (name, *self.scene.objects[name].names))
        words = {word for one in called if "'s " not in one for word in one.split()}
        forms = {"him": self.lexicon.people.him, "her": self.lexicon.people.her}
        return {form for form, known in forms.items() if words & known} or set(forms)

    def belongs(self, name: str, person: str) -> bool:
        """Whether the name of an object contains its owner: ``Anna's room``."""
        called = (person.replace("_", " "), *self.scene.objects[person].names)
        whose = {f"{one.removeprefix('the ')}'s " for one in called}
        whose |= {"my "} if {"me", "I"} & set(called) else set()
        return any(called.startswith(tuple(whose)) for called in self.scene.objects[name].names)

    def alone(self, ids: tuple[str, ...]) -> bool:
        """Whether ids mean a single person, whatever the ending of the name: Ines, but not the Novaks."""
        called = (_plain(name) for one in ids for name in (one, *self.scene.objects[one].names))
        return bool(set(ids) & self.people) and not any(
            name.startswith("the ") and (name.endswith("s") or name.split()[-1] in WORDS.collective) for name in called
        )

    def _categorise(
        self, named: dict[Phrase, set[str]], categories: tuple[tuple[str, tuple[str, ...]], ...], gathered: set[Phrase]
    ) -> None:
        """Adds the names of categories: ``fruit`` for the apple and the pear."""
        ends = {thing.id: endings(thing, self.lexicon.nouns) for thing in self.scene.things} if categories else {}
        known = dict(categories)
        things = self.scene.things
        own = {self.lexicon.split(name) for one in things for name in (one.id.replace("_", " "), *one.names)}
        for category, members in categories:
            phrase, within = self.lexicon.split(category), expanded(members, known)
            found = {thing.id for thing in self.scene.things if within & ends[thing.id]}
            every = phrase if phrase in gathered or phrase[-1].endswith("s") else plural(phrase)
            called = every == phrase and phrase in own  # one object is called "the clothes"
            if not found:
                continue
            if phrase in named and not called and (every == phrase or every not in named):
                named[every] = named[phrase] | found  # "the books" include novels, "the book" does not
            else:
                named.setdefault(phrase, found)

    def _names(self, thing: SceneObject) -> Iterable[str]:
        """Every name of an object; walls have none."""
        if thing.kind == "wall":
            return ()
        alike = unnumbered(thing.id)
        several = alike != thing.id and len(_plain(alike).split()) > 1  # "the treatment rooms", but not "the rooms"
        kind = ((alike,) if several else ()) if thing.kind == "place" else (thing.kind, thing.label, alike)
        return (thing.id, *kind, *thing.names)

    def _synonyms(self, named: dict[Phrase, set[str]]) -> Iterable[tuple[Phrase, set[str]]]:
        """Synonyms of the lexicon, unless the scene uses the word for another object."""
        groups = [*self.lexicon.things.kinds.items(), *self.lexicon.things.places.items()]
        for main, words in groups:
            phrases = [self.lexicon.split(word) for word in (main, *words)]
            ids = set(named.get(phrases[0], ()))
            every = set().union(*(named.get(phrase, set()) for phrase in phrases))
            ids = ids or every
            for phrase in phrases:  # "all the lights" are lamps and lights
                if phrase[-1].endswith("s") and (phrase[-1][:-1],) in phrases and every:
                    yield phrase, every
            if ids:
                yield from [(phrase, ids) for phrase in phrases if phrase not in named]


def unnumbered(name: str) -> str:
    """Returns an id without the number at its end: ``bedside_table`` of ``bedside_table_3``."""
    return name.rstrip("0123456789").rstrip("_- ") or name


def _plain(name: str) -> str:
    return name.replace("_", " ").casefold()


def plain(name: str) -> str:
    """Returns a name in plain words, without its article."""
    return _plain(name).removeprefix("the ")


def singulars(phrase: Phrase) -> Iterator[Phrase]:
    """Yields possible singulars of a phrase, by its last word: ``cookie`` of ``cookies``."""
    word = phrase[-1] if phrase else ""
    if word in ("glasses", "news", "stairs") or not word.endswith("s") or word.endswith("ss") or len(word) < 5:
        return
    yield (*phrase[:-1], word[:-1])
    if word.endswith("ies"):
        yield (*phrase[:-1], f"{word[:-3]}y")
    if word.endswith(("ches", "shes", "xes", "sses", "oes")):
        yield (*phrase[:-1], word[:-2])


def plural(phrase: Phrase) -> Phrase:
    """Returns the phrase with its last word in the plural."""
    if not phrase:
        return phrase
    word = phrase[-1]
    if word.endswith(("s", "x", "ch", "sh")):
        word += "es"
    elif word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        word = word[:-1] + "ies"
    else:
        word += "s"
    return (*phrase[:-1], word)
