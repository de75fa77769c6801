"""ModelPlanner: the planner with language models as second readers."""

from __future__ import annotations

import os
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import LONGEST_TEXT, correction, pick
from skill_stack.planner.model.audit import AuditEntry, AuditLog, Verdict
from skill_stack.planner.model.chat_client import ChatClient
from skill_stack.planner.model.consultation import Consultation
from skill_stack.planner.model.endpoint import ModelEndpoint, ModelSettings
from skill_stack.planner.model.model_error import ModelError
from skill_stack.planner.model.model_readings import ModelReadings, Theirs, certain, reconciled
from skill_stack.planner.model.motion_offer import MotionOffer
from skill_stack.planner.model.picture import ModelPicture
from skill_stack.planner.model.proposal_judge import ProposalJudge
from skill_stack.planner.model.refused_plans import RefusedPlans
from skill_stack.planner.model.routing import Expert, ModelRecord, check_topics, routed, topics_of
from skill_stack.planner.model.skill_offer import SkillOffer
from skill_stack.planner.model.transport import Transport
from skill_stack.planner.model.worked_examples import worked_examples
from skill_stack.planner.plan_summary import summary, to_go_on
from skill_stack.planner.planner import Planner
from skill_stack.planner.proposal_choice import ProposalVote, chosen_by_result
from skill_stack.planner.standing_planner import StandingPlanner
from skill_stack.planner.symbolic.tree import parts_of
from skill_stack.planner.trial import TrialSituation

ANSWERS = ("yes", "no", "skip", "cancel", "hold", "go_on")
"""Kinds of short words to a robot that works or asks; without a task or question they have no meaning."""

Vote = Callable[[TrialSituation, Sequence[Plan]], ProposalVote]
"""Chooses among plans of one endpoint for the same words."""

SHORTEST_SHARE = 0.05
"""Seconds below which it is not worth asking."""

NOT_MEANT = "a person said that this was not meant"

MOST_OPEN = 16
"""Plans of models that a person may still answer; of more, the oldest count for nothing."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A plan of a model about which a person is asked, what the question is, and its topics."""

    theirs: Theirs
    question: str
    topics: frozenset[str]


