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
        style: Whether it says how to move instead of where to: it neither grows with the level nor is ever zeroed.
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
        error: Mean velocity error until the next command up to which a robot did as told, m/s.
        contact: Mean share of the feet whose contact is as the clock says from which on it did.
    """

    axes: tuple[str, ...] = ()
    bins: int = 5
    error: float = 0.25
    contact: float = 0.0
