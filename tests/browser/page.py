"""Opens pages of `respect report` in headless Chromium, and says what is wrong with them.

Usage: page.py [--pictures DIR] PAGE.html...
"""

import argparse
import os
import pathlib
import shutil
import sys

from playwright.sync_api import sync_playwright

SCREENS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
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
    if (!text) continue;
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
  for (const picture of document.querySelectorAll("svg")) {
    const names = (picture.getAttribute("aria-labelledby") || "").split(" ");
    const texts = names.map((id) => document.getElementById(id)?.textContent.trim());
    if (picture.getAttribute("role") !== "img" || texts.length !== 2 || !texts.every(Boolean)) {
      say("has a picture without role, title or description");
    }
  }
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption?.textContent || !table.querySelector("th[scope=col]")) say("has a table without caption or header");
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    if (!document.querySelector(link.getAttribute("href"))) say(`has a dead link ${link.getAttribute("href")}`);
  }
  const visible = [...document.querySelectorAll("svg.chart")].filter((chart) => chart.checkVisibility());
  for (const chart of visible) {
    const width = chart.getBoundingClientRect().width;
    if (width < chart.viewBox.baseVal.width * 0.8) say(`has a chart shrunk to ${Math.round(width)} pixels`);
  }
  if (document.querySelector("svg.chart") && !visible.length) say("shows no chart");
  return wrong;
}
"""


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
        wrong.append("does not begin with the link that skips to the figures")
    page.keyboard.press("Enter")
    if page.evaluate("location.hash") != "#main":
        wrong.append("has a skip link that leads nowhere")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)[0] < 80")
    if dark != (scheme == "dark"):
        wrong.append(f"is not {scheme}")
    if pictures:
        page.screenshot(path=pictures / f"{path.stem}-{width}-{scheme}.png", full_page=True)
    context.close()
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=pathlib.Path, help="a folder for screenshots")
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
            for width, scheme in SCREENS:
                for what in judge(browser, path, width, scheme, arguments.pictures):
                    failed = True
                    print(f"{path.name}, {width} pixels, {scheme}: {what}")
        browser.close()
    if not failed:
        print(f"{len(arguments.pages)} pages sound on {len(SCREENS)} screens")
    sys.exit(failed)


main()
