"""Files stay short and functions shorter: 400 and 60 lines are the walls; exceptions are explained."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import functions, python_files

FILE_LINES = 400
FUNCTION_LINES = 60

# path, or path:function -> why it may be longer.
EXCEPTIONS: dict[str, str] = {
    "policies/facts.py": "a catalogue: one small class a kind of fact, in the order of the process",
    "tests/handlers/records/cast.py:lived": "one ticket with every part of the process in it, written out",
}


def _length(function: ast.AST) -> int:
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _too_long(files: Iterator[tuple[Path, str]]) -> Iterator[str]:
    for path, text in files:
        lines = text.count("\n")
        if lines > FILE_LINES:
            yield f"{path}"
        for function in functions(ast.parse(text)):
            if _length(function) > FUNCTION_LINES:
                yield f"{path}:{function.name}"


def test_every_file_and_function_can_be_read_in_one_go() -> None:
    """Whatever is longer than the wall is named in EXCEPTIONS, and whatever is named there is longer."""
    assert set(_too_long(python_files())) == set(EXCEPTIONS)
