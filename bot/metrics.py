"""What can be watched from outside, in Prometheus' terms. One object, made once and handed down."""

from dataclasses import fields
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.storage.stats import Counts
from policies.events import AnyEvent, CallEnded, ChangeRequest, KeyPressed
from policies.slips import Slips

CONTENT_TYPE = CONTENT_TYPE_LATEST
_LATENESS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1800)


class Metrics:
    """The registry and its meters. Nothing in it names a client or a person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        at = self.registry
        self.open_tickets = Gauge("frontdoor_open_tickets", "Requests that are open", registry=at)
        self.running_clocks = Gauge("frontdoor_running_clocks", "Clocks that are armed", registry=at)
        self.dead_letters = Gauge(
            "frontdoor_dead_letters", "Events whose step failed, not repaired yet", registry=at
        )
        self.depth = Gauge("frontdoor_outbox_depth", "Effects still to be carried out", ["lane"], registry=at)
        self.age = Gauge(
            "frontdoor_outbox_age_seconds", "Age of the oldest open effect", ["lane"], registry=at
        )
        self.lateness = Histogram(
            "frontdoor_clock_lateness_seconds", "How late clocks fired", buckets=_LATENESS, registry=at
        )
        self.events = Counter(
            "frontdoor_events", "Events by kind and what became of them", ["kind", "result"], registry=at
        )
        self.effects = Counter(
            "frontdoor_effects", "Effects by kind and how they ended", ["kind", "state"], registry=at
        )
        self.calls = Counter("frontdoor_calls", "Telephone calls by outcome", ["outcome"], registry=at)
        self.new_work = Counter(
            "frontdoor_new_work", "Requests that were new work rather than support", ["kind"], registry=at
        )
        self.estimates = Counter(
            "frontdoor_estimates", "What became of estimates, and clients told late", ["result"], registry=at
        )
        self.envelopes = Counter("frontdoor_envelopes", "Deliveries from Slack", registry=at)
        self.silence = Gauge(
            "frontdoor_envelope_age_seconds", "Seconds since Slack last delivered", registry=at
        )
        self.last_tick = Gauge(
            "frontdoor_last_tick_seconds", "Seconds since the clocks were last looked at", registry=at
        )
        self.canary_age = Gauge(
            "frontdoor_canary_age_seconds", "Seconds since a canary came through", registry=at
        )
        self.canary_way = Gauge(
            "frontdoor_canary_way_seconds",
            "From the last canary's due moment to its settled effect",
            registry=at,
        )
        self.ping_age = Gauge(
            "frontdoor_ping_age_seconds", "Seconds since somebody outside last heard of us", registry=at
        )
        self.ping_failures = Counter("frontdoor_ping_failures", "Pings that nobody outside took", registry=at)
        self.slack_skew = Gauge(
            "frontdoor_slack_skew_seconds", "Seconds that our clock is ahead of Slack's", registry=at
        )
        self.clock_steps = Counter(
            "frontdoor_clock_steps", "Steps of the machine's clock", ["direction"], registry=at
        )
        self.clock_ahead = Gauge(
            "frontdoor_clock_ahead_seconds", "Seconds that we are ahead of the machine's clock", registry=at
        )
        self._of_the_office(at)

    def _of_the_office(self, at: CollectorRegistry) -> None:
        self.coverage_gap = Gauge(
            "frontdoor_coverage_gap_seconds",
            "Seconds of the coming 14 days in which nobody would be reached",
            registry=at,
        )
        self.file_problems = Gauge(
            "frontdoor_file_problems", "What is wrong with frontdoor.toml as it stands", registry=at
        )
        self.file_waits = Gauge(
            "frontdoor_file_waits", "1 while a change of frontdoor.toml waits to be applied", registry=at
        )

    def file(self, *, problems: int, waits: bool) -> None:
        """The file was read: how many things are wrong with it, and whether it waits to be applied."""
        self.file_problems.set(problems)
        self.file_waits.set(waits)

    def event(self, kind: str, result: str) -> None:
        """An event was accepted, refused, failed or not stored."""
        self.events.labels(kind, result).inc()

    def effect(self, kind: str, state: str) -> None:
        """An effect came to an end, or is in doubt."""
        self.effects.labels(kind, state).inc()

    def accepted(self, event: AnyEvent) -> None:
        """A call came to an end, or a request turned out to be new work, if that is what the event says."""
        match event:
            case ChangeRequest():
                self.new_work.labels(event.work).inc()
            case CallEnded():
                self.calls.labels(event.outcome).inc()
            case KeyPressed():
                self.calls.labels("acknowledged" if event.digit == "4" else "passed").inc()

    def promises(self, slips: Slips) -> None:
        """What became of estimates, and how often a client was told late."""
        for field in fields(slips):
            count = getattr(slips, field.name)
            if count > 0:
                self.estimates.labels(field.name).inc(count)

    def canary(self, age: timedelta, took: timedelta) -> None:
        """When the last canary came through, and how long its way took."""
        self.canary_age.set(age.total_seconds())
        self.canary_way.set(took.total_seconds())

    def coverage(self, gap: timedelta) -> None:
        """For how much of the coming days nobody would be reached."""
        self.coverage_gap.set(gap.total_seconds())

    def clock_stepped(self, seconds: float) -> None:
        """The machine's clock made a step."""
        self.clock_steps.labels("forwards" if seconds > 0 else "back").inc()

    def show(self, counts: Counts, tick_age: float) -> bytes:
        """Everything as Prometheus reads it (CONTENT_TYPE); `tick_age` in seconds."""
        self.open_tickets.set(counts.open_tickets)
        self.running_clocks.set(counts.running_clocks)
        self.dead_letters.set(counts.dead_letters)
        self.last_tick.set(tick_age)
        for lane in counts.lanes:
            self.depth.labels(lane.lane).set(lane.waiting)
            self.age.labels(lane.lane).set(lane.age)
        return generate_latest(self.registry)
