"""What axe finds on a page that closes it to people who see, hear or move differently."""

from typing import Any

from playwright.sync_api import Page

from tests.processes import ROOT

AXE = ROOT / "designer/canvas/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Page) -> list[tuple[str, list[Any]]]:
    """Those of WCAG 2.2 AA that it can find, once nothing moves. What a preview shows is its author's."""
    page.evaluate(
        "Promise.allSettled(document.getAnimations()"
        ".filter(one => one.effect.getTiming().iterations !== Infinity).map(one => one.finished))"
    )
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run(document, { runOnly: rules, iframes: false })", RULES)["violations"]
    return [(one["id"], [at["html"][:200] for at in one["nodes"]]) for one in found]
