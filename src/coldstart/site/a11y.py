"""Names for the landmarks and dialogs that the theme leaves unnamed."""

from typing import Final

FIXES: Final = (
    (
        'class="md-search" data-md-component="search" role="dialog"',
        'class="md-search" data-md-component="search" role="dialog" aria-label="Search"',
    ),
    ('<nav class="md-path" aria-label="Navigation"', '<nav class="md-path" aria-label="Breadcrumbs"'),
)


def mend(page: str) -> str:
    """Return a page's HTML with every landmark and dialog named."""
    for found, replacement in FIXES:
        page = page.replace(found, replacement)
    return page
