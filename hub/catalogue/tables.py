"""Tables of the catalogue area."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from hub.db.metadata import Table


class Product(Table, table=True):
    """What a product page shows; its variants are SKUs. JSON columns hold lists."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'draft', 'archived')", name="status"),
        Index("ix_product_category", "category_key"),
    )

    handle: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    description_zh: str = ""
    description_en: str = ""
    brand: str = ""
    category: str = "[]"
    category_key: str = ""
    tags: str = "[]"
    images: str = "[]"
    status: str = "active"
    is_online: int = 1
    content_hash: str
    search_text: str = ""
    position: int = 0


class SkuRow(Table, table=True):
    """One sellable SKU. `price_minor` is for `price_per` stock units; `version` is unique."""

    __tablename__ = "sku"
    __table_args__ = (
        CheckConstraint("price_minor >= 0 AND price_per > 0", name="price"),
        CheckConstraint("status IN ('active', 'draft', 'archived')", name="status"),
        Index("ix_sku_handle", "handle"),
    )

    sku: str = Field(primary_key=True)
    handle: str
    gtin: str | None = Field(default=None, unique=True)
    name_zh: str
    name_en: str
    options: str = "[]"
    price_minor: int
    price_per: int = 1
    currency: str
    compare_at_minor: int | None = None
    unit: str = "pcs"
    tax_bp: int | None = None
    image: str = ""
    shelf: str = ""
    category: str = "[]"
    status: str = "active"
    version: int = Field(unique=True)


class SkuPack(Table, table=True):
    """A further barcode of a SKU: one scan of it stands for `pieces` stock units. No SKU has it as `gtin`."""

    __tablename__ = "sku_pack"
    __table_args__ = (
        ForeignKeyConstraint(["sku"], ["sku.sku"]),
        CheckConstraint("pieces BETWEEN 1 AND 9999", name="pieces"),
        Index("ix_sku_pack_sku", "sku"),
    )

    gtin: str = Field(primary_key=True)
    sku: str
    pieces: int


class Category(Table, table=True):
    """A category: `key` is the path of slugs from the widest level."""

    __tablename__ = "category"

    key: str = Field(primary_key=True)
    parent: str = Field(default="", index=True)
    level: int
    name_zh: str
    name_en: str
    position: int = 0
