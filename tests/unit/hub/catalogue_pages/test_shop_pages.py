"""The shop's lists and product pages: every page answers, stock in words, any input is safe."""

import httpx2
import pytest

from tests.unit.hub.shop_web.shop_world import SUN, World


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/s/renmin",
        "/s/renmin?page=2",
        "/s/renmin/search?q=SPF50",
        f"/s/renmin/p/{SUN}",
        "/s/renmin/basket",
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
async def test_every_page_answers_in_both_languages(client: httpx2.AsyncClient, path: str, lang: str) -> None:
    answer = await client.get(path, headers={"accept-language": lang})
    assert answer.status_code == 200, answer.text
    assert f'<html lang="{lang}"' in answer.text
    assert ("邻光便利美妆" if lang == "zh-CN" else "Linguang") in answer.text


async def test_the_stores_tell_their_hours_now(world: World, client: httpx2.AsyncClient) -> None:
    text = (await client.get("/")).text
    assert text.count("Open now") == 2
    assert "until 22:00" in text
    assert "opens tomorrow at 10:00" in text
    assert "your last store" not in text

    await client.get("/s/jiangwan")
    text = (await client.get("/")).text
    assert "your last store" in text
    assert text.index("Shop at Jiangwan") < text.index("Shop at Renmin")
