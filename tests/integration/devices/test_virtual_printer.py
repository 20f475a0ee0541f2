"""The virtual printer as a program: what is sent is on its papers, in bytes, text and picture."""

import json
import socket
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from devices.printing.delivery import completion_request
from devices.printing.document import Document, Qr, Text
from devices.printing.encode import encode
from devices.profiles import load_profile
from devices.simulators.printer.archive import Archive
from devices.simulators.printer.memory import Memory
from tests.integration.devices.virtual_devices import running, send, wait_for
from tests.unit.devices.example_documents import PICK_SLIP, RECEIPT_EN, RECEIPT_ZH
from tests.unit.devices.test_escpos_interpreter import CUT
from tests.unit.devices.test_stored_pictures import KEPT

pytestmark = pytest.mark.processes

MARK = completion_request("gs_r", b"")
RECEIPT_ZH_LINES = """\
                欧莫便利
                    静安寺店
    上海市静安区南京西路1618号 021-6248 0000

小票号 S01-20251123-0042             收银员 李娜
2025-11-23 18:07:45                     收银台 1
------------------------------------------------
品名                     数量     单价      金额
------------------------------------------------
农夫山泉 饮用天然水         2     2.00      4.00
550ml
三顿半 超即溶咖啡 3号 意    1   129.00    129.00
式风味 18颗装
康师傅 红烧牛肉面（大食     3     5.50     16.50
桶）
OLAY 玉兰油 新生塑颜金纯    1   239.00    239.00
面霜 50g
------------------------------------------------
合计（7 件）                            ￥388.50
应付            ￥388.50
现金                                    ￥400.00
找零                                     ￥11.50
================================================
 谢谢惠顾，欢迎再次光临！凭本小票 7 日内可退换
             （食品、化妆品除外）。

[CODE128 S01-20251123-0042]

[QR https://omo.example/r/0193a5c2-7b1e-7f00-8000-5f2a9c3d4e10]

                扫码开具电子发票
"""


def codes(picture: Path) -> set[tuple[str, str]]:
    with Image.open(picture) as image:
        return {(code.format.name, code.text) for code in zxingcpp.read_barcodes(image)}


def test_a_receipt_is_read_back_line_by_line_and_its_codes_scan(tmp_path: Path) -> None:
    payload = encode(RECEIPT_ZH, load_profile("generic-80")) + MARK
    with running("printer", "--port", "0", "--papers", str(tmp_path)) as printer:
        assert send(printer.facts["port"], payload, 1) == b"\x00"
        assert (tmp_path / "0001.bin").read_bytes() == payload
        assert (tmp_path / "0001.txt").read_text() == RECEIPT_ZH_LINES
        picture = wait_for(tmp_path / "0001.png")
        assert codes(picture) == {
            ("Code128", "S01-20251123-0042"),
            ("QRCode", "https://omo.example/r/0193a5c2-7b1e-7f00-8000-5f2a9c3d4e10"),
        }
        with Image.open(picture) as image:
            assert image.width == 576


def test_narrow_paper_is_384_dots_and_its_codes_scan(tmp_path: Path) -> None:
    profile = load_profile("generic-58")
    with running("printer", "--port", "0", "--papers", str(tmp_path), "--columns", "32") as printer:
        for document in (RECEIPT_EN, PICK_SLIP):
            send(printer.facts["port"], encode(document, profile) + MARK, 1)
        assert codes(wait_for(tmp_path / "0001.png")) == {
            ("EAN13", "6901234567892"),
            ("QRCode", "https://omo.example/r/0193a5c2-7b1e-7f00-8000-5f2a9c3d4e11"),
        }
        assert codes(wait_for(tmp_path / "0002.png")) == {("Code128", "251123-01234567")}
        with Image.open(tmp_path / "0001.png") as image:
            assert image.width == 384
        assert all(len(line.encode("gbk")) <= 32 for line in _text_lines(tmp_path / "0001.txt"))


def _text_lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if not line.startswith("[")]


def test_a_long_qr_scans(tmp_path: Path) -> None:
    text = "https://omo.example/pickup/" + "x9" * 150
    with running("printer", "--port", "0", "--papers", str(tmp_path), "--columns", "32") as printer:
        send(printer.facts["port"], encode(Document((Qr(text),)), load_profile("generic-58")) + MARK, 1)
        assert codes(wait_for(tmp_path / "0001.png")) == {("QRCode", text)}


def test_numbers_go_on_after_a_restart_and_pictures_left_over_are_drawn(tmp_path: Path) -> None:
    options = ("--port", "0", "--papers", str(tmp_path))
    with running("printer", *options, "--no-png") as printer:
        send(printer.facts["port"], b"A\n\x1dV\x00B\n\x1dV\x00\x1dr\x01", 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "0001.bin",
        "0001.txt",
        "0002.bin",
        "0002.txt",
    ]
    with running("printer", *options) as printer:
        send(printer.facts["port"], b"C\n\x1dV\x00\x1dr\x01", 1)
        wait_for(tmp_path / "0003.png")
    names = {f"000{number}.{kind}" for number in (1, 2, 3) for kind in ("bin", "txt", "png")}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_a_connection_that_ends_without_a_cut_leaves_a_paper(tmp_path: Path) -> None:
    with running("printer", "--port", "0", "--papers", str(tmp_path), "--no-png") as printer:
        send(printer.facts["port"], b"half a rec")
        assert wait_for(tmp_path / "0001.txt").read_text() == "half a rec\n"
        assert (tmp_path / "0001.bin").read_bytes() == b"half a rec"


