"""The strict JSON schema of a proposal, made of what is offered."""

from __future__ import annotations

from typing import Any, Literal, get_args

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.planner.model.motion_offer import MOST_TERMS, MotionOffer
from skill_stack.planner.model.skill_offer import SkillOffer

ReadAs = Literal["plan", "question", "nothing", "refusal"]
"""Kinds of answers of a model; ``nothing``: the words request no action."""

MOST_STEPS = 20
"""Steps that a model may write down; loops make more of them."""

MOST_ROUNDS = 50
"""Largest number of repetitions of a loop."""

LONGEST_TEXT = 300
"""Characters of a question or refusal that are shown to people."""

_TEXT = {"type": "string", "maxLength": LONGEST_TEXT}
"""Text with an end: a model that does not find it would be cut off, and all that it said be lost."""


def proposal_schema(offer: SkillOffer) -> dict[str, Any]:
    """The schema: every property required, none besides, so that strict servers take it.

    An argument that may be left out may be null. Bounds that a server ignores are checked again later.

    Args:
        offer: Skills and things.
    """
    steps = [_step(spec) for spec in offer.skills.values()]
    steps += [] if offer.motion is None else [_motion(offer.motion)]
    definitions: dict[str, Any] = {"step": {"anyOf": steps}}
    if offer.things:
        definitions["thing"] = {"type": "string", "enum": sorted(offer.things)}
    step = {"$ref": "#/$defs/step"}
    loop = _object({
        "repeat": {"type": "integer", "minimum": 2, "maximum": MOST_ROUNDS},
        "steps": {"type": "array", "items": step, "minItems": 1, "maxItems": MOST_STEPS},
    })  # fmt: skip
    whole = _object({
        "answer": {"type": "string", "enum": list(get_args(ReadAs))},
        "steps": {"type": "array", "items": {"anyOf": [step, loop]}, "maxItems": MOST_STEPS},
        "text": _TEXT,
    })  # fmt: skip
    return {**whole, "$defs": definitions}


def _step(spec: SkillSpec) -> dict[str, Any]:
    """One skill with its arguments."""
    arguments = _object({parameter.name: _argument(parameter) for parameter in spec.goal})
    return _object({"skill": {"type": "string", "enum": [spec.name]}, "arguments": arguments})


def _motion(motion: MotionOffer) -> dict[str, Any]:
    """The skill that takes reward terms, with a list of terms in place of its many arguments."""
    terms = {"type": "array", "items": {"anyOf": motion.schema()}, "minItems": 1, "maxItems": MOST_TERMS}
    seconds = {"anyOf": [{"type": "number"}, {"type": "null"}]}
    arguments = _object({"terms": terms, "seconds": seconds})
    return _object({"skill": {"type": "string", "enum": [motion.spec.name]}, "arguments": arguments})


def _argument(parameter: GoalParameter) -> dict[str, Any]:
    """One argument."""
    if parameter.type == "number":
        wanted: dict[str, Any] = {"type": "number", "minimum": parameter.lower, "maximum": parameter.upper}
    elif parameter.type == "choice":
        wanted = {"type": "string", "enum": list(parameter.choices)}
    elif parameter.type in ("words", "way"):
        wanted = _TEXT
    else:
        wanted = {"$ref": "#/$defs/thing"}
    return wanted if parameter.default is None else {"anyOf": [wanted, {"type": "null"}]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    """A closed object all of whose properties are required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
