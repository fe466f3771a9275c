"""Take the pictures of the dashboard for the docs, in a real browser: ``python scripts/dashboard_pictures.py RUN FOLDER``.

Needs the extra ``docs`` (playwright) and a Chromium; its path is looked up as ``chromium``, or given in ``CHROMIUM``. It fails if a page
holds no curve or no picture, or if a sample can't be played.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SIZE = {"width": 1360, "height": 900}
PAGES = {"curves": "scalar", "spectrograms": "sample/image", "samples": "sample/audio"}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def free_port():
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_dashboard(run, port):
    """Start ``parakeet dashboard`` and wait until it answers."""
    command = [sys.executable, "-m", "parakeet", "dashboard", str(run), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/app/api/runs", timeout=1).read()
            return server
        except OSError:
            time.sleep(0.2)
    server.kill()
    sys.exit("the dashboard did not answer within 20 seconds")


def play_first_sample(page):
    """Press play on the first sample and make sure that sound is playing; return the number of samples on the page."""
    # What the page hands to the sound system is counted on its way there: that is playing, as far as a machine can tell.
    buttons = page.locator("[class*=icon-play]")
    samples = buttons.count()
    buttons.first.click()
    page.wait_for_function("window.__started > 0", timeout=10000)
    return samples


def show_everything(page):
    """Open what is folded, and move every slider to the latest point."""
    for header in page.locator("h3").all()[1:]:
        header.click()
    page.wait_for_timeout(3000)
    sliders = page.locator(".input-range__slider[aria-valuenow='0']:not([aria-valuemax='0'])")
    while sliders.count():
        slider = sliders.first.element_handle()  # moved, it is none of the sliders any more
        slider.focus()
        for _ in range(int(slider.get_attribute("aria-valuemax"))):
            page.keyboard.press("ArrowRight")
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(3000)


def main(run, folder):
    """Write curves.png, spectrograms.png and samples.png."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM", shutil.which("chromium"))
    if chromium is None:
        sys.exit("no chromium was found; install it, or give its path in CHROMIUM")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    server = start_dashboard(run, port)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page = browser.new_page(viewport=SIZE, locale="en-US")
            page.add_init_script(
                "window.__started = 0;"
                "const start = AudioBufferSourceNode.prototype.start;"
                "AudioBufferSourceNode.prototype.start = function (...a) { window.__started += 1; return start.apply(this, a); };"
            )
            for name, path in PAGES.items():
                page.goto(f"http://127.0.0.1:{port}/app/{path}", wait_until="load")
                page.wait_for_timeout(5000)
                show_everything(page)
                if name == "samples":
                    print(f"{name}: playing, {play_first_sample(page)} on the page")
                else:
                    shown = page.locator("canvas" if name == "curves" else "img").count()
                    print(f"{name}: {shown} shown")
                    if not shown:
                        sys.exit(f"the page of {name} shows nothing")
                page.screenshot(path=folder / f"{name}.png")
            browser.close()
    finally:
        os.killpg(server.pid, 15)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
