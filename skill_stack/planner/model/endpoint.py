"""Language model settings of a deployment: endpoints and budgets. Never holds a key."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, field_validator, model_validator

from skill_stack.core.data_file import DataModel, parse_model

Ability = Literal["plan", "image"]
Format = Literal["json_schema", "tools", "json"]
RESERVED = frozenset((
    "model", "messages", "stream", "max_tokens", "max_completion_tokens", "response_format", "tools", "tool_choice",
    "functions", "function_call", "n", "prompt", "grammar", "json_schema",
))  # fmt: skip
"""Fields of a request that define its content and the form of the answer; ``extra`` cannot set them."""

_ADDRESS = re.compile(r"(https?://(?:\[[^\]]*\]|[^/:\s]+)(?::\d+(?![^/:]))?(?:/[^:\s]*)?)(?::([^\s@]+))?")
"""An address with the name of a model behind it."""

Seconds = Annotated[float, Field(gt=0, le=300)]


class TokenBudget(DataModel):
    """Limits of prompts and answers of one endpoint.

    Attributes:
        prompt: Largest prompt, tokens; counted generously as one for every three characters.
        answer: Longest answer, tokens.
        per_hour: Tokens within any hour after which the endpoint rests; None for no limit.
    """

    prompt: Annotated[int, Field(ge=500)] = 12700
    answer: Annotated[int, Field(ge=64)] = 800
    per_hour: Annotated[int, Field(ge=1)] | None = None


class ModelEndpoint(DataModel):
    """One OpenAI-compatible server and the model on it.

    Attributes:
        name: Name in the log and in answers.
        url: Base of the interface, e.g. ``http://127.0.0.1:8080/v1``; without a path, ``/v1`` is meant.
        model: Name of the model there; empty for the first one that the server lists.
        key_variable: Name of the environment variable that holds the key; empty where none is needed.
        abilities: ``plan``, and ``image`` where the model takes pictures.
        good_at: Names, kinds and parts of skills, and ways in which the planner reads words (``guess``, ``question``,
            ``statement``, ``refusal``, ``motion``): questions about these go to it first. Empty: nothing is said.
        timeout: Longest wait for one answer, s.
        budget: Tokens.
        formats: Request fields for JSON output, tried in this order; a refused one is not tried again.
        stream: Whether the answer is streamed.
        plain_key: Whether the key may go over unencrypted HTTP to another machine.
        extra: Further fields of each request for this server, e.g. ``cache_prompt: true``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")
    url: str
    model: str = ""
    key_variable: str = Field("", pattern=r"^([A-Z_][A-Z0-9_]*)?$")
    abilities: frozenset[Ability] = frozenset({"plan"})
    good_at: frozenset[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]] = frozenset()
    timeout: Seconds = 10.0
    budget: TokenBudget = TokenBudget()
    formats: tuple[Format, ...] = Field(("json_schema", "tools", "json"), min_length=1)
    stream: bool = False
    plain_key: bool = False
    extra: dict[str, Any] = {}

    @classmethod
    def at(cls, address: str) -> ModelEndpoint:
        """The endpoint at an address.

        Args:
            address: ``http://127.0.0.1:8080/v1``, with ``:NAME`` behind it for a model by its name there.

        Raises:
            DataError: It is no such address.
        """
        found = _ADDRESS.fullmatch(address)
        url, model = (found[1], found[2] or "") if found else (address, "")
        return parse_model(cls, {"name": "model", "url": url, "model": model, "timeout": 60.0}, "--model")

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is an address such as http://127.0.0.1:8080/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("holds no user, password or query; a key comes from the variable named by key_variable")
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"

    @field_validator("extra")
    @classmethod
    def _besides(cls, extra: dict[str, Any]) -> dict[str, Any]:
        if taken := sorted(RESERVED & set(extra)):
            raise ValueError(f"holds {', '.join(taken)}, which the planner sets itself")
        try:
            json.dumps(extra, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ValueError("holds what JSON has no form for") from error
        return extra

    @model_validator(mode="after")
    def _key_is_safe(self) -> ModelEndpoint:
        if self.key_variable and self.url.startswith("http:") and not self.plain_key and not _here(self.url):
            raise ValueError("a key would go over unencrypted HTTP to another machine; use https, or set plain_key")
        return self


class ModelSettings(DataModel):
    """Time limits of models, and what they are shown.

    Attributes:
        seconds: Time for all endpoints together, s; after it the answer of the planner without a model counts.
        rounds: Proposals that one endpoint may make for one instruction; before each later one the model gets the error
            of the last.
        answers: Plans that one endpoint is asked for, one after the other, where its first answer is a plan; what more
            than half of them lead to counts. It needs a temperature above 0.
        skills: Largest number of skills in the prompt; of more, those that the planner's own reading uses or the words
            name, then those with the most similar spelling.
        objects: Largest number of things in the prompt; of more, first those that the words name, then the nearest.
        camera: Topic of the compressed pictures for endpoints with the ability ``image``.
        order: ``best``: the endpoint that is most likely to plan well is asked first, by ``good_at`` and its record;
            ``listed``: in the order of the deployment.
    """

    seconds: Seconds = 12.0
    rounds: Annotated[int, Field(ge=1, le=5)] = 2
    answers: Annotated[int, Field(ge=1, le=9)] = 1
    skills: Annotated[int, Field(ge=1, le=100)] = 60
    objects: Annotated[int, Field(ge=1, le=200)] = 40
    camera: Annotated[str, Field(pattern=r"^[A-Za-z~/][\w/]*$")] = "camera/image_raw/compressed"
    order: Literal["best", "listed"] = "best"


class ModelSection(DataModel):
    """The part of a deployment that is about language models.

    Attributes:
        models: Servers; equal ones are queried in this order; none: no model is ever queried.
        settings: Time limits and the content of prompts.
    """

    models: tuple[ModelEndpoint, ...] = ()
    settings: ModelSettings = ModelSettings()

    @property
    def sees(self) -> bool:
        """Whether any endpoint takes pictures."""
        return any("image" in endpoint.abilities for endpoint in self.models)


def _here(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
