"""The surface of an object: the seen points, completed by its fitted solid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
SPACING = 0.006
"""Distance between points of a solid's surface, m."""
MOST = 2500
"""Most seen points that are kept of one object."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Points of an object.

    Attributes:
        points: m, shape (N, 3).
        normals: Outward, shape (N, 3); 0 where unknown.
        seen: Whether the camera saw them, bool, shape (N,).
    """

    points: Array
    normals: Array
    seen: Array


def surface_of(observation: Observation, thing: Detection) -> Surface:
    """The seen points of an object, and the sides of its solid that face away from the camera.

    Args:
        observation: The look.
        thing: One of its things; one without a segment is its solid alone.
    """
    cloud = observation.cloud
    mask = (observation.labels == thing.label) & cloud.valid if thing.label > 0 else np.zeros_like(cloud.valid)
    points, normals = cloud.points[mask].astype(float), cloud.normals[mask].astype(float)
    step = max(1, -(-len(points) // MOST))
    points, normals = points[::step], normals[::step]
    places, facing = solid_surface(thing)
    hidden = ((cloud.eye - places) * facing).sum(axis=1) < 0.0
    seen = np.concatenate([np.ones(len(points), bool), np.zeros(int(hidden.sum()), bool)])
    return Surface(np.concatenate([points, places[hidden]]), np.concatenate([normals, facing[hidden]]), seen)


def solid_surface(thing: Detection) -> tuple[Array, Array]:
    """Points and outward normals all over an object's solid, m, shape (N, 3) each."""
    made = {"box": _box, "cylinder": _cylinder, "sphere": _ball}[thing.shape]
    points, normals = made(np.asarray(thing.size, float))
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return points @ turn.T + thing.position, normals @ turn.T


def _steps(length: float) -> Array:
    return np.linspace(-length / 2, length / 2, max(2, math.ceil(length / SPACING) + 1))


def _box(size: Array) -> tuple[Array, Array]:
    points, normals = [], []
    for axis in range(3):
        one, two = (other for other in range(3) if other != axis)
        a, b = np.meshgrid(_steps(size[one]), _steps(size[two]))
        for side in (-1.0, 1.0):
            face, normal = np.zeros((a.size, 3)), np.zeros((a.size, 3))
            face[:, one], face[:, two], face[:, axis] = a.ravel(), b.ravel(), side * size[axis] / 2
            normal[:, axis] = side
            points.append(face)
            normals.append(normal)
    return np.concatenate(points), np.concatenate(normals)


def _cylinder(size: Array) -> tuple[Array, Array]:
    radius, height = size[0] / 2, size[2]
    angle = np.linspace(0, 2 * math.pi, max(12, math.ceil(2 * math.pi * radius / SPACING)), endpoint=False)
    a, z = (grid.ravel() for grid in np.meshgrid(angle, _steps(height)))
    out = np.column_stack([np.cos(a), np.sin(a), np.zeros_like(a)])
    x, y = (grid.ravel() for grid in np.meshgrid(_steps(2 * radius), _steps(2 * radius)))
    inside = np.hypot(x, y) <= radius
    cap = np.column_stack([x[inside], y[inside], np.full(int(inside.sum()), height / 2)])
    up = np.tile((0.0, 0.0, 1.0), (len(cap), 1))
    points = np.concatenate([radius * out + np.column_stack([0 * a, 0 * a, z]), cap, cap * (1, 1, -1)])
    return points, np.concatenate([out, up, -up])


def _ball(size: Array) -> tuple[Array, Array]:
    """Evenly spread points by the golden angle."""
    radius = size[0] / 2
    count = max(60, math.ceil(4 * math.pi * radius**2 / SPACING**2))
    z = 1 - 2 * (np.arange(count) + 0.5) / count
    a = np.arange(count) * math.pi * (3 - math.sqrt(5))
    flat = np.sqrt(1 - z**2)
    out = np.column_stack([flat * np.cos(a), flat * np.sin(a), z])
    return radius * out, out
