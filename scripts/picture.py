"""Takes docs/picture.png: the page while the lead's telephone rings. Needs Chromium; run it again when the page changes.

.venv/bin/python scripts/picture.py
"""

import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "picture.png"
ADDRESS = re.compile(rb"http://127\.0\.0\.1:\d+")
PRESSES = 5
"""So many steps of the story until the telephone rings."""


@asynccontextmanager
async def demo(folder: str) -> AsyncIterator[str]:
    """The demo as `make demo` starts it, on data of its own; its address."""
    command = [sys.executable, "-m", "sandbox", "--fresh", "--data", folder]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        while not (found := ADDRESS.search(await process.stdout.readline())):
            pass
        yield found.group().decode()
    finally:
        process.terminate()
        await process.wait()


async def ring(page: Page) -> None:
    """Press through the story until somebody's telephone rings."""
    for _ in range(PRESSES):
        step = page.locator(".step.next")
        name = await step.get_attribute("data-step")
        await step.get_by_role("button").click()
        await page.locator(f".step.done[data-step={name}]").wait_for()
    await page.get_by_role("button", name="Lee Lead’s telephone rings").wait_for()


async def main() -> None:
    """Start, play, take the picture."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory(prefix="frontdoor-picture-") as folder:
        async with demo(folder) as address, async_playwright() as play:
            browser = await play.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            page = await browser.new_page(viewport={"width": 1440, "height": 900})
            await page.goto(address)
            await ring(page)
            await page.screenshot(path=PICTURE)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
