"""Proposal: a model's proposal, parsed strictly."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, NoReturn

from pydantic import Discriminator, Field, StrictInt, StrictStr, Tag, ValidationError

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import SkillStackError
from skill_stack.planner.model.plain_text import plain
from skill_stack.planner.model.proposal_schema import MOST_ROUNDS, MOST_STEPS, ReadAs

LONGEST = 60_000
"""Characters of a proposal that are read."""

_THOUGHTS = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"^\s*```(?:json)?\s*\n(.*?)\n?```\s*$", re.DOTALL)


class NotAProposal(SkillStackError):
    """A text is no proposal.

    Attributes:
        strays: Whether it violates the requested schema, so that the server does not enforce it; else it has the schema
            but no content: a plan without steps.
    """

    def __init__(self, text: str, strays: bool = True) -> None:
        """Takes the sentence for people."""
        super().__init__(text)
        self.strays = strays


class ProposedStep(DataModel):
    """One step.

    Attributes:
        skill: Its name.
        arguments: By name; null means the default.
    """

    skill: StrictStr
    arguments: dict[StrictStr, Any]


class ProposedLoop(DataModel):
    """Steps that are repeated.

    Attributes:
        repeat: How often.
        steps: What.
    """

    repeat: StrictInt = Field(ge=1, le=MOST_ROUNDS)
    steps: tuple[ProposedStep, ...] = Field(min_length=1, max_length=MOST_STEPS)


def _kind(item: Any) -> str:
    """The intended kind of an item of a plan, so that only errors of that kind are reported."""
    return "loop" if isinstance(item, ProposedLoop) or (isinstance(item, dict) and "repeat" in item) else "step"


Item = Annotated[Annotated[ProposedStep, Tag("step")] | Annotated[ProposedLoop, Tag("loop")], Discriminator(_kind)]


class Proposal(DataModel):
    """A whole proposal.

    Attributes:
        answer: What it is.
        steps: For a plan.
        text: For a question or a refusal.
    """

    answer: ReadAs
    steps: tuple[Item, ...] = Field((), max_length=MOST_STEPS)
    text: StrictStr = ""

    @classmethod
    def parse(cls, text: str) -> Proposal:
        """Reads a proposal; thoughts before it and a code fence around it are taken off.

        Raises:
            NotAProposal: It is not JSON by the schema; the message states where.
        """
        if len(text) > LONGEST:
            raise NotAProposal(f"the answer has {len(text)} characters; at most {LONGEST} are read")
        bare = _THOUGHTS.sub("", text)
        fenced = _FENCE.match(bare)
        try:
            data = json.loads(fenced[1] if fenced else bare, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise NotAProposal("the answer is not JSON") from error
        try:
            proposal = cls.model_validate(data)
        except (ValidationError, RecursionError) as error:
            wrong = error.errors() if isinstance(error, ValidationError) else []
            first: Any = wrong[0] if wrong else {"loc": (), "msg": "nested too deeply", "type": ""}
            where = ".".join(map(str, first["loc"])) or "the whole"
            what = f"at {plain(where, 80)}: {first['msg']}"
            strays = first["type"] != "value_error"  # grammars know no sizes of numbers: 1e999 is of the form
            raise NotAProposal(f"the answer does not keep to the schema {what}", strays) from error
        if proposal.answer == "plan" and not proposal.steps:
            raise NotAProposal("the plan has no steps", strays=False)
        if proposal.answer in ("question", "refusal") and not plain(proposal.text, 10):
            raise NotAProposal(f"the {proposal.answer} has no text", strays=False)
        return proposal


def _no_number(name: str) -> NoReturn:
    """Refuses NaN and infinities, which JSON does not have."""
    raise ValueError(f"{name} is not a JSON number")
