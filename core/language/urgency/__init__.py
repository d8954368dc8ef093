"""How grave and how soon: dangers, what cannot wait, and what is only told of."""
