"""What became of it all, by the sandbox's own log and the database: nothing here asks the bot."""

import re
from collections import Counter
from dataclasses import asdict, dataclass, fields

from tests.journeys.driver import CHANNELS, Json, Stage
from tests.reliability.stores import Store

CLIENTS = frozenset({CHANNELS["retail"], CHANNELS["clinic"]})
Place = tuple[str, str]
TOKEN = re.compile(r"/phone/answer/([^/?]+)")
SILENT = """SELECT count(*) FROM tickets WHERE is_open AND id > 0
AND id NOT IN (SELECT ticket FROM clocks WHERE state = 'armed')"""
OWED = """SELECT count(*) FROM clocks WHERE kind = 'acknowledge' AND state = 'fired'
AND ticket NOT IN (SELECT ticket FROM outbox WHERE kind = 'call' AND ticket IS NOT NULL)"""
CALLS = """SELECT token, state FROM outbox AS one WHERE kind = 'call' AND NOT (state = 'pending' AND EXISTS
(SELECT 1 FROM outbox AS other WHERE other.kind = 'call' AND other.number = one.number AND other.live_until > 0))"""
"""Without those that wait for a telephone which rings at this moment for another request, and speaks for theirs too."""
OPEN = "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'unknown') AND kind <> 'call'"
FAILED = "SELECT count(*) FROM outbox WHERE state IN ('gave_up', 'rejected')"
KEPT = "SELECT count(*) FROM inbox WHERE error IS NOT NULL"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Counts. The first three are what there was, the others what must not be."""

    requests: int = 0
    first_responses: int = 0
    calls: int = 0
    requests_lost: int = 0
    responses_lost: int = 0
    doubled_to_clients: int = 0
    doubled_inside: int = 0
    calls_lost: int = 0
    calls_doubled: int = 0
    silent: int = 0
    without_end: int = 0
    given_up: int = 0
    kept_events: int = 0

    @property
    def faults(self) -> dict[str, int]:
        """What must not be, where it is."""
        counts = asdict(self)
        return {one.name: counts[one.name] for one in fields(self)[3:] if counts[one.name]}

    def __add__(self, other: "Verdict") -> "Verdict":
        mine, theirs = asdict(self), asdict(other)
        return Verdict(**{name: mine[name] + theirs[name] for name in mine})


def judge(stage: Stage, store: Store) -> Verdict:
    """Look at the whole log and the database as they are now."""
    entries: list[Json] = stage.ask("log")["entries"]
    said = [one for one in entries if one["kind"] == "chat.postMessage" and one["ok"]]
    rung = Counter(
        TOKEN.findall(one["request"].get("Url", ""))[0]
        for one in entries
        if one["kind"] == "calls.create" and one["ok"]
    )
    written = _written(stage)
    known = {
        (channel, ts): ticket
        for channel, ts, ticket in store.rows("SELECT channel, ts, ticket FROM messages")
    }
    answered = {(one["request"]["channel"], one["request"].get("thread_ts")) for one in said}
    asked = {known[place] for place in written.keys() & known.keys()}
    heard = {known[place] for place, thread in written.items() if thread in answered and place in known}
    doubled = _doubled(said)
    states = dict(store.rows(CALLS))
    return Verdict(
        requests=len(written),
        first_responses=len(heard),
        calls=rung.total(),
        requests_lost=len(written.keys() - known.keys()),
        responses_lost=len(asked - heard),
        doubled_to_clients=sum(count for channel, count in doubled.items() if channel in CLIENTS),
        doubled_inside=sum(count for channel, count in doubled.items() if channel not in CLIENTS),
        calls_lost=sum(
            state not in {"sent", "cancelled"} or (state == "sent" and not rung[token])
            for token, state in states.items()
        )
        + int(store.rows(OWED)[0][0]),
        calls_doubled=sum(count - 1 for count in rung.values()),
        silent=int(store.rows(SILENT)[0][0]),
        without_end=int(store.rows(OPEN)[0][0]),
        given_up=int(store.rows(FAILED)[0][0]),
        kept_events=int(store.rows(KEPT)[0][0]),
    )


def not_done(store: Store) -> tuple[str, ...]:
    """What ended without being done, or has not come to an end, and why."""
    rows = store.rows(
        "SELECT state, kind, slot, attempt, put_off, reason FROM outbox WHERE state NOT IN ('sent', 'cancelled')"
    )
    return tuple(
        f"{state}: {kind} {slot} after {attempt} attempts ({put_off} put off): {reason}"
        for state, kind, slot, attempt, put_off, reason in rows
    )


def _written(stage: Stage) -> dict[Place, Place]:
    """What clients wrote, by channel and ts, each with the thread in which they would look for an answer."""
    return {
        (CHANNELS[place], one["ts"]): (CHANNELS[place], one.get("thread_ts") or one["ts"])
        for place in ("retail", "clinic")
        for one in stage.messages(place)
        if not one.get("bot_id")
    }


def _doubled(said: list[Json]) -> Counter[str]:
    """By channel, how many messages were one too many: of one effect, or in the same words in one thread of a client."""
    keys: Counter[tuple[str, str]] = Counter()
    words: Counter[tuple[str, str, str]] = Counter()
    for one in said:
        request = one["request"]
        channel = str(request["channel"])
        keys[channel, _key(request)] += 1
        if channel in CLIENTS:
            words[channel, str(request.get("thread_ts")), str(request.get("text"))] += 1
    doubled: Counter[str] = Counter()
    for (channel, _), count in keys.items():
        doubled[channel] += count - 1
    by_words: Counter[str] = Counter()
    for (channel, _, _), count in words.items():
        by_words[channel] += count - 1
    return Counter({channel: max(doubled[channel], by_words[channel]) for channel in doubled})


def _key(request: Json) -> str:
    metadata = request.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key", ""))
