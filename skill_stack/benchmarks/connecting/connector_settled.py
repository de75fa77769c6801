"""The faults of a sequence without switching: each applied to a hand at rest in the posture commanded then.

If a hand commanded to stop half open drops its object under a push, the posture is the cause, not switching.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skill_stack.benchmarks.connecting.connector_reference import Happening, Turn
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary

TOGETHER = 1.5
"""Time within which consecutive faults share one posture, s, since the hand cannot come to rest between them."""


@dataclass(frozen=True, slots=True)
class Met:
    """A fault and the hand's command at that time.

    Attributes:
        when: Time in the sequence, s.
        told: Joint targets, rad, by name.
        kind: Its kind.
        how: With what.
    """

    when: float
    told: dict[str, float]
    kind: str
    how: object


def settled(
    robot: RobotSpec, library: SkillLibrary, model: str, faults: Sequence[Met], end: float, pause: float
) -> tuple[RobotSpec, SkillLibrary, list[Turn]]:
    """Runs the faults of a sequence without any switching between them.

    Args:
        robot: The robot.
        library: Its skills.
        model: A posture of one keyframe, after which the new ones are made.
        faults: The faults in order.
        end: When the sequence ends, s.
        pause: Time for which the hand rests before a fault, s.

    Returns:
        The robot with a pose, and the library with a skill, for every posture; and the requests in turn, each of which
        comes to rest before its faults come.
    """
    groups = list[list[Met]]()
    for fault in faults:
        if groups and fault.when - groups[-1][-1].when < TOGETHER:
            groups[-1].append(fault)
        else:
            groups.append([fault])
    poses, entries, out = dict(robot.poses), dict(library.entries), list[Turn]()
    rest = _length(library, model) + pause
    for number, group in enumerate(groups):
        name, first = f"settled_{number}", group[0].when
        poses[name] = group[0].told
        entries[name] = _posture(library, model, name)
        until = groups[number + 1][0].when if number + 1 < len(groups) else end
        met: list[Happening] = [(rest + one.when - first, one.kind, one.how) for one in group]
        out.append(Turn(number, name, rest + until - first, met))
    return robot.model_copy(update={"poses": poses}), replace(library, entries=entries), out


def _length(library: SkillLibrary, model: str) -> float:
    posture = library[model].posture
    assert posture is not None
    return sum(frame.duration for frame in posture.keyframes)


def _posture(library: SkillLibrary, model: str, name: str) -> SkillEntry:
    """A skill that goes to the pose of its name and stays there."""
    spec = library[model]
    assert spec.posture is not None
    frames = tuple(frame.model_copy(update={"pose": name}) for frame in spec.posture.keyframes)
    posture = spec.posture.model_copy(update={"keyframes": frames})
    phases = tuple(
        phase.model_copy(update={"stance": name}) if phase.stance == model else phase for phase in spec.phases
    )
    spec = spec.model_copy(update={"name": name, "posture": posture, "phases": phases, "phrases": ()})
    return replace(library.entries[model], name=name, spec=spec)
