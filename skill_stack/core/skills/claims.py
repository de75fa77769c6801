"""Claims: joints that a skill needs, joints that it prefers, and conflicts between skills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec

WHOLE = "*"
"""In a body without listed joints: what belongs to a part beside its named groups."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Joints used by one step.

    Attributes:
        skill: The skill.
        needs: Joints that it cannot do without, by the names that its data give them.
        prefers: Joints that it uses too and gives up when something else needs them, by name.
    """

    skill: str
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    prefers: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def joints(self) -> frozenset[str]:
        """All joints that are needed."""
        return frozenset().union(*self.needs.values())

    @property
    def wanted(self) -> frozenset[str]:
        """All joints that are used when no other skill needs them."""
        return self.joints.union(*self.prefers.values())

    def clash(self, other: Claim) -> str:
        """The best-fitting name of the joints that both need, or an empty string."""
        both = self.joints & other.joints
        return _name_of(both, {**other.needs, **self.needs}) if both else ""

    def left_to(self, other: Claim) -> str:
        """The joints that this one prefers and the other one needs, by name, or an empty string."""
        given = (self.wanted - self.joints) & other.joints
        return _name_of(given, {**other.needs, **self.prefers}) if given else ""

    def joints_beside(self, others: Iterable[Claim]) -> frozenset[str]:
        """The joints granted beside other skills: all needed ones, and preferred ones that no other needs.

        Args:
            others: Claims beside this one, those that come first among equals first.
        """
        return self.joints | self.wanted.difference(*(other.wanted for other in others))


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Names for groups of joints.

    Attributes:
        parts: For every actuated part the joints that each name means; the part's own name means all of them.
        open: Whether names that are not listed are pieces of their own, as in a library file without a robot.
    """

    parts: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    open: bool = True

    @classmethod
    def from_robot(cls, robot: RobotSpec) -> Anatomy:
        """The parts, groups and joints of a robot."""
        parts: dict[str, dict[str, frozenset[str]]] = {}
        for part in robot.parts:
            member = robot.part(part)
            named = {joint: frozenset({f"{part}/{joint}"}) for joint in member.joint_names}
            groups = {name: frozenset().union(*(named[j] for j in joints)) for name, joints in member.groups.items()}
            parts[part] = {**named, **groups, part: frozenset().union(*named.values())}
        return cls(parts, open=False)

    @classmethod
    def stated(cls, groups: Mapping[str, Iterable[str]], named: Mapping[str, Iterable[str]]) -> Anatomy:
        """A body known by names alone.

        Args:
            groups: Names that a piece is made of, e.g. ``arms: [left_arm, right_arm]``.
            named: Names that skills use, by part.

        Raises:
            DataError: A group contains itself.
        """
        parts: dict[str, dict[str, frozenset[str]]] = {}
        for part, names in named.items():
            listed = {name: _atoms(part, name, groups, ()) for name in (*groups, *names) if name != part}
            whole = frozenset({f"{part}/{WHOLE}"}).union(*listed.values())
            parts[part] = {**listed, part: whole}
        return cls(parts)

    def joints(self, part: str, name: str) -> frozenset[str]:
        """The joints that a name means in a part; names of other parts mean all of these.

        Raises:
            UnknownName: No piece of the body has that name.
        """
        pieces = self.parts.get(part, {})
        if name in pieces:
            return pieces[name]
        if name in self.parts:
            return self.parts[name][name]
        if self.open:
            return frozenset({f"{part}/{WHOLE if name == part else name}"})
        raise UnknownName(f"piece of part '{part}'", name, (*pieces, *self.parts))


def _atoms(part: str, name: str, groups: Mapping[str, Iterable[str]], inside: tuple[str, ...]) -> frozenset[str]:
    """The elements of a name, resolved recursively."""
    if name in inside:
        raise DataError(f"groups: '{name}' contains itself")
    if name not in groups:
        return frozenset({f"{part}/{name}"})
    return frozenset().union(*(_atoms(part, member, groups, (*inside, name)) for member in groups[name]))


def _name_of(joints: frozenset[str], names: Mapping[str, frozenset[str]]) -> str:
    """The group name that fits joints best: it covers most of them with the fewest others."""
    found = [name for name, meant in names.items() if meant & joints]
    best = min(found, key=lambda name: (-len(names[name] & joints), len(names[name]), name))
    return best.replace("_", " ")
