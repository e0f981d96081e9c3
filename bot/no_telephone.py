"""What stands in the telephone's place when none is set up."""

from bot.ports import Job, NotSent, Sent


class NoTelephone:
    """Stands where the telephone would be: refuses, so that the ladder goes on and people are told."""

    kinds = frozenset({"call", "hang_up", "sms"})

    async def send(self, job: Job) -> Sent:
        """Refuse for good."""
        del job
        raise NotSent("no telephone is set up")

    async def look_up(self, job: Job) -> Sent | None:
        """There is nothing."""
        del job
        return None
