"""How large files and functions may grow, that every module is used, and that money is never a float."""

import ast
from collections.abc import Iterator
from pathlib import Path

MOST_FILE_LINES = 500
MOST_FUNCTION_LINES = 60
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
ENTRIES = {
    "hub.cli",
    "pos_agent.cli",
    "sync.simulator.__main__",
    "sync.link.memory_link",  # shipped for programs that test themselves against a hostile network
    "sync.web.translation_check",  # a command for whoever writes texts
    "devices.ports.memory",  # shipped with the devices, for drivers' own tests
    "devices.printing.thread_journal",  # the journal of programs that have no database of their own
}
"""Modules that are started or used from outside, not imported here; any `__main__` besides."""


def sources(root: Path, packages: tuple[str, ...]) -> Iterator[Path]:
    """Every Python file of the product that people write."""
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts and "vendor" not in path.parts:
                yield path


def findings(root: Path, packages: tuple[str, ...]) -> list[str]:
    """Every file, function or module that breaks a limit."""
    found: list[str] = []
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sources(root, packages)}
    for path, tree in trees.items():
        name = path.relative_to(root).as_posix()
        lines = len(path.read_text("utf-8").splitlines())
        if lines > MOST_FILE_LINES:
            found.append(f"{name}: {lines} lines, at most {MOST_FILE_LINES}")
        if path.stem in FORBIDDEN_NAMES:
            found.append(f"{name}: a name that says nothing; name it for what it does")
        found += [f"{name}:{text}" for text in long_functions(tree)]
        found += [f"{name}:{text}" for text in float_money(tree)]
    return found + orphans(root, trees)


def long_functions(tree: ast.AST) -> list[str]:
    """Functions above the limit."""
    return [
        f"{node.lineno} {node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines,"
        f" at most {MOST_FUNCTION_LINES}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_FUNCTION_LINES
    ]


def float_money(tree: ast.AST) -> list[str]:
    """Money names annotated as float, or divided by /."""
    found: list[str] = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and "minor" in node.target.id
            and isinstance(node.annotation, ast.Name)
            and node.annotation.id == "float"
        ):
            found.append(f"{node.lineno} {node.target.id}: money is an integer of minor units")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            names = {name.id for name in ast.walk(node.left) if isinstance(name, ast.Name)}
            names |= {name.attr for name in ast.walk(node.left) if isinstance(name, ast.Attribute)}
            if any(name.endswith("_minor") or name == "minor" for name in names):
                found.append(f"{node.lineno} money divided by /: name the rounding")
    return found


def module_name(root: Path, path: Path) -> str:
    """The dotted name of a file."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def orphans(root: Path, trees: dict[Path, ast.Module]) -> list[str]:
    """Modules that no other module of the product imports and that nobody starts."""
    imported: set[str] = set()
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
                imported |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
                imported.add(node.value)
        del path
    return [
        f"{path.relative_to(root).as_posix()}: nobody imports it"
        for path in trees
        if (name := module_name(root, path)) not in imported
        and name not in ENTRIES
        and path.stem not in {"__init__", "__main__", "tables", "schema", "models"}
    ]
