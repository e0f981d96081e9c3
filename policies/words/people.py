"""What is said of the rota, of gaps in it and of people's telephones: to our own people, in Slack and on the telephone."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from policies.coverage import Gap
from policies.markup import inert, moment, span
from policies.rota import Cover

_LADDERS = {"claim": "requests that nobody takes", "acknowledge": "escalations that nobody acknowledges"}
_MANY = 10
GOES_ON = "Whoever is being rung now goes on ringing; from the next call on, the new rota counts."
"""A cover that holds at once, and perhaps a telephone that rings."""


def cover(person: str, by: str, one: Cover, zone: str) -> str:
    """ES-5: for everybody."""
    return (
        f"{inert(by)} has the duty of {inert(person)} "
        f"from {moment(one.start, zone)} until {moment(one.end, zone)}."
    )


def uncovered(person: str) -> str:
    """ES-5: every cover of a person was taken back."""
    return f"Nobody stands in for {inert(person)} any more."


def swapped(one: str, other: str, lines: Iterable[str]) -> str:
    """ES-5: two people exchanged turns."""
    return "\n".join([f"{inert(one)} and {inert(other)} swap.", *lines])


def gap(one: Gap, zone: str) -> str:
    """RV-4: one stretch in which nobody would be reached, as a line."""
    severities = ", ".join(one.severities) if len(one.severities) < 4 else "every severity"
    return (
        f"• {moment(one.start, zone)} to {moment(one.end, zone)} ({_LADDERS[one.ladder]}; {severities}): "
        f"{inert('; '.join(one.why))}"
    )


def gaps(found: Sequence[Gap], zone: str) -> str:
    """RV-4: all of them, joined where only the severities differ."""
    lines = [gap(one, zone) for one in joined(found)]
    more = [f"… and {len(lines) - _MANY} more"] if len(lines) > _MANY else []
    return "\n".join([*lines[:_MANY], *more])


def joined(found: Sequence[Gap]) -> list[Gap]:
    """Neighbours that differ only in their severities as one stretch with all of them."""
    lines: list[Gap] = []
    for one in found:
        last = lines[-1] if lines else None
        if last is not None and (last.end, last.ladder, last.why) == (one.start, one.ladder, one.why):
            severities = tuple(sorted({*last.severities, *one.severities}))
            lines[-1] = Gap(
                start=last.start, end=one.end, ladder=one.ladder, severities=severities, why=one.why
            )
        else:
            lines.append(one)
    return lines


def new_gap(found: Sequence[Gap], zone: str) -> str:
    """RV-4: said at once when an absence or a cover opens one soon."""
    return f":warning: Now nobody would be reached:\n{gaps(found, zone)}"


def closed_gap() -> str:
    """RV-4: the last gap of the coming days is closed."""
    return ":white_check_mark: Somebody would be reached in every hour of the coming 14 days again."


def still_gaps(found: Sequence[Gap], zone: str) -> str:
    """RV-4: every morning while there is one."""
    return f":warning: In the coming 14 days nobody would be reached:\n{gaps(found, zone)}"


def covered() -> str:
    """RV-4: once a week."""
    return ":white_check_mark: Somebody would be reached in every hour of the coming 14 days."


def stale(people: Sequence[tuple[str, datetime]], zone: str) -> str:
    """RV-4: numbers that were not proven for long, in the weekly line."""
    names = ", ".join(f"{inert(name)} (last {moment(at, zone)})" for name, at in people)
    return f"Not reached by telephone for 90 days: {names}. `/frontdoor verify` rings one's own number."


def code(name: str, digits: str) -> str:
    """On the test call, twice: digit by digit, so that a voice reads them one by one."""
    spelled = ". ".join(digits)
    return (
        f"Hello {name}. This is Frontdoor, with a test call. Your code is: {spelled}. "
        f"Again: {spelled}. Please type it in Slack. Goodbye."
    )


def ringing(number: str) -> str:
    """RV-4: while the test call is on its way; only the end of the number is shown."""
    return f"We are ringing your number that ends in {number[-4:]}. The call tells you a code of four digits."


def verified(name: str) -> str:
    """RV-4: for the person who typed the code."""
    return f"Thank you, {inert(name)}. Your number is verified."


def wait(seconds: float) -> str:
    """A test call was placed a moment ago."""
    return f"You were rung a moment ago. Another test call is possible in {span(max(round(seconds), 1))}."


def contact(number: str, card: str) -> str:
    """For a person's telephone: what to save, and what for."""
    return (
        f"Our calls come from {number}. Save it as a contact and let it through at night, "
        f"or a telephone that is not to disturb you stays silent. As a file (frontdoor.vcf):\n```\n{card}```"
    )
