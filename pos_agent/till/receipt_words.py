"""What a receipt says in each language; both complete (a test compares them)."""

from collections.abc import Sequence
from typing import Final

from pos_agent.till.cases import Cases

WORDS: Final[dict[str, dict[str, str]]] = {
    "zh-CN": {
        "receipt": "小票号",
        "till": "收银台",
        "clerk": "收银员",
        "time": "时间",
        "total": "合计",
        "count": "件数",
        "cash": "现金",
        "card": "银行卡",
        "online": "已在线支付",
        "change": "找零",
        "order": "自提订单",
        "phone": "电话",
        "thanks": "谢谢惠顾，欢迎再次光临！",
        "slip": "拣货单",
        "ready_by": "请于此前备好",
        "customer": "顾客",
        "pay_counter": "到店付款",
        "paid_online": "已在线付款",
        "shelf": "货架",
        "case": "{packs} 箱 x {pieces}",
        "cases": "{packs} 箱 x {pieces}",
        "left": "余",
        "label_price": "按标签价",
        "welcome": "欢迎光临",
        "gift": "礼品小票",
        "date": "购买日期",
        "gift_note": "凭此小票可按本店规定换货",
    },
    "en": {
        "receipt": "Receipt",
        "till": "Till",
        "clerk": "Served by",
        "time": "Time",
        "total": "Total",
        "count": "Items",
        "cash": "Cash",
        "card": "Card",
        "online": "Paid online",
        "change": "Change",
        "order": "Pickup order",
        "phone": "Tel.",
        "thanks": "Thank you, see you again!",
        "slip": "PICK SLIP",
        "ready_by": "Ready by",
        "customer": "Customer",
        "pay_counter": "Pay at counter",
        "paid_online": "Paid online",
        "shelf": "Shelf",
        "case": "{packs} case of {pieces}",
        "cases": "{packs} cases of {pieces}",
        "left": "left",
        "label_price": "label price",
        "welcome": "Welcome",
        "gift": "GIFT RECEIPT",
        "date": "Bought on",
        "gift_note": "Goods may be exchanged with this receipt by the shop's rules",
    },
}
_SIGNS: Final = {"CNY": "\uffe5"}
"""The sign on paper where every Chinese printer has it (GB 18030 A3A4); other currencies show their code."""
_WHOLE: Final = frozenset({"JPY", "KRW", "VND"})


def words_for(locale: str) -> dict[str, str]:
    """The words for readers of a language: Chinese unless another is known."""
    return WORDS.get(locale) or (WORDS["en"] if locale.lower().startswith("en") else WORDS["zh-CN"])


def cases_text(cases: Sequence[Cases], qty: int, words: dict[str, str]) -> str:
    """`2 cases of 24 + 3`: units as whole cases, and what is left over."""
    parts = [
        words["case" if packs == 1 else "cases"].format(packs=packs, pieces=pieces) for pieces, packs in cases
    ]
    left = qty - sum(pieces * packs for pieces, packs in cases)
    return " + ".join([*parts, *([str(left)] if left else [])])


def amount(minor: int, currency: str) -> str:
    """Minor units as a till writes them, `12.80`; currencies without minor units stay whole."""
    if currency in _WHOLE:
        return str(minor)
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def money(minor: int, currency: str) -> str:
    """An amount with its currency, `\uffe512.80` or `EUR 12.80`."""
    sign = _SIGNS.get(currency)
    return f"{sign}{amount(minor, currency)}" if sign else f"{currency} {amount(minor, currency)}"
