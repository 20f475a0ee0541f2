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
