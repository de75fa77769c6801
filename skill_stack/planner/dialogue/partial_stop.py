"""Partial stops: words that end one of several concurrent steps: ``stop waving``."""

from __future__ import annotations

import re

from skill_stack.core.instruction import Instruction
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.stems import stems_of
from skill_stack.planner.dialogue.dialogue_planner import DialoguePlanner
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.port import Port

_ENDED = re.compile(
    r"^(?:(?:please|ok|okay|now|robot)[, ]+)*(?:stop|cease|leave off|you can stop)\s+"
    r"(?!at\b|in\b|when\b|before\b)(.{2,80}?)(?:[, ]+please)?[.! ]*$",
    re.IGNORECASE,
)


def named_leaf(text: str, job: Job, planner: DialoguePlanner, library: SkillLibrary, port: Port) -> str:
    """The step that words end, among several concurrent ones.

    Args:
        text: What was said.
        job: What runs.
        planner: Reads the named action as if it were requested.
        library: Skills.
        port: What there is.

    Returns:
        Id of the step's request; empty when the words end no such step.
    """
    said = _ENDED.match(text.strip())
    if said is None or job.executor is None or len(job.runs) < 2:
        return ""
    ended = stems_of(said[1])
    for leaf, run in job.runs.items():
        if any(stems_of(phrase) == ended for phrase in library[run.node.skill].phrases):
            return leaf  # in its own words, though in another form of their verb
    named = planner.plan(Instruction(said[1], "correction", port.now), port.graph(), port.facts())
    skills = {step.skill for step in named.steps}
    for leaf, run in job.runs.items():
        if run.node.skill in skills or library[run.node.skill].base in skills:
            return leaf
    return ""
