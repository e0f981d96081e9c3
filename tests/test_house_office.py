"""An office that is kept grows old: a changed file brings another one into force, so whoever needs it asks at each use."""

import ast

from tests.house import functions, python_files


def _kept() -> list[str]:
    """Whoever is given an office when it is made, and would have the same one for ever."""
    return [
        f"{path}: {argument.arg}"
        for folder in ("bot", "handlers")
        for path, text in python_files(folder)
        for function in functions(ast.parse(text))
        if function.name == "__init__"
        for argument in (*function.args.args, *function.args.kwonlyargs)
        if argument.annotation is not None
        and ast.unparse(argument.annotation) in {"Office", "Roster", "Terms"}
    ]


def test_nobody_keeps_an_office() -> None:
    """Only `bot.in_force` does, which is what everybody else is given."""
    assert _kept() == ["bot/in_force.py: office"]
