"""The HTTP side: the API, the live stream of events, and the pages."""
