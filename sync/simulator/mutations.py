"""Which small changes of the rules are tried: one comparison, sign, junction or bound at a time.

A mutation is found in a file's syntax tree and made in it; no file is ever written. Where the tests
and histories cannot tell a mutant from the rules, either they are blind or the rule says nothing.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sync.simulator.branches import ROOT, rule_files

OUTSIDE: Final = "(module)"
"""The function of what stands in none."""

_COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_SIGNS: Final[dict[type[ast.operator], type[ast.operator]]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}
_BOUNDS: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}
_DROPPED: Final = (ast.USub, ast.Not)
"""Signs that are left out: unary minus and `not`."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change.

    Args:
        file: below `sync/rules`, with slashes.
        number: its place among the file's mutations, from 0.
        line: where the changed expression begins.
        function: its qualified name.
        before: the expression as Python writes it.
        after: the same, changed.
    """

    file: str
    number: int
    line: int
    function: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}: `{self.before}` became `{self.after}`"

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names it whatever line it stands on."""
        return self.file, self.function, self.before, self.after

    @property
    def module(self) -> str:
        """The module's dotted name."""
        return "sync.rules." + self.file.removesuffix(".py").replace("/", ".")

    def fits(self, name: str) -> bool:
        """Whether `name` means its file (with or without folder and ending) or its function."""
        path = Path(self.file)
        names = {self.file, path.name, path.stem, self.module, self.function, self.function.split(".")[-1]}
        return name in names


def all_mutations(name: str = "") -> list[Mutation]:
    """Every mutation of the rules, or of the file or function called `name`."""
    found = [
        mutation
        for path in rule_files()
        for mutation in mutations_of(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    ]
    return [mutation for mutation in found if not name or mutation.fits(name)]


def mutations_of(file: str, source: str) -> list[Mutation]:
    """The mutations of one file's source, in the order of its text."""
    return [
        Mutation(file, number, node.lineno, function, ast.unparse(node), ast.unparse(changed))
        for number, (function, node, changed) in enumerate(_sites(ast.parse(source)))
    ]


def mutated(source: str, number: int) -> ast.Module:
    """The tree of `source` with its mutation `number` made; lines stay what they were."""
    tree = ast.parse(source)
    for place, (_, node, changed) in enumerate(_sites(tree)):
        if place == number:
            whole = _Exchange(node, changed).visit(tree)
            assert isinstance(whole, ast.Module)
            return ast.fix_missing_locations(whole)
    raise LookupError(f"there is no mutation {number}")


_Place = ast.expr | ast.stmt


class _Exchange(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, node: _Place, changed: _Place) -> None:
        self._node, self._changed = node, changed

    def visit(self, node: ast.AST) -> ast.AST:
        """The tree with the node exchanged."""
        if node is self._node:
            return ast.copy_location(self._changed, self._node)
        visited: ast.AST = self.generic_visit(node)
        return visited


def _sites(tree: ast.AST, function: str = "") -> Iterator[tuple[str, _Place, _Place]]:
    """Each function's name with a node and what it is changed to; texts for people are left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr):
            continue
        name = function
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = f"{function}.{node.name}" if function else node.name
        if isinstance(node, ast.expr | ast.stmt):
            for changed in _changes(node):
                yield function or OUTSIDE, node, changed
        yield from _sites(node, name)


def _changes(node: _Place) -> Iterator[_Place]:
    """What one node may be changed to."""
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BinOp(left, op, right) if type(op) in _SIGNS:
            yield ast.BinOp(left, _SIGNS[type(op)](), right)
        case ast.AugAssign(target, op, value) if type(op) in _SIGNS:
            yield ast.AugAssign(target, _SIGNS[type(op)](), value)
        case ast.UnaryOp(op, operand) if isinstance(op, _DROPPED):
            yield operand
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.Call(ast.Name(name), arguments, keywords) if name in _BOUNDS:
            yield ast.Call(ast.Name(_BOUNDS[name], ast.Load()), arguments, keywords)
        case _:
            return


def _compared(node: ast.Compare) -> Iterator[ast.Compare]:
    """A comparison with one of its operators flipped."""
    for place, operator in enumerate(node.ops):
        if type(operator) in _COMPARISONS:
            flipped = _COMPARISONS[type(operator)]()
            ops = [*node.ops[:place], flipped, *node.ops[place + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)
