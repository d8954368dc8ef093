"""Markets and cities: in what one marketplace differs from another, as data."""
