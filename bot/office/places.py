"""On which line each key of a TOML text stands, and which stand twice. A text that is no TOML is read as far as it can be."""

import re
from dataclasses import dataclass, field

from bot.office.model import Place

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' + r"|'''.*?'{3,5}" + r'|"(?:\\.|[^"\\\n])*"' + r"|'[^'\n]*'"
    r"|#[^\n]*|\n|[ \t\r]+|[\[\]{}=,.]|[^\s\[\]{}=,.#\"']+|.",
    re.DOTALL,
)


@dataclass(slots=True)
class Places:
    """`lines` says where each key and table begins (from 1); `twice` which were written again, and on which line."""

    lines: dict[Place, int] = field(default_factory=dict)
    twice: list[tuple[Place, int, int]] = field(default_factory=list)

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest table around it."""
        for depth in range(len(place), 0, -1):
            if place[:depth] in self.lines:
                return self.lines[place[:depth]]
        return None


class _Tokens:
    """What a text is made of, one after the other, without blanks and comments: `now` is the next, "" at the end.

    `line` is that of the last one taken.
    """

    def __init__(self, text: str) -> None:
        self.now, self.line = "", 1
        self._line = 1
        self._rest = _TOKEN.finditer(text)
        self.take()

    def take(self) -> None:
        """Go on to the next."""
        self.line = self._line
        self._line += self.now.count("\n")
        for found in self._rest:
            self.now = found[0]
            if self.now[0] not in "# \t\r":
                return
        self.now = ""

    def skip(self) -> None:
        """Past the ends of lines."""
        while self.now == "\n":
            self.take()


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = _Tokens(text)
        self.places = Places()
        self._lists: dict[Place, int] = {}
        """How many tables each list of tables has."""
        self._headers: set[Place] = set()

    def read(self) -> Places:
        table: Place = ()
        while self.tokens.now:
            if self.tokens.now == "\n":
                self.tokens.take()
            elif self.tokens.now == "[":
                table = self._header()
            else:
                self._pair(table)
                if self.tokens.now in {",", "}"}:
                    self.tokens.take()
        return self.places

    def _header(self) -> Place:
        self.tokens.take()
        line, many = self.tokens.line, self.tokens.now == "["
        if many:
            self.tokens.take()
        names = self._name()
        while self.tokens.now not in {"", "\n"}:
            self.tokens.take()
        place = self._resolved(names[:-1]) + names[-1:]
        if many:
            self._lists[place] = self._lists.get(place, -1) + 1
            self.places.lines.setdefault(place, line)
            place = (*place, self._lists[place])
        elif place in self._headers:
            self.places.twice.append((place, self.places.lines[place], line))
        self._headers.add(place)
        self.places.lines.setdefault(place, line)
        return place

    def _resolved(self, names: Place) -> Place:
        """Lists of tables on the way are meant by their last table."""
        place: Place = ()
        for name in names:
            place = (*place, name)
            if place in self._lists:
                place = (*place, self._lists[place])
        return place

    def _name(self) -> Place:
        names: list[str | int] = []
        while (word := self.tokens.now) not in {"", "\n", "=", "]", "}", ","}:
            self.tokens.take()
            if word != ".":
                names.append(word.strip("\"'"))
        return tuple(names) or ("",)

    def _pair(self, table: Place) -> None:
        place = table + self._name()
        line = self.tokens.line
        if place in self.places.lines and place[-1]:
            self.places.twice.append((place, self.places.lines[place], line))
        self.places.lines.setdefault(place, line)
        if self.tokens.now == "=":
            self.tokens.take()
            self._value(place)
        while self.tokens.now not in {"", "\n", ",", "}"}:
            self.tokens.take()

    def _value(self, place: Place) -> None:
        if self.tokens.now == "[":
            self._list(place)
        elif self.tokens.now == "{":
            self._inline(place)
        else:
            self.tokens.take()

    def _list(self, place: Place) -> None:
        self.tokens.take()
        number = 0
        while True:
            self.tokens.skip()
            word = self.tokens.now
            if word in {"", "]"}:
                self.tokens.take()
                return
            if word == ",":
                self.tokens.take()
                number += 1
                continue
            self._value((*place, number))
            self.places.lines.setdefault((*place, number), self.tokens.line)

    def _inline(self, place: Place) -> None:
        self.tokens.take()
        self.places.lines.setdefault(place, self.tokens.line)
        while True:
            self.tokens.skip()
            word = self.tokens.now
            if word in {"", "}"}:
                self.tokens.take()
                return
            if word == ",":
                self.tokens.take()
                continue
            self._pair(place)


def places(text: str) -> Places:
    """Where every key of the text stands."""
    return _Reader(text).read()
