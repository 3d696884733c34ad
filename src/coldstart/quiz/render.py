"""Markdown of questions to safe HTML, which is well-formed XML too: raw HTML is shown as text, and links can only lead to pages."""

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound


def block(markdown: str) -> str:
    """Return HTML for a text of paragraphs, lists and code."""
    return str(_parser().render(markdown)).strip()


def inline(markdown: str) -> str:
    """Return HTML for a single line, without a paragraph around it."""
    return str(_parser().renderInline(markdown.strip()))


def parsed(markdown: str) -> list[Token]:
    """Return the pieces of a text, for a surface that draws them itself."""
    return _parser().parse(markdown)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("js-default", {"highlight": _highlighted, "xhtmlOut": True})


def _highlighted(source: str, language: str, _attributes: str) -> str:
    """Colour code with the classes that the site's theme knows; no result leaves it plain."""
    try:
        lexer = get_lexer_by_name(language or "text")
    except ClassNotFound:
        return ""
    return f'<pre class="highlight"><code>{highlight(source, lexer, HtmlFormatter(nowrap=True)).rstrip()}</code></pre>'
