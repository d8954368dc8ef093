"""Documents: plain values in, bytes out. Knows type and paper; knows no rows and no network."""
