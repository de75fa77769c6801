"""ReloadRequest: requests that the control processes of a robot on this machine reload their skills."""

from __future__ import annotations

from pathlib import Path

from skill_stack.core.errors import SkillStackError
from skill_stack.core.shared_memory.block_file import WordBlock
from skill_stack.core.shared_memory.block_name import part_paths


class ReloadRequest:
    """A control process complies as soon as its robot is disarmed or lies: it ends in order and is restarted."""

    def __init__(self, block: Path) -> None:
        """Keeps where the robot's block is.

        Args:
            block: The robot's own block, beside which those of other parts lie.
        """
        self._block = block

    def ask(self) -> int:
        """Makes the request.

        Returns:
            Number of the request; 0 when no robot runs on this machine.
        """
        block = _attach(self._block)
        if block is None:
            return 0
        try:
            return block.words.request_reload()
        finally:
            block.close()

    def heeded(self, number: int) -> bool:
        """Whether every control process was started after a request.

        Args:
            number: The result of :meth:`ask`.
        """
        for path in (self._block, *part_paths(self._block)):
            block = _attach(path)
            if block is None:
                return False
            try:
                if block.words.get("reload.heeded") < number:
                    return False
            finally:
                block.close()
        return True


def _attach(path: Path) -> WordBlock | None:
    try:
        return WordBlock(path)
    except (OSError, SkillStackError):
        return None
