"""Reading YAML data files into checked models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, field_validator

from skill_stack.core.errors import DataError
from skill_stack.core.quantity import implausible


class DataModel(BaseModel):
    """Base of all data file models: frozen, and a misspelt key is an error.

    Every number is finite and of a magnitude that a quantity can have, those in free-form settings included; tighter
    bounds are the types of :mod:`skill_stack.core.quantity`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)

    @field_validator("*", mode="after")
    @classmethod
    def _plausible(cls, value: Any) -> Any:
        if problem := implausible(value):
            raise ValueError(problem)
        return value


Model = TypeVar("Model", bound=BaseModel)


def _beside(name: str) -> str:
    if not name or name in (".", "..") or any(char in name for char in "/\\\0"):
        raise ValueError(f"{name!r} is not the plain name of a file beside it")
    return name


NameBeside = Annotated[str, AfterValidator(_beside)]
"""Name of a file in the same folder, without a path, so that nothing outside of it is read or written."""


def check_each_parses(parse: Callable[[str], object], texts: tuple[str, ...]) -> tuple[str, ...]:
    """Parses every text so that mistakes show at load, for validators.

    Args:
        parse: Understands one text; raises DataError.
        texts: The texts.

    Returns:
        The texts as they are.

    Raises:
        ValueError: One is not understood; what pydantic reports with the field's name.
    """
    for text in texts:
        try:
            parse(text)
        except DataError as error:
            raise ValueError(str(error)) from error
    return texts


def read_yaml(path: Path) -> Any:
    """Reads one YAML file.

    Args:
        path: The file.

    Returns:
        What the file holds; an empty file gives an empty dict.

    Raises:
        DataError: The file cannot be read or is not YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    try:
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise DataError(f"{path}: is not YAML: {error}") from error
    return {} if data is None else data


def parse_model(model: type[Model], data: Any, origin: str) -> Model:
    """Checks plain data against a model.

    Args:
        model: The pydantic model.
        data: Plain data, usually from :func:`read_yaml`.
        origin: What the message names as the source, usually the path.

    Raises:
        DataError: With one line per wrong key, naming the key and the reason.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        lines = [
            f"  {'.'.join(map(str, e['loc'])) or '(top)'}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        ]
        raise DataError("\n".join([f"{origin}: {len(lines)} problem(s)", *lines])) from error


def load_model(model: type[Model], path: Path) -> Model:
    """Reads a YAML file into a model; see :func:`read_yaml` and :func:`parse_model` for the errors."""
    return parse_model(model, read_yaml(path), str(path))
