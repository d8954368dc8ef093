"""Draw the terminal's icons as PNG from `icon.svg`, for phones that take no SVG. Run by hand, then commit.

python -m scripts.icons [path of Chromium]
"""

import asyncio
import shutil
import sys
from pathlib import Path

PAGES = Path(__file__).parents[1] / "bots" / "sidecar" / "pages"
SIZES = {"icon-192.png": (192, 1.0), "icon-512.png": (512, 1.0), "icon-mask-512.png": (512, 0.8)}
_GROUND = "#3b3797"  # a launcher cuts its own shape out of a mask icon, so its ground fills the square


async def draw(chromium: str) -> None:
    """Draw every size."""
    from playwright.async_api import async_playwright

    svg = (PAGES / "icon.svg").read_text("utf-8")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (size, share) in SIZES.items():
            page = await browser.new_page(viewport={"width": size, "height": size})
            ground = _GROUND if share < 1 else "transparent"
            style = f"margin:0;display:grid;place-items:center;height:100vh;background:{ground}"
            side = round(size * share)
            await page.set_content(f'<body style="{style}">{svg.replace("<svg", f"<svg width={side}", 1)}')
            await page.screenshot(path=PAGES / name, omit_background=True)
            await page.close()
        await browser.close()


if __name__ == "__main__":
    found = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium")
    if not found:
        sys.exit("no Chromium: name its path")
    asyncio.run(draw(found))
