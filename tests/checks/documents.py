"""What the documents say is so: links lead somewhere, commands exist, nothing private slipped in."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
COMMAND = re.compile(r"\./omo ([a-z]+)")
COMMANDS = {"demo", "walk", "test", "check", "simulate", "bench", "hub", "agent"}
PRIVATE = (
    re.compile(r"\.\./" + "shared"),
    re.compile(r"/" + r"work/(main|shared|notes)"),
    re.compile(r"\bpypi\." + r"org\b|registry\." + r"npmjs\.org|files\." + r"pythonhosted"),
)
REQUIRED = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/protocol.md",
    "docs/glossary.md",
    "docs/openapi-hub.json",
    "docs/openapi-agent.json",
    "docs/asyncapi.json",
)
TEXT = {".md", ".py", ".toml", ".html", ".css", ".js", ".txt", ".json", ".po", ".lock", ".yml", ""}


def tracked(root: Path) -> Iterator[Path]:
    """Every file that the project keeps."""
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False)
    for name in listed.stdout.splitlines():
        path = root / name
        if path.is_file() and "vendor" not in path.parts and path.suffix in TEXT:
            yield path


def findings(root: Path, packages: tuple[str, ...]) -> list[str]:
    """Every broken promise of a document."""
    del packages
    found = [f"{name} is missing" for name in REQUIRED if not (root / name).exists()]
    for path in tracked(root):
        name = path.relative_to(root).as_posix()
        text = path.read_text("utf-8", errors="replace")
        found += [f"{name}: {match.group(0)}" for rule in PRIVATE for match in rule.finditer(text)]
        if path.suffix == ".md":
            found += [f"{name}: {fault}" for fault in broken(path, text)]
    return found


def broken(path: Path, text: str) -> Iterator[str]:
    """Links to nowhere and commands that do not exist."""
    for link in LINK.findall(text):
        if not (path.parent / link).exists():
            yield f"link to {link}, which does not exist"
    for command in COMMAND.findall(text):
        if command not in COMMANDS:
            yield f"./omo {command} does not exist"
