"""What must never leave the bot by its log, its answers or its figures: secrets, numbers, addresses, anybody's words."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterable

from tests.journeys.telling import BLOCK, PHONES

SECRET = re.compile(r"TOKEN|SECRET|PASSWORD")
E_MAIL = re.compile(r"[\w.+-]{2,}@[\w-]+\.[a-z]{2,}")
SHORT = 12
"""Characters below which a person's words may well be ours, too."""


def leaks(texts: Iterable[str], environment: dict[str, str], words: Iterable[str]) -> list[str]:
    """The lines of `texts` that say more than they may, each with what it is. `words` are what people wrote."""
    forbidden = {value: name for name, value in environment.items() if SECRET.search(name) and value}
    forbidden |= {number.removeprefix("+"): f"the number of {name}" for name, number in PHONES.items()}
    said = {one for text in [*words, BLOCK["issue_detail"]] for one in text.splitlines() if len(one) >= SHORT}
    forbidden |= {form: "words of a person" for one in said for form in (one, json.dumps(one)[1:-1])}
    found = [
        f"{what}: {line[:300]}"
        for line in (line for text in texts for line in text.splitlines())
        for value, what in forbidden.items()
        if value in line
    ]
    mails = [
        f"an e-mail address: {line[:300]}"
        for text in texts
        for line in text.splitlines()
        if E_MAIL.search(line)
    ]
    return found + mails


def asked(listen: str) -> list[str]:
    """What the bot tells any operator, or any stranger who gets there; nothing when it is gone."""
    texts = []
    for path in ("metrics", "readyz", "healthz", "nothing"):
        try:
            with urllib.request.urlopen(f"http://{listen}/{path}", timeout=5) as answer:
                texts.append(answer.read().decode())
        except urllib.error.HTTPError as error:
            texts.append(error.read().decode())
        except (urllib.error.URLError, OSError):
            continue
    return texts
