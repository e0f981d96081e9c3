"""Twilio's way to say no: an HTTP status and {code, message, more_info, status}."""

from dataclasses import dataclass

STATUS_OF = {20003: 401, 20404: 404, 20429: 429, 20500: 500}
"""HTTP status by error code; every other code is a 400."""

WORDS = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    21201: "No 'To' number is specified",
    21205: "Url parameter is required.",
    21210: "The source phone number provided is not yet verified for your account.",
    21211: "Invalid 'To' Phone Number",
    21213: "'From' phone number is required",
    21214: "The phone number you are attempting to call cannot be reached.",
    21215: "Account not authorized to call this number. Perhaps you need to enable some international permissions.",
    21216: "Account not allowed to call this number.",
    21217: "Phone number does not appear to be valid.",
    21219: "The number is unverified. Trial accounts may only make calls to verified numbers.",
    21220: "Call is not in-progress. Cannot redirect.",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number.",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21609: "The 'StatusCallback' URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number is not a valid mobile number",
    21626: "Invalid statusCallbackEvents",
}


@dataclass(frozen=True, slots=True)
class TwilioError(Exception):
    """A request that Twilio refuses; `code` is one of Twilio's, `detail` is added to its usual words."""

    code: int
    detail: str = ""
    retry_after: float | None = None

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return STATUS_OF.get(self.code, 400)

    def body(self) -> dict[str, object]:
        """The JSON body as the official SDKs parse it."""
        words = WORDS.get(self.code, "The request was refused")
        return {
            "code": self.code,
            "message": f"{words}: {self.detail}" if self.detail else words,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
