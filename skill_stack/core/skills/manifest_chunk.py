"""Sections of a policy's manifest for a network that is too slow for the control loop: chunks, images, vectors.

It runs in a process of its own and answers with actions for some time ahead; see docs/slow-policies.md.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, NameBeside
from skill_stack.core.quantity import Positive

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
SLACK = 1e-9  # s: sums of periods are never exact
STANCE = "stance"
"""The fallback that is the stance of the skill's phase."""


class ManifestChunk(DataModel):
    """Answers of a slow network: several actions, one after the other, from the moment on that was seen.

    Attributes:
        steps: Actions in one answer; the output has the shape [1, steps, values].
        step: Time from one action to the next, s.
        latency: Time from question to answer that a run in one process takes for granted, s of task time: there
            nothing is late by chance. Processes of their own take what they take.
        max_age: Time since the moment that the newest answer was made for, s, past which the fallback takes over.
        blend: What happens where answers overlap: ``newest``, the newest counts alone; ``fade``, it comes in over
            ``fade`` seconds; ``ensemble``, the mean of all of them with weights ``exp(−decay·i)``, the oldest having
            i = 0 (temporal ensembling as in ACT).
        fade: Time in which a newer answer takes over from the one before, s, with ``fade``.
        decay: With ``ensemble``: above 0 older answers count more, below 0 newer ones.
        history_period: Time between two frames of a history, s; None: one frame with every question.
        progress: Output that tells how far the skill is at each action, 0 to 1, shape [1, steps]; None where it has no
            end.
        fallback: Skill that takes over past ``max_age`` and until the first answer, or ``stance``: that of the phase.
    """

    steps: int = Field(ge=1, le=1000)
    step: Positive
    latency: float = Field(ge=0.0)
    max_age: Positive
    blend: Literal["newest", "fade", "ensemble"] = "fade"
    fade: float = Field(0.1, ge=0.0)
    decay: float = 0.01
    history_period: Positive | None = None
    progress: str | None = None
    fallback: str = STANCE

    @model_validator(mode="after")
    def _reaches(self) -> ManifestChunk:
        if self.max_age > self.seconds + SLACK:
            raise ValueError(
                f"max_age is {self.max_age:g} s, but an answer reaches only {self.seconds:g} s ahead "
                f"({self.steps} steps of {self.step:g} s)"
            )
        return self

    @property
    def seconds(self) -> float:
        """Time that one answer covers, s."""
        return self.steps * self.step

    def check_rate(self, rate: float) -> None:
        """Raises ValueError where answers at a rate, Hz, would be too old even if none were late."""
        oldest = 1.0 / rate + self.latency
        if oldest > self.max_age + SLACK:
            raise ValueError(
                f"asked {rate:g} times a second and answered {self.latency:g} s later, an answer gets {oldest:g} s old "
                f"before the next one comes; max_age is {self.max_age:g} s"
            )


class ManifestImage(DataModel):
    """An input that takes a camera's picture.

    Attributes:
        name: Name of the input in the file.
        camera: Name of the camera whose frames it sees.
        width: Width that the network wants, pixels; frames of another size are scaled.
        height: Height, pixels.
        layout: Order of the axes: ``nchw`` or ``nhwc``.
        channels: Order of the colours.
        scale: Factor on values of 0 to 255.
        mean: What is taken away after the factor, per channel in the network's order.
        std: What is divided by then.
        max_age: Oldest frame that may be used, s before the question; without one there is no answer.
    """

    name: str
    camera: str
    width: int = Field(ge=1, le=4096)
    height: int = Field(ge=1, le=4096)
    layout: Literal["nchw", "nhwc"] = "nchw"
    channels: Literal["rgb", "bgr"] = "rgb"
    scale: Positive = 1.0 / 255.0
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[Positive, Positive, Positive] = (1.0, 1.0, 1.0)
    max_age: Positive = 0.5


class ManifestTable(DataModel):
    """Vectors by name, in a file beside the skill: an ``.npz`` with ``names`` (texts) and ``vectors`` [names, size].

    Attributes:
        file: The file, beside the model.
        sha256: Its hash.
        name: Name of the vector that the skill takes.
        command: Command whose value is the number of the vector instead, counted from 0.
    """

    file: NameBeside
    sha256: Sha256
    name: str | None = None
    command: str | None = None

    @model_validator(mode="after")
    def _one(self) -> ManifestTable:
        if (self.name is None) == (self.command is None):
            raise ValueError("give name (always this vector) or command (the number of the vector), one of them")
        return self


class ManifestVector(DataModel):
    """An input that takes a vector: the embedding of a sentence or of a goal.

    Attributes:
        name: Name of the input in the file.
        values: The vector itself.
        commands: Commands whose values make it up.
        table: Where it is looked up.
    """

    name: str
    values: tuple[float, ...] | None = None
    commands: tuple[str, ...] | None = None
    table: ManifestTable | None = None

    @model_validator(mode="after")
    def _one(self) -> ManifestVector:
        given = [key for key in ("values", "commands", "table") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"vector '{self.name}': give one of values, commands, table; given: {given or 'none'}")
        return self

    @property
    def heard(self) -> tuple[str, ...]:
        """Commands that it depends on."""
        if self.table is not None:
            return () if self.table.command is None else (self.table.command,)
        return self.commands or ()
