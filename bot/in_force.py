"""The office that is in force: one place that everybody asks, so that a changed file reaches all of them at once."""

from bot.roster import Office


class InForce:
    """Handed down to whoever needs the office, and asked at each use: an office that is kept grows old.

    `proposed` is what the file says now, where nobody has applied it yet.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self.proposed: Office | None = None
