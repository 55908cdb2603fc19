/// <reference types="node" />
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

/** The share of light that a channel (0 to 255) gives, as WCAG 2.2 defines relative luminance. */
function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function luminance(hex: string): number {
  const channel = (at: number) => linear(Number.parseInt(hex.slice(at, at + 2), 16));
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(left: string, right: string): number {
  const [light = 0, dark = 0] = [luminance(left), luminance(right)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function colours(css: string): Map<string, string> {
  return new Map(
    [...css.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = "", hex = ""]) => [name, hex]),
  );
}

/** The colours of a file, light and dark. */
function themesOf(css: string) {
  const [lightCss = "", darkCss = ""] = css.split("@media (prefers-color-scheme: dark)");
  return { light: colours(lightCss), dark: colours(darkCss) };
}

const themes = themesOf(read("./tokens.css"));
const consoleThemes = themesOf(read("./console.css"));

const avatars = ["teal", "amber", "coral", "blue", "plum", "moss", "slate", "rose"];

/** Every pair of text and ground that a component or a screen uses. */
const text_on_ground: readonly (readonly [string, string])[] = [
  ...["canvas", "surface", "well"].flatMap((ground) => [
    ["ink", ground] as const,
    ["ink-soft", ground] as const,
  ]),
  ...["harbour", "good", "danger", "info", "lamp-ink"].flatMap((text) => [
    [text, "canvas"] as const,
    [text, "surface"] as const,
  ]),
  ["on-harbour", "harbour"],
  ["on-harbour", "harbour-press"],
  ["harbour-tint-ink", "harbour-tint"],
  ["harbour", "harbour-tint"],
  ["ink", "harbour-tint"],
  ["on-hero", "hero-from"],
  ["on-hero", "hero-to"],
  ["on-hero-soft", "hero-from"],
  ["on-hero-soft", "hero-to"],
  ["lamp-ink", "lamp-tint"],
  ["ink", "lamp-tint"],
  ["good", "good-tint"],
  ["ink", "good-tint"],
  ["danger", "danger-tint"],
  ["ink", "danger-tint"],
  ["info", "info-tint"],
  ["ink", "info-tint"],
  ...avatars.map((name) => [`${name}-ink`, name] as const),
];

/** What the console adds: text on its own grounds, and what is drawn on its cards. */
const console_text_on_ground = ["side", "hover", "table-head"].flatMap((ground) =>
  ["ink", "ink-soft", "danger", "good", "lamp-ink"].map((text) => [text, ground] as const),
);
const console_drawn_on_surface = ["chart-new", "harbour", "danger", "field"];

describe.each(["light", "dark"] as const)("%s", (name) => {
  const theme = themes[name];
  const of = (token: string) => {
    const hex = theme.get(token) ?? consoleThemes[name].get(token);
    if (!hex) throw new Error(`no token ${token}`);
    return hex;
  };

  test.each(text_on_ground)("%s on %s can be read (4.5:1)", (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(console_text_on_ground)("in the console %s on %s can be read (4.5:1)", (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(console_drawn_on_surface)("%s can be seen on a card of the console (3:1)", (drawn) => {
    expect(contrast(of(drawn), of("surface"))).toBeGreaterThanOrEqual(3);
  });

  test.each(["canvas", "surface"])("an edge can be seen on %s (3:1)", (ground) => {
    expect(contrast(of("edge"), of(ground))).toBeGreaterThanOrEqual(3);
  });
});

test("dark says a colour for every light one", () => {
  for (const { light, dark } of [themes, consoleThemes]) {
    expect([...dark.keys()].sort()).toEqual([...light.keys()].sort());
  }
});
