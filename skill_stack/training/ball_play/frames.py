"""BallFrames: what a player is told, seen in the frame of the robot and in that of the ball's way to its goal.

A movement that is demonstrated in the frames of all that matters needs few demonstrations (task-parameterised
learning; Calinon, A tutorial on task-parameterized movement learning and retrieval, 2016).
"""

from __future__ import annotations

import numpy as np
import onnx
import torch
from torch import nn

from skill_stack.connector.balls.ball_play import TOLD
from skill_stack.training.learners.cloning import make_network

LEAST = 1e-3
"""Distance below which a direction counts as none, m."""
FRAMED = len(TOLD) + 8
"""Values in all frames: distance of the ball, its direction, that of its way, the root of the way's length, and place
and velocity of the ball along and across the way, instead of the goal's place."""


class BallFrames(nn.Module):
    """Told values, shape (n, told), as those in all frames, shape (n, ``FRAMED``)."""

    def forward(self, told: torch.Tensor) -> torch.Tensor:
        """See the class."""
        ball, velocity, goal, labels = told[:, :2], told[:, 2:4], told[:, 4:6], told[:, 6:]
        way = goal - ball
        away, length = (one.norm(dim=1, keepdim=True).clamp_min(LEAST) for one in (ball, way))
        ahead = way / length
        left = torch.stack([-ahead[:, 1], ahead[:, 0]], dim=1)
        within = [(one * axis).sum(1, keepdim=True) for one in (ball, velocity) for axis in (ahead, left)]
        # A ball rolls as far as the square of its speed.
        return torch.cat([ball, velocity, away, ball / away, ahead, length.sqrt(), *within, labels], dim=1)


def player_network(hidden: tuple[int, ...], frames: bool) -> nn.Sequential:
    """A network from what a player is told to velocities.

    Args:
        hidden: Widths of its hidden layers.
        frames: Whether it sees the told values in all frames.
    """
    if not frames:
        return make_network(len(TOLD), hidden, 3)
    return nn.Sequential(BallFrames(), *make_network(FRAMED, hidden, 3))


def frame_nodes(told: str) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto], str]:
    """:class:`BallFrames` in a file.

    Args:
        told: Name of what a player is told.

    Returns:
        Nodes, constants, and the name of the output.
    """
    node, array, place = onnx.helper.make_node, onnx.numpy_helper.from_array, np.eye(len(TOLD))
    picks = {"ball": place[:, :2], "velocity": place[:, 2:4], "goal": place[:, 4:6], "labels": place[:, 6:]}
    values = {f"frame_pick_{name}": pick for name, pick in picks.items()}
    values |= {"frame_turn": np.array([[0.0, 1.0], [-1.0, 0.0]]), "frame_least": np.array(LEAST)}
    constants = [array(np.asarray(value, np.float32), name) for name, value in values.items()]
    constants.append(array(np.array([1], np.int64), "frame_axis"))
    nodes = [node("MatMul", [told, f"frame_pick_{name}"], [name]) for name in picks]
    nodes.append(node("Sub", ["goal", "ball"], ["way"]))
    for name in ("ball", "way"):
        nodes += _dot(name, name, f"{name}_squared")
        nodes += [
            node("Sqrt", [f"{name}_squared"], [f"{name}_norm"]),
            node("Max", [f"{name}_norm", "frame_least"], [f"{name}_length"]),
            node("Div", [name, f"{name}_length"], [f"{name}_ahead"]),
        ]
    nodes += [node("MatMul", ["way_ahead", "frame_turn"], ["way_left"]), node("Sqrt", ["way_length"], ["way_root"])]
    within = [(one, axis) for one in ("ball", "velocity") for axis in ("way_ahead", "way_left")]
    for one, axis in within:
        nodes += _dot(one, axis, f"{one}_{axis}")
    seen = ["ball", "velocity", "ball_length", "ball_ahead", "way_ahead", "way_root"]
    seen += [f"{one}_{axis}" for one, axis in within] + ["labels"]
    return [*nodes, node("Concat", seen, ["framed"], axis=1)], constants, "framed"


def _dot(one: str, other: str, out: str) -> list[onnx.NodeProto]:
    """Products of rows."""
    node = onnx.helper.make_node
    return [node("Mul", [one, other], [f"{out}_each"]), node("ReduceSum", [f"{out}_each", "frame_axis"], [out])]
