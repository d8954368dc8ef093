"""What Naryad remembers: rows, questions to them, and what the database itself refuses."""
