"""Look at a page of the data doctor in a real browser: ``python scripts/doctor_pictures.py PAGE FOLDER``.

Needs the extra ``docs`` (playwright) and a Chromium; its path is looked up as ``chromium``, or given in ``CHROMIUM``. The browser is
offline. It fails if the page loads anything, complains, is wider than a phone, or if a clip does not play, a chip does not choose, or the
table does not sort; and leaves pictures: doctor.png and doctor-listen.jpg for the docs, dark.png and phone.png to look at.
"""

import os
import shutil
import sys
from pathlib import Path

WIDE, PHONE = {"width": 1160, "height": 1180}, {"width": 390, "height": 844}


def open_page(browser, address, size, scheme):
    """Open the page; returns it with the list of what it complained of or asked the network for."""
    page = browser.new_context(viewport=size, color_scheme=scheme, offline=True).new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith("data:") else complaints.append(request.url))
    page.goto(address)
    page.wait_for_timeout(300)
    complaints.remove(address)
    return page, complaints


def use(page):
    """Do what a person does: play a clip, choose a finding, search, sort the table."""
    seconds = page.evaluate(
        "async () => { const a = document.querySelector('audio'); a.muted = true; await a.play(); "
        "await new Promise(done => setTimeout(done, 400)); a.pause(); return a.currentTime; }"
    )
    assert seconds > 0.1, "the first clip does not play"
    chip = page.locator(".chips button").nth(1)
    chip.click()
    check = chip.get_attribute("data-check")
    shown = page.locator(".clip:visible")
    assert 0 < shown.count() < page.locator(".clip").count()
    assert all(check in shown.nth(i).get_attribute("data-checks").split() for i in range(shown.count()))
    page.fill("#clip-search", "no recording is called like this")
    assert page.locator("#no-clip").is_visible()
    page.fill("#clip-search", "")
    page.locator(".chips button").first.click()
    page.get_by_role("button", name="seconds", exact=True).click()
    lengths = [float(text) for text in page.locator("#body td:nth-child(3)").all_inner_texts() if text != "–"]
    assert len(lengths) > 1
    assert lengths == sorted(lengths), "the table does not sort"


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
        page.screenshot(path=folder / "doctor.png")
        page.evaluate("document.getElementById('listen').scrollIntoView()")
        page.screenshot(path=folder / "doctor-listen.jpg", quality=75, clip={"x": 0, "y": 0, **WIDE, "height": 700})
        use(page)
        for name, size, scheme in (("dark", WIDE, "dark"), ("phone", PHONE, "light"), ("phone-dark", PHONE, "dark")):
            page, more = open_page(browser, address, size, scheme)
            complaints += more
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                f"{name}: the page is wider than the window"
            )
            page.screenshot(path=folder / f"{name}.png", full_page=True)
        browser.close()
    assert not complaints, complaints


if __name__ == "__main__":
    main(*sys.argv[1:3])
