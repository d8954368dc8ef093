"""The page of providers that are only played in tests: what is to be paid, and two buttons."""

from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse

_BUTTONS = "".join(f'<button name="act" value="{act}">{act}</button>' for act in ("pay", "decline"))


def shown(amount: str, state: str) -> HTMLResponse:
    """Show a sum in roubles and how its charge stands."""
    words = escape(f"{amount} ₽: {state}")
    return HTMLResponse(f'<meta charset="utf-8"><p>{words}</p><form method="post">{_BUTTONS}</form>')


async def pays(request: Request) -> bool:
    """Tell which button was pressed."""
    return (await request.form()).get("act") == "pay"
