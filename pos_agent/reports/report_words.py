"""What X and Z reports say in each language; both complete (a test compares them)."""

from typing import Final

REPORT_WORDS: Final[dict[str, dict[str, str]]] = {
    "zh-CN": {
        "x": "X 报表",
        "z": "Z 报表",
        "x_note": "仅供查看，未结账",
        "number": "编号",
        "till": "收银台",
        "by": "操作人",
        "since": "起",
        "until": "止",
        "receipts": "小票数",
        "first": "首张",
        "last": "末张",
        "sales": "销售",
        "orders": "自提到店付款",
        "online": "已在线支付的自提",
        "online_note": "（不计入本台收款）",
        "taken": "收款合计",
        "given": "收到现金",
        "change": "找零",
        "cash_due": "抽屉应有现金",
        "float_note": "（不含备用金）",
        "cash": "现金",
        "card": "银行卡",
        "pieces": "件数",
        "weighed": "称重商品（行）",
        "no_sale": "无销售开抽屉",
        "nothing": "此期间没有小票。",
        "signed": "签字",
    },
    "en": {
        "x": "X REPORT",
        "z": "Z REPORT",
        "x_note": "A look, not a closing",
        "number": "Number",
        "till": "Till",
        "by": "By",
        "since": "From",
        "until": "To",
        "receipts": "Receipts",
        "first": "First",
        "last": "Last",
        "sales": "Sales",
        "orders": "Orders paid here",
        "online": "Orders paid online",
        "online_note": "(not taken at this till)",
        "taken": "Total taken",
        "given": "Cash given",
        "change": "Change",
        "cash_due": "Cash due in drawer",
        "float_note": "(without the float)",
        "cash": "Cash",
        "card": "Card",
        "pieces": "Pieces",
        "weighed": "Weighed goods (lines)",
        "no_sale": "Drawer without sale",
        "nothing": "No receipt in this time.",
        "signed": "Signed",
    },
}


def report_words(locale: str) -> dict[str, str]:
    """The words for readers of a language: Chinese unless it is English."""
    return REPORT_WORDS["en" if locale.lower().startswith("en") else "zh-CN"]
