"""Command lines of trainings that are for one skill: ``python -m skill_stack.training.NAME ROBOT SKILL``."""

from __future__ import annotations

from skill_stack.core.arguments import Parser


def skill_parser(name: str, description: str, example: str, skill: str) -> Parser:
    """A parser that takes a robot and one of its skills.

    Args:
        name: Of the package under ``skill_stack.training``.
        description: What it does.
        example: Arguments that work.
        skill: Which skills it is for.
    """
    program = f"python -m skill_stack.training.{name}"
    parser = Parser(prog=program, description=description, epilog=f"example: {program} {example}")
    parser.add_argument("robot")
    parser.add_argument("skill", help=skill)
    return parser
