"""Choice of the physics of a training: MuJoCo on the CPU, or MJX on a GPU."""

from __future__ import annotations

from collections.abc import Callable

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.training.physics.physics import BatchPhysics, PhysicsMaker

CHOICES = ("auto", "mujoco", "mjx")
ADVICE = "make setup EXTRAS=train-gpu, and for an NVIDIA card also pip install 'jax[cuda12]'"


def physics_maker(choice: str, say: Callable[[str], object]) -> PhysicsMaker:
    """Creates the requested physics.

    Args:
        choice: One of :data:`CHOICES`; ``auto`` takes MJX where JAX is installed and finds a GPU.
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
        if choice == "mjx":
            raise DataError(f"--physics mjx needs JAX and MJX ({error}): {ADVICE}") from error
        return BatchPhysics
    found = gpu_is_available()
    if choice == "auto" and not found:
        return BatchPhysics
    say(f"steps robots with MJX on {'a graphics processor' if found else 'the processor'}; compiles for a minute first")
    return MjxPhysics
