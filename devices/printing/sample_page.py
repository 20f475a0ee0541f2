"""The page a person prints to see whether a printer, its font, its width and its knife are right."""

from datetime import datetime

from devices.printing.document import Align, Barcode, Document, Logo, Qr, Row, Rule, Style, Symbology, Text


def sample_page(printer: str, at: datetime, locale: str = "zh-CN") -> Document:
    """The page for ``printer``; ``at`` is shown as given."""
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
            Rule(double=True),
            Logo(),
            Text("生僻字 rare: 㐂𠮷" if locale.startswith("zh") else "Drawn line: 𠮷"),
            Barcode("6901234567892", Symbology.EAN13),
            Qr("https://omo.example/test"),
            Text(note, align=Align.CENTRE),
        ),
        locale,
    )
