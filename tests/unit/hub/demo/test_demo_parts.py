"""The demo's parts that need no process: the chain of any size, its ports, what a folder remembers."""

import asyncio
import json
import shutil
import socket
import sys
import tomllib
from pathlib import Path

import pytest

from hub.demo.chain import chain_folder, make_chain
from hub.demo.children import Children, end_leftovers, run_command
from hub.demo.devices_page import write_devices
from hub.demo.errors import ChildFell, FolderInUse, PortTaken, SetupFailed
from hub.demo.memory import Memory, lock
from hub.demo.orders import read_order
from hub.demo.ports import Ports, choose, require_free
from hub.demo.programs import StorePlace
from hub.stores.chain_file import read_chain


def test_the_usual_chain_is_the_shipped_file(tmp_path: Path) -> None:
    chain = make_chain(3, tmp_path / "chain")
    assert [store.id for store in chain.stores] == ["renmin", "jiangwan", "zhangjiang"]
    assert chain.stores[0].opening["BE1001"] == 20
    assert not (tmp_path / "chain").exists()


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_chain_of_another_size_is_taken_by_the_hub(tmp_path: Path, count: int) -> None:
    chain = make_chain(count, tmp_path)
    content, drafts = read_chain(chain.file)
    assert [draft.id for draft in drafts] == [store.id for store in chain.stores]
    assert len({person.login for store in content.stores for person in store.staff}) == sum(
        len(store.staff) for store in chain.stores
    )
    assert (chain.file.parent / content.chain.products).is_file()


@pytest.mark.parametrize("count", [0, -1, 201])
def test_a_chain_of_no_or_too_many_stores_is_refused(tmp_path: Path, count: int) -> None:
    with pytest.raises(SetupFailed, match="--stores takes 1 to 200"):
        make_chain(count, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_ports_never_overlap() -> None:
    ports = Ports(20_000, 12)
    assert len(ports.all()) == 3 + 12 * 10
    assert {ports.store(3).printer(1), ports.store(3).scanner_control} <= set(ports.all())


def test_a_taken_port_is_named() -> None:
    ports = choose(1, usual=False)
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.store(0).line_control))
        other.listen()
        with pytest.raises(PortTaken, match=f"port {ports.store(0).line_control} for store 1 is used"):
            require_free(ports)
    require_free(ports)


@pytest.mark.parametrize("base", [0, 65_530])
def test_a_base_without_room_is_refused(base: int) -> None:
    with pytest.raises(PortTaken, match="leaves no room"):
        require_free(Ports(base, 3))


def test_a_folder_remembers(tmp_path: Path) -> None:
    memory = Memory.of(tmp_path)
    assert (memory.base, memory.stores, memory.enrolled) == (0, 0, [])
    memory.base, memory.enrolled, memory.children = 8000, ["renmin"], [(1, ["a", "b"])]
    memory.keep()
    again = Memory.of(tmp_path)
    assert (again.base, again.enrolled, again.children) == (8000, ["renmin"], [(1, ["a", "b"])])


@pytest.mark.parametrize("text", ["", "[]", '{"base": 1, "more": 2}', '{"children": [1]}'])
def test_a_damaged_memory_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "demo.json").write_text(text, "utf-8")
    with pytest.raises(SetupFailed, match="begin anew with another --data folder"):
        Memory.of(tmp_path)
    assert (tmp_path / "demo.json").read_text("utf-8") == text


def test_a_folder_is_for_one_demo(tmp_path: Path) -> None:
    with lock(tmp_path), pytest.raises(FolderInUse, match="a demo already runs"):
        lock(tmp_path)
    lock(tmp_path).close()


def test_orders_find_their_port(tmp_path: Path) -> None:
    Memory(tmp_path / "demo.json", base=8000, stores=3).keep()
    found = {words: read_order(words.split(), tmp_path) for words in ("line jiangwan cut", "scan renmin 1 2")}
    assert (found["line jiangwan cut"].port, found["line jiangwan cut"].text) == (8023, "cut")
    assert (found["scan renmin 1 2"].port, found["scan renmin 1 2"].text) == (8018, "1 2")
    assert read_order(["printer", "zhangjiang", "pick", "paper-out"], tmp_path).port == 8037


