"""Opens pages of `respect report` in headless Chromium, and says what is wrong with them.

Usage: page.py [--pictures DIR] PAGE.html...
"""

import argparse
import os
import pathlib
import shutil
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

SCREENS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
PAPER = 688  # the width of A4 within the page's margins, in pixels
MOST_ELEMENTS = 30_000  # beyond, browsers become slow

# Contrast of text with what is behind it, as WCAG defines it, for elements whose colours are plain.
CONTRAST = """
() => {
  const parse = (color) => color.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const light = (color) => {
    const [r, g, b] = parse(color).map((part) => {
      part /= 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if (!color.endsWith(", 0)")) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const poor = [];
  for (const element of document.querySelectorAll("h1, h2, h3, p, th, td, dt, dd span, dd strong, a, li, caption")) {
    const ratio = contrast(getComputedStyle(element).color, behind(element));
    if (ratio < 4.5) poor.push(`${element.tagName} ${ratio.toFixed(1)}`);
  }
  for (const group of document.querySelectorAll("svg.stage g")) {
    const text = group.querySelector("text");
    const ratio = contrast(getComputedStyle(text).fill, getComputedStyle(group.querySelector("rect")).fill);
    if (ratio < 4.5) poor.push(`node ${ratio.toFixed(1)}`);
  }
  return [...new Set(poor)];
}
"""

STRUCTURE = """
() => {
  const wrong = [];
  const say = (what) => wrong.push(what);
  if (document.scripts.length) say("has scripts");
  if (document.documentElement.lang !== "en") say("has no language");
  if (!document.title) say("has no title");
  if (document.querySelectorAll("main").length !== 1) say("has not one main part");
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) say(`heading '${heading.textContent}' skips a level`);
    if (!heading.textContent.trim()) say("has an empty heading");
    level = own;
  }
  if (document.querySelectorAll("h1").length !== 1) say("has not one h1");
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  if (new Set(ids).size !== ids.length) say("has an id twice");
  for (const picture of document.querySelectorAll("svg:not([aria-hidden])")) {
    const names = (picture.getAttribute("aria-labelledby") || "").split(" ");
    const texts = names.map((id) => document.getElementById(id)?.textContent.trim());
    // The boxes of a stage are links, which a picture can't hold.
    const role = picture.matches(".stage") ? "group" : "img";
    if (picture.getAttribute("role") !== role || texts.length !== 2 || !texts.every(Boolean)) {
      say("has a picture without role, title or description");
    }
  }
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption?.textContent || !table.querySelector("th[scope=col]")) say("has a table without caption or header");
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    if (!document.querySelector(link.getAttribute("href"))) say(`has a dead link ${link.getAttribute("href")}`);
  }
  if (!document.querySelector("svg.chart")) say("shows no chart");
  for (const box of document.querySelectorAll("svg.stage a")) {
    if (!box.textContent.replace(box.querySelector("title").textContent, "").trim()) say("has a box without a label");
  }
  return wrong;
}
"""


# Texts that a line crosses, that lie on one another, or that stick out of their box or of the page.
GEOMETRY = """
() => {
  const wrong = new Set();
  const meet = (a, b, room) =>
    a.left < b.right - room && b.left < a.right - room && a.top < b.bottom - room && b.top < a.bottom - room;
  const shown = (element) => element.checkVisibility();
  for (const chart of [...document.querySelectorAll("svg.chart")].filter(shown)) {
    const name = chart.querySelector("title").textContent;
    const frame = chart.getBoundingClientRect();
    const rects = (what) => [...chart.querySelectorAll(what)].filter(shown).map((part) => part.getBoundingClientRect());
    const texts = rects("text");
    // A text's frame has room above and below its letters.
    const letters = texts.map((text) => ({left: text.left, right: text.right, top: text.top + 4, bottom: text.bottom - 4}));
    for (const line of rects("line")) {
      if (letters.some((text) => meet(text, line, -0.5))) wrong.add(`${name}: a line crosses a text`);
    }
    letters.forEach((text, place) => {
      if (letters.slice(0, place).some((other) => meet(text, other, 0.5))) wrong.add(`${name}: texts lie on one another`);
      if (text.left < frame.left - 1 || text.right > frame.right + 1) wrong.add(`${name}: a text sticks out`);
    });
  }
  for (const box of [...document.querySelectorAll("svg.stage g")].filter(shown)) {
    const frame = box.querySelector("rect").getBoundingClientRect();
    for (const text of box.querySelectorAll("text")) {
      const own = text.getBoundingClientRect();
      if (own.left < frame.left - 1 || own.right > frame.right + 1) wrong.add(`a box is too small for ${text.textContent}`);
    }
  }
  return [...wrong];
}
"""

