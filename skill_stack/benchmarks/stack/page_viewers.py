"""Viewers of the page as a process: each loads the page and keeps its websocket and that of its 3-D view.

Example: ``python -m skill_stack.benchmarks.stack.page_viewers http://127.0.0.1:8080/KEY/ --count 10 --seconds 5``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import msgspec.msgpack
from websockets.asyncio.client import connect

from skill_stack.core.arguments import Parser, at_least_one, positive

CAMERA = {
    "type": "ViewerCameraMessage", "wxyz": [1.0, 0.0, 0.0, 0.0], "position": [-2.0, -2.0, 1.5], "fov": 0.8,
    "near": 0.01, "far": 100.0, "image_height": 500, "image_width": 800, "look_at": [0.0, 0.0, 0.2],
    "up_direction": [0.0, 0.0, 1.0],
}  # fmt: skip
"""What the view's script sends first."""
_FILES = re.compile(rb'(?:src|href|from|import)\s*[=(]?\s*"((?:/static/|\./)[^"]+)"')


@dataclass(slots=True)
class ViewerRecord:
    """What one viewer saw.

    Attributes:
        load: Time until everything of the page and its first state was there, s.
        states: States that it was sent.
        bytes: Bytes of its websocket.
        view_bytes: Bytes of its view.
    """

    load: float = 0.0
    states: int = 0
    bytes: int = 0
    view_bytes: int = 0


def load_page(address: str) -> int:
    """Fetches the page with everything that it names, as a browser without a cache; gives the bytes."""
    whole, todo, seen = 0, [address], set[str]()
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    while todo:
        place = todo.pop()
        seen.add(place)
        with urllib.request.urlopen(urllib.request.Request(place, headers={"Accept-Encoding": "identity"})) as answer:
            content = answer.read()
        whole += len(content)
        for name in (found.decode() for found in _FILES.findall(content)):
            there = f"{origin}{name}" if name.startswith("/") else f"{place.rpartition('/')[0]}/{name[2:]}"
            if there not in seen and there not in todo:
                todo.append(there)
    return whole


async def watch(address: str, seconds: float, protocol: str) -> ViewerRecord:
    """One viewer.

    Args:
        address: Of the page, key included.
        seconds: How long it watches once it is there, s.
        protocol: That of the view's websocket.
    """
    parts, seen, began = urlsplit(address), ViewerRecord(), time.monotonic()
    options: dict[str, Any] = {
        "origin": f"{parts.scheme}://{parts.netloc}", "compression": None, "max_size": None, "proxy": None
    }  # fmt: skip
    await asyncio.get_running_loop().run_in_executor(None, load_page, address)
    there = f"ws://{parts.netloc}{parts.path}"
    async with connect(f"{there}ws?v=1", **options) as page, connect(
        f"{there}view", subprotocols=[protocol], **options  # type: ignore[list-item]
    ) as view:
        await view.send(msgspec.msgpack.encode(CAMERA))

        async def read_page() -> None:
            async for text in page:
                if not seen.states and '"state"' in str(text)[:16]:
                    seen.load = time.monotonic() - began
                seen.states += '"state"' in str(text)[:16]
                seen.bytes += len(text)

        async def read_view() -> None:
            async for data in view:
                seen.view_bytes += len(data)

        readers = [asyncio.ensure_future(read_page()), asyncio.ensure_future(read_view())]
        await asyncio.wait(readers, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
    return seen


async def _all(address: str, count: int, seconds: float) -> list[ViewerRecord]:
    protocol = f"viser-v{version('viser')}"
    each = (watch(address, seconds, protocol) for _ in range(count))
    return list(await asyncio.gather(*each))


def main(argv: Sequence[str] | None = None) -> int:
    """Watches, and prints what each viewer saw as JSON."""
    parser = Parser(prog="page_viewers", description=__doc__)
    parser.add_argument("address", help="of the page, key included")
    parser.add_argument("--count", type=at_least_one, default=10, help="viewers (default: %(default)s)")
    parser.add_argument("--seconds", type=positive, default=5.0, help="how long each watches (default: %(default)s)")
    options: argparse.Namespace = parser.parse_args(argv)
    print(json.dumps([asdict(one) for one in asyncio.run(_all(options.address, options.count, options.seconds))]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
