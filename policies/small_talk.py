"""What opens and wakes nothing: bare thanks, agreement, emoji, and the replies of machines (IN-4)."""

import re

_THANKS = re.compile(
    r"^(?:(?:many |a lot of )?thanks?(?: you)?(?: (?:so|very) much| a lot| again)?|thx|ty|cheers|ok(?:ay)?|great|perfect|super"
    r"|got it|noted|shukriya|danke|merci|gracias|jazakallah|\W|_|:[a-z0-9_+\-]+:)+$",
    re.IGNORECASE,
)
_AUTOREPLY = re.compile(
    r"^\s*(?:auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office)\b", re.IGNORECASE
)


def is_bare_thanks(text: str, files: tuple[str, ...] = ()) -> bool:
    """Whether a message says nothing but thanks, agreement or emoji (IN-4). A file always says something."""
    words = text.strip()
    return not files and (not words or bool(_THANKS.match(words)))


def is_autoreply(text: str) -> bool:
    """Whether an autoresponder wrote it (IN-4)."""
    return bool(_AUTOREPLY.match(text))
