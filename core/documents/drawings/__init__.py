"""Drawings of the trade, as vectors: the same on paper and on the page (A150)."""

from core.documents.drawings.table import drawing, names_for, svg, title

__all__ = ["drawing", "names_for", "svg", "title"]
