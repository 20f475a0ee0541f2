"""The import page: preview writes nothing, confirming writes all, uploads end."""

import re
from datetime import timedelta
from pathlib import Path
from string import Formatter

import httpx2
import pytest
from starlette.applications import Starlette

from hub.catalogue.read_messages import MESSAGES
from hub.importing.done_reports import MOST_REPORTS, DoneReport, DoneReports
from hub.importing.pages import MOST_BYTES
from hub.importing.row_texts import ROW_TEXTS
from hub.importing.upload_shelf import MOST_FILES, UploadShelf
from hub.kernel import Kernel
from sync.web.translations import load_texts
from tests.unit.hub.importing.test_import_products import A, B, everything, file
from tests.unit.hub.stores.running_hub import NOW, SetClock

EMPTY: list[object] = [[], [], []]


async def confirm(browser: httpx2.AsyncClient, upload: str) -> httpx2.Response:
    """Confirm an upload and follow to the page that tells what was done."""
    answer = await browser.post("/hq/import/done", data={"upload": upload})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/hq/import/done/{upload}")
    return await browser.get(answer.headers["location"])


async def upload(browser: httpx2.AsyncClient, content: bytes, name: str = "p.csv") -> httpx2.Response:
    return await browser.post("/hq/import/preview", files={"file": (name, content, "text/csv")})


