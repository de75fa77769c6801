"""AdapterTask: which adapters a task trains, and in which worlds; a section of ``train.yaml``."""

from __future__ import annotations

import dataclasses

import numpy as np
from pydantic import Field, model_validator

from skill_stack.core.quantity import Share
from skill_stack.core.robots.adapter_part import AdapterPart
from skill_stack.hardware.mujoco.model_variation import ModelVariation

Array = np.ndarray


class AdapterTask(AdapterPart):
    """Adapters to train; every robot has one or two of their conditions.

    A condition of the robot or its floor changes the robot; one of its manner is in the rewards, whose terms a
    coefficient scales (``by``).

    Attributes:
        learns: Those that learn, by their goal values; the others stay as the skill's policy has them. All where it is
            empty.
        rank: Rank of each adapter in each layer.
        together: Share of the robots with two conditions.
        least: Smallest coefficient that is drawn.
        error: Half width of what the robot's knowledge errs by, in units of the coefficient.
    """

    learns: tuple[str, ...] = ()
    rank: int = Field(8, ge=1, le=64)
    together: Share = 0.5
    least: Share = 0.2
    error: Share = 0.1

    @model_validator(mode="after")
    def _learns_what_there_is(self) -> AdapterTask:
        if unknown := [name for name in self.learns if name not in self.goals]:
            raise ValueError(f"there is no adapter {', '.join(unknown)}: there are {', '.join(self.goals)}")
        return self

    @property
    def part(self) -> AdapterPart:
        """What policy and skill state of it."""
        return AdapterPart(**{name: getattr(self, name) for name in AdapterPart.model_fields})

    def shift(self, variation: ModelVariation, rng: np.random.Generator) -> tuple[ModelVariation, Array]:
        """A robot in some of the conditions.

        Args:
            variation: The robot without them.
            rng: Source of chance.

        Returns:
            The robot, and the coefficients that it is told, shape (adapters,).
        """
        places = [place for place, one in enumerate(self.conditions) if one.goal in (self.learns or self.goals)]
        count = 2 if len(places) > 1 and rng.random() < self.together else 1
        told, changed = np.zeros(len(self.conditions)), dataclasses.asdict(variation)
        for place in rng.choice(places, count, replace=False):
            one, share = self.conditions[place], rng.uniform(self.least, 1.0)
            if one.property in changed:
                changed[one.property] = float(one.none + share * (one.full - one.none))
                share += rng.uniform(-self.error, self.error)
            told[place] = np.clip(share, 0.0, 1.0)
        told *= min(1.0, self.largest_sum / max(told.sum(), 1e-9))
        return ModelVariation(**changed), told
