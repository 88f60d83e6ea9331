"""Reads a page as a strict reader would: every tag closed, every id once, nothing inline that our policy forbids."""

from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
FOREIGN_VOID = frozenset(("path", "circle", "rect", "line"))


class Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.language = ""
        self.text = ""
        self.feed(page)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]
        self.faults += [f"id {one} twice" for one in set(self.ids) if self.ids.count(one) > 1]
        self.faults += [f"{self.tags.count(tag)} <{tag}>" for tag in ("h1", "main", "title") if not self._once(tag)]

    def _once(self, tag: str) -> bool:
        return self.tags.count(tag) == 1 or (tag == "title" and "svg" in self.tags)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._see(tag, dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._see(tag, dict(attrs))
        if tag not in VOID | FOREIGN_VOID:
            self.faults.append(f"<{tag}/> closes nothing in HTML")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> where <{self.open[-1:]}> was open")

    def handle_data(self, data: str) -> None:
        self.text += data

    def _see(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tags.append(tag)
        if tag == "html":
            self.language = attributes.get("lang") or ""
        if identifier := attributes.get("id"):
            self.ids.append(identifier)
        if tag == "a":
            self.links.append(attributes.get("href") or "")
        data = tag == "script" and attributes.get("type") in ("application/json", "application/ld+json")
        ours = tag == "script" and (attributes.get("src") or "").startswith("/static/")
        if (tag in ("script", "style") and not data and not ours) or "style" in attributes:
            self.faults.append(f"<{tag}> brings its own style or script")
        self.faults += [f"<{tag} {name}>" for name in attributes if name.startswith("on")]
