"""Consultation: one instruction put to one endpoint, until a proposal is accepted or the endpoint's share is over."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from skill_stack.core.instruction import Instruction
from skill_stack.planner.model.audit import Verdict
from skill_stack.planner.model.expert import Expert
from skill_stack.planner.model.judge import Accepted, Judge, NotAccepted
from skill_stack.planner.model.model_error import ModelError
from skill_stack.planner.model.picture import Picture
from skill_stack.planner.model.plain_text import plain
from skill_stack.planner.model.prompt import objection, prompt, tokens_of
from skill_stack.planner.model.proposal import NotAProposal, Proposal
from skill_stack.planner.model.proposal_schema import LONGEST_TEXT, proposal_schema

LONGEST_OBJECTION = 600
"""Characters of a reason that a model is told."""

Note = Callable[[Expert, float, int, str, Verdict, str], None]


@dataclass(frozen=True, slots=True)
class Consultation:
    """What is the same for every endpoint.

    Attributes:
        instruction: The words.
        judge: Decides.
        own_answer: What the planner without a model answered.
        examples: Worked compositions.
        picture: What the robot sees, or None.
        clock: Monotonic time, s.
        cancelled: Ends it.
        note: Writes the audit log: expert, seconds, tokens, proposal, verdict, reason.
    """

    instruction: Instruction
    judge: Judge
    own_answer: str
    examples: list[dict[str, Any]]
    picture: Picture | None
    clock: Callable[[], float]
    cancelled: threading.Event
    note: Note = field(repr=False)

    def ask(self, expert: Expert, deadline: float, rounds: int) -> Accepted | str | None:
        """A checked plan, a question for the person, or None when the endpoint has no usable proposal.

        Args:
            expert: Whom to ask.
            deadline: Time by the clock at which its share is over, s.
            rounds: Most proposals.

        Raises:
            ModelError: The exchange failed.
        """
        messages, judge = self._messages(expert)
        schema = proposal_schema(judge.offer)
        refused: set[str] = set()
        for _ in range(rounds):
            said, seconds, tokens = self._say(expert, messages, schema, deadline)
            try:
                proposal = Proposal.parse(said)
                same = json.dumps(proposal.model_dump(), sort_keys=True, default=str)
                if same in refused:
                    self._refuse(expert, seconds, tokens, said, "the same refused plan again")
                    return None
                refused.add(same)
                if proposal.answer != "plan":
                    return self._words(expert, proposal, seconds, tokens, said)
                accepted = judge.judge(proposal, expert.endpoint.name)
            except (NotAProposal, NotAccepted) as error:
                self._refuse(expert, seconds, tokens, said, str(error))
                if isinstance(error, NotAProposal):
                    expert.client.mistrust_format()
                messages = [*messages[:2], *objection(said[:4000], plain(str(error), LONGEST_OBJECTION))]
                continue
            expert.breaker.succeeded()
            self.note(expert, seconds, tokens, said, "accepted", accepted.sentence)
            return accepted
        return None

    def _messages(self, expert: Expert) -> tuple[list[dict[str, Any]], Judge]:
        """The prompt within the endpoint's budget: without examples, then with fewer things, where it is too long.

        Raises:
            ModelError: Nothing is left to leave out.
        """
        judge, limit, examples = self.judge, expert.endpoint.budget.prompt, self.examples
        while True:
            pose = judge.scene.robot
            messages = prompt(self.instruction, judge.offer, pose, self.own_answer, examples)
            if tokens_of(messages, proposal_schema(judge.offer)) <= limit:
                return messages, judge
            if examples:
                examples = []
            elif len(judge.offer.things) > 1:
                judge = Judge(judge.library, judge.scene, judge.facts, judge.offer.fewer())
            else:
                raise ModelError("too_long", f"the question does not fit into {limit} tokens")

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

    def _words(self, expert: Expert, proposal: Proposal, seconds: float, tokens: int, said: str) -> str | None:
        """A question as it is shown; a refusal is noted only, the planner's own answer says more."""
        expert.breaker.succeeded()
        text = expert.client.hide(plain(proposal.text, LONGEST_TEXT))
        verdict: Verdict = "question" if proposal.answer == "question" else "refused"
        self.note(expert, seconds, tokens, said, verdict, text)
        return text if proposal.answer == "question" else None

    def _refuse(self, expert: Expert, seconds: float, tokens: int, said: str, reason: str) -> None:
        """Notes a proposal that is not used."""
        expert.breaker.useless_answer(self.clock())
        self.note(expert, seconds, tokens, said, "refused", reason)
