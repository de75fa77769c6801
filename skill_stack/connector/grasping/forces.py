"""Contact forces in equilibrium: no net force and no net torque."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog, nnls

Array = np.ndarray
FRICTION = 0.4
"""Friction coefficient assumed by the balance; the remainder is for disturbances."""
TORSION = 0.005
"""Torque about its normal that a contact resists, for each N of its normal force, m: half of what simulated pads have.
"""
EDGES = 8
LEVER = 0.03
"""Lever arm that weights torques against forces, m: half of a small object."""
_SUM_WEIGHT, _SHARE_WEIGHT = 10.0, 0.3


def balanced_forces(points: Array, inward: Array, shares: Array, total: float) -> Array:
    """Forces on the object, N, shape (contacts, 3).

    A least-squares problem with forces inside of their friction cones: no net force and torque, the required sum of the
    normal forces, and, as far as these permit, the required shares (Murray, Li, Sastry, *A Mathematical Introduction to
    Robotic Manipulation*, 1994, ch. 5).

    Args:
        points: Contacts in the object's frame, m, shape (contacts, 3).
        inward: Unit normals into the object, shape (contacts, 3).
        shares: Required parts of the sum, any unit, shape (contacts,).
        total: Sum of the normal forces, N.
    """
    count = len(points)
    directions = np.concatenate([_cone(normal) for normal in inward])  # (contacts · EDGES, 3)
    owner = np.repeat(np.arange(count), EDGES)
    torques = np.cross(points[owner], directions) / LEVER
    normal_part = np.einsum("ij,ij->i", directions, inward[owner])
    each = (np.arange(count)[:, None] == owner) * normal_part
    rows = np.concatenate((directions.T, torques.T, _SUM_WEIGHT * normal_part[None], _SHARE_WEIGHT * each))
    wanted = total * shares / shares.sum()
    goal = np.concatenate((np.zeros(6), [_SUM_WEIGHT * total], _SHARE_WEIGHT * wanted))
    sizes, _ = nnls(rows, goal)
    return np.asarray(np.add.reduceat(directions * sizes[:, None], np.arange(0, len(owner), EDGES), axis=0))


def holding_force(points: Array, inward: Array, total: float) -> float:
    """Largest force at the body's origin that contacts withstand in any direction, N; 0 without force closure.

    A linear program for each of the six directions: forces inside of their friction cones, each with some torque about
    its normal as a soft fingertip has, that balance the force without a torque.

    Args:
        points: Contacts in the object's frame, m, shape (contacts, 3).
        inward: Unit normals into the object, shape (contacts, 3).
        total: Largest sum of the normal forces, N.
    """
    directions = np.concatenate([_cone(normal) for normal in inward])
    owner = np.repeat(np.arange(len(points)), EDGES)
    levers, twists = np.cross(points[owner], directions) / LEVER, TORSION / LEVER * inward[owner]
    wrenches = np.concatenate([np.concatenate((directions.T, (levers + sign * twists).T)) for sign in (1, -1)], axis=1)
    costs = np.concatenate((np.zeros(2 * len(owner)), [-1.0]))
    limit = np.concatenate((np.ones(2 * len(owner)), [0.0]))[None]  # each edge has a normal part of 1
    least = np.inf
    for axis in np.concatenate((np.eye(3), -np.eye(3))):
        rows = np.column_stack((wrenches, np.concatenate((axis, np.zeros(3)))))
        found = linprog(costs, A_ub=limit, b_ub=[total], A_eq=rows, b_eq=np.zeros(6), method="highs")
        least = min(least, -float(found.fun) if found.status == 0 else 0.0)
    return max(0.0, least)


def imbalance(points: Array, inward: Array, shares: Array) -> Array:
    """What normal forces near given shares leave of force and torque, as shares of their sum, shape (n, 6).

    Args:
        points: Contacts in the object's frame in n cases, m, shape (n, contacts, 3).
        inward: Unit normals into the object, shape (n, contacts, 3).
        shares: Wanted parts of the sum, which is 1, shape (contacts,).
    """
    wrenches = np.concatenate((inward, np.cross(points, inward) / LEVER), axis=2).transpose(0, 2, 1)
    evenly = np.broadcast_to(_SHARE_WEIGHT * np.eye(len(shares)), (len(points), len(shares), len(shares)))
    rows, goal = np.concatenate((wrenches, evenly), axis=1), np.concatenate((np.zeros(6), _SHARE_WEIGHT * shares))
    sizes = np.array([nnls(one, goal)[0] for one in rows])
    return np.asarray((wrenches @ sizes[..., None])[..., 0] / np.maximum(sizes.sum(axis=1, keepdims=True), 1e-6))


def _cone(normal: Array) -> Array:
    """Edges of a friction cone about a normal, shape (EDGES, 3), each with a normal component of 1."""
    side = np.cross(normal, np.eye(3)[int(np.argmin(np.abs(normal)))])
    side /= np.linalg.norm(side)
    other = np.cross(normal, side)
    angles = np.linspace(0.0, 2.0 * np.pi, EDGES, endpoint=False)[:, None]
    return np.asarray(normal + FRICTION * (np.cos(angles) * side + np.sin(angles) * other))
