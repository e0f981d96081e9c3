"""What the sandbox's Twilio takes and gives is what Twilio's own OpenAPI description says."""

import json
from pathlib import Path
from typing import Any

import pytest
from multidict import MultiDict

from sandbox.phone import calls, texts
from sandbox.phone.calls import Call, Plan
from sandbox.phone.forms import CREATE_CALL, CREATE_MESSAGE, UPDATE_CALL
from sandbox.phone.listing import LIST_CALLS, LIST_MESSAGES
from sandbox.phone.routes import Api
from sandbox.phone.texts import Text
from sandbox.server import Sandbox
from tests.sandbox.phone_stage import FRONTDOOR, LEE, START

pytestmark = pytest.mark.spec
ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
NEWER = {"Passports", "RecordingConfigurationId"}
"""Parameters that the SDK knows and this copy of the description does not yet."""


@pytest.fixture(scope="module")
def description(twilio_openapi: Path) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(twilio_openapi.read_text())
    return given


def posted(description: dict[str, Any], path: str) -> set[str]:
    content = description["paths"][ACCOUNT + path]["post"]["requestBody"]["content"]
    return set(content["application/x-www-form-urlencoded"]["schema"]["properties"])


def asked(description: dict[str, Any], path: str) -> set[str]:
    return {
        one["name"]
        for one in description["paths"][ACCOUNT + path]["get"]["parameters"]
        if one["in"] == "query"
    }


def test_it_takes_the_parameters_twilio_documents(description: dict[str, Any]) -> None:
    assert set(CREATE_CALL) - NEWER == posted(description, "/Calls.json")
    assert set(UPDATE_CALL) == posted(description, "/Calls/{Sid}.json")
    assert set(CREATE_MESSAGE) == posted(description, "/Messages.json")
    assert set(LIST_CALLS) == asked(description, "/Calls.json")
    assert set(LIST_MESSAGES) == asked(description, "/Messages.json")


def test_it_gives_the_fields_twilio_documents(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    call = calls.resource(Call("CA" + "0" * 32, Plan(LEE, FRONTDOOR), START))
    _status, account = Api(Sandbox().phone).fetch_account(MultiDict(), "")
    text = texts.resource(Text("SM" + "0" * 32, LEE, FRONTDOOR, "Hello", START))
    assert set(call) == set(schemas["api.v2010.account.call"]["properties"])
    assert set(account) == set(schemas["api.v2010.account"]["properties"])
    assert set(text) == set(schemas["api.v2010.account.message"]["properties"])
