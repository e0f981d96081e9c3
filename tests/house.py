"""Reading our own sources, for the tests that keep the house."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("policies", "bot", "handlers", "migrations", "sandbox")
LEFT_OUT = {".git", ".venv", "build", "var", "__pycache__", ".hypothesis"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, relative to its root: what git knows, or the whole tree without git."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return tuple(path for path in found if not LEFT_OUT & set(path.parts))
    listing = subprocess.run(
        [git, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return tuple(path for name in listing.split("\0") if name and (ROOT / (path := Path(name))).is_file())


def texts(*suffixes: str) -> Iterator[tuple[Path, str]]:
    """Each text file with one of the suffixes (all texts without any), and what stands in it."""
    for path in tracked():
        if suffixes and path.suffix not in suffixes:
            continue
        try:
            yield path, (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture


def python_files(*packages: str) -> Iterator[tuple[Path, str]]:
    """Each Python file of the packages (everywhere without any)."""
    for path, text in texts(".py"):
        if not packages or path.parts[0] in packages:
            yield path, text


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in a module, methods and nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(tree: ast.AST) -> Iterator[str]:
    """The dotted name of every module that is imported, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
