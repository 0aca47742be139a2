"""Takes the pictures of the documentation from the demo bank: `make pictures` while `make run` serves it.

Signs in as demo users, with the passwords kept in TENURE_HOME/demo-users.txt, and writes docs/pictures/*.png.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
#: Picture, who takes it, what to open: an address, or "first" for the first customer of the list.
WANTED = (
    ("today", "manager1", "/today/"),
    ("customer", "head", "first"),
    ("branch", "head", "/reports/branch/"),
    ("insight", "executive", "/insight/attrition/"),
    ("opportunities", "head", "/opportunities/"),
    ("care", "manager1", "/care/"),
)
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


def main() -> None:
    """Every picture in both languages; *Today* also on a phone."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--address", default="http://127.0.0.1:8000")
    asked = options.parse_args()
    kept = Path(os.environ.get("TENURE_HOME", "var")) / "demo-users.txt"
    lines = (line.split("\t") for line in kept.read_text(encoding="utf-8").splitlines())
    passwords = {line[0]: line[1] for line in lines if len(line) == 2}
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"), args=list(CHROMIUM)
        )
        for language in ("zh-CN", "en-GB"):
            for size, suffix in (((1440, 900), ""), ((390, 844), "-phone")):
                for name, user, address in WANTED:
                    if suffix and name != "today":
                        continue
                    width, height = size
                    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
                    page = context.new_page()
                    sign_in(page, asked.address, user, passwords[user], english=language == "en-GB")
                    open_page(page, asked.address, address)
                    page.screenshot(path=PICTURES / f"{name}-{language[:2]}{suffix}.png")
                    context.close()
        browser.close()


def sign_in(page: Page, address: str, user: str, password: str, *, english: bool) -> None:
    """Through the sign-in page, as anybody does."""
    page.goto(f"{address}/")
    if english:
        page.get_by_text("English", exact=True).click()
        page.wait_for_load_state("networkidle")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    if page.locator("html").get_attribute("lang") != ("en" if english else "zh-Hans"):  # theirs since last time
        page.locator("form.language button").click()
        page.wait_for_load_state("networkidle")


def open_page(page: Page, base: str, address: str) -> None:
    """Open a page and let its charts settle."""
    page.goto(base + ("/customers/" if address == "first" else address))
    if address == "first":
        page.locator("table a[href*='/customers/']").first.click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1200)


if __name__ == "__main__":
    main()
