"""File names of a robot's shared memory: one per user, ROS domain, namespace and actuated part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from skill_stack.core.errors import DataError

SHARED_MEMORY = Path("/dev/shm")
PART = ".part-"


def block_path(namespace: str, domain: int, uid: int, part: str = "") -> Path:
    """The file of a robot's shared block.

    Args:
        namespace: ROS namespace, with or without slashes at the ends; may be empty.
        domain: ROS domain.
        uid: User id of the processes.
        part: Actuated part; empty for the main one, whose block also holds the words for the whole robot.
    """
    name = namespace.strip("/").replace("/", "-")
    block = SHARED_MEMORY / f"skill-stack-{uid}-{domain}-{name}"
    return part_path(block, part) if part else block


def part_path(block: Path, part: str) -> Path:
    """The block of a part other than the main one, beside the robot's own."""
    return block.with_name(f"{block.name}{PART}{part}")


def part_paths(block: Path) -> tuple[Path, ...]:
    """The blocks of other parts that lie beside a robot's own."""
    found = block.parent.glob(f"{block.name}{PART}*")
    return tuple(sorted(path for path in found if "." not in path.name.removeprefix(block.name + PART)))


def part_of(block: Path) -> str:
    """Name of the part whose block this is; empty for a robot's main block."""
    return block.name.partition(PART)[2]


def page_path(block: Path) -> Path:
    """The file with the address of a robot's web page."""
    return block.with_name(block.name + ".page")


def truth_path(namespace: str, domain: int, uid: int) -> Path:
    """The file with the simulator's truth, for scoring only; arguments as in :func:`block_path`."""
    return truth_beside(block_path(namespace, domain, uid))


def truth_beside(block: Path) -> Path:
    """The file with the simulator's truth that belongs to a robot's shared block."""
    return block.with_name(block.name + ".truth")


def domain_of(environment: Mapping[str, str]) -> int:
    """The ROS domain that an environment states, 0 when it states none.

    Args:
        environment: Usually ``os.environ``.

    Raises:
        DataError: ``ROS_DOMAIN_ID`` is not a number from 0 to 232.
    """
    text = environment.get("ROS_DOMAIN_ID") or "0"
    if not text.isdigit() or not 0 <= int(text) <= 232:
        raise DataError(f"ROS_DOMAIN_ID is '{text}', it must be a number from 0 to 232")
    return int(text)
