"""What a deployment says about language models: where they are and what they may cost. Never holds a key."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, field_validator, model_validator

from skill_stack.core.data_file import DataModel

Ability = Literal["plan", "image"]
Format = Literal["json_schema", "tools", "json"]
When = Literal["never", "if_not_understood", "always"]
Seconds = Annotated[float, Field(gt=0, le=300)]


class TokenBudget(DataModel):
    """What one endpoint may be given and may say.

    Attributes:
        prompt: Largest prompt, tokens; counted generously as one for every three characters.
        answer: Longest answer, tokens.
        per_hour: Tokens within any hour after which the endpoint rests; None for no limit.
    """

    prompt: Annotated[int, Field(ge=500)] = 12000
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
        timeout: Longest wait for one answer, s.
        budget: Tokens.
        formats: Ways to ask for JSON, tried in this order; one that the server refuses is not tried again.
        stream: Whether the answer comes piece by piece.
        plain_key: Whether the key may go over unencrypted HTTP to another machine.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")
    url: str
    model: str = ""
    key_variable: str = Field("", pattern=r"^([A-Z_][A-Z0-9_]*)?$")
    abilities: frozenset[Ability] = frozenset({"plan"})
    timeout: Seconds = 10.0
    budget: TokenBudget = TokenBudget()
    formats: tuple[Format, ...] = Field(("json_schema", "tools", "json"), min_length=1)
    stream: bool = False
    plain_key: bool = False

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is an address such as http://127.0.0.1:8080/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("holds no user, password or query; a key comes from the variable named by key_variable")
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"

    @model_validator(mode="after")
    def _key_is_safe(self) -> ModelEndpoint:
        if self.key_variable and self.url.startswith("http:") and not self.plain_key and not _here(self.url):
            raise ValueError("a key would go over unencrypted HTTP to another machine; use https, or set plain_key")
        return self


class ModelSettings(DataModel):
    """When models are asked, and how much time that may take.

    Attributes:
        when: ``never``; ``if_not_understood``: when the grammar has no plan; ``always``: also when it has one.
        seconds: Time for all endpoints together, s; after it the planner without a model has answered.
        rounds: Proposals that one endpoint may make for one instruction; each after the first is told what was wrong.
        skills: Most skills that are shown, those first that the words speak of.
        objects: Most things that are shown, those first that the words speak of, then the nearest.
        camera: Topic of the compressed pictures that endpoints with the ability ``image`` are shown.
    """

    when: When = "if_not_understood"
    seconds: Seconds = 12.0
    rounds: Annotated[int, Field(ge=1, le=5)] = 2
    skills: Annotated[int, Field(ge=1, le=100)] = 32
    objects: Annotated[int, Field(ge=1, le=200)] = 40
    camera: Annotated[str, Field(pattern=r"^[A-Za-z~/][\w/]*$")] = "camera/image_raw/compressed"


class ModelSection(DataModel):
    """The part of a deployment that is about language models.

    Attributes:
        endpoints: Servers in the order in which they are asked; none: no model is ever asked.
        settings: When, and how much time.
    """

    endpoints: tuple[ModelEndpoint, ...] = ()
    settings: ModelSettings = ModelSettings()

    @property
    def sees(self) -> bool:
        """Whether any endpoint takes pictures."""
        return any("image" in endpoint.abilities for endpoint in self.endpoints)


def _here(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
