"""The door to the shop's network: certificates, pairing, and what an unpaired browser reaches."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from starlette.requests import Request

from pos_agent.app import build_lan_app
from pos_agent.errors import CertificateTrouble
from pos_agent.lan.authority import issue, read_authority
from pos_agent.lan.certificate_files import CertificateFiles
from pos_agent.lan.door import LanDoor
from pos_agent.lan.gate import OPEN
from pos_agent.lan.names import is_private
from pos_agent.lan.pairing import MOST_TRIES, Pairing
from pos_agent.settings import AgentSettings
from pos_agent.start import lan_services
from sync.rules.errors import Refused
from sync.runtime.clock import SystemClock
from sync.runtime.errors import SettingsError
from sync.runtime.supervision import Lifetime
from sync.web.known_hosts import name_in
from sync.web.permissions import walk_routes
from tests.unit.pos_agent.agent_stage import Stage, agent_settings, client, gtin, staged

HOST = "till.local"
NOW = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
SAME = {"sec-fetch-site": "same-origin"}


@pytest.fixture
async def shop(template: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """An agent whose door is open under `till.local`."""
    async with staged(template, tmp_path, lan={"open": True, "names": [HOST]}, tills=("1", "2")) as made:
        await made.desk.lan.renew()
        made.desk.lan.port = 8743
        yield made


@asynccontextmanager
async def phone(stage: Stage, host: str = HOST) -> AsyncIterator[httpx.AsyncClient]:
    """A phone's browser in the shop's network."""
    transport = httpx.ASGITransport(app=build_lan_app(stage.desk), client=("192.168.1.9", 5000))
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{host}", headers=SAME) as caller:
        yield caller


async def code_of(stage: Stage, till: str = "2", name: str = "mei's phone") -> str:
    """A code that a manager opened at the till."""
    async with client(stage, "lin") as manager:
        answer = await manager.post("/api/v1/pairing", json={"name": name, "till": till})
        assert answer.status_code == 201, answer.text
        code: str = answer.json()["code"]
        return code


async def pair(stage: Stage, caller: httpx.AsyncClient, till: str = "2") -> None:
    """Pair a phone and sign in on it."""
    paired = await caller.post("/api/v1/pair", json={"code": await code_of(stage, till)})
    assert paired.status_code == 201, paired.text
    signed = await caller.post("/api/v1/sign-in", json={"login": "mei", "pin": "2468", "till": "1"})
    assert signed.status_code == 200, signed.text


def test_a_certificate_is_renewed_before_its_end_and_for_a_new_address(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path, "s1")
    assert files.renew((HOST,), NOW) is True
    fingerprint, first = files.fingerprint, (tmp_path / "lan/served.pem").read_bytes()
    assert files.renew((HOST,), NOW + timedelta(days=365)) is False
    assert files.renew((HOST,), NOW + timedelta(days=367)) is True
    assert (tmp_path / "lan/served.pem").read_bytes() != first
    assert files.renew((HOST, "10.0.0.7"), NOW + timedelta(days=367)) is True
    assert files.names == {HOST, "10.0.0.7"}
    assert files.fingerprint == fingerprint
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "lan").iterdir()} == {0o600}
    assert (tmp_path / "lan").stat().st_mode & 0o777 == 0o700


def test_a_served_key_that_others_could_read_is_replaced(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path, "s1")
    files.renew((HOST,), NOW)
    served = tmp_path / "lan/served.pem"
    before, fingerprint = served.read_bytes(), files.fingerprint
    served.chmod(0o644)
    assert CertificateFiles(tmp_path, "s1").renew((HOST,), NOW) is True
    assert (served.stat().st_mode & 0o777, served.read_bytes() == before) == (0o600, False)
    assert files.renew((HOST,), NOW) is False
    assert files.fingerprint == fingerprint


def test_the_authority_is_bound_to_private_names_and_certificates_are_short(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path, "s1")
    files.renew((HOST, "192.168.1.5"), NOW)
    authority = read_authority((tmp_path / "lan/authority.pem").read_bytes())
    bound = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert bound.critical
    assert "192.168.0.0/16" in {str(one.value) for one in bound.value.permitted_subtrees or ()}
    served = x509.load_pem_x509_certificates((tmp_path / "lan/served.pem").read_bytes())[0]
    assert served.not_valid_after_utc - served.not_valid_before_utc == timedelta(days=397)
    assert authority.certificate.not_valid_after_utc == NOW + timedelta(days=3650)
    late = x509.load_pem_x509_certificates(issue(authority, [HOST], NOW + timedelta(days=3600)))[0]
    assert late.not_valid_after_utc == authority.certificate.not_valid_after_utc


@pytest.mark.parametrize("names", [("192.168.1.5",), ("fd00::1", "10.0.0.2"), ("till.local",)])
def test_a_client_that_trusts_the_authority_takes_it(names: tuple[str, ...], tmp_path: Path) -> None:
    # given
    files = CertificateFiles(tmp_path, "s1")
    files.renew(names, SystemClock().now())
    assert files.context is not None
    trust = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(files.der))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = files.context.wrap_bio(to_server, to_client, server_side=True)
    client = trust.wrap_bio(to_client, to_server, server_hostname=names[0])

    # when
    for side in (client, server, client):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()

    # then
    assert client.version() == "TLSv1.3"


def test_an_authority_that_others_can_read_or_that_is_damaged_is_refused(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path, "s1")
    files.renew((HOST,), NOW)
    path = tmp_path / "lan/authority.pem"
    whole = path.read_bytes()
    path.chmod(0o644)
    with pytest.raises(CertificateTrouble, match="others can read"):
        files.renew((HOST,), NOW)
    path.chmod(0o600)
    path.write_bytes(whole[:300])
    with pytest.raises(CertificateTrouble, match="damaged"):
        files.renew((HOST,), NOW)
    assert path.read_bytes() == whole[:300]
    path.write_bytes(whole)
    (tmp_path / "lan/served.pem").write_bytes(b"rubbish")
    assert files.renew((HOST,), NOW) is True


async def test_https_answers_and_takes_a_new_certificate_without_a_restart(
    template: Path, tmp_path: Path
) -> None:
    lan = {"open": True, "names": ["localhost"], "host": "127.0.0.1", "port": 0}
    async with staged(template, tmp_path, lan=lan) as stage:
        stage.clock.moment = SystemClock().now()
        services = await lan_services(stage.desk)
        lifetime = Lifetime()
        running = [asyncio.ensure_future(service.run(lifetime)) for service in services]
        await lifetime._ready.wait()
        door = stage.desk.lan
        trust = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(door.files.der))
        async with httpx.AsyncClient(verify=trust, base_url=f"https://localhost:{door.port}") as caller:
            answer = await caller.get("/ca/store.crt")
        assert answer.content == door.files.der
        assert answer.headers["content-type"] == "application/x-x509-ca-cert"
        assert "strict-transport-security" not in answer.headers
        before = await asyncio.to_thread(_served, door.port)
        stage.clock.moment += timedelta(days=370)
        await door.look()
        after = await asyncio.to_thread(_served, door.port)
        assert after.not_valid_after_utc - before.not_valid_after_utc == timedelta(days=370)
        stage.desk.screens.close()
        lifetime.stopping.set()
        await asyncio.gather(*running)


def _served(port: int) -> x509.Certificate:
    """The certificate that a new connection is shown; times are not looked at, the clock is held."""
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), 5) as plain,
        blind.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        der = secure.getpeercert(binary_form=True)
    assert der is not None
    return x509.load_der_x509_certificate(der)


async def test_a_door_that_cannot_open_says_why_and_stops_no_till(template: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        lan = {"open": True, "names": [HOST], "host": "127.0.0.1", "port": taken.getsockname()[1]}
        async with staged(template, tmp_path, lan=lan) as stage:
            assert await lan_services(stage.desk) == []
            async with client(stage, "lin") as manager:
                told = (await manager.get("/api/v1/browsers")).json()
                refused = await manager.post("/api/v1/pairing", json={"name": "x", "till": "1"})
    assert (told["is_open"], told["is_meant_to_be"]) == (False, True)
    assert (told["trouble"], "已被其他程序占用" in told["problem"]) == ("port_taken", True)
    assert (refused.status_code, refused.json()["code"]) == (409, "lan_closed")


async def test_a_shut_door_serves_nothing_and_makes_no_authority(stage: Stage) -> None:
    assert await lan_services(stage.desk) == []
    async with client(stage, None) as caller:
        assert (await caller.get("/ca/store.crt")).json()["code"] == "lan_closed"
        assert (await caller.get("/ca", headers={"accept": "text/html"})).status_code == 200
    assert not (stage.path.parent / "lan").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "0.0.0.0"},
        {"host": "192.168.1.5"},
        {"lan": {"names": ["shop.example"]}},
        {"lan": {"names": ["8.8.8.8"]}},
        {"lan": {"names": ["bad_name.local"]}},
        {"lan": {"host": "elsewhere"}},
    ],
)
def test_plain_http_beyond_the_machine_and_public_names_are_refused(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="validation error"):
        agent_settings(tmp_path, **changes)


def test_the_settings_file_says_in_words_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text('host = "0.0.0.0"\n[lan]\nnames = ["shop.example"]\n', "utf-8")
    with pytest.raises(SettingsError) as caught:
        AgentSettings.load(path)
    assert "plain HTTP" in str(caught.value)
    assert "no private name" in str(caught.value)


@pytest.mark.parametrize(
    ("host", "name"),
    [("Till.Local:8743", "till.local"), ("[::1]:80", "::1"), ("10.0.0.1", "10.0.0.1"), ("", "")],
)
def test_the_name_in_a_host_header(host: str, name: str) -> None:
    assert name_in(host) == name


@pytest.mark.parametrize(("host", "names"), [("127.0.0.1", {"127.0.0.1"}), ("10.1.2.3", {"10.1.2.3"})])
async def test_a_door_at_one_address_speaks_for_that_address_alone(
    tmp_path: Path, host: str, names: set[str]
) -> None:
    section = agent_settings(tmp_path, lan={"open": True, "host": host}).lan
    door = LanDoor(section, CertificateFiles(tmp_path, "s1"), SystemClock())
    await door.renew()
    door.port = 8019
    assert (set(door.files.names), door.urls) == (names, [f"https://{host}:8019"])


def test_private_names() -> None:
    assert [is_private(one) for one in ("a.local", "localhost", "10.1.2.3", "fd00::1")] == [True] * 4
    assert [is_private(one) for one in ("local.com", "1.1.1.1", "a..local", "x" * 250 + ".local")] == [
        False
    ] * 4


async def test_an_unpaired_browser_reaches_nothing_but_pairing(shop: Stage) -> None:
    app = build_lan_app(shop.desk)
    reached = []
    async with phone(shop) as caller:
        for path, route in walk_routes(app.routes):
            concrete = path.replace("{", "").replace("}", "").replace(":number", "").replace(":path", "")
            for method in sorted(getattr(route, "methods", None) or {"GET"}):
                if path.startswith("/static") or method == "HEAD":
                    continue
                answer = await caller.request(method, concrete)
                if answer.status_code != 403 or answer.json()["code"] != "not_paired":
                    reached.append(path)
        page = await caller.get("/till", headers={"accept": "text/html"})
        token = await caller.post("/api/v1/session", json={"login": "mei", "pin": "2468"})
        static = await caller.get("/static/web/x/base.css")
    assert set(reached) == OPEN
    assert (page.status_code, page.headers["location"]) == (303, "/pair?next=%2Ftill")
    assert token.status_code == 403
    assert static.status_code == 200


async def test_another_host_name_is_refused(shop: Stage) -> None:
    async with phone(shop, "rebound.example") as caller:
        answer = await caller.get("/ca")
    assert (answer.status_code, answer.json()["code"]) == (421, "unknown_host")


async def test_a_phone_is_paired_once_and_works_at_its_till(shop: Stage) -> None:
    code = await code_of(shop)
    async with phone(shop) as caller, phone(shop) as other:
        paired = await caller.post("/api/v1/pair", json={"code": f"{code[:4]} {code[4:]}"})
        again = await other.post("/api/v1/pair", json={"code": code})
        assert (paired.status_code, paired.json()) == (201, {"name": "mei's phone", "till": "2"})
        assert (again.status_code, again.json()["code"]) == (403, "wrong_pair_code")
        cookie = paired.headers["set-cookie"].lower()
        assert cookie.startswith("__host-omo-s1-browser=")
        assert "secure" in cookie
        assert "httponly" in cookie
        signed = await caller.post("/api/v1/sign-in", json={"login": "mei", "pin": "2468", "till": "1"})
        assert signed.headers["set-cookie"].startswith("__Host-omo-s1=")
        assert (await caller.get("/api/v1/staff")).json()["tills"] == ["2"]
        assert (await caller.get("/api/v1/status")).json()["till"] == "2"
        scanned = await caller.post("/api/v1/till/scan", json={"code": gtin(1)})
        assert scanned.json()["ticket"]["count"] == 1
        stolen = caller.cookies.get("__Host-omo-s1")
        async with phone(shop) as thief:
            await thief.post("/api/v1/pair", json={"code": await code_of(shop, "1", "thief")})
            thief.cookies.set("__Host-omo-s1", str(stolen), domain=HOST)
            assert (await thief.get("/api/v1/status")).status_code == 401
    async with client(shop, "lin") as manager:
        told = (await manager.get("/api/v1/browsers")).json()
    listed = sorted(told["browsers"], key=lambda one: one["name"])
    assert [(one["name"], one["till"], one["paired_by"]) for one in listed] == [
        ("mei's phone", "2", "lin"),
        ("thief", "1", "lin"),
    ]
    assert told["pairing"] == {"state": "spent", "name": "thief", "till": "1"}


async def test_a_removed_browser_is_out_at_once(shop: Stage) -> None:
    async with phone(shop) as caller, client(shop, "lin") as manager:
        await pair(shop, caller)
        (browser,) = (await manager.get("/api/v1/browsers")).json()["browsers"]
        streaming = shop.desk.screens.response(_request(), ["status"], owner=browser["id"])
        frames = streaming.body_iterator
        assert await anext(frames)  # type: ignore[call-overload]  # a generator
        gone = await manager.delete(f"/api/v1/browsers/{browser['id']}")
        assert gone.status_code == 204
        assert [frame async for frame in frames] == []
        assert (await caller.get("/api/v1/status")).json()["code"] == "not_paired"
        twice = await manager.delete(f"/api/v1/browsers/{browser['id']}")
        assert (twice.status_code, twice.json()["code"]) == (404, "unknown_browser")
    assert await shop.rows("SELECT count(*) FROM session WHERE data LIKE '%browser%'") == [(0,)]


def _request() -> Any:
    return Request({"type": "http", "headers": [], "client": None})


async def test_a_phone_of_the_counter_sells_nothing(shop: Stage) -> None:
    async with phone(shop) as caller:
        await pair(shop, caller, till="")
        refused = await caller.post("/api/v1/till/scan", json={"code": gtin(1)})
        page = await caller.get("/till", headers={"accept": "text/html"})
        assert (await caller.get("/api/v1/status")).json()["counter_only"] is True
        assert (await caller.get("/api/v1/counter")).status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (403, "counter_only")
    assert (page.status_code, page.headers["location"]) == (303, "/counter")
    assert await shop.rows("SELECT count(*) FROM ticket_line") == [(0,)]


async def test_codes_are_opened_at_the_machine_itself_and_spent_over_the_network(shop: Stage) -> None:
    async with phone(shop) as caller:
        await pair(shop, caller)
        await caller.post("/api/v1/sign-in", json={"login": "lin", "pin": "2468"})
        refused = await caller.post("/api/v1/pairing", json={"name": "another", "till": "1"})
        assert (refused.status_code, refused.json()["code"]) == (403, "pair_at_store")
    code = await code_of(shop)
    async with client(shop, None) as here:
        local = await here.post("/api/v1/pair", json={"code": code}, headers=SAME)
        assert (local.status_code, local.json()["code"]) == (409, "pair_over_lan")
    async with client(shop, "lin") as manager:
        unknown = await manager.post("/api/v1/pairing", json={"name": "x", "till": "9"})
        assert unknown.json()["code"] == "unknown_till"
        assert (await manager.get("/api/v1/browsers")).json()["pairing"]["code"] == code


def test_a_code_ends_and_wrong_tries_are_bounded() -> None:
    pairing = Pairing()
    opened = pairing.begin("phone", "1", "lin", 0.0)
    wrong = "0" * 8 if opened.code != "0" * 8 else "1" * 8
    for _ in range(5):
        with pytest.raises(Refused, match="wrong_pair_code"):
            pairing.spend(wrong, "10.0.0.1", 1.0)
    with pytest.raises(Refused, match="pair_locked") as locked:
        pairing.spend(opened.code, "10.0.0.1", 2.0)
    assert locked.value.facts["wait_s"] == 60
    assert (opened.state(2.0), opened.wrong) == ("open", 5)
    assert pairing.spend(opened.code, "10.0.0.1", 61.0) is opened
    late = pairing.begin("phone", "1", "lin", 100.0)
    assert late.state(399.9) == "open"
    with pytest.raises(Refused, match="wrong_pair_code"):
        pairing.spend(late.code, "10.0.0.2", 400.0)
    tried = pairing.begin("phone", "1", "lin", 1000.0)
    wrong = "0" * 8 if tried.code != "0" * 8 else "1" * 8
    for number in range(MOST_TRIES):
        with pytest.raises(Refused, match="wrong_pair_code"):
            pairing.spend(wrong, f"10.1.0.{number}", 1001.0)
    with pytest.raises(Refused, match="wrong_pair_code"):
        pairing.spend(tried.code, "10.2.0.1", 1002.0)
    assert (tried.state(1002.0), tried.spent) == ("blocked", False)
