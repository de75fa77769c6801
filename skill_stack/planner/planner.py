"""Planner: words → checked plan, without a language model."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import unicodedata
from collections.abc import Iterable, Sequence

from skill_stack.core.errors import SkillStackError
from skill_stack.core.fact import Fact
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.scene import SceneGraph
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.answers import Answer, refusal
from skill_stack.planner.attempts import Attempts, Made, Tokens
from skill_stack.planner.composer import Composer
from skill_stack.planner.composites import Namings, taught
from skill_stack.planner.conditions import ConditionReader, Vocabulary
from skill_stack.planner.conversation import TALK, Conversation
from skill_stack.planner.gist.read import gist_parts
from skill_stack.planner.gist.tolerance import Tolerance
from skill_stack.planner.hints import Hints
from skill_stack.planner.implied.goals import Action, Goals
from skill_stack.planner.implied.remark import Remark
from skill_stack.planner.interpreter import Interpreter
from skill_stack.planner.knowledge import Knowledge
from skill_stack.planner.language.chunks import Choice
from skill_stack.planner.language.frame_set import on_or_in, unclaimed
from skill_stack.planner.language.frames import Frame, FrameCompiler, choice_words
from skill_stack.planner.language.grammar import Grammar
from skill_stack.planner.language.lexicon import Lexicon, load_lexicon
from skill_stack.planner.language.noun_phrase import NounParser
from skill_stack.planner.language.phrase_table import PhraseTable
from skill_stack.planner.language.preparation import Preparation
from skill_stack.planner.language.quantity import QuantityParser
from skill_stack.planner.language.reference import Discourse, Resolver
from skill_stack.planner.language.rephrasing import Rephraser
from skill_stack.planner.language.scene_words import SceneWords
from skill_stack.planner.language.text import STOPS, Text, Token, tokenise
from skill_stack.planner.manners import Manners
from skill_stack.planner.memory import advice
from skill_stack.planner.mentions import mention
from skill_stack.planner.needs import Needs
from skill_stack.planner.outline import Outliner
from skill_stack.planner.questions import Questions
from skill_stack.planner.roles import Types
from skill_stack.planner.statements import Statements
from skill_stack.planner.summary import summary
from skill_stack.planner.symbolic.checker import LONGEST_PLAN, Checker, Unreachable, length, node_of, without
from skill_stack.planner.symbolic.step import Part, Step, steps_of
from skill_stack.planner.symbolic.tree import expanded

LONGEST_TEXT = 2000
"""Characters that an instruction may have."""


class Planner:
    """Plans over one library. Everything that does not depend on the scene is prepared at construction."""

    def __init__(
        self, library: SkillLibrary, lexicon: Lexicon | None = None, knowledge: Knowledge | None = None
    ) -> None:
        """Compiles the library's phrases.

        Args:
            library: Skills of the robot.
            lexicon: The language; None for the one that comes with the package.
            knowledge: Needs and uses of things; None for those of ``config/knowledge``.
        """
        self.library = library
        if knowledge is None:
            knowledge = Knowledge.load(Resources.from_environment(os.environ).list("config/knowledge"))
        self.lexicon = lexicon or load_lexicon()
        self._needs, self._hints = Needs(knowledge, self.lexicon), Hints(knowledge, self.lexicon)
        self._goals = Goals(knowledge.implied, library, self.lexicon)
        self._categories = knowledge.categories
        self._quantities = QuantityParser(self.lexicon, [p.unit for spec in library for p in spec.goal])
        compiler = FrameCompiler(self.lexicon, self._quantities)
        self._frames: dict[tuple[str, ...], list[Frame]] = {}
        surfaces = frozenset(self.lexicon.things.types["surface"].parameters)
        for frame in on_or_in(unclaimed(compiler.library(library)), surfaces):
            self._frames.setdefault(frame.head, []).append(frame)
        own = {b for frames in self._frames.values() for f in frames for role in f.roles for b in role.between if b}
        groups = self.lexicon.verbs.prepositions.values()
        sides = [words for kind, words in self.lexicon.things.relations.items() if kind != "from"]
        small = {"with", "using", *(word for group in (*groups, *sides) for word in group if word)}
        self._between = self.lexicon.table(sorted(own | small))
        self._again = frozenset(self.lexicon.split(phrase) for phrase in self.lexicon.manner.again)
        particles = self.lexicon.verbs.particles
        apart = {head[:-1] for head in self._frames if len(head) > 1 and head[-1] in particles}
        tails = {frame.tail for frames in self._frames.values() for frame in frames if frame.tail}
        apart |= {head[: -len(tail)] for tail in tails for head in self._frames if head[-len(tail) :] == tail}
        self._tails = self.lexicon.table(sorted({*particles, *(" ".join(tail) for tail in tails)}))
        self._heads = PhraseTable((head, head) for head in {*self._frames, *self._again, *apart})
        self._choices = PhraseTable(
            (self.lexicon.split(phrase), Choice(parameter.name, word, word))
            for spec in library
            for parameter in spec.goal
            for word in parameter.choices
            for name in parameter.words_of(word)
            for phrase in _said(name, parameter.name)
        )
        for spec in library:
            for slot, before in (pair for one in spec.phrases for pair in choice_words(one, self.lexicon.split)):
                words = {name: w for p in spec.goal if p.name == slot for w in p.choices for name in p.words_of(w)}
                for name, word in words.items():
                    for said in (name, *(f"{name} {noun}" for noun in LEVELS)):
                        self._choices.add((*before, *self.lexicon.split(said)), Choice(slot, word, word))
        self._preparation = Preparation(self.lexicon, self._heads, self._choices, [sorted(TALK)])
        self._outliner = Outliner(self.lexicon)
        self._namings = Namings(self.lexicon)
        self._rephraser = Rephraser(self.lexicon)
        lines = [line for sense in self.lexicon.verbs.senses.values() for line in sense]
        verbs = [verb for words in (*(line.verbs for line in lines), *self.lexicon.verbs.same) for verb in words]
        firsts = {split[0] for verb in verbs if (split := self.lexicon.split(verb))}
        self._verbs = frozenset(firsts - {"on", "up"})  # "on your feet" has no verb
        self._stops = frozenset(self.lexicon.split(phrase) for phrase in self.lexicon.verbs.stop_words)

    def is_stop(self, text: str) -> bool:
        """Whether a text asks for an immediate stop; cheap, needs neither scene nor plan."""
        if len(text) > 200:
            return False
        tokens = [
            t for t in tokenise(text, self.lexicon.small.contractions).tokens if t.text not in STOPS and t.text != ","
        ]
        words = tuple(t.text for t in tokens)
        bare = tuple(t.text for t in self._preparation.without_fillers(tokens, None, []))
        return (
            words in self._stops
            or bare in self._stops
            or _stopped_doing(bare)
            or (bool(words) and set(words) <= {"stop", "halt", "freeze", "no"} and words != ("no",))
        )

    def plan(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact], last: PlanNode | None = None
    ) -> Plan:
        """Answers an instruction; never raises for anything that people can type.

        Args:
            instruction: The words.
            scene: What there is; with the robot's pose, nearness and sides are understood.
            facts: What is true now, see :mod:`skill_stack.core.world_facts`.
            last: What was done before, for "call that the patrol"; None when nothing was.
        """
        name = f"{instruction.source}|{instruction.time}|{instruction.operator}|{instruction.text}"
        digest = hashlib.sha1(name.encode("utf-8", "replace")).hexdigest()[:10]
        plan_id = f"plan-{digest}"
        try:
            tree, after, sentence = self._answer(instruction.text, scene, facts, last)
        except Answer as answer:
            told, skill = str(answer), answer.skill
            missing = answer.missing
            return Plan(plan_id, instruction.text, answer.status, None, answer.facts, told, skill, missing)
        return Plan(plan_id, instruction.text, "plan", tree, after, sentence)

    def _answer(self, source: str, scene: SceneGraph, facts: frozenset[Fact], last: PlanNode | None) -> Made:
        """Tree, facts afterwards and summary.

        Raises:
            Answer: There is no plan.
        """
        self._refuse_unreadable(source)
        if self.is_stop(source):
            return self._finish(self._stop(facts), scene, facts, [])
        text = _unrepeated(tokenise(source, self.lexicon.small.contractions), frozenset(self.lexicon.small.noise))
        words = SceneWords(scene, self.lexicon, self._categories)
        text = Text(text.source, self._preparation.unaddressed(text.tokens, words, self.library.robot))

        def understood(text: Text, tokens: Tokens, told: Tokens, notes: list[str]) -> Made:
            return self._understood(text, tokens, told, words, facts, notes, asked)

        @functools.cache
        def remark(tokens: Tokens) -> Remark:
            return self._goals.remark(tokens, words, facts)

        def implied(tokens: Tokens, sure: bool) -> Iterable[Action]:
            return self._goals.actions(remark(tokens), sure)

        def quiet(tokens: Tokens) -> bool:
            return bool(remark(tokens).said) and remark(tokens).quiet()

        def enact(action: Action, notes: list[str]) -> Made:
            return self._enacted(action, scene, facts, notes)

        asked: list[list[Part]] = []
        statements = Statements(self.lexicon, words, self._verb_at)
        attempts = Attempts(
            understood, self._needs, self._hints, self._preparation, self.lexicon, words, self._rephraser, statements,
            implied, enact, quiet,
        )  # fmt: skip
        self._name(text, words, facts, attempts, asked, last)

        def gist(text: Text) -> tuple[Made, int, frozenset[str]] | None:
            return self._gist(text, words, facts, asked)

        return Tolerance(attempts.best, gist, statements, self.lexicon.small.articles).best(text)

    def _name(
        self, text: Text, words: SceneWords, facts: frozenset[Fact], attempts: Attempts, asked: list[list[Part]],
        last: PlanNode | None,
    ) -> None:  # fmt: skip
        """Raises the answer to words that give a plan a name."""
        naming = self._namings.heard(text)
        if naming is None:
            return

        def known(head: tuple[str, ...]) -> bool:
            return any(one.skill.composite is None for one in self._frames.get(head, ()))

        def made(steps: Text) -> PlanNode:
            attempts.best(steps)
            return PlanNode("sequence", tuple(node_of(part) for part in asked[-1]))

        things = functools.partial(self._thing_at_the_end, words, Resolver(words, facts))
        try:
            answer = taught(naming, self.library, self.lexicon, known, things, made, last)
        except Answer:
            if naming.sure:
                raise
            return  # "that sign means danger" teaches nothing
        raise answer

    def _thing_at_the_end(self, words: SceneWords, resolver: Resolver, tokens: Tokens) -> tuple[int, str] | None:
        """The thing that words end with: where it begins, and its id."""
        for begin in range(len(tokens)):
            for end, noun in NounParser(self.lexicon, words, self._preparation.known).parse(tokens, begin):
                if end == len(tokens) and noun.role == "thing":
                    with contextlib.suppress(Answer):
                        return begin, resolver.resolve(noun, Discourse(pose=words.scene.robot))[0]
        return None

    def _verb_at(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a verb of the library or of the language stands at a position."""
        return self._heads.longest(tokens, at) is not None or tokens[at].text in self._verbs

    def _gist(
        self, text: Text, words: SceneWords, facts: frozenset[Fact], asked: list[list[Part]]
    ) -> tuple[Made, int, frozenset[str]] | None:
        """Tree, facts afterwards and summary of what a text asks for where not all of it is read, and how clearly.

        Raises:
            Answer: It may mean several things, or there is no plan.
        """
        resolver, discourse = Resolver(words, facts), Discourse(pose=words.scene.robot)
        notes: list[str] = []
        interpreter = Interpreter(
            self.library, words.scene, resolver, self.lexicon, self._frames, discourse, Manners(self.lexicon), notes
        )
        nouns = NounParser(self.lexicon, words, self._preparation.known)
        found = gist_parts(text.tokens, interpreter, nouns, self._heads)
        if found is None:
            return None
        asked.append(found[0])
        return self._finish(found[0], words.scene, facts, notes), found[1], found[2]

    def _understood(
        self, text: Text, tokens: Tokens, told: Tokens, words: SceneWords, facts: frozenset[Fact], notes: list[str],
        asked: list[list[Part]],
    ) -> Made:  # fmt: skip
        """Tree, facts afterwards and summary of one reading of the letters.

        Args:
            text: What was said.
            tokens: What of it is to be understood.
            told: What of it was only told; what it speaks of may be meant by ``it`` and ``her``.
            words: Names of the scene.
            facts: What is true now.
            notes: What was assumed so far.
            asked: Takes the steps that were asked for, whatever the present state adds or makes needless.

        Raises:
            Answer: There is no plan.
        """
        scene, resolver = words.scene, Resolver(words, facts)
        discourse = Discourse(pose=scene.robot)

        def conditions(nouns: NounParser) -> ConditionReader:
            known = Vocabulary(self.library, facts | scene.facts)
            return ConditionReader(self.lexicon, known, resolver, nouns, discourse)

        def parser() -> NounParser:
            return NounParser(self.lexicon, words, self._preparation.known)

        questions = Questions(self.library, scene, facts, resolver, parser, conditions)
        mention(told, parser(), resolver, discourse)
        self._converse(tokens, words, Conversation(self.library, scene, self.lexicon, resolver, questions))
        manners = Manners(self.lexicon)
        tokens = self._preparation.without_fillers(tokens, words, manners.said)
        interpreter = Interpreter(self.library, scene, resolver, self.lexicon, self._frames, discourse, manners, notes)

        def grammar() -> tuple[Grammar, NounParser]:
            nouns = parser()
            tables = self._heads, self._choices, self._between, self._tails
            return Grammar(self.lexicon, self._quantities, nouns, *tables), nouns

        unsupported = self.lexicon.small.unsupported
        composer = Composer(
            text, interpreter, self._outliner, grammar, conditions, self._quantities, unsupported, self._again
        )
        parts = composer.compose(tokens)
        asked.append(parts)
        return self._finish(parts, scene, facts, interpreter.notes + manners.notes(), composer.banned)

    def _enacted(self, action: Action, scene: SceneGraph, facts: frozenset[Fact], notes: list[str]) -> Made:
        """Tree, facts afterwards and summary of what a remark implies.

        Raises:
            Answer: It cannot be done.
        """
        try:
            step = Step(action.spec, action.spec.complete(dict(action.arguments)), "asked for by what was said")
        except SkillStackError as error:
            raise refusal(f"I cannot do that: {error}.") from error
        return self._finish([step], scene, facts, notes)

    def _finish(
        self,
        parts: list[Part],
        scene: SceneGraph,
        facts: frozenset[Fact],
        notes: list[str],
        banned: frozenset[str] = frozenset(),
    ) -> Made:
        """Puts in what composites stand for and what is missing, checks the steps, and builds the tree."""
        try:
            parts = expanded(parts, self.library)
        except SkillStackError as error:
            raise refusal(f"I cannot do that: {error}.") from error
        if forbidden := next((step.spec.name for step in steps_of(parts) if step.spec.name in banned), ""):
            raise refusal(f"That needs {forbidden}, which I am not to do.")
        if length(parts) > LONGEST_PLAN:
            raise refusal(f"That would be {length(parts)} steps; I plan up to {LONGEST_PLAN} at a time.")
        library = self.library if not banned else without(self.library, banned)
        things = tuple(thing.id for thing in scene.objects.values() if thing.kind != "wall")
        checker = Checker(library, things, functools.cache(Types(self.lexicon, scene).unfit))
        try:
            done, after = advice.complete(checker, self.library, parts, facts, scene, notes)
        except Unreachable as error:
            raise refusal(f"I cannot do that: {error}.") from error
        if not done:
            return self._settled(parts, scene, facts)
        tree = PlanNode("sequence", tuple(node_of(part) for part in done), why="asked for")
        wrong = checker.check(tree, facts)  # a second look at the whole, rounds that are repeated included
        if wrong is not None:
            raise refusal(f"I cannot do that: {wrong}.")
        if length(done) > LONGEST_PLAN:
            raise refusal(f"That would be {length(done)} steps; I plan up to {LONGEST_PLAN} at a time.")
        made = {(e.predicate, e.arguments) for step in steps_of(done) for e in step.effects if e.positive}
        true = tuple(sorted(str(fact) for fact in after if (fact.predicate, fact.arguments) in made))
        return tree, true, summary(done, scene, notes)

    def _stop(self, facts: frozenset[Fact]) -> list[Part]:
        """Standing still where nothing has to move for that.

        Raises:
            Answer: There is no such skill, or the robot is in another posture; stopping needs no step then.
        """
        step = next((step for step in self._halts() if step.violated(facts) is None), None)
        if step is None:
            raise Answer("statement", "I stop and stay as I am.")
        return [step]

    def _halts(self) -> list[Step]:
        """Steps that keep the robot still."""
        halting = [frame.skill for frames in self._frames.values() for frame in frames if frame.sense == "halt"]
        return [Step(spec, spec.complete({}), "keeps still") for spec in halting]

    def _settled(self, parts: list[Part], scene: SceneGraph, facts: frozenset[Fact]) -> Made:
        """Keeping still, when everything asked for is so already.

        Raises:
            Answer: Nothing keeps still in this posture.
        """
        so = ", ".join(sorted({str(e) for step in steps_of(parts) for e in step.effects if e.positive}))
        for step in self._halts():
            if step.violated(facts) is None:
                tree = PlanNode("sequence", (node_of(step),), why="asked for")
                return tree, (), f"{so} holds already, so I {summary([step], scene)[2:]}"
        raise Answer("statement", f"There is nothing to do: {so} holds already.")

    def _refuse_unreadable(self, source: str) -> None:
        """Refuses what is no text."""
        if len(source) > LONGEST_TEXT:
            raise refusal(f"That is {len(source)} characters long; I read up to {LONGEST_TEXT}. Please say it shorter.")
        if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\n\r\t" for c in source):
            raise refusal("That is not readable text. Please write a sentence, for example 'go to the red ball'.")

    def _converse(self, tokens: tuple[Token, ...], words: SceneWords, conversation: Conversation) -> None:
        """Raises the answer to a remark, a question about the scene or a statement."""
        answer = conversation.remark(tokens)
        if answer is not None and tuple(t.text for t in tokens if t.text not in STOPS) not in self._frames:
            raise answer
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, 0)
        several = any(token.text in STOPS for token in tokens[:-1])
        if (polite is None or polite[0] < 2) and not several:
            answer = conversation.statement(tokens, NounParser(self.lexicon, words, self._preparation.known))
            if answer is not None:
                raise answer


