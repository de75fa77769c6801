"""Static feedback of measurements that is optimal for their noise, weighing sway, torque and deviation.

Source: W. Levine, M. Athans, "On the Determination of the Optimal Constant Output Feedback Gains for Linear
Multivariable Systems", IEEE Transactions on Automatic Control 15(1), 1970: cost and gradient by two Lyapunov equations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_discrete_lyapunov
from scipy.optimize import minimize

from skill_stack.core.errors import DataError

Array = np.ndarray

STABLE = 0.99999
"""Largest magnitude of an eigenvalue that counts as stable."""
UNSTABLE_COST = 60.0
"""Logarithm of the cost of feedback that is not stable; a line search turns back there."""
FIRST_ITERATIONS = 40
"""Steps of the optimiser for each shrunken plant, on the way to the real one."""


@dataclass(frozen=True, slots=True)
class FeedbackProblem:
    """Plants ``z' = F z + G u + w`` with measurements ``y = C z + v`` and feedback ``u = -K y``.

    Attributes:
        plants: F, shape (states, states), and G, shape (states, inputs), of each.
        measured: C, shape (measurements, states).
        noise: Standard deviation of each measurement, shape (measurements,).
        disturbance: Covariance of w, shape (states, states).
        cost: Weights of the states, shape (states, states).
        last: Picks the last input from the state, shape (inputs, states).
        change: Weight of the squared change of an input.
        size: Weight of a squared input.
    """

    plants: Sequence[tuple[Array, Array]]
    measured: Array
    noise: Array
    disturbance: Array
    cost: Array
    last: Array
    change: float
    size: float

    def radius(self, gain: Array) -> float:
        """Largest magnitude of an eigenvalue of all plants with feedback."""
        return max(float(np.abs(np.linalg.eigvals(f - g @ gain @ self.measured)).max()) for f, g in self.plants)

    def value(self, gain: Array, shrunk: float = 1.0) -> tuple[float, Array]:
        """Mean cost of a gain and its gradient; infinite where it is not stable.

        Args:
            gain: K, shape (inputs, measurements).
            shrunk: Factor on all plants, which makes them stable.
        """
        total, slope = 0.0, np.zeros_like(gain)
        noise, seen = np.diag(self.noise**2), gain @ self.measured
        for f, g in self.plants:
            f, g = f * shrunk, g * shrunk
            closed = f - g @ seen
            if np.abs(np.linalg.eigvals(closed)).max() >= STABLE:
                return math.inf, slope
            changed, felt = seen + self.last, gain @ noise
            spread = solve_discrete_lyapunov(closed, self.disturbance + g @ felt @ gain.T @ g.T, method="bilinear")
            price = self.cost + self.change * changed.T @ changed + self.size * seen.T @ seen
            worth = solve_discrete_lyapunov(closed.T, price, method="bilinear")
            total += float(np.trace(price @ spread) + (self.change + self.size) * np.trace(felt @ gain.T))
            inner = self.change * changed + self.size * seen - g.T @ worth @ closed
            outer = (self.change + self.size) * gain + g.T @ worth @ g @ gain
            slope += 2.0 * (inner @ spread @ self.measured.T + outer @ noise)
        return total / len(self.plants), slope / len(self.plants)


def noise_optimal_gain(
    problem: FeedbackProblem, iterations: int, report: Callable[[str], None] = lambda _: None, near: Array | None = None
) -> Array:
    """The best gain that is found, by quasi-Newton steps from none on plants that are shrunk until they are stable.

    Args:
        problem: What is wanted.
        iterations: Steps at the real plants.
        report: Takes progress lines.
        near: A gain for a plant that is much alike, from which it begins; None for none.

    Returns:
        K, shape (inputs, measurements).

    Raises:
        DataError: No gain that was found is stable.
    """
    scale = 1.0 / np.maximum(problem.noise, 0.005)
    inputs = problem.last.shape[0]
    gain = np.zeros((inputs, len(scale))) if near is None else near.copy()
    shrunk = min(1.0, (0.99 if near is None else 0.9999) / problem.radius(gain))

    def scaled(values: Array) -> tuple[float, Array]:
        cost, slope = problem.value(values.reshape(gain.shape) * scale, shrunk)
        if not math.isfinite(cost):
            return UNSTABLE_COST, np.zeros_like(values)
        return math.log(cost), (slope * scale).ravel() / cost

    while True:
        steps = iterations if shrunk >= 1.0 else FIRST_ITERATIONS
        found = minimize(scaled, (gain / scale).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps})
        gain = found.x.reshape(gain.shape) * scale
        radius = problem.radius(gain)
        report(f"plants at {shrunk:.4f}  cost {math.exp(found.fun):.3f}  slowest mode {radius:.4f}")
        if shrunk >= 1.0:
            break
        further = 0.997 / radius if radius >= 0.999 else 1.0
        if further <= shrunk:
            further = shrunk * 1.001
        shrunk = min(1.0, further)
    if radius >= 1.0:
        raise DataError(f"balance: no stable feedback was found, the slowest mode grows by {radius:.4f} a tick")
    return gain
