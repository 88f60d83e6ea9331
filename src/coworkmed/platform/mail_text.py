"""A mail is written once, as simple HTML; here is the same as plain text."""

import re
from html.parser import HTMLParser

#: Elements that begin on a line of their own, and those with an empty line around them.
_LINES = {"li", "tr", "div"}
_APART = {"p", "h1", "h2", "h3", "table", "hr", "blockquote", "footer", "header", "main", "ul", "ol"}
_UNSEEN = {"style", "title", "script"}


def plain(html: str) -> str:
    """The text of ``html``, paragraphs apart, list items with a dash, cells of a row with a colon between them, and
    each link's address on the line below its words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text.strip() + "\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self._unseen = 0
        self._address = ""
        self._words = 0  # where in `text` those of the link begin
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        self._block(tag)
        if tag == "br":
            self.text += "\n"
        elif tag == "li":
            self.text += "- "
        elif tag == "tr":
            self._cells = 0
        elif tag in ("td", "th"):
            self.text = self.text.rstrip(" ") + (": " if self._cells else "")
            self._cells += 1
        elif tag == "a":
            self._address, self._words = dict(attrs).get("href") or "", len(self.text)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        self._block(tag)
        if tag == "a" and self._address:
            if self.text[self._words :].strip() != self._address:
                self._newlines(1)
                self.text += self._address
                self._newlines(1)
            self._address = ""

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            words = re.sub(r"\s+", " ", data)
            self.text += words.lstrip() if self.text[-1:] in ("", " ", "\n") else words

    def _block(self, tag: str) -> None:
        if tag in _APART:
            self._newlines(2)
        elif tag in _LINES:
            self._newlines(1)

    def _newlines(self, wanted: int) -> None:
        """End the line, and leave one empty where two are wanted, unless that is so already."""
        self.text = self.text.rstrip(" ")
        there = len(self.text) - len(self.text.rstrip("\n"))
        self.text += "\n" * (wanted - there if self.text else 0)
