"""What shelf labels say in each language; both complete (a test compares them)."""

from typing import Final

LABEL_WORDS: Final[dict[str, dict[str, str]]] = {
    "zh-CN": {
        "per_measure": "每 {per}{measure}",
        "per_pieces": "每 {per} 件",
        "unit_price": "折合",
        "shelf": "货架",
        "sku": "货号",
    },
    "en": {
        "per_measure": "per {per} {measure}",
        "per_pieces": "for {per}",
        "unit_price": "Unit price",
        "shelf": "Shelf",
        "sku": "SKU",
    },
}


def label_words(locale: str) -> dict[str, str]:
    """The words for readers of a language: Chinese unless it is English."""
    return LABEL_WORDS["en" if locale.lower().startswith("en") else "zh-CN"]
