"""A real Chromium on a live desk with the small bank; skipped aloud where there is no Chromium.

Every page is watched: nothing may be asked of another machine, nothing may break the page's policy or be
written to the browser's console as an error. Pictures go to tests/browser/pictures (not committed).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from desk.append_only import let_tests_empty_the_trail
from desk.small_bank import PASSWORD, SmallBank, publish_small_bank

# Playwright runs an event loop in this thread; Django's own guard would take that for an async view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
let_tests_empty_the_trail()

PICTURES = Path(__file__).parent / "pictures"
ASSETS = Path(__file__).parents[2] / "src/tenure/desk/kit/static/vendor/tabler/tabler.min.css"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium on this machine (Debian: apt install chromium fonts-noto-cjk)")
    if not ASSETS.is_file():
        pytest.skip("the browser assets are not copied: npm ci --ignore-scripts, then tools/copy_assets.py")
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: make .stamp/dev")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def bank(transactional_db: None) -> SmallBank:
    """The small bank, where the live server's thread sees it."""
    return publish_small_bank()


@dataclass
class Desk:
    """A person at the desk: their page, and what the browser complained of."""

    page: Any
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to ``path`` and wait until it has come to rest."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")

    def sign_in(self, username: str) -> None:
        """Through the door, as people do."""
        self.open("/account/sign-in")
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.page.press("#password", "Enter")
        self.page.wait_for_url("**/today/")

    def settled(self) -> None:
        """Wait until the last request has been answered and its part of the page swapped in."""
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-settling, .htmx-swapping')")

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Keep a picture of the page for people to look at."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)

    def width(self) -> int:
        """How wide the page really is, in pixels."""
        return int(self.page.evaluate("document.documentElement.scrollWidth"))


@pytest.fixture
def desk(chromium: Any, live_server: Any, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A browser window, 1440 wide; ``@pytest.mark.parametrize("desk", [390], indirect=True)`` makes it a phone."""
    width = getattr(request, "param", 1440)
    phone = width < 600
    context = chromium.new_context(
        viewport={"width": width, "height": 844 if phone else 900}, is_mobile=phone, has_touch=phone
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    window = Desk(page, live_server.url)

    def said(message: Any) -> None:
        if message.type == "error":
            window.complaints.append(f"console: {message.text}")

    def asked(one: Any) -> None:
        if not one.url.startswith((live_server.url, "data:", "blob:")):
            window.complaints.append(f"outside request: {one.url}")

    page.on("console", said)
    page.on("pageerror", lambda wrong: window.complaints.append(f"script: {wrong}"))
    page.on("request", asked)
    yield window
    context.close()
    assert window.complaints == []
