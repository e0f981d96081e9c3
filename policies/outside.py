"""What keeps us from reaching people: what is said of it to our own people, and what mends it. Keys are Slack's own words."""

from policies.markup import quoted

TELEPHONE_MEND = "Look into the Twilio console: balance, status and permissions of the account."

_REASONS = {
    "is_archived": "the channel is archived",
    "not_in_channel": "the bot is not in the channel",
    "channel_not_found": "Slack knows no such channel, or hides it from the bot",
    "restricted_action": "the workspace does not let the bot write there",
    "msg_too_long": "the words are too long for Slack",
    "invalid_blocks": "Slack does not accept the form of the words",
    "thread_not_found": "the thread is gone",
    "user_not_found": "Slack knows no such person",
}
_MENDS = {
    "is_archived": "Unarchive it: what waits goes out by itself.",
    "not_in_channel": "Invite the bot there: `/invite @Frontdoor`. What waits goes out by itself.",
    "channel_not_found": (
        "If the bot was removed, invite it again. If sharing gave the channel another id, write that one in the place of "
        "`{place}` into frontdoor.toml and start the bot again."
    ),
    "restricted_action": "Ask an administrator of the workspace to let the bot write there.",
}
OTHERWISE = "Please tell the client in another way, or have them sent again."


def undelivered(ref: str, owner: str, channel: str, text: str, why: str, *, doubt: bool) -> str:
    """Words of ours that did not reach the client, or of which nobody can tell; `text` is how they begin."""
    if doubt:
        said = f"It is not known whether these words about *{ref}* reached the client: Slack could not be read for long."
        what = f"Please look into <#{channel}>. Until you say so, they are not sent again."
    else:
        said = f":warning: These words about *{ref}* did not reach the client: {reason(why)}."
        what = f"They belong into <#{channel}>. {mend(why, channel)}"
    return f"{owner} {said}\n{quoted(text)}\n{what}".strip()


def settled(who: str, *, there: bool) -> str:
    """What a person said of words that were not known to have arrived."""
    return f"{who} has looked: the words are there." if there else f"{who} has them sent again."


def trouble(what: str, place: str, why: str) -> str:
    """Nobody can be reached there; said once a day."""
    if what == "telephone":
        said = f":rotating_light: *Calls cannot be placed:* {why}."
        return f"{said} Slack goes on telling people. {TELEPHONE_MEND}"
    said = f":rotating_light: *Nothing can be said in* <#{place}> (`{place}`): {reason(why)}."
    return f"{said} {mend(why, place)}"


def reason(word: str) -> str:
    """Why, as a part of a sentence."""
    known = _REASONS.get(word)
    return known if known is not None else f"Slack says {word}"


def mend(word: str, place: str) -> str:
    """What a person can do about it, as a sentence."""
    return _MENDS.get(word, OTHERWISE).format(place=place)
