"""Language: readings of a text for a skill library and a scene. Other packages import from here only."""

from skill_stack.language.answers import FORBIDDEN, Answer, listed, question, refusal, shortened
from skill_stack.language.clauses.parallel import side_by_side
from skill_stack.language.clauses.roles import Types
from skill_stack.language.corrections.words import (
    Correction,
    Order,
    correction,
    lasting,
    modifies,
    order,
    pick,
    with_kind,
    words_of,
)
from skill_stack.language.grammar.quantity import QuantityParser
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.kinds.rules import HazardRules, Kind, KindRule, Outcome, Sense, UsualUse
from skill_stack.language.language import LONGEST_TEXT, Language
from skill_stack.language.learnt.learnt_phrases import LearntPhrase, LearntPhrases
from skill_stack.language.naming import DOING
from skill_stack.language.phrases.parameter_kinds import ParameterKinds
from skill_stack.language.readings import Naming, Reading, Readings, TakenAs, following
from skill_stack.language.search_words import GEOMETRY, Sought, sought, things_meant
from skill_stack.language.spatial.questions import posed, spatial_grammar
from skill_stack.language.structures.structure_reader import ClearingWords, scene_described
from skill_stack.language.words.endings import bases, contains, endings, expanded, named
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon, load_lexicon
from skill_stack.language.words.pattern_grammar import PatternRule, Slot, Term
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import Token, name_words

__all__ = [
    "LONGEST_TEXT", "Answer", "ClearingWords", "Correction", "DOING", "FORBIDDEN", "GEOMETRY", "HazardRules", "Kind",
    "KindRule", "Knowledge", "Language", "LearntPhrase", "LearntPhrases", "Lexicon", "Naming", "Order", "Outcome",
    "ParameterKinds", "PatternRule", "PhraseTable", "QuantityParser", "Reading", "Readings", "Sense", "Slot", "Sought",
    "TakenAs", "Term", "Token", "Types", "UsualUse", "WORDS", "bases", "contains", "correction", "endings", "expanded",
    "following", "lasting", "listed", "load_lexicon", "modifies", "name_words", "named", "order", "pick", "posed",
    "question", "refusal", "scene_described", "shortened", "side_by_side", "sought", "spatial_grammar", "things_meant",
    "with_kind", "words_of",
]  # fmt: skip