def reach_names(page):
    """What keeps a reader from the names in the boxes, by touch and from the keyboard."""
    wrong = []
    boxes = page.locator("svg.stage a")
    if boxes.count():
        boxes.last.click()
        if not page.evaluate("document.querySelector('li:target')?.checkVisibility()"):
            wrong.append("has a box that does not lead to what is in it")
    for index, summary in enumerate(page.locator(".panels summary").all()):
        item = page.locator(".panels details").nth(index)
        if item.evaluate("details => details.open"):
            continue
        summary.focus()
        page.keyboard.press("Enter")
        if not item.locator("li").first.is_visible():
            wrong.append("has a list of names that the keyboard does not open")
    return wrong


def judge_paper(browser, path, pictures):
    """What is wrong with a page on paper, printed by somebody whose screen is dark."""
    context = browser.new_context(viewport={"width": PAPER, "height": 1000}, color_scheme="dark")
    page = context.new_page()
    page.goto(path.resolve().as_uri())
    if pictures:
        page.pdf(path=pictures / f"{path.stem}.pdf", format="A4")
    page.emulate_media(media="print", color_scheme="dark")
    wrong = page.evaluate(GEOMETRY)
    if page.evaluate("document.documentElement.scrollWidth") > PAPER:
        wrong.append("is wider than paper")
    if page.evaluate("getComputedStyle(document.body).color.match(/[0-9]+/g).map(Number)[0] > 80"):
        wrong.append("has light text on white paper")
    if page.evaluate("[...document.querySelectorAll('table')].some((table) => !table.checkVisibility({contentVisibilityAuto: true}))"):
        wrong.append("folds a table away")
    context.close()
    return wrong


def judge(browser, path, width, scheme, pictures):
    """What is wrong with a page on one screen."""
    url = path.resolve().as_uri()
    wrong = []
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: request.url in (url, "data:,") or wrong.append(f"request: {request.url}"))
    page.goto(url)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        wrong.append(f"is {wide} pixels wide")
    wrong += page.evaluate(STRUCTURE)
    wrong += [f"has poor contrast: {what}" for what in page.evaluate(CONTRAST)]
    elements = page.evaluate("document.querySelectorAll('*').length")
    if elements > MOST_ELEMENTS:
        wrong.append(f"has {elements} elements")
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.className") != "skip":
        wrong.append("does not begin with the link that skips to the verdict")
    page.keyboard.press("Enter")
    if page.evaluate("location.hash") != "#main":
        wrong.append("has a skip link that leads nowhere")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)[0] < 80")
    if dark != (scheme == "dark"):
        wrong.append(f"is not {scheme}")
    if pictures:
        page.screenshot(path=pictures / f"{path.stem}-{width}-{scheme}.png", full_page=True)
    wrong += page.evaluate(GEOMETRY)
    wrong += reach_names(page)
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    for violation in Axe().run(page).response["violations"]:
        places = ", ".join(str(node["target"]) for node in violation["nodes"][:3])
        wrong.append(f"axe: {violation['id']}, {violation['help']}: {places}")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        wrong.append(f"is {wide} pixels wide with everything open")
    context.close()
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=pathlib.Path, help="a folder for screenshots and PDFs")
    parser.add_argument("pages", type=pathlib.Path, nargs="+")
    arguments = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("chromium is missing: run tools/setup test")
    failed = False
    with sync_playwright() as playwright:
        # Root, as in containers, can't have the sandbox; the pages are our own.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in arguments.pages:
            for what in judge_paper(browser, path, arguments.pictures):
                failed = True
                print(f"{path.name}, on paper: {what}")
            for width, scheme in SCREENS:
                for what in judge(browser, path, width, scheme, arguments.pictures):
                    failed = True
                    print(f"{path.name}, {width} pixels, {scheme}: {what}")
        browser.close()
    if not failed:
        print(f"{len(arguments.pages)} pages sound on {len(SCREENS)} screens and on paper")
    sys.exit(failed)


main()