def test_a_burst_of_jobs_is_printed_at_once_while_pictures_follow(tmp_path: Path) -> None:
    payload = encode(PICK_SLIP, load_profile("generic-80")) + MARK
    with running("printer", "--port", "0", "--papers", str(tmp_path)) as printer:
        for _ in range(150):
            assert send(printer.facts["port"], payload, 1) == b"\x00"
        assert len(list(tmp_path.glob("*.txt"))) == 150
        assert json.loads(printer.control("state").removeprefix("ok "))["papers"] == 150


def test_faults_are_set_by_the_control_port(tmp_path: Path) -> None:
    ask = b"\x10\x04\x01\x10\x04\x02\x10\x04\x04"
    with running("printer", "--port", "0", "--papers", str(tmp_path), "--no-png") as printer:
        port = printer.facts["port"]
        for word, answer in [
            ("paper-out", "1A327E"),
            ("paper-ok", "121212"),
            ("paper-low", "12121E"),
            ("paper-ok", "121212"),
            ("offline", "1A1212"),
            ("online", "121212"),
            ("cover-open", "1A1612"),
            ("cover-closed", "121212"),
        ]:
            assert printer.control(word) == "ok"
            assert send(port, ask, 3).hex().upper() == answer
        assert printer.control("mute") == "ok"
        state = json.loads(printer.control("state").removeprefix("ok "))
        assert (state["mute"], state["online"], state["papers"]) == (True, True, 0)
        for wrong in ("", "jam", "reset-after", "reset-after x", "reset-after -1", "paper-out now"):
            assert printer.control(wrong).startswith("error ")
        assert json.loads(printer.control("state").removeprefix("ok ")) == state


def test_a_reset_in_mid_job_leaves_half_a_paper(tmp_path: Path) -> None:
    with running("printer", "--port", "0", "--papers", str(tmp_path), "--no-png") as printer:
        assert printer.control("reset-after 4") == "ok"
        with socket.create_connection(("127.0.0.1", printer.facts["port"]), 5) as connection:
            connection.sendall(b"ABCDEFGH\n\x1dV\x00")
            connection.settimeout(5)
            with pytest.raises(ConnectionResetError):
                connection.recv(1)
        assert wait_for(tmp_path / "0001.txt").read_text() == "ABCD\n"


def test_an_unplugged_printer_refuses_and_returns_on_the_same_port(tmp_path: Path) -> None:
    with running("printer", "--port", "0", "--papers", str(tmp_path), "--no-png") as printer:
        assert printer.control("unplug") == "ok"
        with pytest.raises(ConnectionRefusedError):
            send(printer.facts["port"], b"A")
        assert printer.control("plug") == "ok"
        assert (
            send(printer.facts["port"], encode(Document((Text("A"),)), load_profile("generic-80")) + MARK, 1)
            == b"\0"
        )


def test_a_printer_that_babbles_is_late_or_slow_still_prints_and_its_drawer_is_seen(tmp_path: Path) -> None:
    with running("printer", "--port", "0", "--papers", str(tmp_path), "--no-png") as printer:
        port = printer.facts["port"]
        assert printer.control("garbage") == "ok"
        assert send(port, b"A\n\x1dV\x00\x1dr\x01", 1) == b"\xff"
        assert printer.control("no-garbage") == "ok"
        assert printer.control("late 50") == "ok"
        assert send(port, b"\x10\x14\x01\x00\x01\x10\x04\x01", 1) == b"\x16"
        assert printer.control("push-in") == "ok"
        assert send(port, b"\x10\x04\x01", 1) == b"\x12"
        assert printer.control("late 0") == "ok"
        assert printer.control("slow 2000") == "ok"
        assert send(port, b"B\n" * 20 + b"\x1bp\x00\x19\xfa\x1dV\x00\x1dr\x02", 1) == b"\x01"
        refused = printer.control("late soon")
        assert refused == "error reset-after, paper-out-after, slow, late and wait take a number"
        facts = json.loads(printer.control("state").removeprefix("ok "))
        assert json.loads(printer.control("wait 0").removeprefix("ok ")) == facts
    told = {
        name: facts[name]
        for name in ("papers", "drawer", "kicks", "slow", "late_ms", "garbage", "waiting_bytes")
    }
    assert list(told.values()) == [2, "open", 2, 2000, 0, False, 0]


def test_a_picture_larger_than_the_buffer_is_printed_as_it_comes(tmp_path: Path) -> None:
    with running("printer", "--port", "0", "--papers", str(tmp_path), "--no-png") as printer:
        picture = b"\x1dv0\x00" + bytes((72, 0, 2000 % 256, 2000 // 256)) + bytes(72 * 2000)
        assert send(printer.facts["port"], picture + b"\x1dV\x00" + MARK, 1) == b"\x00"
        assert (tmp_path / "0001.txt").read_text() == "[IMAGE 576x2000]\n"


def test_the_program_keeps_pictures_over_its_end_and_draws_them(tmp_path: Path) -> None:
    options = ("--port", "0", "--papers", str(tmp_path))
    mark = bytes.fromhex("1D 72 01")
    with running("printer", *options, "--no-png") as printer:
        assert send(printer.facts["port"], bytes.fromhex(KEPT) + mark, 1) == b"\x00"
    with running("printer", *options) as printer:
        send(printer.facts["port"], bytes.fromhex("1C 70 02 03" + CUT) + mark, 1)
        assert (tmp_path / "0001.txt").read_text() == "[IMAGE 16x8]\n"
        wait_for(tmp_path / "0001.png")
    (tmp_path / "pictures.json").write_text("[1]")
    assert Archive(tmp_path).lasting_memory() == Memory()
