"""What bag labels say in each language; both complete (a test compares them)."""

from typing import Final

BAG_WORDS: Final[dict[str, dict[str, str]]] = {
    "zh-CN": {
        "title": "自提订单",
        "place": "货位",
        "customer": "顾客",
        "bag": "袋",
        "kept_until": "保留至",
        "pay_here": "到店付款",
    },
    "en": {
        "title": "PICKUP ORDER",
        "place": "Place",
        "customer": "Customer",
        "bag": "Bag",
        "kept_until": "Kept until",
        "pay_here": "PAY AT PICKUP",
    },
}


def bag_words(locale: str) -> dict[str, str]:
    """The words for readers of a language: Chinese unless it is English."""
    return BAG_WORDS["en" if locale.lower().startswith("en") else "zh-CN"]
