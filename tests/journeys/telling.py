"""Who is who in the sandbox, and its log told as people saw it."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

KARACHI = ZoneInfo("Asia/Karachi")
Json = dict[str, Any]

CAST = {
    "casey": "U0CASEY001",
    "chris": "U0CHRIS001",
    "cleo": "U0CLEO0001",
    "sam": "U0SAM00001",
    "sky": "U0SKY00001",
    "sol": "U0SOL00001",
    "lee": "U0LEE00001",
    "bo": "U0BO000001",
    "devi": "U0DEVI0001",
    "dana": "U0DANA0001",
    "nora": "U0NORA0001",
    "alert": "U0ALERTBOT",
}
CHANNELS = {
    "retail": "C0RETAIL01",
    "clinic": "C0CLINIC01",
    "support": "C0SUPPORT1",
    "escalations": "C0ESCALATE",
    "general": "C0GENERAL1",
}
PHONES = {
    "sam": "+12025550111",
    "sky": "+12025550112",
    "sol": "+12025550113",
    "lee": "+12025550121",
    "bo": "+12025550122",
    "devi": "+12025550131",
    "dana": "+12025550132",
}
NAMES = {user: name for name, user in CAST.items()}
PLACES = {channel: name for name, channel in CHANNELS.items()}
LINE = re.compile(r"\*SUP-\d+\*, received ")
"""How the one line in a client's thread begins, which is edited where it stands."""
OWNERS = {number: name for name, number in PHONES.items()}
BLOCK = {
    "saas_name": "Till",
    "saas_url": "https://till.example-retail.example",
    "branch": "Harbour Street",
    "branch_env": "Production",
    "device_type": "Printer",
    "build_version": "4.2.1",
    "issue_platform": "Web",
    "issue_detail": "Receipts do not print at one branch since this morning.",
}


def buttons(message: Json) -> list[str]:
    """The action ids of a message's buttons."""
    return [
        element["action_id"]
        for block in message.get("blocks", [])
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if "action_id" in element
    ]


def told(entry: Json) -> str:
    """A log entry as a line of a story; empty for what no person notices."""
    at = datetime.fromisoformat(entry["at"]).astimezone(KARACHI)
    clock = f"{at:%H:%M:%S}" if at.microsecond == 0 else f"{at:%H:%M:%S.%f}"
    request, ok = entry["request"], entry["ok"]
    if entry["direction"] != "in" or not ok:
        return ""
    match entry["kind"]:
        case "chat.postMessage" | "chat.postEphemeral" | "chat.update" | "chat.delete" as kind:
            words = _in_slack(kind, request)
        case "calls.create":
            words = f"calls {OWNERS.get(str(request.get('To')), '?')}"
        case "messages.create":
            words = f"sms {OWNERS.get(str(request.get('To')), '?')}: {request.get('Body', '')}"
        case "calls.update":
            words = f"hangs up: {request.get('Status')}"
        case _:
            words = ""
    return f"{clock} {words}" if words else ""


def _in_slack(kind: str, request: Json) -> str:
    """What a message says and where; of those that are edited only the line in a client's thread is told of."""
    channel = str(request["channel"])
    place = PLACES.get(channel) or f"to {_whose(channel)}"
    words = plainly(str(request.get("text", "")))
    if kind == "chat.delete":
        return f"{place}: (taken back)"
    if kind == "chat.update":
        return f"{place} line: {words}" if LINE.match(words) else ""
    inside = " thread" if request.get("thread_ts") else ""
    if kind == "chat.postEphemeral":
        inside = f", only {NAMES.get(str(request.get('user')), '?')}"
    is_card = place in {"support", "escalations"} and not inside and words.startswith("SUP-")
    return f"{place}{inside}: {'card ' + words.split(' / ')[0] if is_card else words}"


def _whose(channel: str) -> str:
    """The owner of a direct conversation: the sandbox numbers them after the person."""
    return next((name for name, user in CAST.items() if user[1:] == channel[1:]), channel)


def plainly(text: str) -> str:
    """A message as a reader sees it, on one line: moments in Karachi, people by first name, links by their label."""
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<https?://[^|>]*\|([^>]*)>", r"[\1]", text)
    text = re.sub(r"<#(C\w+)[^>]*>", lambda match: f"#{PLACES.get(match.group(1), match.group(1))}", text)
    text = re.sub(r"<@(U\w+)>", lambda match: f"@{NAMES.get(match.group(1), match.group(1))}", text)
    return " / ".join(line for line in text.splitlines() if line.strip())