@pytest.mark.parametrize(
    "words", ["line", "dance renmin now", "line nowhere cut", "printer renmin fax state"]
)
def test_an_order_that_means_nothing_is_refused(tmp_path: Path, words: str) -> None:
    Memory(tmp_path / "demo.json", base=8000, stores=3).keep()
    with pytest.raises(SetupFailed):
        read_order(words.split(), tmp_path)


async def test_a_fallen_child_is_told_with_its_last_words(tmp_path: Path) -> None:
    told: list[str] = []
    children = Children(tmp_path, lambda child: told.append(child.name))
    await children.start({"poet": [sys.executable, "-c", "import sys; sys.exit('no more verses')"]})
    with pytest.raises(ChildFell, match=r"poet \(process \d+\) ended with code 1(?s:.*)no more verses"):
        await children.unless_one_falls(asyncio.sleep(60))
    await children.stop()
    assert told == ["poet"]


async def test_stopping_ends_every_child_and_tells_nobody(tmp_path: Path) -> None:
    told: list[str] = []
    children = Children(tmp_path, lambda child: told.append(child.name))
    started = await children.start(_sleepers(2))
    await children.stop()
    assert all(child.process.returncode is not None for child in started)
    assert told == []


async def test_a_refused_command_is_told_with_its_words(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "import sys; sys.exit('wrong file')"]
    with pytest.raises(SetupFailed, match=r"import was refused \(exit code 1\)(?s:.*)wrong file"):
        await run_command("import", argv, tmp_path / "setup.log")


async def test_only_leftovers_that_still_run_their_command_are_ended(tmp_path: Path) -> None:
    children = Children(tmp_path, lambda _child: None)
    mine, other = await children.start(_sleepers(2))
    ended = await end_leftovers(
        [(mine.pid, mine.argv), (other.pid, ["another", "command"]), (2**22 - 1, ["x"])]
    )
    assert ended == 1
    assert other.process.returncode is None
    await children.stop()
    assert mine.process.returncode is not None


def _sleepers(count: int) -> dict[str, list[str]]:
    words = "import signal; signal.pause()"
    return {f"sleeper {number}": [sys.executable, "-c", words, str(number)] for number in range(count)}


def test_the_memory_is_one_json_object(tmp_path: Path) -> None:
    Memory(tmp_path / "demo.json", base=1).keep()
    kept = json.loads((tmp_path / "demo.json").read_text("utf-8"))
    assert set(kept) == {"base", "stores", "imported", "enrolled", "opened", "children"}


def test_the_receipt_printer_alone_has_the_drawer(tmp_path: Path) -> None:
    place = StorePlace(tmp_path, make_chain(1, tmp_path / "chain").stores[0], Ports(21_000, 1).store(0))
    place.write_config(slip=True)
    written = tomllib.loads(place.config.read_text("utf-8"))
    assert written["lan"] == {"open": True, "host": "127.0.0.1", "port": 21_019}
    assert place.door_url == "https://127.0.0.1:21019"
    shown = json.loads(write_devices(tmp_path, [place], []).read_text("utf-8"))["places"][0]["printers"]
    assert [(one["id"], one["drawer"]) for one in shown] == [("receipt", True), ("pick", False)]
    printers = written["printer"]
    assert [(one["id"], one.get("drawer", False)) for one in printers] == [("receipt", True), ("pick", False)]


def test_the_same_chain_in_another_clone_is_imported_once(tmp_path: Path) -> None:
    clones = [tmp_path / name for name in ("one", "another")]
    for clone in clones:
        shutil.copytree(chain_folder(), clone)
    first, second = (make_chain(2, clone / "made", clone).fingerprint() for clone in clones)
    assert first == second
    products = clones[1] / "products.csv"
    products.write_bytes(products.read_bytes() + b"\n")
    assert make_chain(2, clones[1] / "made", clones[1]).fingerprint() != first
