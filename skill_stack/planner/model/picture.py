"""ModelPicture: what the robot sees now, for models that take images."""

from __future__ import annotations

import base64
from dataclasses import dataclass

LARGEST = 2_000_000
"""Bytes of a picture that is sent; larger ones are left out."""


@dataclass(frozen=True, slots=True)
class ModelPicture:
    """An encoded picture.

    Attributes:
        data: The file's bytes.
        media_type: ``image/jpeg`` or ``image/png``.
    """

    data: bytes
    media_type: str = "image/jpeg"

    @property
    def usable(self) -> bool:
        """Whether it can be sent."""
        return 0 < len(self.data) <= LARGEST and self.media_type in ("image/jpeg", "image/png")

    def part(self) -> dict[str, object]:
        """The picture as a part of a message."""
        text = base64.b64encode(self.data).decode("ascii")
        return {"type": "image_url", "image_url": {"url": f"data:{self.media_type};base64,{text}"}}
