"""Markdown of the documentation as HTML for a page of the report.

Belongs here: the one conversion. Not here: which pages have such text.
"""

from signposts.report import wording


def method_html(text: str) -> str:
    """Return the method's Markdown as HTML; HTML inside it is text, and links are http(s) or within the page."""
    if not text.strip():
        return ""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    reader.validateLink = lambda url: wording.web_address(url) is not None  # type: ignore[method-assign]
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + 1)}"
        for child in token.children or []:
            if child.type == "link_open":
                child.attrSet("rel", "noopener noreferrer")
    return str(reader.renderer.render(tokens, reader.options, {}))
