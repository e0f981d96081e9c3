"""Lists calls and messages as Twilio does: newest first, filtered, in pages that the official SDKs can turn."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from multidict import MultiMapping

from sandbox.cast import ACCOUNT_SID
from sandbox.phone.calls import API_VERSION, Call
from sandbox.phone.forms import number
from sandbox.phone.texts import Text

LIST_CALLS = (
    "To", "From", "ParentCallSid", "Status", "StartTime", "StartTime<", "StartTime>", "EndTime", "EndTime<",
    "EndTime>", "PageSize", "Page", "PageToken",
)  # fmt: skip
LIST_MESSAGES = ("To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken")

Row = TypeVar("Row")


def calls_wanted(calls: Sequence[Call], asked: MultiMapping[str]) -> list[Call]:
    """The calls that match, newest first. Dates count by UTC day; a call not dialled yet has no start time."""
    return [
        call
        for call in reversed(calls)
        if asked.get("To", call.plan.to) == call.plan.to
        and asked.get("From", call.plan.from_) == call.plan.from_
        and asked.get("Status", call.status) == call.status
        and not asked.get("ParentCallSid")
        and _within(call.answered_at or call.dialled_at, "StartTime", asked)
        and _within(call.ended_at, "EndTime", asked)
    ]


def texts_wanted(texts: Sequence[Text], asked: MultiMapping[str]) -> list[Text]:
    """The messages that match, newest first."""
    return [
        text
        for text in reversed(texts)
        if asked.get("To", text.to) == text.to
        and asked.get("From", text.from_) == text.from_
        and _within(text.sent_at, "DateSent", asked)
    ]


def page_of(
    name: str, rows: Sequence[Row], shown: Callable[[Row], dict[str, Any]], asked: MultiMapping[str]
) -> dict[str, Any]:
    """One page of `rows` under `name` ("calls", "messages") with Twilio's fields for turning pages."""
    size, page = number(asked, "PageSize", 50, 1, 1000), number(asked, "Page", 0, 0, 10**6)
    start = page * size
    part = rows[start : start + size]
    path = f"/{API_VERSION}/Accounts/{ACCOUNT_SID}/{''.join(map(str.capitalize, name.split('_')))}.json"
    kept = [(key, value) for key, value in asked.items() if key not in ("Page", "PageToken", "PageSize")]

    def uri(of: int) -> str:
        return f"{path}?{urlencode([*kept, ('PageSize', str(size)), ('Page', str(of))])}"

    return {
        name: [shown(row) for row in part],
        "uri": uri(page),
        "first_page_uri": uri(0),
        "previous_page_uri": uri(page - 1) if page else None,
        "next_page_uri": uri(page + 1) if len(rows) > start + size else None,
        "page": page,
        "page_size": size,
        "start": start,
        "end": start + max(len(part) - 1, 0),
    }


def _within(moment: datetime | None, name: str, asked: MultiMapping[str]) -> bool:
    day = "" if moment is None else moment.strftime("%Y-%m-%d")
    on, until, since = (asked.get(name + sign, "")[:10] for sign in ("", "<", ">"))
    if on or until or since:
        return (
            bool(day)
            and (not on or day == on)
            and (not until or day <= until)
            and (not since or day >= since)
        )
    return True
