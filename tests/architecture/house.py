"""The house as its tests see it: where things stand, and every module as a syntax tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "darvoza"
DOCS = ROOT / "docs"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """One module: its name, its text, its syntax tree."""

    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """Lines of the file, all counted."""
        return len(self.text.splitlines())

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def imports(self) -> Iterator[str]:
        """The dotted name of everything imported, wherever the import stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module or ""

    def calls(self) -> Iterator[str]:
        """The plain name of every function called by name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node.func.id


def read_module(path: Path, root: Path) -> Module:
    """Read one module; its name is its dotted path below `root`."""
    text = path.read_text(encoding="utf-8")
    name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    return Module(name, text, ast.parse(text))


def modules(source: Path = SOURCE) -> list[Module]:
    """Every module of the package, in order of name."""
    return [read_module(path, source.parent) for path in sorted(source.rglob("*.py"))]


def body_lines(function: Function) -> int:
    """Lines of a function's body, its docstring left out.

    Examples
    --------
    >>> body_lines(ast.parse("def f():\\n    '''Say why.'''\\n    x = 1\\n    return x").body[0])
    2
    """
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def public_classes(package: str) -> list[str]:
    """Names of the public classes defined at the top of a package's modules, in order."""
    below = SOURCE.joinpath(*package.split(".")[1:])
    return sorted(
        node.name
        for path in below.rglob("*.py")
        for node in read_module(path, SOURCE.parent).tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
