"""Addresses of our own pages, as talks mention them."""

from bots.settings import Settings
from bots.sidecar.tokens import activation_seal, terminal_token
from core.conversation.script import Links


def our_links(settings: Settings) -> Links:
    """Return the links that talks hand out; those of terminals are signed with our secret."""
    url, secret = settings.url, settings.secret
    return Links(
        privacy=f"{url}/privacy",
        join=f"{url}/join",
        chat=f"{url}/chat",
        terminal=lambda terminal_id: f"{url}/terminal#t={terminal_token(terminal_id, secret=secret)}",
        job=lambda job_id: f"{url}/jobs/{job_id}/page",
        seal=lambda terminal_id: activation_seal(terminal_id, secret=secret),
    )
