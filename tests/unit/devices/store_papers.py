"""Papers as the store's programs make them, each in both languages: shelf labels and reports of a till."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from devices.printing.document import Document
from pos_agent.catalogue.profile import Profile
from pos_agent.catalogue.queries import Product
from pos_agent.labels.label_document import label_document
from pos_agent.reports.report_document import Heading, report_document
from pos_agent.reports.rules import MoneySum, Takings, TenderSum

LOCALES = {"zh": "zh-CN", "en": "en"}
COFFEE = Product(
    sku="SB-0003-18",
    gtin="6971990900011",
    names={
        "zh-CN": "三顿半 超即溶咖啡 3号 意式风味 18颗装",
        "en": "Saturnbird Instant Coffee No. 3, 18 capsules",
    },
    price_minor=12900,
    per=1,
    currency="CNY",
    is_on=True,
    shelf="B-11-4",
    version=1,
)
APPLES = replace(
    COFFEE,
    sku="00123",
    gtin="",
    names={"zh-CN": "烟台红富士苹果（特级）", "en": "Fuji Apples, Yantai, extra"},
    price_minor=1280,
    per=500,
    unit="g",
    shelf="F-02",
)
SHOP = Profile(store="s1", names={"zh-CN": "静安寺店", "en": "Jing’an Temple"}, tz=ZoneInfo("Asia/Shanghai"))
Z = Heading(
    till="1",
    by="Li Na 李娜",
    since="2025-11-22T14:03:11.000Z",
    at="2025-11-23T14:01:07.000Z",
    number="jingan-1-1-Z0042",
)
X = replace(Z, number="")
TAKINGS = Takings(
    receipts=131,
    first="jingan-1-1-005208",
    last="jingan-1-1-005338",
    money=(
        MoneySum(
            currency="CNY",
            sales=118,
            sales_minor=612_480,
            orders=4,
            orders_minor=38_850,
            online=9,
            online_minor=120_010,
            tenders=(
                TenderSum(tender="card", count=71, paid_minor=431_000, given_minor=431_000, change_minor=0),
                TenderSum(
                    tender="cash", count=51, paid_minor=220_330, given_minor=263_000, change_minor=42_670
                ),
            ),
        ),
    ),
    pieces=402,
    weighed=17,
    no_sale=2,
)


def _papers(short: str, locale: str) -> dict[str, Document]:
    shop, day = replace(SHOP, locale=locale), date(2025, 11, 23)
    return {
        f"label_{short}": label_document(COFFEE, day, locale),
        f"label_weighed_{short}": label_document(APPLES, day, locale),
        f"z_report_{short}": report_document(Z, TAKINGS, shop),
        f"x_report_{short}": report_document(X, TAKINGS, shop),
    }


STORE_PAPERS = {
    name: paper for short, locale in LOCALES.items() for name, paper in _papers(short, locale).items()
}
