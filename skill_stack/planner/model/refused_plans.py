"""RefusedPlans: what models proposed in vain, so that a question is put differently or not again."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skill_stack.planner.model.plain_text import plain
from skill_stack.planner.model.proposal import Proposal
from skill_stack.planner.model.skill_offer import SkillOffer

MOST_QUESTIONS = 256
"""Questions whose refused plans are kept; the oldest are dropped."""

MOST_SHOWN = 3
"""Refused plans that a question names; the newest."""

LONGEST_REASON = 300
"""Characters of a reason that a question repeats."""


@dataclass(slots=True)
class _Refused:
    """Refused plans of one endpoint for one question, by their form: the steps as shown, and why not."""

    plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    repeats: bool = False


class RefusedPlans:
    """Plans that the checker or a person refused.

    A question is the words together with what may be used and what is true: where one of these changes, a plan that was
    refused may be right, so that is another question. All methods may be called in any thread.
    """

    def __init__(self) -> None:
        """Knows none yet."""
        self._kept: OrderedDict[tuple[str, str], _Refused] = OrderedDict()
        self._lock = threading.Lock()

    def shown(self, question: str, endpoint: str) -> list[dict[str, Any]]:
        """What a question tells an endpoint of its refused plans, the newest last.

        Args:
            question: By :func:`question_of`.
            endpoint: Name of the endpoint.
        """
        with self._lock:
            kept = self._kept.get((question, endpoint))
            return list(kept.plans.values())[-MOST_SHOWN:] if kept else []

    def repeats(self, question: str, endpoint: str) -> bool:
        """Whether an endpoint proposed a refused plan again, so that it is not asked this question any more."""
        with self._lock:
            kept = self._kept.get((question, endpoint))
            return kept is not None and kept.repeats

    def known(self, question: str, endpoint: str, proposal: Proposal) -> bool:
        """Whether a proposal was refused before; then the endpoint counts as one that repeats."""
        with self._lock:
            kept = self._kept.get((question, endpoint))
            if kept is None or form_of(proposal) not in kept.plans:
                return False
            kept.repeats = True
            return True

    def add(self, question: str, endpoint: str, proposal: Proposal, reason: str) -> None:
        """Keeps a refused plan.

        Args:
            question: By :func:`question_of`.
            endpoint: Name of the endpoint.
            proposal: The plan.
            reason: Why it was refused.
        """
        with self._lock:
            kept = self._kept.setdefault((question, endpoint), _Refused())
            self._kept.move_to_end((question, endpoint))
            form = form_of(proposal)
            kept.plans[form] = {"refused": json.loads(form), "because": plain(reason, LONGEST_REASON)}
            while len(self._kept) > MOST_QUESTIONS:
                self._kept.popitem(last=False)


def question_of(words: str, offer: SkillOffer) -> str:
    """What identifies a question: the words without case and spacing, and what may be used and is true.

    Args:
        words: The instruction.
        offer: What may be used.
    """
    said, motion = " ".join(words.casefold().split()), offer.motion is not None
    return json.dumps([said, list(offer.skills), sorted(offer.things), offer.facts, motion])


def form_of(proposal: Proposal) -> str:
    """A plan in one form for all spellings of it: defaults left out, whole numbers as others, no text."""
    return json.dumps(_plain(proposal.model_dump()["steps"]), sort_keys=True, default=str)


def _plain(value: Any) -> Any:
    """A value without what makes no difference."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return plain(value, 60)
    return float(value) if isinstance(value, int) and abs(value) < 1 << 53 and not isinstance(value, bool) else value
