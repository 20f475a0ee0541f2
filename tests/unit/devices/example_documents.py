"""Receipts and a slip as a store prints them; printed, read back and compared in several tests."""

from devices.printing.document import (
    Align,
    Barcode,
    Cell,
    Columns,
    Document,
    Feed,
    Qr,
    Row,
    Rule,
    Style,
    Symbology,
    Text,
)

ITEMS_ZH = (
    ("农夫山泉 饮用天然水 550ml", "2", "2.00", "4.00"),
    ("三顿半 超即溶咖啡 3号 意式风味 18颗装", "1", "129.00", "129.00"),
    ("康师傅 红烧牛肉面（大食桶）", "3", "5.50", "16.50"),
    ("OLAY 玉兰油 新生塑颜金纯面霜 50g", "1", "239.00", "239.00"),
)
ITEMS_EN = (
    ("Nongfu Spring Water 550ml", "2", "2.00", "4.00"),
    ("Saturnbird Instant Coffee No. 3, 18 capsules", "1", "129.00", "129.00"),
    ("Master Kong Beef Noodles", "3", "5.50", "16.50"),
    ("Olay Regenerist Cream 50g", "1", "239.00", "239.00"),
)


def _item(name: str, quantity: str, price: str, amount: str) -> Columns:
    return Columns(
        (
            Cell(name),
            Cell(quantity, 4, Align.RIGHT),
            Cell(price, 8, Align.RIGHT),
            Cell(amount, 9, Align.RIGHT),
        )
    )


RECEIPT_ZH = Document(
    (
        Text("欧莫便利", Style.LARGE, Align.CENTRE),
        Text("静安寺店", align=Align.CENTRE),
        Text("上海市静安区南京西路1618号 021-6248 0000", align=Align.CENTRE),
        Feed(),
        Row("小票号 S01-20251123-0042", "收银员 李娜"),
        Row("2025-11-23 18:07:45", "收银台 1"),
        Rule(),
        _item("品名", "数量", "单价", "金额"),
        Rule(),
        *(_item(*item) for item in ITEMS_ZH),
        Rule(),
        Row("合计（7 件）", "¥388.50", Style.BOLD),
        Row("应付", "¥388.50", Style.LARGE),
        Row("现金", "¥400.00"),
        Row("找零", "¥11.50"),
        Rule(double=True),
        Text("谢谢惠顾，欢迎再次光临！凭本小票 7 日内可退换（食品、化妆品除外）。", align=Align.CENTRE),
        Feed(),
        Barcode("S01-20251123-0042"),
        Qr("https://omo.example/r/0193a5c2-7b1e-7f00-8000-5f2a9c3d4e10"),
        Text("扫码开具电子发票", align=Align.CENTRE),
    ),
    "zh-CN",
)

RECEIPT_EN = Document(
    (
        Text("OMO Market", Style.LARGE, Align.CENTRE),
        Text("Jing’an Temple", align=Align.CENTRE),
        Text("1618 West Nanjing Road, Shanghai", align=Align.CENTRE),
        Feed(),
        Row("Receipt S01-20251123-0043", "Clerk Li Na"),
        Row("2025-11-23 18:09:10", "Till 1"),
        Rule(),
        _item("Item", "Qty", "Price", "Amount"),
        Rule(),
        *(_item(*item) for item in ITEMS_EN),
        Rule(),
        Row("Total (7 items)", "¥388.50", Style.BOLD),
        Row("To pay", "¥388.50", Style.LARGE),
        Row("Cash", "¥400.00"),
        Row("Change", "¥11.50"),
        Rule(double=True),
        Text("Thank you! Goods may be exchanged within 7 days with this receipt.", align=Align.CENTRE),
        Feed(),
        Barcode("6901234567892", Symbology.EAN13),
        Qr("https://omo.example/r/0193a5c2-7b1e-7f00-8000-5f2a9c3d4e11"),
    ),
    "en",
)

PICK_SLIP = Document(
    (
        Text("拣货单", Style.LARGE, Align.CENTRE),
        Text("#1042", Style.LARGE, Align.CENTRE),
        Row("门店 静安寺店", "11-23 18:07"),
        Row("取货人 王*明", "手机 ****8812"),
        Row("承诺备齐", "18:37", Style.BOLD),
        Rule(),
        Columns((Cell("□ 农夫山泉 饮用天然水 550ml"), Cell("×2", 5, Align.RIGHT)), Style.BOLD),
        Text("  6921168509256  A-03-2"),
        Columns((Cell("□ 三顿半 超即溶咖啡 3号"), Cell("×1", 5, Align.RIGHT)), Style.BOLD),
        Text("  6971990900012  B-11-4"),
        Rule(),
        Barcode("251123-01234567"),
    ),
    "zh-CN",
)
