"""Carries out TwiML on an answered call: speaks as text, waits for keys, follows redirects."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urljoin

from sandbox.clock import Clock
from sandbox.phone.calls import NOWHERE, Call, Webhook, parameters
from sandbox.phone.twiml import BadTwiml, Script, Verb, read
from sandbox.phone.webhooks import Letter, Reply, Webhooks

XML_TYPES = ("text/xml", "application/xml", "text/html", "application/rss+xml")
GATHER_TIMEOUT = 5
"""Seconds a Gather waits when it does not say (Twilio's default)."""

SORRY = "We are sorry. An application error has occurred. Goodbye."


class Conversation:
    """Runs every answered call. `end(call, by)` hangs up; `changed()` says that something visible changed."""

    def __init__(
        self, clock: Clock, webhooks: Webhooks, end: Callable[[Call, str], None], changed: Callable[[], None]
    ) -> None:
        self._clock, self._webhooks, self._end, self._changed = clock, webhooks, end, changed

    def begin(self, call: Call) -> None:
        """Fetch and carry out the first document, just after somebody (or a machine) picked up."""
        if call.plan.answer.url:
            self.fetch(call, call.plan.answer)
        else:
            self.play(call, call.plan.twiml)

    def play(self, call: Call, document: str) -> None:
        """Carry out a document that came with the request itself."""
        self._forget(call)
        self._carry_out(call, document, NOWHERE)

    def fetch(self, call: Call, source: Webhook, **more: str) -> None:
        """Ask the bot for the next document; what came of an earlier question no longer counts."""
        self._forget(call)
        call.fetches += 1
        number = call.asking = call.fetches
        fields = parameters(call, call.status) | more
        if call.answered_by:
            fields["AnsweredBy"] = call.answered_by
        about = f"TwiML for the call to {call.plan.to}" + (
            f", Digits={more['Digits']!r}" if "Digits" in more else ""
        )

        def answered(reply: Reply) -> None:
            if call.live and call.asking == number:
                call.asking = 0
                self._answered(call, source, reply)
                self._changed()

        self._webhooks.ask(Letter(call.sid, "twiml.fetch", about, source, fields), answered)

    def key(self, call: Call, digit: str) -> bool:
        """A key is pressed; False when nothing listens to keys at the moment."""
        now = self._clock.now()
        gather = call.gather
        call.digits += digit
        if gather is None:
            call.write(now, "person", f"(presses {digit}; nothing is listening)")
            return False
        call.write(now, "person", f"(presses {digit})")
        if digit in gather.attributes.get("finishOnKey", "#"):
            self._gathered(call, gather)
            return True
        call.collected += digit
        if len(call.collected) == gather.number("numDigits", 0):
            self._gathered(call, gather)
        else:
            call.timers["gather"] = now + timedelta(seconds=gather.number("timeout", GATHER_TIMEOUT))
        return True

    def silence(self, call: Call) -> None:
        """The time of a Gather ran out."""
        if call.gather is not None:
            self._gathered(call, call.gather)

    def go_on(self, call: Call) -> None:
        """Carry out what is left until something has to be waited for, or hang up at the end."""
        while call.live:
            if not call.verbs:
                self._end(call, "bot")
                return
            if self._do(call, call.verbs.pop(0)):
                return

    def _do(self, call: Call, verb: Verb) -> bool:
        """Carry out one verb; True when the rest has to wait."""
        now = self._clock.now()
        if verb.kind == "Pause":
            call.timers["pause"] = now + timedelta(seconds=verb.number("length", 1))
            return True
        if verb.kind == "Gather":
            self._listen(call, verb)
            return True
        if verb.kind == "Redirect":
            method = verb.attributes.get("method", "POST").upper()
            self.fetch(call, Webhook(urljoin(call.document_url, verb.text), method))
            return True
        if verb.kind in ("Hangup", "Reject"):
            self._end(call, "bot")
            return True
        self._speak(call, verb)
        return False

    def _speak(self, call: Call, verb: Verb) -> None:
        if verb.kind in ("Say", "Play"):
            call.write(self._clock.now(), "bot", verb.text if verb.kind == "Say" else f"(plays {verb.text})")

    def _listen(self, call: Call, gather: Verb) -> None:
        for verb in gather.inner:
            self._speak(call, verb)
        pauses = sum(verb.number("length", 1) for verb in gather.inner if verb.kind == "Pause")
        wait = pauses + gather.number("timeout", GATHER_TIMEOUT)
        call.gather, call.collected = gather, ""
        call.timers["gather"] = self._clock.now() + timedelta(seconds=wait)

    def _gathered(self, call: Call, gather: Verb) -> None:
        digits = call.collected
        call.gather, call.collected = None, ""
        call.timers.pop("gather", None)
        if not digits and gather.attributes.get("actionOnEmptyResult", "false").lower() != "true":
            self.go_on(call)
            return
        url = urljoin(call.document_url, gather.attributes.get("action", ""))
        method = gather.attributes.get("method", "POST").upper()
        self.fetch(call, Webhook(url, method), Digits=digits, msg="Gather End")

    def _answered(self, call: Call, source: Webhook, reply: Reply) -> None:
        problem = reply.problem or problem_of_type(reply)
        if problem:
            self._failed(call, source, problem)
        else:
            self._carry_out(call, reply.body, source)

    def _carry_out(self, call: Call, document: str, source: Webhook) -> None:
        try:
            script = read(document) if document else Script(())
        except BadTwiml as error:
            self._failed(call, source, f"{error.code} {error}")
            return
        for warning in script.warnings:
            call.write(self._clock.now(), "system", f"warning 12200: {warning}")
        call.verbs, call.document_url = list(script.verbs), source.url
        self.go_on(call)

    def _failed(self, call: Call, source: Webhook, problem: str) -> None:
        call.write(self._clock.now(), "system", f"error {problem}")
        fallback = call.plan.fallback
        if fallback.url and source != fallback:
            self.fetch(call, fallback, ErrorCode=problem.split(maxsplit=1)[0], ErrorUrl=source.url)
            return
        call.write(self._clock.now(), "system", SORRY)
        self._end(call, "application error")

    def _forget(self, call: Call) -> None:
        call.verbs, call.gather, call.collected = [], None, ""
        for name in ("gather", "pause"):
            call.timers.pop(name, None)


def problem_of_type(reply: Reply) -> str:
    """Twilio's 12300 when a document is not of a type it accepts; an empty 204 is an empty document."""
    kind = reply.content_type.partition(";")[0].strip().lower()
    if reply.status == 204 or kind in XML_TYPES:
        return ""
    return f"12300 Invalid Content-Type: {kind or 'none'}"
