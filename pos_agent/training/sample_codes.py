"""A code of each kind that a shop meets, to be scanned where nobody says which goods there are.

The numbers follow the standards and their check digits are right; no goods of a shop are meant by them.
"""

from typing import Final

from pos_agent.training.places import Article, Words

SAMPLES: Final = (
    Article(code="6901234567892", name=Words(zh="商品（EAN-13）", en="Goods (EAN-13)")),
    Article(code="96385074", name=Words(zh="小包装商品（EAN-8）", en="Small goods (EAN-8)")),
    Article(code="036000291452", name=Words(zh="进口商品（UPC-A）", en="Goods (UPC-A)")),
    Article(code="2112345007508", name=Words(zh="秤签（21 开头）", en="Scale label (prefix 21)")),
    Article(
        code="https://id.gs1.org/01/06901234567892/10/LOT7",
        name=Words(zh="GS1 网址（二维码）", en="GS1 link (QR code)"),
    ),
    Article(code="SKU-0042", name=Words(zh="店内编码（CODE128）", en="Shop's own code (CODE128)")),
)
