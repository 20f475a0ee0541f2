"""What an import says about a row: a stable code, and an English template that tells what to do.

The template is the source text for translation; `{names}` are filled from the row's parameters. Codes
never change their meaning, because screens, logs and tests name them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # The file as a whole: nothing of it is taken.
        "file_empty": "The file is empty. Choose a CSV file with a heading row and at least one product.",
        "file_too_large": "The file has {bytes} bytes; {most} are allowed. Split it into several files.",
        "encoding_unknown": "The file's characters cannot be read. Save it as CSV UTF-8 and try again.",
        "kind_unknown": (
            "The headings fit neither our own product file nor a Shopify product export. "
            "Check that the first row holds the column names."
        ),
        "column_missing": "The column {column} is missing. Add it to the heading row.",
        "column_twice": "The column {column} stands twice in the heading row; the first one was read.",
        "too_many_columns": "The heading row has {columns} columns; {most} are allowed.",
        "too_many_rows": "The file has more than {most} rows. Split it into several files.",
        "currency_unknown": "{currency} is no ISO 4217 currency code. Choose one such as CNY.",
        "csv_broken": "The file cannot be read as CSV from this row on. Check its quotation marks.",
        # A row, or a value in it: the row is left out.
        "quote_open": "A quotation mark opened in this row is never closed. Close it, or write it twice.",
        "row_too_long": "The row has more values than headings. Put quotation marks around text with commas.",
        "sku_missing": "The SKU is missing. Give every product a code of its own.",
        "sku_invalid": (
            "The SKU {value} cannot be used: at most 64 characters and 255 bytes, no slash, not dots alone, "
            "not starting with = + - or @."
        ),
        "sku_twice": "The SKU {value} stands in row {first} already. Give this row a code of its own.",
        "gtin_not_digits": "The barcode {value} holds more than digits. Correct it or leave it empty.",
        "gtin_length": (
            "The barcode {value} has {length} digits; 8, 12, 13 or 14 are right. Correct it or leave "
            "it empty."
        ),
        "gtin_check_digit": (
            "The barcode {value} ends in a wrong check digit; {expected} is right. Scan it again."
        ),
        "gtin_twice": "The barcode {value} stands in row {first} already. Correct one of the two.",
        "gtin_taken": (
            "The barcode {value} belongs to the product {sku}. Correct it or change that product first."
        ),
        "pieces_invalid": (
            "{value} does not say how many units one scan stands for. Write a number from 1 to {most} after "
            "the barcode and *."
        ),
        "too_many_packs": "A SKU can have {most} further barcodes. Leave out those that no pack bears.",
        "name_missing": "The name is missing ({column}). Fill it in.",
        "price_missing": "The price is missing. Fill it in.",
        "price_invalid": "{value} is no price. Write a number such as {example}.",
        "price_not_positive": "The price {value} is not above zero. Write what the customer pays.",
        "price_decimals": "The price {value} is finer than the smallest unit of {currency}. Round it.",
        "price_too_large": "The price {value} is too large. Check the decimal point.",
        "currency_other": (
            "The currency {value} differs from the chain's currency {currency}. Convert the price."
        ),
        "unit_unknown": "The unit {value} is not known. Use one of: {known}.",
        "status_unknown": "The status {value} is not known. Use one of: {known}.",
        "tax_invalid": "The tax {value} is no whole number of hundredths of a percent from 0 to 10000.",
        "price_per_invalid": "{value} is no whole number of stock units above zero that a price can be for.",
        "category_missing": "The category is missing ({column}). Name at least one level.",
        "category_depth": "The category {value} has {levels} levels; {most} are allowed.",
        "category_levels_differ": (
            "The category has {zh} levels in Chinese and {en} in English. Make them equal."
        ),
        "handle_missing": "The row has neither a handle nor a title. Fill in the handle of its product.",
        "title_missing": "The product {handle} has no title in any row. Fill in the title in its first row.",
        "variant_twice": (
            "The options {options} of {handle} stand in row {first} already. Remove one of the rows."
        ),
        "row_without_use": "The row has neither a variant nor a picture. Remove it or complete it.",
        "too_many_variants": "The product {handle} has more than {most} variants. Split it.",
        # Warnings: the row is taken, but something in it was changed or left out.
        "encoding_guessed": "The file is not UTF-8; it was read as GB18030. Check that the names look right.",
        "controls_removed": "Control characters in {column} were removed.",
        "formula_removed": "{column} began like a spreadsheet formula; the leading {removed} was removed.",
        "text_cut": "{column} had {length} characters; it was cut to {most}.",
        "sku_generated": "The variant has no SKU; it gets the code {sku} on every import of this file.",
        "sku_replaced_twice": (
            "The SKU {value} stands in row {first} already; this variant gets the code {sku}."
        ),
        "sku_replaced_invalid": "The SKU {value} cannot be used; this variant gets the code {sku}.",
        "gtin_padded": "The barcode {value} had lost its leading zeros; it was read as {gtin}.",
        "gtin_dropped_not_digits": (
            "The barcode {value} holds more than digits; the variant is taken without one."
        ),
        "gtin_dropped_length": (
            "The barcode {value} has {length} digits, not 8, 12, 13 or 14; the variant is taken without one."
        ),
        "gtin_dropped_check_digit": (
            "The barcode {value} ends in a wrong check digit ({expected} is right); the variant is "
            "taken without one."
        ),
        "gtin_dropped_twice": (
            "The barcode {value} stands in row {first} already; this variant is taken without one."
        ),
        "price_zero_draft": (
            "The price is zero; the variant is taken as a draft and not sold until it has a price."
        ),
        "compare_at_dropped": "The compare-at price {value} is no price; it was left out.",
        "image_invalid": "{value} is no picture file name and no web address; the picture was left out.",
        "image_missing": "The picture is missing. The shop shows a placeholder until it has one.",
        "title_differs": "The title {value} differs from the one in row {first}; the first one counts.",
        "gift_card_draft": (
            "The product is a gift card; it is taken as a draft, for gift cards are not sold as stock."
        ),
        "status_assumed": "The status {value} is not known; the product is taken as a draft.",
        "published_assumed": (
            "{column} is {value}, neither TRUE nor FALSE; the product is hidden in the online shop."
        ),
        "category_none": "The product has no type, category or tag; it stands under {category}.",
        "category_cut": "The category has {levels} levels; the first {most} were taken.",
        "html_removed": "Removed from {column}: {tags}.",
        # Opening stock.
        "store_invalid": (
            "The store {value} is no store id: lowercase letters, digits and hyphens, at most 32."
        ),
        "qty_invalid": "{value} is no quantity. Write a whole number from 0 to {most}.",
        "stock_twice": (
            "The store {store} and SKU {sku} stand in row {first} already. Remove one of the rows."
        ),
    }
)
"""Every code an import may use, with its English text."""
