"""Short messages: queued, sent, delivered or not, with their status callbacks."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.cast import ACCOUNT_SID
from sandbox.clock import Clock, isoformat
from sandbox.phone.calls import API_VERSION, NOWHERE, Webhook, rfc2822
from sandbox.phone.webhooks import Letter, Reply, Webhooks
from sandbox.wire import WireLog

ON_THE_WAY = timedelta(seconds=1)
"""How long the network takes to deliver a message."""
UNDELIVERED = {"unreachable": 30003, "fail": 30005}
"""Twilio's error for a message to a telephone that behaves so."""
GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = "^{}\\[~]|€"
"""Characters of GSM-7's extension: two places each."""


@dataclass(slots=True)
class Text:
    """One short message. `timers` hold what will happen to it by itself and when."""

    sid: str
    to: str
    from_: str
    body: str
    created_at: datetime
    callback: Webhook = NOWHERE
    status: str = "queued"
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    error_code: int | None = None
    timers: dict[str, datetime] = field(default_factory=dict)


def segments(body: str) -> int:
    """How many messages it is billed as: 160/153 places in GSM-7, 70/67 in UCS-2."""
    if all(letter in GSM or letter in TWICE for letter in body):
        places, alone, joined = sum(2 if letter in TWICE else 1 for letter in body), 160, 153
    else:
        places, alone, joined = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if places <= alone else -(-places // joined)


class Texts:
    """All short messages of the account, newest last."""

    def __init__(self, clock: Clock, wire: WireLog, webhooks: Webhooks, behaviour: dict[str, str]) -> None:
        self._clock, self._wire, self._webhooks, self._behaviour = clock, wire, webhooks, behaviour
        self.texts: dict[str, Text] = {}

    def reset(self) -> None:
        """No messages."""
        self.texts.clear()

    def send(self, to: str, from_: str, body: str, callback: Webhook) -> Text:
        """Queue a message; it leaves at once and arrives a second later, if it can."""
        now = self._clock.now()
        text = Text("SM" + secrets.token_hex(16), to, from_, body, now, callback)
        text.timers["sent"] = now
        self.texts[text.sid] = text
        self._wire.touch()
        return text

    def next_event(self) -> datetime | None:
        """The first of all timers, in sandbox time."""
        return min((due for text in self.texts.values() for due in text.timers.values()), default=None)

    def fire_due(self) -> None:
        """Do what is due by now."""
        now = self._clock.now()
        for text in self.texts.values():
            for name in [name for name, at in text.timers.items() if at <= now]:
                del text.timers[name]
                self._leave(text) if name == "sent" else self._arrive(text)
                self._wire.touch()

    def _leave(self, text: Text) -> None:
        text.status, text.sent_at = "sent", self._clock.now()
        text.timers["arrives"] = text.sent_at + ON_THE_WAY
        self._tell(text)

    def _arrive(self, text: Text) -> None:
        text.ended_at = self._clock.now()
        text.error_code = UNDELIVERED.get(self._behaviour.get(text.to, "ring"))
        text.status = "delivered" if text.error_code is None else "undelivered"
        self._tell(text)

    def _tell(self, text: Text) -> None:
        if not text.callback.url:
            return
        fields = {
            "AccountSid": ACCOUNT_SID,
            "ApiVersion": API_VERSION,
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "MessageStatus": text.status,
            "SmsStatus": text.status,
            "From": text.from_,
            "To": text.to,
        }
        if text.error_code is not None:
            fields["ErrorCode"] = str(text.error_code)
        letter = Letter(
            text.sid, "message.status", f"message to {text.to} {text.status}", text.callback, fields
        )
        self._webhooks.tell(letter, _no_matter)


def _no_matter(_reply: Reply) -> None:
    """The wire log has what became of the callback; a message has no transcript."""


def resource(text: Text) -> dict[str, Any]:
    """The message as Twilio's API returns it."""
    uri = f"/{API_VERSION}/Accounts/{ACCOUNT_SID}/Messages/{text.sid}"
    return {
        "sid": text.sid,
        "account_sid": ACCOUNT_SID,
        "api_version": API_VERSION,
        "messaging_service_sid": None,
        "to": text.to,
        "from": text.from_,
        "body": text.body,
        "status": text.status,
        "direction": "outbound-api",
        "num_segments": str(segments(text.body)),
        "num_media": "0",
        "date_created": rfc2822(text.created_at),
        "date_updated": rfc2822(text.ended_at or text.sent_at or text.created_at),
        "date_sent": rfc2822(text.sent_at),
        "error_code": text.error_code,
        "error_message": None if text.error_code is None else "Unreachable destination handset",
        "price": None,
        "price_unit": "USD",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def for_page(text: Text) -> dict[str, Any]:
    """The message as the control API and the page show it."""
    return {
        "sid": text.sid,
        "to": text.to,
        "from": text.from_,
        "body": text.body,
        "status": text.status,
        "sent_at": isoformat(text.sent_at or text.created_at),
        "error_code": text.error_code,
    }
