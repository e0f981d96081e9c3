"""What support reads of a client's intensive period (HC-1 to HC-3); support sends on what the client is to read."""

from policies.intensive import Figures, Report
from policies.markup import inert


def report(client: str, one: Report, told: Figures, builders: str) -> str:
    """What is to be done today, and the figures for it."""
    name, counted = inert(client), _counted(told)
    match one.what:
        case "check_in":
            built = f" Built by {inert(builders)}." if builders else ""
            return (
                f":sunrise: *{name}*, day {one.day} of {one.days} after go-live: please check in with them today. "
                f"Since yesterday: {counted}.{built}"
            )
        case "weekly":
            return (
                f":bar_chart: *{name}*, day {one.day} of {one.days} after go-live: the weekly report is due, with "
                f"performance and the error log. In the last seven days: {counted}. Please add both and send it."
            )
        case "end":
            return (
                f":checkered_flag: The intensive period of *{name}* is over after {one.days} days: new requests have the "
                f"ordinary targets. In all: {counted}. Please send them the closing report."
            )


def _counted(told: Figures) -> str:
    lapsed = (
        f"{told.lapsed} target{'' if told.lapsed == 1 else 's'} missed" if told.lapsed else "no target missed"
    )
    still = f"still open {', '.join(told.still_open)}" if told.still_open else "nothing open"
    requests = f"{told.requests} request{'' if told.requests == 1 else 's'}"
    return f"{requests}, {told.escalated} escalated, {lapsed}; {still}"
