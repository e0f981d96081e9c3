"""Whether a delivery over HTTP really comes from Slack, and just now: its signature over the bytes as they came."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

from multidict import CIMultiDictProxy

STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
WINDOW = timedelta(minutes=5)
"""How far the stamp may be from now, to both sides: what Slack advises."""
_STAMP = re.compile(r"[0-9]{1,11}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def fault(headers: CIMultiDictProxy[str], body: bytes, secret: str, now: datetime) -> str:
    """Why this is not Slack's, in a word for the figures: malformed, stale or forged; empty when it is.

    Never raises, whatever is sent; a header that is given twice is malformed, since two readers could take each another.
    """
    stamps, signatures = headers.getall(STAMP, []), headers.getall(SIGNATURE, [])
    if len(stamps) != 1 or len(signatures) != 1:
        return "malformed"
    [stamp], [signature] = stamps, signatures
    if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
        return "malformed"
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        return "stale"
    right = hmac.new(secret.encode(), b"v0:%b:%b" % (stamp.encode(), body), hashlib.sha256).hexdigest()
    return "" if hmac.compare_digest(f"v0={right}", signature) else "forged"
