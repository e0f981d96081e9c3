"""What `frontdoor doctor` asks of the telephone: the account, and whether signed webhooks come through the public address."""

from dataclasses import dataclass

import aiohttp
from twilio.request_validator import (  # type: ignore[import-untyped]  # the SDK ships no types
    SIGNATURE_HEADER,
    RequestValidator,
)

from bot.doctor import PATIENCE, Finding
from bot.ports import NotSent, Unknown
from handlers.phone.client import Account

PROBE = "/phone/answer/doctor"
"""A webhook about a call that was never placed: it changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneChecks:
    """One account at Twilio, and the address it reaches us at (without a trailing slash)."""

    account_sid: str
    auth_token: str
    from_number: str
    api_url: str
    public_url: str

    async def account(self) -> list[Finding]:
        """Whether Twilio takes our credentials, the account is alive, and the number we call from is its own."""
        about = "telephone account"
        account = Account(self.account_sid, self.auth_token, self.from_number, self.api_url)
        mend = "Copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from the Twilio console again."
        try:
            status = await account.check()
            owned = await account.owns_number() if status == "active" else False
        except (NotSent, Unknown) as error:
            return [Finding(about, "fail", str(error), mend)]
        finally:
            await account.close()
        if status != "active":
            return [Finding(about, "fail", f"the account is {status}", "See the Twilio console.")]
        if not owned:
            said = f"{self.from_number} is no number of this account"
            mend = "Name one of its numbers in TWILIO_FROM_NUMBER; anything else only works as a verified caller id."
            return [Finding(about, "warn", said, mend)]
        return [Finding(about, "ok", f"active, calls come from {self.from_number}")]

    async def webhook(self) -> list[Finding]:
        """A signed webhook is taken and an unsigned one refused: the address is exactly the one Twilio signs for."""
        about = "telephone webhook"
        url = self.public_url + PROBE
        form = {"AccountSid": self.account_sid, "CallSid": "CA" + "0" * 32, "CallStatus": "in-progress"}
        signature = RequestValidator(self.auth_token).compute_signature(url, form)
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session:
                signed = await _status(session, url, form, {SIGNATURE_HEADER: signature})
                unsigned = await _status(session, url, form, {})
        except (aiohttp.ClientError, OSError, TimeoutError):
            said = "not looked at: the public address cannot be reached"
            return [Finding(about, "warn", said, "Mend the public address first.")]
        if signed // 100 != 2:
            mend = "PUBLIC_URL must be the address as Twilio sees it, and the proxy must keep path and query as they are."
            return [Finding(about, "fail", f"a signed webhook is answered with {signed}", mend)]
        if unsigned != 403:
            mend = "Something in front of the bot answers instead of it. Let it forward /phone/."
            return [Finding(about, "fail", f"an unsigned webhook is answered with {unsigned}, not 403", mend)]
        return [Finding(about, "ok", "signed webhooks are taken, unsigned ones refused")]


async def _status(
    session: aiohttp.ClientSession, url: str, form: dict[str, str], headers: dict[str, str]
) -> int:
    async with session.post(url, data=form, headers=headers, allow_redirects=False) as answer:
        return answer.status
