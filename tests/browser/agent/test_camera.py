"""A phone in the shop's network: pairing over HTTPS, and its camera that scans goods into the ticket."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image
from playwright.sync_api import Page, expect

from pos_agent.app import build_lan_app
from pos_agent.db.migrate import migrate
from sync.runtime.clock import SystemClock
from tests.browser.agent.real_agent import RealAgent
from tests.browser.agent.stage import WAIT_S, Watched, signed_in
from tests.browser.agent.test_looks import AXE, AXE_RUN
from tests.browser.chromium import chromium
from tests.unit.pos_agent.agent_stage import Stage, gtin

pytestmark = [pytest.mark.browser, pytest.mark.camera]
WIDTH, HEIGHT = 640, 480


class NetworkAgent(RealAgent):
    """The real agent at its door to the network."""

    async def _config(self, stage: Stage) -> uvicorn.Config:
        door = stage.desk.lan
        door.clock = SystemClock()  # the browser looks at the certificate's days
        await door.renew()
        app, context = build_lan_app(stage.desk), door.files.context
        return uvicorn.Config(
            app,
            port=0,
            log_level="error",
            lifespan="off",
            ssl_context_factory=lambda _config, _usual: context,
        )

    def _url(self, stage: Stage, port: int) -> str:
        stage.desk.lan.port = port
        return f"https://localhost:{port}"


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[NetworkAgent]:
    """An agent with ten colas whose door is open under `localhost`."""
    template = tmp_path / "template.db"
    migrate(template)
    running = NetworkAgent(template, tmp_path, lan={"open": True, "names": ["localhost"]})
    running.do(running.start().receive(SKU_1=10))
    yield running
    running.stop()


def film(path: Path, text: str) -> None:
    """What a phone's camera sees: a printed EAN-13 in the middle of a grey counter, as Motion JPEG."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.EAN13)
    bars = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=3)).convert("L")
    picture = Image.new("L", (WIDTH, HEIGHT), 168)
    label = Image.new("L", (bars.width + 60, 160), 255)
    label.paste(bars.resize((bars.width, 120)), (30, 20))
    picture.paste(label, ((WIDTH - label.width) // 2, (HEIGHT - label.height) // 2))
    still = path.with_suffix(".jpg")
    picture.convert("RGB").save(still, quality=92)
    path.write_bytes(still.read_bytes() * 10)


def key_of(der: bytes) -> str:
    """The hash by which the browser is told to trust this one authority."""
    key = x509.load_der_x509_certificate(der).public_key()
    public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


@pytest.fixture
def phone(agent: NetworkAgent, tmp_path: Path) -> Iterator[Page]:
    """A phone whose camera sees a cola."""
    film(tmp_path / "cola.mjpeg", gtin(1))
    assert agent.stage is not None
    args = [
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'cola.mjpeg'}",
        f"--ignore-certificate-errors-spki-list={key_of(agent.stage.desk.lan.files.der)}",
    ]
    with chromium(*args, whole=True) as browser:
        size: Any = {"width": 360, "height": 740}
        context = browser.new_context(locale="zh-CN", timezone_id="UTC", viewport=size, has_touch=True)
        context.set_default_timeout(WAIT_S * 1000)
        watched = Watched(context.new_page())
        yield watched.page
    assert watched.faults == []


def need_good_looks(page: Page, name: str) -> None:
    """No accessibility violation, nothing wider than the phone."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(AXE_RUN) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_a_phone_is_paired_and_its_camera_scans_goods_into_the_ticket(
    phone: Page, agent: NetworkAgent, pytestconfig: pytest.Config
) -> None:
    assert agent.stage is not None
    desk, shots = agent.stage.desk, pytestconfig.rootpath / "test-output"
    shots.mkdir(exist_ok=True)
    phone.goto(agent.url + "/ca")
    expect(phone.locator("#fingerprint")).to_have_text(desk.lan.files.fingerprint)
    need_good_looks(phone, "ca")
    phone.screenshot(path=shots / "phone-ca.png", full_page=True)
    phone.goto(agent.url + "/till")
    expect(phone.locator("#code")).to_be_focused()
    phone.locator("#code").fill("00000000")
    phone.keyboard.press("Enter")
    expect(phone.locator("#fault")).to_contain_text("配对码不正确")
    need_good_looks(phone, "pair")
    phone.screenshot(path=shots / "phone-pair.png")
    opened = desk.lan.pairing.begin("phone", "1", "lin", agent.stage.clock.monotonic())
    phone.goto(f"{agent.url}/pair?next=/till#{opened.code}")
    expect(phone.locator("#code")).to_have_value(opened.code)
    assert phone.evaluate("location.hash") == ""
    phone.locator("#pair button").click()
    phone.wait_for_url("**/sign-in**")
    phone.locator("input[value='lin']").check()
    phone.locator("#pin").fill("2468")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/till")
    phone.locator(".camera-open").click()
    expect(phone.locator("[data-trouble='denied']")).to_be_visible()
    phone.context.grant_permissions(["camera"], origin=agent.url)
    phone.locator(".camera-trouble button").click()
    expect(phone.locator(".camera")).to_have_attribute("data-reads", "1")
    expect(phone.locator("tbody tr").first).to_contain_text("可口可乐")
    need_good_looks(phone, "camera")
    phone.screenshot(path=shots / "phone-camera.png")
    phone.keyboard.press("Escape")
    expect(phone.locator(".camera")).to_have_count(0)
    expect(phone.locator(".camera-open")).to_be_focused()
    assert agent.do(agent.stage.rows("SELECT sku, qty FROM ticket_line")) == [("SKU-1", 1)]
    phone.goto(agent.url + "/receiving")
    phone.locator(".camera-open").click()
    expect(phone.locator(".camera")).to_have_attribute("data-reads", "1")
    expect(phone.locator("tbody tr")).to_contain_text("可口可乐")
    phone.keyboard.press("Escape")
    phone.goto(agent.url + "/phones")
    expect(phone.locator("[data-browser='phone']")).to_be_visible()
    need_good_looks(phone, "phones")
    phone.screenshot(path=shots / "phone-phones.png", full_page=True)
    phone.locator("[data-browser='phone'] button").click()
    phone.locator("[data-browser='phone'] .danger").click()
    phone.wait_for_url("**/pair?next=%2Fphones")


def test_a_manager_shows_a_code_at_the_till(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    template = tmp_path / "template.db"
    migrate(template)
    agent = RealAgent(template, tmp_path, lan={"open": True, "names": ["till.local"]}, tills=("1", "2"))
    stage, picture = agent.start(), pytestconfig.rootpath / "test-output" / "phones-code.png"
    agent.do(stage.desk.lan.renew())
    stage.desk.lan.port = 8743
    picture.parent.mkdir(exist_ok=True)
    with chromium() as browser:
        context = signed_in(
            browser, agent.url, login="", locale="en", viewport={"width": 1280, "height": 900}
        )
        watched = Watched(context.new_page())
        page = watched.page
        page.goto(agent.url + "/phones")
        page.locator("input[value='lin']").check()
        page.locator("#pin").fill("2468")
        page.keyboard.press("Enter")
        page.wait_for_url("**/phones")
        expect(page.locator("#fingerprint")).to_have_text(stage.desk.lan.files.fingerprint)
        page.locator("[name=name]").fill("Mei's phone")
        page.locator("select[name=till]").select_option("2")
        page.locator("[name=name]").press("Enter")
        expect(page.locator(".digits")).to_be_visible()
        opened = stage.desk.lan.pairing.current
        assert opened is not None
        assert (opened.name, opened.till, opened.opened_by) == ("Mei's phone", "2", "lin")
        expect(page.locator(".digits")).to_have_text(f"{opened.code[:4]} {opened.code[4:]}")
        need_good_looks(page, "code")
        page.screenshot(path=picture)
        (code,) = zxingcpp.read_barcodes(Image.open(picture))
        assert code.text == f"https://till.local:8743/pair#{opened.code}"
        stage.desk.lan.pairing.spend(opened.code, "10.0.0.9", stage.clock.monotonic())
        stage.desk.screens.publish("status", "browsers", {})
        expect(page.locator("[data-pairing=spent]")).to_contain_text("Mei's phone is paired")
        expect(page.locator("[name=name]")).to_be_visible()
        context.close()
    agent.stop()
    assert watched.faults == []


def test_what_the_camera_sees_counts_once_and_is_told_as_a_scanner_would(
    phone: Page, agent: NetworkAgent
) -> None:
    phone.goto(agent.url + "/pair")
    counted = phone.evaluate(
        """async () => {
          const { createRepeats } = await import("omo/agent/camera/repeats.js");
          const countNew = createRepeats();
          const looks = [[["a"], 0], [["a"], 9000], [[], 9100], [["b"], 10599], [["a", "b"], 10600],
            [["b"], 10700], [["b"], 12199], [["b"], 12200], [["a"], 12300]];
          return looks.map(([codes, at]) => countNew(codes, at).join());
        }"""
    )
    assert counted == ["a", "", "", "b", "", "", "", "", "a"]
    told = phone.evaluate(
        """async () => {
          const { asScanned } = await import("omo/agent/camera/code_text.js");
          const read = [["upc_e", "04252614"], ["upc_e", "01234531"], ["upc_e", "01234542"]];
          read.push(["upc_e", "01234565"], ["ean_8", "96385074"], ["qr_code", "OMO1:A"]);
          read.push(["data_matrix", "\\u001d0106901234567892"]);
          return read.map(([format, text]) => asScanned(format, text));
        }"""
    )
    assert told == [
        "042100005264",
        "012300000451",
        "012340000052",
        "012345000065",
        "96385074",
        "OMO1:A",
        "]d20106901234567892",
    ]
