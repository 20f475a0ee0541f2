"""Every kind of trouble that the code raises, and every check that finds one, has words in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hub
import pos_agent
import sync
from hub.monitor.trouble_words import ACTIONS, FACTS, KINDS, VALUES, fact_text, kind_words
from hub.stock.findings import BOOKS_DIFFER
from hub.stock.findings import KINDS as KINDS_OF_CHECKS
from sync.web.translations import load_texts, speaking

ROOTS = [Path(str(package.__file__)).parent for package in (hub, sync, pos_agent)]
FORWARDERS = {"hub/stock/book.py", "hub/stock/findings.py", "hub/monitor/keep_health.py"}
"""Files that open a trouble of a kind they were given; those kinds are found where they are given."""
DOMAIN = {
    *("oversold", "negative_stock", "deficit", "race", "double_paid", "number_clash", "short_pick"),
    *("duplicate_claim", "over_return", "cancelled_but_collected", "price_mismatch", "payment_unknown"),
    *("sequence_gap", "digest_mismatch", "chain_split", "clock_skew", "dead_letter", "device_down"),
    *("print_uncertain", "sla_breach", "protocol_mismatch", "document_difference", "document_refused"),
}
COMING = {"hub_rolled_back", "recovered_order", "verify_list"}
_INSERT = re.compile(r"INTO\s+trouble\s*\(\s*kind\b.*?VALUES\s*\(\s*'(\w+)'", re.DOTALL | re.IGNORECASE)
_CHECK = re.compile(r"""check="(\w+)"|_of_(?:order|document)\(\s*"(\w+)"|Finding\(\s*"(\w+)\"""")


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module that ships, by its path from the root."""
    for root in ROOTS:
        for file in sorted(root.rglob("*.py")):
            name = file.relative_to(root.parent).as_posix()
            yield name, ast.parse(file.read_text("utf-8"))


def constants(module: ast.Module) -> dict[str, str]:
    """Module-level names of texts."""
    found = {}
    for node in module.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            found[target.id] = value.value
    return found


def kind_nodes(module: ast.Module) -> Iterator[ast.expr]:
    """What stands as the kind in every call that opens a trouble."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        keywords = {one.arg: one.value for one in node.keywords}
        if name == "raise_exception":
            yield node.args[0] if node.args else keywords["kind"]
        elif name == "NewTrouble":
            yield keywords["kind"]


def raised() -> dict[str, str]:
    """Kinds in calls and in insertions, with a file that raises each; what is no text is `?`."""
    found = dict.fromkeys((*KINDS_OF_CHECKS.values(), BOOKS_DIFFER), "hub/stock/findings.py")
    for name, module in sources():
        known = constants(module)
        for node in kind_nodes(module):
            if isinstance(node, ast.Constant):
                found[str(node.value)] = name
            elif isinstance(node, ast.Name) and node.id in known:
                found[known[node.id]] = name
            elif name not in FORWARDERS:
                found["?"] = f"{name}:{node.lineno}"
        for text in ast.walk(module):
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                found |= dict.fromkeys(_INSERT.findall(text.value), name)
    return found


def test_every_kind_that_the_code_raises_has_words() -> None:
    found = raised()
    assert {"chain_split", "unknown_hold", "dead_letter", "double_paid", "digest_mismatch"} <= set(found)
    assert {kind: where for kind, where in found.items() if kind not in KINDS} == {}


def test_every_kind_of_the_domain_and_those_to_come_have_words() -> None:
    assert (DOMAIN | COMING) - set(KINDS) == set()


def test_an_insert_is_seen_even_over_several_lines() -> None:
    sql = "INSERT INTO trouble (kind, store, facts)\n VALUES ('odd_one', ?, ?)"
    assert _INSERT.findall(sql) == ["odd_one"]


@pytest.mark.parametrize("tag", ["zh-CN", "en"])
def test_each_has_a_name_a_meaning_and_something_to_do_in_both_languages(tag: str) -> None:
    with speaking(load_texts(["hub.monitor"])[tag]):
        for kind in KINDS:
            words = kind_words(kind)
            for text in (words.name, words.meaning, words.todo):
                assert text, kind
                assert bool(re.search(r"[\u4e00-\u9fff]", text)) is (tag == "zh-CN"), (kind, text)
    names = [words.name for words in KINDS.values()]
    assert len(set(names)) == len(names)


def test_every_check_of_both_programs_has_words() -> None:
    names = ("verify", "verify_orders", "verify_documents", "verify_money", "replay", "self_check")
    files = [f"hub/stock/{name}.py" for name in names]
    files.append("pos_agent/ledger/verify.py")
    root = ROOTS[0].parent
    found = {
        next(filter(None, groups))
        for file in files
        for groups in _CHECK.findall((root / file).read_text("utf-8"))
    }
    assert {"mirror", "refund", "sequence", "receipt_money", "document_moves", "transfer"} <= found
    assert found - set(VALUES["check"]) == set()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("minor", "2580", "¥25.80"),
        ("minor", "x", "x"),
        ("code", "unknown_sku", "unknown SKU"),
        ("code", "new_code", "new code"),
        ("check", "mirror", "stock against the store's events"),
        ("sku", "a_b", "a_b"),
    ],
)
def test_what_a_fact_says(name: str, text: str, said: str) -> None:
    with speaking(load_texts(["hub.monitor"])["en"]):
        assert fact_text(name, text) == said


def test_actions_and_facts_have_words() -> None:
    assert "other" in ACTIONS
    assert {"sku", "seq", "code", "order", "check", "kept", "made"} <= set(FACTS)
