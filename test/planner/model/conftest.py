"""A server on loopback that speaks the chat interface, and says what a test wants it to say."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.planner.model import ModelEndpoint, ModelPlanner, ModelSettings

UNKNOWN = "please blorp yourself to that grobulous thingamajig"  # no grammar will ever know the verb
GUESS = "say hello"  # by another verb
KEY = "sk-test-0123456789abcdef"


def step(skill, **arguments):
    return {"skill": skill, "arguments": arguments}


def plan_of(*steps):
    return {"answer": "plan", "steps": list(steps), "text": ""}


GO = plan_of(step("go_to", target="red_ball", gap=None))


class Handler(BaseHTTPRequestHandler):
    """One request: checked as a strict server would, then answered by the next entry of the script."""

    protocol_version = "HTTP/1.1"
    server: "ModelServer"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.refused():
            return
        if self.path != "/v1/models":
            return self.error(404, "unknown path")
        self.reply({"object": "list", "data": [{"id": name, "object": "model"} for name in self.server.models]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        self.server.headers.append(dict(self.headers))
        if self.refused():
            return
        if self.path != "/v1/chat/completions":
            return self.error(404, "unknown path")
        problem = self.server.problem(body)
        if problem:
            return self.error(400, problem)
        script = self.server.script
        action = script.pop(0) if len(script) > 1 else script[0]
        try:
            action(self, body) if callable(action) else self.say(action, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def refused(self) -> bool:
        key = self.server.key
        if key and self.headers.get("Authorization") != f"Bearer {key}":
            self.error(401, f"Incorrect API key provided: {self.headers.get('Authorization')}")
            return True
        return False

    def error(self, status: int, message: str, **headers: str) -> None:
        self.reply({"error": {"message": message, "type": "invalid_request_error"}}, status, headers)

    def reply(self, data: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(data).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def say(self, what: Any, body: dict, finish: str = "stop") -> None:
        """Content or a tool call, whole or streamed, as was asked."""
        text = what if isinstance(what, str) else json.dumps(what)
        if body.get("stream"):
            self.begin_stream()
            for at in range(0, len(text), 7):
                self.event(self.delta(text[at : at + 7], body, first=at == 0))
            self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
            return self.end_stream()
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if "tools" in body:
            call = {"id": "call_1", "type": "function", "function": {"name": "propose", "arguments": text}}
            message, finish = {"role": "assistant", "content": None, "tool_calls": [call]}, finish
        usage = {"prompt_tokens": 80, "completion_tokens": 20, "total_tokens": 100}
        self.reply({"id": "1", "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage})

    def delta(self, piece: str, body: dict, first: bool) -> dict:
        if "tools" not in body:
            return {"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
        call = {"index": 0, "function": {"arguments": piece, **({"name": "propose"} if first else {})}}
        return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}]}

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.chunk(b": a comment, which clients leave out\n\n")

    def event(self, data: Any) -> None:
        self.chunk(f"data: {json.dumps(data)}\n\n".encode())

    def chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def end_stream(self) -> None:
        self.chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def drop(self) -> None:
        """Ends the connection without ending the answer."""
        self.wfile.flush()
        self.close_connection = True
        self.connection.close()


class ModelServer(ThreadingHTTPServer):
    """The server.

    ``script`` holds what is said next: plain data, text, or a function of handler and request; the last one stays.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Any] = [GO]
        self.requests: list[dict] = []
        self.headers: list[dict] = []
        self.models = ["small-model", "other-model"]
        self.key = ""
        self.formats = {"json_schema", "tools"}
        self.refuses: dict[str, str] = {}
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that stop waiting are what some tests are about

    def problem(self, body: dict) -> str:
        """What a strict server would complain about."""
        if body["model"] not in self.models:
            return f"model {body['model']} does not exist"
        for name, message in self.refuses.items():
            if name in body:
                return message
        if "response_format" in body:
            wanted = body["response_format"]
            if wanted["type"] not in self.formats:
                return "response_format is not supported"
            assert wanted["json_schema"]["strict"] is True
            assert_strict(wanted["json_schema"]["schema"])
        if "tools" in body and "tools" not in self.formats:
            return "tools are not supported"
        for message in body["messages"]:
            if isinstance(message["content"], list):
                if "image" not in self.formats:
                    return "image input is not supported"
                for part in message["content"]:
                    if part["type"] == "image_url":
                        base64.b64decode(part["image_url"]["url"].partition("base64,")[2], validate=True)
        return ""


def assert_strict(schema: Any) -> None:
    """What strict mode demands: closed objects whose properties are all required, and no empty enumeration."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])
        assert schema.get("enum") != []
        for inner in schema.values():
            assert_strict(inner)
    elif isinstance(schema, list):
        for inner in schema:
            assert_strict(inner)


@pytest.fixture
def start() -> Iterator[Callable[[], ModelServer]]:
    """Starts servers."""
    servers = []

    def begin() -> ModelServer:
        server = ModelServer()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        servers.append(server)
        return server

    yield begin
    for server in servers:
        server.released.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def server(start: Callable[[], ModelServer]) -> ModelServer:
    return start()


@dataclass
class Bench:
    """A planner with models, and what came of it."""

    planner: Any
    scene: Any
    facts: Any
    lines: list[str] = field(default_factory=list)
    models: ModelPlanner | None = None
    shift: float = 0.0
    record: Any = None

    def now(self) -> float:
        return time.monotonic() + self.shift

    def set_up(self, *endpoints: ModelEndpoint, environment=None, camera=None, **settings: Any) -> "Bench":
        self.models = ModelPlanner(
            self.planner, endpoints, self.now, ModelSettings(**settings), audit=self.lines.append, camera=camera,
            environment={} if environment is None else environment, record=self.record,
        )  # fmt: skip
        return self

    def ask(self, words: str = UNKNOWN, scene=None, facts=None):
        return self.models.plan(Instruction(words), scene or self.scene, self.facts if facts is None else facts)

    def own(self, words: str = UNKNOWN):
        return self.planner.plan(Instruction(words), self.scene, self.facts)

    @property
    def log(self) -> list[dict]:
        return [json.loads(line) for line in self.lines]

    @property
    def verdicts(self) -> list[str]:
        return [entry["verdict"] for entry in self.log]


@pytest.fixture
def bench(planner, scene, standing) -> Bench:
    return Bench(planner, scene, standing)


def at(server: ModelServer, name: str = "local", **more: Any) -> ModelEndpoint:
    return ModelEndpoint(**{"name": name, "url": server.url, "model": "small-model", "timeout": 20.0, **more})


@pytest.fixture
def using(bench: Bench, server: ModelServer) -> Bench:
    """The bench with one endpoint on the server."""
    return bench.set_up(at(server))


def steps_of(plan) -> list[tuple[str, dict]]:
    return [(one.skill, dict(one.arguments)) for one in plan.steps]


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """The helpers of this file: test modules cannot import it."""
    return SimpleNamespace(
        step=step, plan_of=plan_of, GO=GO, at=at, steps_of=steps_of, UNKNOWN=UNKNOWN, GUESS=GUESS, KEY=KEY
    )
