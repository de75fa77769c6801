"""Parameters of the nodes: descriptors from a table, and changes that take effect or are refused with the reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol, get_args, get_origin

from lifecycle_msgs.msg import State
from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor, SetParametersResult
from rclpy.exceptions import ParameterException
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.timer import Timer

from skill_stack.connector.settings import AT_CONFIGURE, AT_ONCE, ConnectorSettings
from skill_stack.core.data_file import DataModel, parse_model, read_yaml
from skill_stack.core.errors import DataError
from skill_stack.nodes.ros_compat import on_parameters_set

FILE = Path(__file__).with_suffix(".yaml")
EVERY = "every_lifecycle_node"
_WHEN = {
    "at_once": "Takes effect at once",
    "next_step": "Takes effect with the next step",
    "configured": "Read when the node is configured",
    "start": "Fixed when the process starts",
}


class NodeParameter(DataModel):
    """One parameter of a node.

    Attributes:
        default: Value unless one is given; its type is that of the parameter.
        text: Meaning, with the unit.
        counts: When a new value takes effect: at once, with the next step, when the node is configured next, or at the
            next start of the process.
        above: Lower limit, itself not allowed; None for none.
        least: Lowest value; None for none.
        most: Highest value; None for none.
        choices: Allowed values; empty: any.
        length: Number of elements of a list; None for any.
    """

    default: bool | int | float | str | list[float] | list[str]
    text: str
    counts: Literal["at_once", "next_step", "configured", "start"]
    above: float | None = None
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    length: int | None = None

    @property
    def descriptor(self) -> ParameterDescriptor:
        """What ``ros2 param describe`` shows."""
        said = ParameterDescriptor(description=self.text, read_only=self.counts == "start")
        limits = [f"greater than {self.above:g}"] if self.above is not None else []
        limits += [f"at least {self.least:g}"] if self.least is not None and self.most is None else []
        limits += [f"one of {', '.join(self.choices)}"] if self.choices else []
        said.additional_constraints = "; ".join([_WHEN[self.counts], *limits])
        if self.least is not None and self.most is not None:
            if isinstance(self.default, float):
                said.floating_point_range = [FloatingPointRange(from_value=self.least, to_value=self.most)]
            else:
                said.integer_range = [IntegerRange(from_value=int(self.least), to_value=int(self.most))]
        return said

    def problem(self, value: Any) -> str:
        """Why a value of the right type is not allowed; empty where it is."""
        numbers = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, float | int)]
        if not all(math.isfinite(one) for one in numbers):
            return "must be finite"
        if self.length is not None and len(value) != self.length:
            return f"must have {self.length} elements, not {len(value)}"
        if self.choices and value not in self.choices:
            return f"'{value}' is none of {', '.join(self.choices)}"
        if self.above is not None and not value > self.above:
            return f"{value:g} is not greater than {self.above:g}"
        if self.least is not None and value < self.least:
            return f"{value:g} is less than {self.least:g}"
        if self.most is not None and value > self.most:
            return f"{value:g} is more than {self.most:g}"
        return ""


@cache
def _table() -> dict[str, Any]:
    """The file, which every node reads for itself and for all."""
    return dict(read_yaml(FILE))


@cache
def parameters_of(name: str) -> dict[str, NodeParameter]:
    """The parameters of a node by name.

    Args:
        name: Name of the node as in the code, or :data:`EVERY`.

    Raises:
        DataError: The table is wrong.
    """
    rows = _table().get(name, {})
    found = {key: parse_model(NodeParameter, row, f"{FILE}: {name}.{key}") for key, row in rows.items()}
    return found | settings_parameters() if name == "connector" else found


def settings_parameters() -> dict[str, NodeParameter]:
    """The fields of :class:`ConnectorSettings` as parameters, with their descriptions and limits."""
    found = {}
    for name, field in ConnectorSettings.model_fields.items():
        limits = {key: getattr(one, key) for one in field.metadata for key in ("gt", "ge", "le") if hasattr(one, key)}
        found[name] = NodeParameter(
            default=field.default,
            text=field.description or "",
            counts="at_once" if name in AT_ONCE else "configured" if name in AT_CONFIGURE else "next_step",
            above=limits.get("gt"),
            least=limits.get("ge"),
            most=limits.get("le"),
            choices=get_args(field.annotation) if get_origin(field.annotation) is Literal else (),
        )
    return found


class ParameterOwner(Protocol):
    """Who has parameters that can change."""

    def check_parameters(self, values: Mapping[str, Any]) -> str:
        """Why values cannot be taken; empty when they can."""

    def change_parameters(self, names: frozenset[str]) -> None:
        """Takes new values."""


class NodeParameters:
    """The declared parameters of one node."""

    def __init__(
        self,
        node: Node,
        table: Mapping[str, NodeParameter],
        owner: ParameterOwner | None = None,
        state: Callable[[], int] = lambda: State.PRIMARY_STATE_UNCONFIGURED,
    ) -> None:
        """Declares them.

        Args:
            node: The node.
            table: Its parameters by name.
            owner: Judges new values and takes them; None where no parameter can change.
            state: State of the node, as of ``lifecycle_msgs/State``.

        Raises:
            DataError: A value that the node was started with is not allowed.
        """
        self._node, self._table, self._owner, self._state = node, dict(table), owner, state
        self._timers: dict[str, Timer] = {}
        self._declared = False
        node.add_on_set_parameters_callback(self._judge)
        for name, one in self._table.items():
            try:
                node.declare_parameter(name, one.default, one.descriptor)
            except ParameterException as error:
                raise DataError(f"parameter '{name}' of node {node.get_name()}: {error}") from error
        on_parameters_set(node, self._take)
        self._declared = True

    def follow(self, name: str, timer: Timer) -> None:
        """Has a timer follow a parameter that is its rate in Hz."""
        self._timers[name] = timer

    def _judge(self, given: list[Parameter]) -> SetParametersResult:
        """Refuses what is not allowed, or would have no effect now."""
        for one in given:
            known = self._table.get(one.name)
            why = known and (known.problem(one.value) or self._not_now(known))
            if why:
                reason = f"{one.name}: {why}" if self._declared else why  # rclpy names it when it is declared
                return SetParametersResult(successful=False, reason=reason)
        values = {one.name: one.value for one in given if one.name in self._table}
        why = self._owner.check_parameters(values) if self._declared and self._owner is not None else ""
        return SetParametersResult(successful=not why, reason=why)

    def _not_now(self, known: NodeParameter) -> str:
        if not self._declared or known.counts != "configured" or self._state() == State.PRIMARY_STATE_UNCONFIGURED:
            return ""
        node = self._node.get_fully_qualified_name()
        return f"read when the node is configured; first: ros2 lifecycle set {node} deactivate, then cleanup"

    def _take(self, given: list[Parameter]) -> None:
        for one in given:
            timer = self._timers.get(one.name)
            if timer is not None and timer in self._node.timers:
                timer.timer_period_ns = int(1e9 / float(one.value))
        names = frozenset(one.name for one in given) & self._table.keys()
        if names and self._owner is not None:
            self._owner.change_parameters(names)
