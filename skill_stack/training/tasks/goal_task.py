"""Sampling of a training task: goal values, gaits of several, and contexts."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel

Range = tuple[float, float]


class CommandTask(DataModel):
    """One goal value.

    Attributes:
        name: Name of the goal value.
        range: What the policy promises; written into its contract.
        train: What it is trained on, a little wider.
        scale: Factor inside the ONNX.
        style: Whether it is the manner of the motion instead of its direction: it neither grows with the level nor is
            zeroed.
    """

    name: str
    range: Range
    train: Range
    scale: float = 1.0
    style: bool = False


class StyleTask(DataModel):
    """One gait of several that a policy learns.

    Attributes:
        name: What people call it.
        share: Share of the commands, relative to the other styles.
        values: Goal values that make it, by name.
        train: Ranges of goal values that differ from those of the task, by name.
    """

    name: str
    share: float = 1.0
    values: dict[str, float]
    train: dict[str, Range] = {}


class ContextTask(DataModel):
    """An adaptive context: sampled more often where measured success is low.

    Attributes:
        axes: Names of goal values and of ``variation`` entries.
        bins: Bins per axis.
        error: Largest mean velocity error until the next command that counts as success, m/s.
        contact: Smallest mean share of the feet in agreement with the gait clock that counts as success.
    """

    axes: tuple[str, ...] = ()
    bins: int = 5
    error: float = 0.25
    contact: float = 0.0
