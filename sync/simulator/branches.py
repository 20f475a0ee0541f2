"""Which branches of the rules a history takes: the tracer of the standard library, no coverage tool.

A branch is a function's entry or one of the two ways out of an `if`, `while`, `for` or `case`. The
price engine has no part in the protocol and is left out.
"""

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sync import rules

ROOT = Path(rules.__file__).parent
LEFT_OUT = frozenset({"allotment.py", "demand.py", "price.py", "__init__.py"})
LEAVES = -1
"""The target of an arc that leaves its function."""
Arc = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Branch:
    """A branch: where it stands, and which way it goes."""

    file: str
    line: int
    way: str
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function} {self.way}"


@dataclass(slots=True)
class Seen:
    """Arcs from line to line that ran, by file path."""

    arcs: dict[str, set[Arc]] = field(default_factory=dict)

    def join(self, other: "Seen") -> None:
        """What ran elsewhere has been seen as well."""
        for file, arcs in other.arcs.items():
            self.arcs.setdefault(file, set()).update(arcs)


def rule_files() -> list[Path]:
    """The files whose branches count."""
    return sorted(path for path in ROOT.rglob("*.py") if path.name not in LEFT_OUT)


@contextmanager
def tracing(seen: Seen) -> Iterator[None]:
    """Keep the arcs of the rules that run in this thread, until the block ends.

    What the rules remember of earlier histories is forgotten first: the arcs are those of this block alone.
    """
    _forget_what_is_cached()
    files = {str(path): seen.arcs.setdefault(str(path), set()) for path in rule_files()}

    def on_call(frame: FrameType, event: str, _: Any) -> Any:
        arcs = files.get(frame.f_code.co_filename)
        if event != "call" or arcs is None:
            return None
        last = frame.f_code.co_firstlineno
        arcs.add((last, last))

        def on_line(inner: FrameType, what: str, _: Any) -> Any:
            nonlocal last
            if what == "line":
                arcs.add((last, inner.f_lineno))
                last = inner.f_lineno
            elif what == "return":
                arcs.add((last, LEAVES))
            return on_line

        return on_line

    before = sys.gettrace()
    sys.settrace(on_call)
    try:
        yield
    finally:
        sys.settrace(before)


def _forget_what_is_cached() -> None:
    """Let every function of the rules run again that keeps what it found.

    The modules are found, not imported: a mutant must be in place before anything imports the rules.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{rules.__name__}."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
            vars(module).get("_SHAPES", {}).clear()


def judge(seen: Seen) -> tuple[list[Branch], list[Branch]]:
    """The branches reached and those not reached."""
    reached: list[Branch] = []
    missed: list[Branch] = []
    for path in rule_files():
        arcs = seen.arcs.get(str(path), set())
        name = path.relative_to(ROOT).as_posix()
        for function in _functions(ast.parse(path.read_text())):
            for branch, is_taken in _branches(name, function, arcs):
                (reached if is_taken else missed).append(branch)
    return sorted(reached), sorted(missed)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """All functions and methods that do something (a protocol's ellipsis does nothing)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not _is_declared_only(node):
            yield node


def _is_declared_only(node: ast.FunctionDef) -> bool:
    """Whether a body is nothing but an ellipsis."""
    last = node.body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant) and last.value.value is ...


def _branches(name: str, function: ast.FunctionDef, arcs: set[Arc]) -> Iterator[tuple[Branch, bool]]:
    """Each branch of a function, and whether an arc took it."""
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    yield Branch(name, function.lineno, "entered", function.name), (first, first) in arcs
    for node in ast.walk(function):
        if isinstance(node, ast.If | ast.While | ast.For):
            test = node.iter if isinstance(node, ast.For) else node.test
            lines = range(node.lineno, (test.end_lineno or test.lineno) + 1)
            taken, other = _ways(arcs, lines, _lines_of(node.body[0]))
            yield Branch(name, node.lineno, "yes", function.name), taken
            yield Branch(name, node.lineno, "no", function.name), other
        elif isinstance(node, ast.match_case):
            taken = any(target in _lines_of(node.body[0]) for _, target in arcs)
            yield Branch(name, node.pattern.lineno, "case", function.name), taken


def _lines_of(node: ast.stmt) -> range:
    """The lines of a statement."""
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _ways(arcs: set[Arc], test: range, body: range) -> tuple[bool, bool]:
    """Whether arcs lead from a test into the body, and anywhere else."""
    targets = {target for source, target in arcs if source in test and target not in test}
    return any(target in body for target in targets), any(target not in body for target in targets)