TWICE = frozenset("the a an to my your and in on at of go please can could you".split())
"""Little words that are said twice by mistake."""

MOST_IN_A_ROW = 3
"""Times that one word is said in a row before it counts as one."""


def _unrepeated(text: Text, noise: frozenset[str]) -> Text:
    """The text without hesitation, and with a word that is said over and over, or an article said twice, said once.

    Args:
        text: What was said.
        noise: Sounds of hesitation.
    """
    tokens = [token for token in text.tokens if token.text not in noise]
    before = ["", *(token.text for token in tokens)]
    tokens = [one for one, last in zip(tokens, before, strict=False) if one.text != last or one.text not in TWICE]
    out = []
    for at, token in enumerate(tokens):
        lately = {other.text for other in tokens[max(0, at - MOST_IN_A_ROW) : at + 1]}
        if at < MOST_IN_A_ROW or len(lately) > 1 or not token.text.isalpha():
            out.append(token)
    return Text(text.source, tuple(out))


BODY_SIDES = ("hand", "arm", "side", "gripper", "finger", "foot", "leg", "paw")
"""Names of parameters whose choices are one of several limbs or sides; people use these words for one another."""


HAPPENING = ("is ready", "is served", "is here", "has arrived", "has started", "is about to start", "is over", "starts",
             "begins", "is coming", "is on")  # fmt: skip
