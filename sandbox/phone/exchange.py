"""The telephone exchange: lets calls ring one a second, ends them in every way a call can end, tells the bot each step."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Literal, get_args

from sandbox.clock import Clock
from sandbox.phone.calls import Call, Plan, Webhook, parameters
from sandbox.phone.conversation import Conversation
from sandbox.phone.webhooks import Letter, Reply, Webhooks
from sandbox.wire import WireLog

Behaviour = Literal["ring", "busy", "voicemail", "fail", "answer-silent", "unreachable"]
BEHAVIOURS: tuple[str, ...] = get_args(Behaviour)

ONE_A_SECOND = timedelta(seconds=1)
"""Twilio dials one call a second per account and queues the rest."""
NETWORK = timedelta(seconds=1)
"""How long the network takes to say busy or failed."""
MAILBOX = 20
"""Seconds of ringing after which a voicemail picks up by itself."""
LISTENING = timedelta(seconds=20)
"""How long a voicemail records."""
PICKING_UP = timedelta(seconds=3)
"""How long a person who answers at once lets it ring."""
VERDICT = {"Enable": timedelta(seconds=4), "DetectMessageEnd": timedelta(seconds=12)}
"""How long machine detection takes after the pick-up."""


class NoSuchCall(Exception):
    """The telephone does not ring, or nobody is on it; the text says which."""


class Exchange:
    """All calls of the account, newest last, and how each telephone behaves by itself."""

    def __init__(self, clock: Clock, wire: WireLog, webhooks: Webhooks) -> None:
        self._clock, self._wire, self._webhooks = clock, wire, webhooks
        self.talk = Conversation(
            clock, webhooks, lambda call, by: self.end(call, "completed", by), wire.touch
        )
        self.calls: dict[str, Call] = {}
        self.behaviour: dict[str, str] = {}
        self.last_slot: datetime | None = None
        self._timed: dict[str, Callable[[Call], None]] = {
            "dial": self._dial,
            "unanswered": lambda call: self.end(call, "no-answer", "nobody"),
            "busy": lambda call: self.end(call, "busy", "person", "486"),
            "failed": self._failed,
            "pick-up": lambda call: self._pick_up(call, machine=self._of(call) == "voicemail"),
            "verdict": self._verdict,
            "gather": self.talk.silence,
            "pause": self.talk.go_on,
            "machine": lambda call: self.end(call, "completed", "voicemail"),
            "limit": lambda call: self.end(call, "completed", "time limit"),
        }

    def reset(self) -> None:
        """No calls, and every telephone just rings."""
        self.calls.clear()
        self.behaviour.clear()
        self.last_slot = None

    def place(self, plan: Plan) -> Call:
        """Queue a call; it is dialled at once or when its second comes."""
        now = self._clock.now()
        slot = now if self.last_slot is None else max(now, self.last_slot + ONE_A_SECOND)
        self.last_slot = slot
        call = Call("CA" + secrets.token_hex(16), plan, now)
        call.timers["dial"] = slot
        self.calls[call.sid] = call
        self._wire.touch()
        return call

    def next_event(self) -> datetime | None:
        """The first of all timers, in sandbox time."""
        return min((due for call in self.calls.values() for due in call.timers.values()), default=None)

    def fire_due(self) -> None:
        """Do what is due by now, in the order it was due."""
        now = self._clock.now()
        due = [
            (at, name, call) for call in self.calls.values() for name, at in call.timers.items() if at <= now
        ]
        for at, name, call in sorted(due, key=lambda one: one[0]):
            if call.timers.get(name) == at:
                del call.timers[name]
                self._timed[name](call)
                self._wire.touch()

    def at(self, number: str, *statuses: str) -> Call:
        """The newest call to `number` in one of these states; raises NoSuchCall."""
        for call in reversed(self.calls.values()):
            if call.plan.to == number and call.status in statuses:
                return call
        raise NoSuchCall(f"{number} is not {' or '.join(statuses)}")

    def pick_up(self, number: str, *, machine: bool = False) -> Call:
        """Somebody, or a voicemail, answers the ringing telephone."""
        call = self.at(number, "ringing")
        self._pick_up(call, machine=machine)
        return call

    def end(self, call: Call, status: str, by: str, sip: str = "") -> None:
        """The call is over: `status` is one of Twilio's five, `by` says who ended it."""
        if not call.live:
            return
        call.status, call.ended_at, call.ended_by = status, self._clock.now(), by
        call.sip_code = sip or {"no-answer": "487", "canceled": "487"}.get(status, "200")
        call.timers.clear()
        call.verbs, call.gather = [], None
        call.write(call.ended_at, "system", f"{status} ({by})")
        self._tell(call, "completed", status)

    def _of(self, call: Call) -> str:
        return self.behaviour.get(call.plan.to, "ring")

    def _dial(self, call: Call) -> None:
        now = self._clock.now()
        call.dialled_at = now
        self._tell(call, "initiated", "initiated")
        engaged = any(
            other is not call and other.plan.to == call.plan.to and other.status in ("ringing", "in-progress")
            for other in self.calls.values()
        )
        behaviour = "busy" if engaged else self._of(call)
        if behaviour in ("busy", "fail", "unreachable"):
            call.timers["busy" if behaviour == "busy" else "failed"] = now + NETWORK
            return
        call.status, call.ringing_at = "ringing", now
        self._tell(call, "ringing", "ringing")
        call.timers["unanswered"] = now + timedelta(seconds=call.plan.timeout)
        if behaviour == "answer-silent" and call.plan.timeout > PICKING_UP.total_seconds():
            call.timers["pick-up"] = now + PICKING_UP
        if behaviour == "voicemail" and call.plan.timeout > MAILBOX:
            call.timers["pick-up"] = now + timedelta(seconds=MAILBOX)

    def _failed(self, call: Call) -> None:
        self.end(call, "failed", "network", "480" if self._of(call) == "unreachable" else "404")

    def _pick_up(self, call: Call, *, machine: bool) -> None:
        now = self._clock.now()
        call.status, call.answered_at, call.machine = "in-progress", now, machine
        call.timers.clear()
        call.timers["limit"] = now + timedelta(seconds=call.plan.time_limit)
        if machine:
            call.timers["machine"] = now + LISTENING
        call.write(now, "system", "the voicemail picks up" if machine else "picked up")
        self._tell(call, "answered", "in-progress")
        if call.plan.machine_detection:
            call.timers["verdict"] = now + VERDICT[call.plan.machine_detection]
        if not call.plan.machine_detection or call.plan.async_amd:
            self.talk.begin(call)

    def _verdict(self, call: Call) -> None:
        ending = call.plan.machine_detection == "DetectMessageEnd"
        call.answered_by = ("machine_end_beep" if ending else "machine_start") if call.machine else "human"
        call.write(self._clock.now(), "system", f"machine detection says {call.answered_by}")
        if not call.plan.async_amd:
            self.talk.begin(call)
            return
        wait = VERDICT[call.plan.machine_detection]
        fields = parameters(call, call.status) | {
            "AnsweredBy": call.answered_by,
            "MachineDetectionDuration": str(int(wait.total_seconds() * 1000)),
        }
        self._send(
            call,
            "call.amd",
            f"call to {call.plan.to} answered by {call.answered_by}",
            call.plan.amd_callback,
            fields,
        )

    def _tell(self, call: Call, event: str, status: str) -> None:
        if event not in call.plan.events:
            return
        fields = parameters(call, status) | {
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(call.sequence),
            "Timestamp": format_datetime(self._clock.now().replace(microsecond=0)),
        }
        call.sequence += 1
        if event == "completed":
            fields |= {
                "CallDuration": str(call.seconds),
                "Duration": str(-(-call.seconds // 60)),
                "SipResponseCode": call.sip_code,
            }
        if call.answered_by:
            fields["AnsweredBy"] = call.answered_by
        self._send(call, "call.status", f"call to {call.plan.to} {status}", call.plan.callback, fields)

    def _send(self, call: Call, kind: str, about: str, to: Webhook, fields: dict[str, str]) -> None:
        if not to.url:
            return

        def heard(reply: Reply) -> None:
            if reply.problem:
                call.write(self._clock.now(), "system", f"status callback failed, error {reply.problem}")
                self._wire.touch()

        self._webhooks.tell(Letter(call.sid, kind, about, to, fields), heard)
