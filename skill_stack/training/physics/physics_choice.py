"""Choice of the physics of a training: MuJoCo on the CPU, or MJX on a GPU where it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.training.physics.physics import BatchPhysics, PhysicsMaker

CHOICES = ("mujoco", "mjx")
ADVICE = "make setup EXTRAS=train-gpu, and for an NVIDIA card also pip install 'jax[cuda13]' or 'jax[cuda12]'"


def physics_maker(choice: str, say: Callable[[str], object]) -> PhysicsMaker:
    """Creates the requested physics.

    Args:
        choice: One of :data:`CHOICES`. MJX is taken where it is asked for: it is faster on a large GPU alone.
        say: Takes a line with the choice.

    Raises:
        DataError: MJX is requested but not installed; the message states what to install.
        UnknownName: No such choice.
    """
    if choice not in CHOICES:
        raise UnknownName("physics", choice, CHOICES)
    if choice == "mujoco":
        return BatchPhysics
    try:
        from skill_stack.training.physics.mjx_physics import MjxPhysics, gpu_is_available
    except ImportError as error:
        raise DataError(f"--physics mjx needs JAX and MJX ({error}): {ADVICE}") from error
    device = "a graphics processor" if gpu_is_available() else "the processor"
    say(f"steps robots with MJX on {device}; compiles for a minute first")
    return MjxPhysics
