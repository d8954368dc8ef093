"""The fault library: what a master must know about a fault before he leaves home."""
