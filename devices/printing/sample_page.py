"""The page a person prints to see whether a printer, its font, its width and its knife are right."""

from datetime import datetime

from devices.printing.document import Align, Barcode, Document, Logo, Qr, Row, Rule, Style, Symbology, Text


def sample_page(printer: str, at: datetime, locale: str = "zh-CN", columns: int = 0) -> Document:
    """The page for ``printer``.

    Args:
        printer: its name.
        at: shown as given.
        locale: the language of the words.
        columns: half-width characters of a line as the profile has them; a ruler so long is printed. It
            ends at the paper's edge where the profile is right, wraps where it is too wide. 0 = none.
    """
    title, note = (
        ("打印测试", "若线条从左边到右边、文字清楚、纸已切断，打印机即正常。")
        if locale.startswith("zh")
        else ("Printer test", "Rules from edge to edge, clear text and a cut paper: this printer is right.")
    )
    return Document(
        (
            Text(title, Style.LARGE, Align.CENTRE),
            Row(printer[:40], at.strftime("%Y-%m-%d %H:%M")),
            Rule(),
            Text("ABCabc 0123456789 !?&@#$%"),
            Text("中文全角：，。（）￥￥ × ÷ — …"),
            Text("Bold 粗体", Style.BOLD),
            Text("Large 大字", Style.LARGE),
            Row("左 left", "right 右"),
            *_ruler(columns, locale),
            Rule(double=True),
            Logo(),
            Text("生僻字 rare: 㐂𠮷" if locale.startswith("zh") else "Drawn line: 𠮷"),
            Barcode("6901234567892", Symbology.EAN13),
            Qr("https://omo.example/test"),
            Text(note, align=Align.CENTRE),
        ),
        locale,
    )


def _ruler(columns: int, locale: str) -> list[Text]:
    """A line of digits that is exactly as long as the profile says the paper is wide."""
    if columns < 2:
        return []
    told = "标尺应占满一整行，以 | 结束：" if locale.startswith("zh") else "One full line that ends with |:"
    digits = "1234567890" * (columns // 10 + 1)
    return [Text(told), Text(digits[: columns - 1] + "|")]
