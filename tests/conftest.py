"""What several rooms' tests share."""

import shutil
import signal

import pytest
from ports import unused_port

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# A shell starts what it runs in the background deaf to Ctrl-C, and a program inherits that; tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    return unused_port()


@pytest.fixture(scope="module")
def browser():
    """A real Chromium, driven by Playwright; the test is skipped where there is none.

    One for each module: Playwright keeps an event loop running in its thread, in which asyncio's own users could not run.
    """
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        pytest.skip("no Chromium on this machine; on Debian or Ubuntu: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()