def upload_id(page: httpx2.Response) -> str:
    found = re.search(r'name="upload" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


async def test_a_preview_tells_all_and_writes_nothing(kernel: Kernel, browser: httpx2.AsyncClient) -> None:
    page = await upload(browser, file(A, B.replace("600", "no price")), "<b>.csv")

    assert page.status_code == 200
    assert "Import 1 product with 1 SKU" in page.text
    assert "Row 3" in page.text
    assert "no price is no price. Write a number such as" in page.text
    assert "Food › Fruit" in page.text
    assert "&lt;b&gt;.csv" in page.text
    assert await everything(kernel) == EMPTY


async def test_faults_are_told_in_the_readers_language(browser: httpx2.AsyncClient) -> None:
    browser.headers["accept-language"] = "zh-CN"

    page = await upload(browser, file(A, B.replace("600", "")))

    assert "第 3 行" in page.text
    assert "缺少价格。请填写。" in page.text


async def test_confirming_takes_the_file_in_and_the_same_again_changes_nothing(
    kernel: Kernel, browser: httpx2.AsyncClient
) -> None:
    first = await upload(browser, file(A, B))

    done = await confirm(browser, upload_id(first))

    assert "2 products with 2 SKUs written" in done.text
    before = await everything(kernel)
    again = await upload(browser, file(A, B))
    assert "there is nothing to do" in again.text
    unchanged = await confirm(browser, upload_id(again))
    assert "Nothing changed" in unchanged.text
    assert await everything(kernel) == before


async def test_an_upload_is_taken_in_once(kernel: Kernel, browser: httpx2.AsyncClient) -> None:
    page = await upload(browser, file(A))
    done = await confirm(browser, upload_id(page))
    before = await everything(kernel)

    again = await confirm(browser, upload_id(page))
    reloaded = await browser.get(f"/hq/import/done/{upload_id(page)}")

    assert "1 product with 1 SKU written" in done.text
    assert done.text == again.text == reloaded.text
    assert await everything(kernel) == before


async def test_a_spent_upload_never_says_that_nothing_was_changed(
    app: Starlette, browser: httpx2.AsyncClient
) -> None:
    spent = upload_id(await upload(browser, file(A)))
    await confirm(browser, spent)
    del app.state.import_reports  # as a hub that was started again

    posted = await browser.post("/hq/import/done", data={"upload": spent})
    opened = await browser.get(f"/hq/import/done/{spent}")

    assert (posted.status_code, opened.status_code) == (410, 404)
    for page in (posted, opened):
        assert "Nothing was changed" not in page.text
    assert "What was imported stays in the catalogue" in opened.text


def test_reports_are_kept_in_a_bounded_number() -> None:
    reports = DoneReports()
    report = DoneReport(1, 1, 1, 0, 0, 0, 0, 1, (), 0)
    for number in range(MOST_REPORTS + 1):
        reports.keep(str(number), report)
    assert reports.get("0") is None
    assert reports.get(str(MOST_REPORTS)) is report


SHOPIFY = (
    "Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant Price,Image Src\n"
    "kettle,Kettle,Ember,Kitchen,Colour,Red,24.90,https://cdn.example/red.jpg\n"
    "kettle,,,,,Blue,24.90,\n"
    "cup,Cup,Ember,Kitchen,,,4.90,\n"
)


async def test_a_shopify_export_is_told_its_currency_its_pictures_and_its_skus(
    browser: httpx2.AsyncClient,
) -> None:
    page = (await upload(browser, SHOPIFY.encode())).text

    assert "Prices are taken as CNY" in page
    assert "1 product has its pictures at another host" in page
    assert "until cdn.example stands in picture_hosts" in page
    assert "Import 2 products with 3 SKUs" in page


async def test_our_own_file_names_its_currency_and_its_pictures_are_here(
    browser: httpx2.AsyncClient,
) -> None:
    page = (await upload(browser, file(A))).text

    assert "Prices are taken as" not in page
    assert "another host" not in page


async def test_an_upload_ends_after_half_an_hour(
    kernel: Kernel, clock: SetClock, browser: httpx2.AsyncClient
) -> None:
    page = await upload(browser, file(A))
    clock.move(minutes=30, seconds=1)

    answer = await browser.post("/hq/import/done", data={"upload": upload_id(page)})

    assert answer.status_code == 410
    assert await everything(kernel) == EMPTY


@pytest.mark.parametrize("name", ["", "x", "../hub.sqlite", "a" * 43, "..%2fhub.sqlite", "a" * 500])
async def test_an_id_that_nobody_got_is_refused(
    kernel: Kernel, browser: httpx2.AsyncClient, name: str
) -> None:
    answer = await browser.post("/hq/import/done", data={"upload": name})

    assert answer.status_code == 410
    assert await everything(kernel) == EMPTY


@pytest.mark.parametrize("content", [b"\x00\xff" * 100, b"what,is,this\n1,2,3\n", b'"open', file()])
async def test_what_is_no_product_file_is_told(
    kernel: Kernel, browser: httpx2.AsyncClient, content: bytes
) -> None:
    page = await upload(browser, content)

    assert page.status_code == 200
    assert "Nothing of this file can be taken in" in page.text
    assert 'name="upload"' not in page.text
    assert await everything(kernel) == EMPTY


async def test_no_file_is_asked_for_again(browser: httpx2.AsyncClient) -> None:
    none = await browser.post("/hq/import/preview", data={"x": "1"})
    empty = await upload(browser, b"")
    text = await browser.post("/hq/import/preview", content=b"x", headers={"content-type": "text/plain"})

    assert (none.status_code, empty.status_code, text.status_code) == (422, 422, 422)
    assert "Choose a CSV file first." in none.text
    assert "The file is empty." in empty.text
    assert "Choose a CSV file first." not in empty.text


async def test_a_broken_form_is_refused(kernel: Kernel, browser: httpx2.AsyncClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}

    answer = await browser.post("/hq/import/preview", content=b"--x\r\nbroken", headers=headers)

    assert answer.status_code in {400, 422}
    assert await everything(kernel) == EMPTY


async def test_a_file_too_large_is_refused(browser: httpx2.AsyncClient) -> None:
    answer = await upload(browser, b"x" * (MOST_BYTES + 100_000))

    assert answer.status_code == 413


async def test_who_may_only_look_imports_nothing(
    kernel: Kernel, app: Starlette, monitor: httpx2.AsyncClient
) -> None:
    headers = {"sec-fetch-site": "same-origin"}

    answer = await monitor.post("/hq/import/preview", files={"file": ("p.csv", file(A))}, headers=headers)

    assert answer.status_code == 403
    assert await everything(kernel) == EMPTY


def test_a_shelf_holds_a_bounded_number_of_files(tmp_path: Path) -> None:
    shelf = UploadShelf(tmp_path / "up")
    names = [shelf.put(b"x", NOW + timedelta(seconds=n)) for n in range(MOST_FILES + 1)]

    later = NOW + timedelta(minutes=1)
    assert shelf.get(names[0], later) is None
    assert shelf.get(names[1], later) == b"x"
    assert len(list((tmp_path / "up").iterdir())) == MOST_FILES


def test_uploads_are_for_their_owner_alone(tmp_path: Path) -> None:
    shelf = UploadShelf(tmp_path / "up")
    name = shelf.put(b"x", NOW)

    assert (tmp_path / "up").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "up" / name).stat().st_mode & 0o777 == 0o600


def test_every_code_has_its_text_in_both_languages() -> None:
    assert dict(ROW_TEXTS) == dict(MESSAGES)
    library = load_texts(["hub.importing"])
    for text in ROW_TEXTS.values():
        places = {name for _, name, _, _ in Formatter().parse(text) if name}
        for texts in library.values():
            told = texts.gettext(text)
            assert {name for _, name, _, _ in Formatter().parse(told) if name} == places
        assert library["zh-CN"].gettext(text) != text


async def test_an_upload_in_another_encoding_is_refused_before_it_is_read(
    kernel: Kernel, browser: httpx2.AsyncClient
) -> None:
    part = b'content-disposition: form-data; name="file"; filename="\\ud800.csv"'
    body = b"--a\r\n" + part + b"\r\n\r\nsku\r\n--a--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=a; charset=unicode_escape"}

    answer = await browser.post("/hq/import/preview", content=body, headers=headers)

    assert answer.status_code == 415
    assert await kernel.reader.all("SELECT * FROM product") == []