class ModelPlanner:
    """Plans like :class:`Planner`, which always answers first. Words without a *said* reading are also read by a model.
    A plan on which both agree runs; about any other motion a person is asked.

    Attributes:
        vote: Chooses among several answers of one endpoint; by the same steps, unless a caller has a rehearsal.
    """

    def __init__(
        self,
        planner: Planner | StandingPlanner,
        endpoints: Iterable[ModelEndpoint],
        clock: Callable[[], float],
        settings: ModelSettings | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        audit: Callable[[str], object] | None = None,
        camera: Callable[[], ModelPicture | None] | None = None,
        record: ModelRecord | None = None,
    ) -> None:
        """Prepares the endpoints; nothing is sent yet.

        Args:
            planner: The planner without a model.
            endpoints: Servers; equally good ones are queried in this order.
            clock: Monotonic time, s.
            settings: How much time that may take, and what is shown.
            environment: Holds the keys; None for the process's own.
            audit: Receives one JSON line per decision; keys are never in it.
            camera: Gives what the robot sees now, or None; without it no pictures are sent.
            record: What became of plans of the endpoints; None counts for this planner alone.

        Raises:
            DataError: Two endpoints share a name, or one is said to be good at what there is not.
        """
        listed = list(endpoints)
        names = [endpoint.name for endpoint in listed]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataError(f"model endpoints share the name {', '.join(twice)}")
        self._planner = planner
        self._settings = settings or ModelSettings()
        self._clock = clock
        self._audit = AuditLog(audit)
        self._camera = camera
        self.vote: Vote = lambda situation, plans: chosen_by_result(None, situation, plans, 0.0, clock)
        variables = os.environ if environment is None else environment
        transport = Transport(clock)
        self._experts = [Expert(ChatClient(endpoint, variables, transport)) for endpoint in listed]
        check_topics(self._experts, planner.library)
        self._record, self._refused = record or ModelRecord(), RefusedPlans()
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._cancelled = threading.Event()

    @property
    def library(self) -> SkillLibrary:
        """Skills of the robot."""
        return self._planner.library

    def is_stop(self, text: str) -> bool:
        """Whether a text is an immediate stop; never queries a model."""
        return self._planner.is_stop(text)

    def cancel(self) -> None:
        """Cancels the waits of plans in other threads: they answer without a model at once."""
        self._cancelled.set()
        self._cancelled = threading.Event()

    def answered(self, plan: Plan, meant: Plan | None) -> None:
        """Takes a person's answer to a question about a plan: what was not meant is a refused plan from then on.

        Args:
            plan: The answer that asked.
            meant: The plan that was meant, or None for none.
        """
        asked = self._open.pop(plan.id, None)
        if asked is None or asked.theirs.proposal is None:
            return
        good = meant is not None and meant.tree is not None and meant.tree == asked.theirs.tree
        self._record.note(asked.theirs.name, asked.topics, good)
        if not good:
            self._refused.add(asked.question, asked.theirs.name, asked.theirs.proposal, NOT_MEANT)

    def plan(self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """Answers an instruction within the time limit of the settings; never raises for errors of a model.

        Args:
            instruction: The words.
            scene: What there is.
            facts: What is true now.
        """
        return self.readings(instruction, scene, facts).answer

    def begin(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]
    ) -> Plan | Callable[[], Plan]:
        """The planner's own answer where no model is queried; else a function that queries one, for another thread.

        Args:
            instruction: The words.
            scene: What there is.
            facts: What is true now.
        """
        begun = self._begun(instruction, scene, facts)
        return begun.answer if isinstance(begun, ModelReadings) else lambda: begun().answer

    def readings(self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]) -> ModelReadings:
        """The planner's own reading, the model's where one was queried, and the result of both.

        Args:
            instruction: The words.
            scene: What there is.
            facts: What is true now.
        """
        begun = self._begun(instruction, scene, facts)
        return begun if isinstance(begun, ModelReadings) else begun()

    def _begun(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]
    ) -> ModelReadings | Callable[[], ModelReadings]:
        """The readings where no model is queried, else a function that queries one; its time limit begins now."""
        cancelled, deadline = self._cancelled, self._clock() + self._settings.seconds
        own = self._planner.plan(instruction, scene, facts)
        library, hazards = self.library, self._planner.hazards
        needless = self._needless(instruction, own)
        if not needless and hazards.checked(own, library, scene, facts).tree is not own.tree:
            needless = "what the words mean is refused as hazardous"
        if needless:
            return self._unasked(instruction, own, needless)

        def asked() -> ModelReadings:
            used, most = [step.skill for step in own.steps], self._settings
            motion = MotionOffer.of_library(library) if _uncovered(own) else None
            offer = SkillOffer.select(instruction.text, library, scene, facts, most.skills, most.objects, used, motion)
            if not offer.skills:
                return self._unasked(instruction, own, "no skill may be offered")
            return self._both(
                instruction, own, ProposalJudge(library, scene, facts, offer, hazards), cancelled, deadline
            )

        return asked

    def _unasked(self, instruction: Instruction, own: Plan, why: str) -> ModelReadings:
        """The planner's own reading alone."""
        self._note(instruction, own, None, 0.0, 0, "", "not_asked", why)
        return ModelReadings(own, None, why, own)

    def _both(
        self, instruction: Instruction, own: Plan, judge: ProposalJudge, cancelled: threading.Event, deadline: float
    ) -> ModelReadings:
        """The planner's own reading and a model's."""
        why = "no endpoint can plan"

        def note(expert: Expert, *rest: Any) -> None:
            nonlocal why
            why = f"{expert.endpoint.name}: {expert.client.hide(rest[-1])}"
            self._note(instruction, own, expert, *rest)

        topics = topics_of(own, judge.offer)
        consultation = Consultation(
            instruction, judge, worked_examples(judge), self._picture(), self._clock, cancelled, self._refused,
            lambda name, good: self._record.note(name, topics, good), note,
        )  # fmt: skip
        found = self._ask_in_turn(consultation, topics, deadline)
        self._record.save()

        def told(tree: PlanNode) -> str:
            return to_go_on(summary(parts_of(tree, judge.library), judge.scene))

        answer = reconciled(own, found, told)
        if found is not None and found.tree is not None and answer.certainty == "disputed":
            self._open[own.id] = _Open(found, consultation.question, topics)
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
        return ModelReadings(own, found, "" if found else why, answer)

    def states(self) -> dict[str, str]:
        """Each endpoint by name: why it would not be queried now, or an empty text."""
        now = self._clock()
        return {expert.endpoint.name: expert.unready(now) for expert in self._experts}

    def check(self, seconds: float) -> dict[str, str]:
        """Requests the list of models from each endpoint.

        Args:
            seconds: Time for each, s.

        Returns:
            By name, what is wrong with it, or an empty text.
        """
        return {expert.endpoint.name: self._problem(expert, seconds) for expert in self._experts}

    def _problem(self, expert: Expert, seconds: float) -> str:
        """What is wrong with an endpoint; empty when it serves its model."""
        try:
            names = expert.client.models(self._clock() + seconds, self._cancelled)
        except ModelError as error:
            return str(error)
        wanted = expert.endpoint.model
        return f"it does not serve '{wanted}'; it serves {', '.join(names[:10])}" if wanted not in ("", *names) else ""

    def _picture(self) -> ModelPicture | None:
        """What the robot sees, where that can be sent; a camera that fails is as good as none."""
        try:
            picture = self._camera() if self._camera else None
        except (SkillStackError, OSError):
            return None
        return picture if picture is not None and picture.usable else None

    def _needless(self, instruction: Instruction, own: Plan) -> str:
        """Why no model is queried; empty when one is."""
        text = instruction.text
        if not self._experts:
            return "no model is configured"
        if self.is_stop(text):
            return "a stop needs no model"
        if len(text) > LONGEST_TEXT or not text.strip() or any(_unreadable(c) for c in text):
            return "that is no readable text"
        if pick(text) is not None or getattr(correction(text), "kind", None) in ANSWERS:
            return "an answer needs no model"
        return "the words were read as said" if certain(own) else ""

    def _ask_in_turn(
        self, consultation: Consultation, topics: frozenset[str], deadline: float
    ) -> Theirs | None:
        """The first usable answer; each endpoint has an equal share of the remaining time."""
        record = None if self._settings.order == "listed" else self._record
        queue = routed(self._experts, topics, record, consultation.picture is not None)
        for place, expert in enumerate(queue):
            now = self._clock()
            unready = consultation.unready(expert, now)
            if unready:
                consultation.note(expert, 0.0, 0, "", "skipped", unready)
                continue
            waiting = sum(not consultation.unready(other, now) for other in queue[place:])
            found = self._ask_one(consultation, expert, now + (deadline - now) / max(waiting, 1))
            if isinstance(found, ModelError) and found.retry_after is not None and waiting <= 1:
                found = self._ask_later(consultation, expert, found.retry_after, deadline)
            if isinstance(found, Theirs):
                return found
            if isinstance(found, ModelError) and found.kind == "cancelled":
                return None
        return None

    def _ask_one(self, consultation: Consultation, expert: Expert, until: float) -> Theirs | ModelError | None:
        """One endpoint's answer, or what failed."""
        started = self._clock()
        if until - started < SHORTEST_SHARE:
            consultation.note(expert, 0.0, 0, "", "skipped", "no time is left")
            return None
        try:
            found = consultation.ask(expert, until, self._settings.rounds)
            return found if found is None or found.tree is None else self._voted(consultation, expert, until, found)
        except ModelError as error:
            now = self._clock()
            expert.breaker.failed(error, now)
            consultation.note(expert, now - started, 0, "", "failed", f"{error.kind}: {error}")
            return error

    def _voted(self, consultation: Consultation, expert: Expert, until: float, first: Theirs) -> Theirs:
        """What more than half of an endpoint's answers lead to; a question where they do not agree."""
        answers, most, judge = [first], self._settings.answers, consultation.judge
        while len(answers) < most and until - self._clock() > SHORTEST_SHARE:
            more = consultation.ask(expert, until, 1)
            answers += [] if more is None else [more]
            most -= more is None
        text = consultation.instruction.text
        plans = [Plan(one.name, text, "plan", one.tree, one.facts, one.text) for one in answers if one.tree is not None]
        if len(answers) < 2:
            return first
        vote = self.vote(TrialSituation(judge.scene, judge.facts, consultation.instruction.time), plans)
        if vote.plan is not None and 2 * vote.votes > len(answers):
            return next(one for one in answers if one.tree is vote.plan.tree)
        return Theirs(first.name, "question", f"{first.name} is not sure: {vote.reason or 'its answers differ'}.")

    def _ask_later(
        self, consultation: Consultation, expert: Expert, wait: float, deadline: float
    ) -> Theirs | ModelError | None:
        """Repeats the request after the wait that the server requested, where there is time for that."""
        if self._clock() + wait > deadline - SHORTEST_SHARE:
            return None
        if consultation.cancelled.wait(wait):
            return ModelError("cancelled", "newer words came")
        return self._ask_one(consultation, expert, deadline)

    def _note(
        self,
        instruction: Instruction,
        own: Plan,
        expert: Expert | None,
        seconds: float,
        tokens: int,
        proposal: str,
        verdict: Verdict,
        reason: str,
    ) -> None:
        """Writes one decision to the audit log."""
        hide = expert.client.hide if expert else str
        name = expert.endpoint.name if expert else ""
        entry = AuditEntry(
            own.id, instruction.time, instruction.text, instruction.source, instruction.operator, own.status,
            name, round(seconds, 4), tokens, hide(proposal), verdict, hide(reason),
        )  # fmt: skip
        self._audit.note(entry)


def _uncovered(own: Plan) -> bool:
    """Whether no skill covers the words: the planner has no plan, or one of what is only near, and asks nothing."""
    return own.certainty == "nearest" or (own.tree is None and own.status in ("refusal", "statement"))


def _unreadable(character: str) -> bool:
    """Whether a character belongs to no readable text."""
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") and character not in "\n\r\t"
