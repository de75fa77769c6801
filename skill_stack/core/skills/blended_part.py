"""BlendedPart: a skill that blends several others, with weights by schedule, by goals or by measured signals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel

Weight = Annotated[float, Field(ge=0, le=1)]


class WeightCurve(DataModel):
    """A weight as a function of a number, linear between points and constant beyond them.

    Attributes:
        by: What it follows: a goal of the skill that is a number, or a signal such as ``elapsed`` (s since the skill
            began), ``speed`` or ``tilt``; the name of a goal counts first.
        points: Value and weight, values ascending.
    """

    by: str
    points: tuple[tuple[float, Weight], ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _ascending(self) -> WeightCurve:
        values = [value for value, _ in self.points]
        if any(b <= a for a, b in zip(values, values[1:], strict=False)):
            raise ValueError(f"values must ascend, not {values}")
        return self

    def at(self, value: float) -> float:
        """The weight at a value."""
        values, weights = zip(*self.points, strict=True)
        return float(np.interp(value, values, weights))


class BlendedShare(DataModel):
    """One of the blended skills.

    Attributes:
        skill: A policy, posture or servo of the same robot part.
        weight: How much it counts, beside the others, where it drives.
        joints: Joints or groups that it drives; empty means the whole part.
        goals: Its goal values, as numbers or as names of goals of the blended skill. Goals of the blended skill that
            have a name of its own reach it besides.
        holds: Skill that has its part in the mix while something is held: it moves the same joints and keeps hold.
            Empty: none, it has no weight then.
        takes: Guided skill on this one that takes something, from when this share first has a weight; it then has the
            joints until the blended skill ends. Empty for a share that takes nothing.
    """

    skill: str
    weight: Weight | WeightCurve = 1.0
    joints: tuple[str, ...] = ()
    goals: dict[str, float | str] = {}
    holds: str = ""
    takes: str = ""


class BlendedPart(DataModel):
    """How a ``blended`` skill moves.

    Attributes:
        shares: The skills; the first one carries the robot, and what it begins and ends with is that of the whole.
        mixer: Function from goals and signals to weights: ``curves``, as the shares define them, or another mixer of
            the connector.
        network: File beside the skill, for a mixer that was learnt.
        sha256: Hash of that file.
        rest: Pose of the robot in which joints of a learnt blend are that do nothing else.
    """

    shares: tuple[BlendedShare, ...] = Field(min_length=2)
    mixer: str = "curves"
    network: str = ""
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    rest: str = "default"

    @model_validator(mode="after")
    def _consistent(self) -> BlendedPart:
        if bool(self.network) != bool(self.sha256):
            raise ValueError("a network and its sha256 are stated together")
        taking = [share for share in self.shares if share.takes]
        if len(taking) > 1 or (taking and not (taking[0].joints and self.shares[0].holds)):
            raise ValueError("one share at most takes something, with joints of its own, where the first one 'holds'")
        said: dict[str, float | str] = {}
        for share in self.shares:
            for name, value in share.goals.items():
                if said.setdefault(name, value) != value:
                    raise ValueError(f"goal '{name}' is given two values; skills that are mixed share it")
        return self

    def renamed(self, new: Callable[[str], str | None]) -> BlendedPart:
        """The same with other names of skills."""
        links = ("skill", "holds", "takes")
        shares = tuple(share.model_copy(update={link: new(getattr(share, link)) for link in links})
                       for share in self.shares)  # fmt: skip
        return self.model_copy(update={"shares": shares})

    @property
    def skills(self) -> frozenset[str]:
        """Names of the skills, with those that hold and take."""
        return frozenset(name for one in self.shares for name in (one.skill, one.holds, one.takes) if name)
