"""The table of features in the README, made from the tests that prove them.

`python tests/conformance/table.py` writes it; a test compares.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
BEGIN, END = "<!-- features: made by tests/conformance/table.py -->\n", "<!-- end of features -->"


@dataclass(frozen=True)
class Feature:
    """One module of rules."""

    title: str
    rules: int
    pages: tuple[str, ...]


def features() -> list[Feature]:
    """What the modules beside this one hold, by title."""
    return sorted(
        (_feature(path) for path in HERE.glob("test_*.py") if path.stem != "test_table"), key=lambda f: f.title
    )


def _feature(path: Path) -> Feature:
    """The first line of a module's docstring is the feature's name; its marked tests are the rules."""
    tree = ast.parse(path.read_text(), str(path))
    pages = [page for node in tree.body if isinstance(node, ast.FunctionDef) for page in _pages(node, _constants(tree))]
    title = (ast.get_docstring(tree) or "").partition("\n")[0].rstrip(".")
    return Feature(title, len(pages), tuple(dict.fromkeys(pages)))


def _constants(tree: ast.Module) -> dict[str, Any]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _pages(test: ast.FunctionDef, constants: dict[str, Any]) -> list[str]:
    marks = [
        mark
        for mark in test.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.rule"
    ]
    first = [mark.args[0] for mark in marks]
    return [str(constants[page.id]) if isinstance(page, ast.Name) else str(ast.literal_eval(page)) for page in first]


def table() -> str:
    """The table in Markdown."""
    rows = [f"| {f.title} | {f.rules} | {', '.join(map(_link, f.pages))} |" for f in features()]
    return "\n".join(["| feature | rules | pages of AWS |", "|---|---|---|", *rows, ""])


def _link(page: str) -> str:
    name = page.partition("#")[0].rstrip("/").rpartition("/")[2].removesuffix(".html")
    return f"[{name}]({page})"


def written(readme: str) -> str:
    """The README with the table as it should be."""
    before, _, rest = readme.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
