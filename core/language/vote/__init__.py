"""The second vote: a classifier learnt from texts, and how far it is believed."""
