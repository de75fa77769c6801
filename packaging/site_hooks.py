"""Hooks of the site of docs: what docstrings refer to by roles, such as ``:class:`~a.b.C```, becomes a link or code."""

import re

ROLE = re.compile(r":(?:attr|class|data|exc|func|meth|mod):<code>(~?)([\w.]+)</code>")


def _link(found: re.Match[str]) -> str:
    """One role; a name that the site has no page of stays plain code."""
    short, name = found.groups()
    shown = f"<code>{name.rpartition('.')[2] if short else name}</code>"
    return f'<autoref identifier="{name}" optional>{shown}</autoref>' if "." in name else shown


def on_page_content(html: str, **_: object) -> str:
    """Called by mkdocs for every page."""
    return ROLE.sub(_link, html)