"""What is told of something that people are informed of."""

LEVELS = ("level", "brightness", "speed", "volume", "power", "setting", "mode")
"""Nouns after a choice that say what it is a choice of."""

TOLD = frozenset("message text information announcement sentence speech utterance matter reminder topic".split())
"""Names of parameters whose choices are what is said."""


def _stopped_doing(words: tuple[str, ...]) -> bool:
    """Whether words say to stop something that is being done, and nothing more: ``stop closing the hand``."""
    begun = len(words) > 1 and words[0] == "stop" and words[1].endswith("ing") and len(words[1]) > 4
    return begun and not {"and", "then", "but", "before", "after", "when"} & set(words)


def _said(word: str, name: str) -> Iterable[str]:
    """How people put a choice: ``left``, ``with your left hand``, ``in a friendly style``, ``what time it is``."""
    word, name = word.replace("_", " "), name.replace("_", " ")
    yield from (word, f"{word}ly")
    yield from (f"what the {word} is like", f"how the {word} is", f"what the {word} will be like", f"today's {word}")
    articles = ("a", "an", "the", "some", "your", "about the", "about", "the current")
    yield from (f"{before} {word}" for before in articles)
    yield from (f"what {word} it is", f"what the {word} is", f"what is the {word}", f"what your {word} is")
    yield from (f"{who} {word}" for who in ("who is", "who are", "that is", "that are", "which is", "are", "is"))
    yield from (f"{before} {word}" for before in ("something about", "something about the", "a few words about"))
    if word.endswith("ing"):
        yield from (f"{word} to the {side}" for side in ("left", "right"))
    yield from (f"{word} {noun}" for noun in LEVELS)
    if name in TOLD:
        owners = ("", "his ", "her ", "their ", "the ", "your ")
        yield from (f"to {verb} {whose}{word}" for verb in ("take", "have", "eat", "do", "attend") for whose in owners)
        yield from (f"{before}{word} {after}" for before in ("that ", "") for after in HAPPENING)
        yield from (f"{before} {word}" for before in ("of", "about", "of the", "about the", "regarding"))
        yield from (f"{before} {word}" for before in ("it is", "that it is", "it is time for", "that it is time for"))
    limbs = [limb for limb in BODY_SIDES if limb in name.split()]
    for called in (name, *(limb for limb in BODY_SIDES[:4] if limbs and limb not in limbs)):
        for before in ("", "with", "using", "in", "at", "on", "to", "from"):
            yield from (f"{before} {article} {word} {called}" for article in ("", "the", "your", "a", "its"))
        yield from (f"{word} {called}s", f"with {word} {called}s")
    if limbs or word in ("left", "right"):
        yield from (f"{before} {word}" for before in ("on its", "on the", "to its"))
        yield from (f"{before} {word} side" for before in ("on its", "on the", "to its", "to the"))
