"""Wires for text: each turns what a person sends into one shape and shows our replies; it knows no more."""
