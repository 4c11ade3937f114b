"""What import-linter cannot see: who commits, and what a GET calls."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from festival.paths import PACKAGE

BELOW_VIEWS = ("models", "domain", "forms", "delivery")
FILES = sorted(path for path in PACKAGE.rglob("*.py"))


def _called(tree: ast.AST) -> Iterator[str]:
    """The last name of everything that is called in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                yield function.attr
            elif isinstance(function, ast.Name):
                yield function.id


def _layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


@pytest.mark.parametrize("path", [one for one in FILES if _layer(one) in BELOW_VIEWS], ids=str)
def test_nobody_below_the_views_commits(path: Path) -> None:
    called = set(_called(ast.parse(path.read_text())))
    assert not called & {"commit", "write", "write_for"}


def test_one_place_commits() -> None:
    commits = [path for path in FILES if "commit" in set(_called(ast.parse(path.read_text())))]
    assert [path.relative_to(PACKAGE).as_posix() for path in commits] == ["extensions.py"]


def _views() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in FILES:
        if _layer(path) != "views":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                yield f"{path.name}:{node.name}", node


@pytest.mark.parametrize(("name", "view"), list(_views()))
def test_no_get_view_opens_a_write(name: str, view: ast.FunctionDef) -> None:
    methods = {
        decorator.func.attr
        for decorator in view.decorator_list
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
    }
    if "get" in methods:
        assert not {"write", "write_for"} & set(_called(view)), name
    assert "route" not in methods, f"{name}: say get or post"


def test_nothing_imports_the_package_itself() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "festival":
                names = {alias.name for alias in node.names}
                assert "create_app" not in names or path.name == "__main__.py", path
