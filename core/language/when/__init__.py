"""Times and hours: pieces of a text that tell when, and the grammar over them."""
