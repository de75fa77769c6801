"""Function words and other small closed classes of words, read from ``words/data/function_words.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.language.words.lexicon_files import Words

FOLDER = Path(__file__).resolve().parent / "data"
Phrases = Annotated[
    tuple[tuple[str, ...], ...], BeforeValidator(lambda said: tuple(tuple(one.split()) for one in said))
]
"""Phrases, each split into words."""


class FunctionWords(DataModel):
    """``function_words.yaml``; the file explains its keys."""

    adding: frozenset[str]
    after_quantifier: frozenset[str]
    aloud: frozenset[str]
    announcing_subjects: frozenset[str]
    any_object: frozenset[str]
    any_place: Phrases
    anybody: frozenset[str]
    asking_verbs: frozenset[str]
    avoiding: frozenset[str]
    before_aside: frozenset[str]
    before_condition: frozenset[str]
    before_modifier: frozenset[str]
    before_naming: Words
    before_statement: frozenset[str]
    before_verb: frozenset[str]
    before_while: frozenset[str]
    beside_cancelling: frozenset[str]
    beside_copula: frozenset[str]
    calling: frozenset[str]
    carrying: frozenset[str]
    celsius: frozenset[str]
    collective: frozenset[str]
    complements: frozenset[str]
    condition_verbs: frozenset[str]
    copulas: frozenset[str]
    determiners: frozenset[str]
    determiners_alone: frozenset[str]
    ending_nouns: frozenset[str]
    excluding: frozenset[str]
    fetching: frozenset[str]
    filler_links: Phrases
    first: frozenset[str]
    for_speaker: frozenset[str]
    forms_of_be: Words
    goals: frozenset[str]
    handing: frozenset[str]
    he_or_she: Words
    him_or_her: frozenset[str]
    his_or_her: Words
    holders: frozenset[str]
    inside: frozenset[str]
    instead_of_of: Words
    instrument: frozenset[str]
    keeping: frozenset[str]
    leading_determiners: frozenset[str]
    list_joints: Words
    meaning: Phrases
    near_facts: frozenset[str]
    negations: frozenset[str]
    no_condition_end: frozenset[str]
    no_object: frozenset[str]
    no_order: frozenset[str]
    not_open: frozenset[str]
    noun_links: Phrases
    onto: frozenset[str]
    open_to_people: frozenset[str]
    optional_links: frozenset[str]
    ourselves: frozenset[str]
    out_of: frozenset[str]
    owning_facts: frozenset[str]
    passing: frozenset[str]
    plural_subjects: frozenset[str]
    posed: Words
    possessives: frozenset[str]
    quantified_verbs: frozenset[str]
    question_nouns: Words
    receiving: frozenset[str]
    recipient: frozenset[str]
    robot: frozenset[str]
    room: frozenset[str]
    source: frozenset[str]
    speaker_ids: Words
    subject_beginnings: frozenset[str]
    subordinate_subjects: Phrases
    there: Words
    told_nouns: frozenset[str]
    transporting: frozenset[str]
    twice: frozenset[str]
    verb_links: Phrases
    walking: frozenset[str]
    warmth: frozenset[str]
    wish_beginnings: Phrases
    wished_verbs: frozenset[str]
    within_facts: frozenset[str]
    within_group: frozenset[str]


def read_words(path: Path) -> Any:
    """Returns the content of a YAML file with every scalar as text; YAML 1.1 reads ``on`` and ``no`` as booleans.

    Raises:
        DataError: The file is missing or no YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (OSError, yaml.YAMLError) as error:
        raise DataError(f"{path}: {error}") from error


WORDS = parse_model(FunctionWords, read_words(FOLDER / "function_words.yaml"), "function_words.yaml")
