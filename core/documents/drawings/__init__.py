"""Drawings of the trade, as vectors: the same on paper and on the page (A150)."""

from core.documents.drawings.table import all_names, names_for, sketch_of, svg, title

__all__ = ["all_names", "names_for", "sketch_of", "svg", "title"]
