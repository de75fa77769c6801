"""Consultation: one instruction sent to one endpoint, until it has a reading or its time is over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from skill_stack.core.instruction import Instruction
from skill_stack.planner.model.audit import Verdict
from skill_stack.planner.model.model_error import ModelError
from skill_stack.planner.model.model_readings import Theirs
from skill_stack.planner.model.picture import ModelPicture
from skill_stack.planner.model.plain_text import plain
from skill_stack.planner.model.prompt import objection, prompt, tokens_of
from skill_stack.planner.model.proposal import NotAProposal, Proposal
from skill_stack.planner.model.proposal_judge import NotAccepted, ProposalJudge
from skill_stack.planner.model.proposal_schema import LONGEST_TEXT, proposal_schema
from skill_stack.planner.model.refused_plans import RefusedPlans, question_of
from skill_stack.planner.model.routing import Expert

LONGEST_OBJECTION = 600
"""Largest length of a reason in a message to a model, characters."""

VERDICTS: dict[str, Verdict] = {
    "plan": "accepted", "question": "question", "nothing": "nothing", "refusal": "refused",
}  # fmt: skip
"""What is noted of an answer."""

Note = Callable[[Expert, float, int, str, Verdict, str], None]


@dataclass(frozen=True, slots=True)
class Consultation:
    """Common state for every endpoint.

    Attributes:
        instruction: The words.
        judge: Decides.
        examples: Worked compositions.
        picture: What the robot sees, or None.
        clock: Monotonic time, s.
        cancelled: Ends it.
        refused: Plans that were refused.
        count: Counts a plan of an endpoint as good or bad.
        note: Writes the audit log: expert, seconds, tokens, proposal, verdict, reason.
    """

    instruction: Instruction
    judge: ProposalJudge
    examples: list[dict[str, Any]]
    picture: ModelPicture | None
    clock: Callable[[], float]
    cancelled: threading.Event
    refused: RefusedPlans
    count: Callable[[str, bool], object] = field(repr=False)
    note: Note = field(repr=False)

    @property
    def question(self) -> str:
        """What identifies the question, whichever endpoint is asked."""
        return question_of(self.instruction.text, self.judge.offer)

    def unready(self, expert: Expert, now: float) -> str:
        """Why an endpoint is not asked this now; empty when it may be.

        Args:
            expert: The endpoint.
            now: Time of the clock, s.
        """
        repeats = self.refused.repeats(self.question, expert.endpoint.name)
        return expert.unready(now) or ("it proposes for these words what was refused" if repeats else "")

    def ask(self, expert: Expert, deadline: float, rounds: int) -> Theirs | None:
        """The endpoint's reading of the words, or None without a usable proposal.

        Args:
            expert: The endpoint to query.
            deadline: Time of the clock at which its share of the time ends, s.
            rounds: Most proposals.

        Raises:
            ModelError: The exchange failed.
        """
        messages, judge = self._messages(expert)
        schema, question, name = proposal_schema(judge.offer), self.question, expert.endpoint.name
        for _ in range(rounds):
            said, seconds, tokens = self._say(expert, messages, schema, deadline)
            try:
                proposal = Proposal.parse(said)
                expert.breaker.succeeded()  # it does its work, whatever comes of what it proposes
                if proposal.steps and self.refused.known(question, name, proposal):
                    self.count(name, False)
                    self.note(expert, seconds, tokens, said, "refused", "the same refused plan again")
                    return None
                found = self._reading(judge, expert, proposal)
            except (NotAProposal, NotAccepted) as error:
                self.count(name, False)
                if isinstance(error, NotAccepted):
                    self.refused.add(question, name, proposal, str(error))
                self.note(expert, seconds, tokens, said, "refused", str(error))
                if isinstance(error, NotAProposal) and error.strays:
                    expert.breaker.note_unreadable_answer(self.clock())
                    expert.client.use_next_format()
                messages = [*messages[:2], *objection(said[:4000], plain(str(error), LONGEST_OBJECTION))]
                continue
            if found.tree is not None:
                self.count(name, True)
            self.note(expert, seconds, tokens, said, VERDICTS[found.answer], found.text)
            return found
        return None

    def _reading(self, judge: ProposalJudge, expert: Expert, proposal: Proposal) -> Theirs:
        """A proposal as a reading of the words.

        Raises:
            NotAccepted: It is a plan that cannot be done, or may not.
        """
        name = expert.endpoint.name
        if proposal.answer != "plan":
            return Theirs(name, proposal.answer, expert.client.hide(plain(proposal.text, LONGEST_TEXT)))
        accepted = judge.judge(proposal, name)
        return Theirs(name, "plan", accepted.sentence, accepted.tree, accepted.facts, proposal)

    def _messages(self, expert: Expert) -> tuple[list[dict[str, Any]], ProposalJudge]:
        """The prompt within the endpoint's budget: without examples, then with fewer things, where it is too long.

        Raises:
            ModelError: Nothing is left to leave out.
        """
        judge, limit, examples = self.judge, expert.endpoint.budget.prompt, self.examples
        refused = self.refused.shown(self.question, expert.endpoint.name)
        while True:
            pose = judge.scene.robot
            messages = prompt(self.instruction, judge.offer, pose, examples, refused)
            if tokens_of(messages, proposal_schema(judge.offer)) <= limit:
                return messages, judge
            if examples:
                examples = []
            elif len(judge.offer.things) > 1:
                judge = replace(judge, offer=judge.offer.fewer())
            else:
                raise ModelError("no_room", f"the question does not fit into {limit} tokens")

    def _say(
        self, expert: Expert, messages: list[dict[str, Any]], schema: dict[str, Any], deadline: float
    ) -> tuple[str, float, int]:
        """One answer, how long it took, and what it cost."""
        started = self.clock()
        until = min(deadline, started + expert.endpoint.timeout)
        sees = self.picture if "image" in expert.endpoint.abilities else None
        done = expert.client.complete(messages, schema, sees, until, self.cancelled)
        now = self.clock()
        tokens = done.tokens or tokens_of(messages, schema) + len(done.text) // 3
        expert.breaker.spend(tokens, now)
        return done.text, now - started, tokens
