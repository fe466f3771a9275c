"""Look at a report card in a real browser: ``python scripts/report_pictures.py PAGE FOLDER``.

Needs what ``doctor_pictures.py`` needs. It fails if the page loads anything, complains, is wider than a phone, if a sound does not play or
the table does not sort; and leaves pictures: report.png for the docs, whole.png, dark.png and phone.png to look at.
"""

import os
import shutil
import sys
from pathlib import Path

from doctor_pictures import PHONE, WIDE, open_page


def use(page):
    """Do what a person does: play two sounds, one of which ends the other; search and sort the table."""
    playing = page.evaluate(
        "async () => { const [a, b] = document.querySelectorAll('audio'); a.muted = b.muted = true; await a.play(); "
        "await new Promise(done => setTimeout(done, 400)); const heard = a.currentTime; await b.play(); "
        "const both = !a.paused && !b.paused; b.pause(); return [heard, both]; }"
    )
    assert playing[0] > 0.1, "the first sound does not play"
    assert not playing[1], "two sounds play at once"
    page.locator("#head button").nth(2).click()
    values = [float(text) for text in page.locator("#body td:nth-child(3)").all_inner_texts() if text != "–"]
    assert len(values) > 1
    assert values == sorted(values), "the table does not sort"
    page.fill("#row-search", "no sentence reads like this")
    assert page.locator("#body tr").count() == 0


def main(source, folder):
    """Use the page, and take its pictures."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM", shutil.which("chromium"))
    if chromium is None:
        sys.exit("no chromium was found; install it, or give its path in CHROMIUM")
    folder, address = Path(folder), Path(source).resolve().as_uri()
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page, complaints = open_page(browser, address, WIDE, "light")
        page.screenshot(path=folder / "report.png", clip={"x": 0, "y": 0, **WIDE, "height": 960})
        page.screenshot(path=folder / "whole.png", full_page=True)
        use(page)
        for name, size, scheme in (("dark", WIDE, "dark"), ("phone", PHONE, "light")):
            page, more = open_page(browser, address, size, scheme)
            complaints += more
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}: the page is wider than the window"
            page.screenshot(path=folder / f"{name}.png", full_page=True)
        browser.close()
    assert not complaints, complaints


if __name__ == "__main__":
    main(*sys.argv[1:3])
