"""ToldFacts: what people told the robot, on the page, and how it is undone there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import LATCHED
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_taught import taught_of
from skill_stack.planner.dialogue.records.places import FOLDER, TAUGHT
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact, TaughtFacts
from skill_stack_interfaces.msg import TaughtFacts as FactsMessage


class ToldFacts:
    """Keeps the section ``facts``. A fact is deleted where it is kept; the planner follows within a second."""

    def __init__(self, node: StackNode, show: Callable[[Mapping[str, Any]], object]) -> None:
        """Subscribes to ``taught``.

        Args:
            node: The node to subscribe with.
            show: Takes the section.
        """
        self._show, self._known = show, frozenset[int]()
        self._store = TaughtFacts(node.resources.writable_folder(FOLDER) / TAUGHT)
        subscribe(node, FactsMessage, "taught", taught_of, self._take, LATCHED)
        self._take([])

    def forget(self, number: int) -> str:
        """Deletes a fact by its id; why not, or an empty string. From any thread."""
        if number not in self._known:
            return "that fact is not known any more"
        try:
            gone = self._store.forget([number])
        except SkillStackError as error:
            return str(error)
        return "" if gone else "that fact was told on another machine: say 'forget that …'"

    def _take(self, facts: list[TaughtFact]) -> None:
        shown = [{"id": one.id, "text": one.words.strip() or one.fact} for one in facts if one.id]
        self._known = frozenset(one.id for one in facts if one.id)
        self._show({"facts": shown})
