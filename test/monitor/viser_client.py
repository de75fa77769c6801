"""A program that speaks viser's websocket as its browser does, or worse."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec.msgpack
import viser
import zstandard
from websockets.sync.client import ClientConnection, connect

CAMERA = {
    "type": "ViewerCameraMessage", "wxyz": [1.0, 0.0, 0.0, 0.0], "position": [0.0, 0.0, 1.0], "fov": 0.8, "near": 0.01,
    "far": 100.0, "image_height": 500, "image_width": 500, "look_at": [0.0, 0.0, 0.0], "up_direction": [0.0, 0.0, 1.0],
}  # fmt: skip


class ViserClient:
    """One connection; what it is told is read and can be asked for."""

    def __init__(self, connection: ClientConnection, labels: Collection[str] = ()) -> None:
        """Reads the interface that the page describes to every new client, until these inputs were there."""
        self.connection = connection
        self.inputs: dict[str, str] = {}  # uuid by label
        self.send(CAMERA)  # by which a client counts as connected
        while not set(labels) <= set(self.inputs):
            self.read()

    def read(self) -> list[Mapping[str, Any]]:
        """The next messages of the server."""
        data = self.connection.recv(timeout=30)
        assert isinstance(data, bytes)
        size = int.from_bytes(data[8:16], "little")
        messages = msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(data[16 : 16 + size]))["messages"]
        for message in messages:
            if message["type"] in ("GuiButtonMessage", "GuiTextMessage", "GuiCheckboxMessage"):
                self.inputs[message["props"]["label"]] = message["uuid"]
        return list(messages)

    def send(self, message: Mapping[str, Any]) -> None:
        """Sends one message."""
        self.connection.send(msgspec.msgpack.encode(message))

    def update(self, label: str, /, **updates: Any) -> None:
        """Says that something about an input has changed."""
        self.send({"type": "GuiUpdateMessage", "uuid": self.inputs[label], "updates": updates})

    def press(self, label: str) -> None:
        """Presses a button."""
        self.update(label, value=True)


def websocket(port: int, path: str = "/", **headers: str) -> ClientConnection:
    """A bare connection; Origin is that of the page unless said otherwise."""
    origin = headers.pop("Origin", f"http://127.0.0.1:{port}")
    return connect(
        f"ws://127.0.0.1:{port}{path}", subprotocols=[f"viser-v{viser.__version__}"], additional_headers=headers,
        origin=origin or None, compression=None, max_size=None,
    )  # fmt: skip
