"""Encoding of the sources of an estimate and the uncertainty of base motion in a record of fixed size."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.core.robot_state import BaseKnowledge, Source
from skill_stack.core.shared_memory.text_field import to_bytes_cut, to_text

SOURCES = 8  # sources that a state can name
NAME = 64  # bytes of a name
KNOWLEDGE_SCALARS = f"{NAME}s4d"
DEVIATIONS = 4  # of position, heading and velocity, and the heading's offset
SOURCE_SCALARS = SOURCES * f"{NAME}s{NAME}sd"


def encode_sources(sources: dict[str, Source]) -> list[int | bytes | float]:
    """Turns sources by field into the values for :data:`SOURCE_SCALARS`, their number first; surplus ones are dropped.
    """
    named = list(sources.items())[:SOURCES]
    out: list[int | bytes | float] = [len(named)]
    for field, source in named:
        out += [field.encode(), source.name.encode(), source.age]
    return out + [b"", b"", 0.0] * (SOURCES - len(named))


def decode_sources(values: list) -> dict[str, Source]:
    """The sources back; see :func:`encode_sources`."""
    count, rest = values[0], values[1:]
    triples = zip(rest[0 : 3 * count : 3], rest[1 : 3 * count : 3], rest[2 : 3 * count : 3])
    return {to_text(field): Source(to_text(name), age) for field, name, age in triples}


def encode_knowledge(base: BaseKnowledge) -> tuple[bytes, float, float, float, float]:
    """Turns the knowledge of base motion into the values for :data:`KNOWLEDGE_SCALARS`."""
    return to_bytes_cut(base.source, NAME), base.age, base.position, base.heading, base.velocity


def decode_knowledge(values: Sequence) -> BaseKnowledge:
    """The knowledge of base motion; see :func:`encode_knowledge`."""
    return BaseKnowledge(to_text(values[0]), *values[1:])


def knowledge_of(sources: dict[str, Source], deviations: Sequence[float]) -> BaseKnowledge:
    """The knowledge of base motion, from a state's sources and its deviations of position, heading and velocity."""
    source = sources.get("base_position", Source("", 0.0))
    return BaseKnowledge(source.name, source.age, *deviations)
