"""Proof, layer by layer; folders mirror the tree."""
