"""Papers as the store's programs make them, in both languages: labels of shelves and bags, reports."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from devices.printing.document import Document
from pos_agent.catalogue.profile import Profile
from pos_agent.catalogue.queries import Product
from pos_agent.labels.label_document import label_document
from pos_agent.pickup.bag_document import Bags, bag_document
from pos_agent.reports.report_document import Heading, report_document
from pos_agent.reports.rules import MoneySum, Takings, TenderSum
from sync.rules.items import HoldItem

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
PICKED = HoldItem(
    order="o-1",
    number="251123-01234567",
    code_hash="",
    pay_at="counter",
    due_minor=12900,
    currency="CNY",
    placed_at="2025-11-23T03:00:00.000Z",
    ready_by="2025-11-23T05:00:00.000Z",
    expires_at="2025-11-25T05:00:00.000Z",
    lines=(),
    contact="王**",
    phone_tail="1234",
)
BAGS = Bags(place="R-07 上", bags=2, prints=3)
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
        f"bag_{short}": bag_document(PICKED, replace(BAGS, prints=1), 1, shop),
        f"bag_again_{short}": bag_document(replace(PICKED, pay_at="online"), BAGS, 2, shop),
        f"z_report_{short}": report_document(Z, TAKINGS, shop),
        f"x_report_{short}": report_document(X, TAKINGS, shop),
    }


STORE_PAPERS = {
    name: paper for short, locale in LOCALES.items() for name, paper in _papers(short, locale).items()
}
