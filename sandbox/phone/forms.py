"""Reads what the bot asks Twilio for. Parameters that Twilio does not document are refused: they are typing errors."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from multidict import MultiMapping

from sandbox.cast import FROM_NUMBER
from sandbox.phone.calls import EVENTS, Plan, Webhook
from sandbox.phone.errors import TwilioError
from sandbox.phone.exchange import VERDICT

CREATE_CALL = (
    "To", "From", "Method", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackEvent",
    "StatusCallbackMethod", "SendDigits", "Timeout", "Record", "RecordingChannels", "RecordingStatusCallback",
    "RecordingStatusCallbackMethod", "RecordingConfigurationId", "SipAuthUsername", "SipAuthPassword",
    "MachineDetection", "MachineDetectionTimeout", "RecordingStatusCallbackEvent", "Trim", "CallerId",
    "MachineDetectionSpeechThreshold", "MachineDetectionSpeechEndThreshold", "MachineDetectionSilenceTimeout",
    "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod", "Passports", "Byoc", "CallReason",
    "CallToken", "RecordingTrack", "TimeLimit", "ClientNotificationUrl", "Url", "Twiml", "ApplicationSid",
)  # fmt: skip
"""The parameters Twilio documents for creating a call."""

UPDATE_CALL = (
    "Url", "Method", "Status", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackMethod",
    "Twiml", "TimeLimit",
)  # fmt: skip
"""The parameters Twilio documents for changing a call."""

CREATE_MESSAGE = (
    "To", "StatusCallback", "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod",
    "ForceDelivery", "ContentRetention", "AddressRetention", "SmartEncoded", "PersistentAction", "TrafficType",
    "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms", "ContentVariables", "RiskCheck", "From",
    "FallbackFrom", "MessagingServiceSid", "Body", "MediaUrl", "ContentSid",
)  # fmt: skip
"""The parameters Twilio documents for creating a message."""

NUMBER = re.compile(r"^\+[1-9]\d{7,14}$")
MAGIC = {"+15005550001": 21217, "+15005550002": 21214, "+15005550003": 21215, "+15005550004": 21216}
"""Twilio's test numbers that are always refused."""
LONGEST_TWIML = 4000
LONGEST_BODY = 1600


def known(form: Mapping[str, object], documented: tuple[str, ...]) -> None:
    """Raise TwilioError 20001 when a parameter is not documented (Twilio ignores it; here it is to be seen)."""
    strange = sorted(set(form) - set(documented))
    if strange:
        raise TwilioError(20001, f"{', '.join(strange)} is not a parameter that Twilio documents")


def read_plan(form: MultiMapping[str]) -> Plan:
    """The call asked for; raises TwilioError with the code Twilio gives for what is wrong."""
    known(form, CREATE_CALL)
    to = _callee(form, absent=21201)
    _caller(form, absent=21213)
    url, twiml = form.get("Url", ""), form.get("Twiml", "")
    if not url and not twiml:
        raise TwilioError(21205)
    if len(twiml) > LONGEST_TWIML:
        raise TwilioError(20001, f"Twiml is longer than {LONGEST_TWIML} characters")
    return Plan(
        to=to,
        from_=form["From"],
        answer=webhook(form, "Url", "Method", 21205),
        twiml="" if url else twiml,
        fallback=webhook(form, "FallbackUrl", "FallbackMethod", 21205),
        callback=webhook(form, "StatusCallback", "StatusCallbackMethod", 21609),
        events=_events(form),
        timeout=number(form, "Timeout", 60, 1, 600),
        time_limit=number(form, "TimeLimit", 14400, 1, 86400),
        machine_detection=_one_of(form, "MachineDetection", tuple(VERDICT)),
        async_amd=_one_of(form, "AsyncAmd", ("true", "false")) == "true",
        amd_callback=webhook(form, "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod", 21609),
    )


def read_message(form: MultiMapping[str]) -> tuple[str, str, str, Webhook]:
    """To, From, body and status callback of the message asked for; raises TwilioError."""
    known(form, CREATE_MESSAGE)
    to = _callee(form, absent=21604)
    if not form.get("MessagingServiceSid"):
        _caller(form, absent=21603)
    body = form.get("Body", "")
    if not body and not form.get("MediaUrl") and not form.get("ContentSid"):
        raise TwilioError(21602)
    if len(body) > LONGEST_BODY:
        raise TwilioError(21617, f"the body is longer than {LONGEST_BODY} characters")
    return to, form.get("From", FROM_NUMBER), body, webhook(form, "StatusCallback", "", 21609)


def webhook(form: MultiMapping[str], url_name: str, method_name: str, code: int) -> Webhook:
    """An address of the bot among the parameters; raises TwilioError `code` when it is not an http address."""
    url = form.get(url_name, "")
    method = form.get(method_name, "POST").upper() if method_name else "POST"
    if method not in ("GET", "POST"):
        raise TwilioError(20001, f"{method_name} is GET or POST")
    if not url:
        return Webhook(method=method)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "_" in parts.hostname:
        raise TwilioError(code, f"{url_name} {url}")
    return Webhook(url, method)


def number(form: MultiMapping[str], name: str, default: int, least: int, most: int) -> int:
    """A whole number among the parameters; raises TwilioError 20001 outside its bounds."""
    text = form.get(name, "")
    if not text:
        return default
    if not text.isdigit() or not least <= int(text) <= most:
        raise TwilioError(20001, f"{name} is a whole number from {least} to {most}")
    return int(text)


def _callee(form: MultiMapping[str], absent: int) -> str:
    to = form.get("To", "")
    if not to:
        raise TwilioError(absent)
    if to in MAGIC:
        raise TwilioError(MAGIC[to], to)
    if not NUMBER.match(to):
        raise TwilioError(21211, to)
    return to


def _caller(form: MultiMapping[str], absent: int) -> None:
    from_ = form.get("From", "")
    if not from_:
        raise TwilioError(absent)
    if from_ != FROM_NUMBER:
        raise TwilioError(21210, from_)


def _events(form: MultiMapping[str]) -> tuple[str, ...]:
    asked = [word for text in form.getall("StatusCallbackEvent", []) for word in text.split()]
    strange = sorted(set(asked) - set(EVENTS))
    if strange:
        raise TwilioError(21626, ", ".join(strange))
    return tuple(event for event in EVENTS if event in asked) or ("completed",)


def _one_of(form: MultiMapping[str], name: str, values: tuple[str, ...]) -> str:
    value = form.get(name, "")
    if value and value not in values:
        raise TwilioError(20001, f"{name} is one of {', '.join(values)}")
    return value
