"""Tidy texts that speak of the project alone."""

import re

from tests.house import texts

ELSEWHERE = {
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(?:work|home|root|Users|farm)/\w"),
    "the host of a package index": re.compile(
        r"py" r"pi\.org|python" r"hosted|registry\.n" r"pmjs|deb\.de" r"bian"
    ),
    "something left for later": re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b"),
}
GENERATED = {"requirements.lock", "LICENSE"}


def test_texts_are_tidy() -> None:
    """No trailing blanks, no carriage returns, one newline at the end."""
    untidy = [
        f"{path}:{number}"
        for path, text in texts()
        for number, line in enumerate(text.split("\n"), 1)
        if line != line.rstrip() or "\r" in line
    ]
    open_ended = [
        str(path) for path, text in texts() if text and (not text.endswith("\n") or text.endswith("\n\n"))
    ]

    assert (untidy, open_ended) == ([], [])


def test_texts_speak_of_the_project_alone() -> None:
    """No file names a machine, a package index, or work that was put off."""
    found = [
        f"{path}:{number}: {what}"
        for path, text in texts()
        if path.name not in GENERATED
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in ELSEWHERE.items()
        if pattern.search(line)
    ]

    assert found == []
