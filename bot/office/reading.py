"""From the text of frontdoor.toml to its tables, or to every problem it has."""

import tomllib

from pydantic import ValidationError

from bot.office.checks import contradictions
from bot.office.file import OfficeFile
from bot.office.problems import of_model, of_toml, said
from bot.settings import Misconfigured


def read(text: str, name: str) -> OfficeFile:
    """The tables of a text; `name` stands in the problems. Raises Misconfigured with every problem found."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is no TOMLDecodeError
        raise Misconfigured(of_toml(text, name, error)) from None
    try:
        file = OfficeFile.model_validate(data)
    except ValidationError as error:
        raise Misconfigured(said(text, name, of_model(error))) from None
    if problems := list(contradictions(file)):
        raise Misconfigured(said(text, name, problems))
    return file
