"""HQ's list of stores. On Friday 06:17 UTC it is Thursday in Pago Pago."""

import re

import httpx2
import pytest

from hub.kernel import Kernel
from hub.stores.keep_store import KeepStore, StoreDraft
from hub.stores.queries import load_directory
from tests.unit.hub.stores.running_pages import PAGE


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ({"thu": ("09:00", "22:00"), "fri": ("10:00", "18:00")}, "09:00–22:00"),
        ({"fri": ("10:00", "18:00")}, "closed"),
        ({}, "always"),
    ],
)
async def test_the_list_tells_todays_hours_by_each_stores_own_clock(
    kernel: Kernel, hq: httpx2.AsyncClient, hours: dict[str, tuple[str, str]], told: str
) -> None:
    draft = StoreDraft(id="s1", names={"en": "One"}, tz="Pacific/Pago_Pago", hours=hours)
    await kernel.writer.run(KeepStore(draft, 0))
    await load_directory(kernel)

    page = await hq.get("/hq/stores", headers=PAGE)

    assert page.status_code == 200
    [row] = re.findall(r"<tr><th scope=\"row\">One<.*?</tr>", page.text, re.DOTALL)
    assert f'<td class="nowrap">{told}</td>' in row


CODE = re.compile(r"data-code>([^<]+)<")


async def test_a_reload_shows_the_code_again_and_makes_no_second_one(
    kernel: Kernel, hq: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    made = await hq.post("/hq/stores/s1/code", headers=PAGE)
    assert (made.status_code, made.headers["location"]) == (303, "/hq/stores?code=s1")

    pages = [(await hq.get("/hq/stores?code=s1", headers=PAGE)).text for _ in range(2)]
    [code] = {found[1] for page in pages if (found := CODE.search(page))}
    assert [code in page for page in pages] == [True, True]
    assert await kernel.reader.one("SELECT COUNT(*) FROM enrolment_code") == (1,)
    assert code not in (await hq.get("/hq/stores", headers=PAGE)).text
    assert code not in (await hq.get("/hq/stores?code=s2", headers=PAGE)).text

    assert (await nobody.post("/api/v1/enrolments", json={"code": code})).status_code == 201
    assert code not in (await hq.get("/hq/stores?code=s1", headers=PAGE)).text


async def test_a_code_that_a_newer_one_ended_is_shown_no_more(hq: httpx2.AsyncClient) -> None:
    await hq.post("/hq/stores/s1/code", headers=PAGE)
    first = CODE.search((await hq.get("/hq/stores?code=s1", headers=PAGE)).text)
    assert first is not None
    await hq.post("/hq/stores/s1/code", headers=PAGE)
    second = CODE.search((await hq.get("/hq/stores?code=s1", headers=PAGE)).text)
    assert second is not None
    assert first[1] != second[1]
