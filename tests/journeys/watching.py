"""What every page on a journey is held to, whoever looks at it."""

import contextlib
from collections.abc import Iterator, Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

WIDTHS = (320, 390, 820)
REPORTER = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy broken: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""
# An animation, a late font or an answer on its way would be measured half-way.
SETTLED = """
() => document.fonts.status === "loaded" && !document.querySelector(".htmx-request")
  && document.getAnimations().every((one) =>
    one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)
"""
AXE = Axe()
OPTIONS = {"resultTypes": ["violations"]}


class Watch:
    """Listens to a page all the time and examines it when asked; `faults` must be empty at the end."""

    def __init__(self, page: Page, port: int) -> None:
        self.page = page
        self.faults: list[str] = []
        self._port = port
        self._expected: tuple[str, ...] = ()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._fault(f"script failed: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)

    def examine(self, *, themes: tuple[str, ...] = ("light",)) -> None:
        """axe in these themes at the window's size and on a phone, and no sideways scroll at any width."""
        size = self.page.viewport_size
        assert size
        self.page.wait_for_load_state()
        self.page.wait_for_function(SETTLED)
        for theme in themes:
            self.page.emulate_media(color_scheme=theme)
            # Only colours differ between themes.
            self.axe(theme, only=[] if theme == themes[0] else ["color-contrast"])
        self.page.emulate_media(color_scheme="light")
        for width in WIDTHS:
            self.fits(width)
            if width == 390 and len(themes) > 1:
                self.axe("light, 390 px")
        self.page.set_viewport_size(size)

    @contextlib.contextmanager
    def expecting(self, *words: str) -> Iterator[None]:
        """The browser's own complaint about an answer that the journey asked for, such as "404"."""
        self._expected = words
        yield
        self._expected = ()

    def fits(self, width: int) -> None:
        """No sideways scroll in a window of so many pixels, which it leaves so wide."""
        self.page.set_viewport_size({"width": width, "height": 800})
        reached = self.page.evaluate("document.scrollingElement.scrollWidth")
        if reached > width:
            self._fault(f"scrolls sideways at {width} px: {reached} px; {self._widest(width)}")

    def axe(self, where: str, *, only: Sequence[str] = ()) -> None:
        """What axe finds now, by all its rules or by these."""
        rules = {"runOnly": {"type": "rule", "values": list(only)}} if only else {}
        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(AXE.axe_script)
        # All of what it returns would travel to us, and it is large.
        ask = "(options) => axe.run(document, options).then((found) => found.violations)"
        for violation in self.page.evaluate(ask, OPTIONS | rules):
            for node in violation["nodes"]:
                why = "; ".join(check["message"] for check in node["any"] + node["all"] + node["none"])
                self._fault(
                    f"axe {violation['id']} ({where}): {node['target']} {node['html'][:160]} {why[:300]}"
                )

    def _widest(self, width: int) -> str:
        return str(
            self.page.evaluate(
                """(width) => [...document.querySelectorAll("main *, header *, nav *")]
                  .filter((e) => e.getBoundingClientRect().right > width + 1)
                  .slice(-3).map((e) => e.outerHTML.slice(0, 90)).join(" | ")""",
                width,
            )
        )

    def _fault(self, words: str) -> None:
        self.faults.append(f"{self.page.url}: {words}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(word in message.text for word in self._expected):
            self._fault(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")) and f"localhost:{self._port}/" not in request.url:
            self._fault(f"asked another host: {request.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left gives up what it was still asking for, and a file to keep is no page to show.
        if request.failure != "net::ERR_ABORTED":
            self._fault(f"request failed: {request.url} {request.failure}")
