/// <reference types="node" />
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const tokens = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

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

const [lightCss = "", darkCss = ""] = tokens.split("@media (prefers-color-scheme: dark)");
const themes = { light: colours(lightCss), dark: colours(darkCss) };

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

describe.each(Object.entries(themes))("%s", (_name, theme) => {
  const of = (token: string) => {
    const hex = theme.get(token);
    if (!hex) throw new Error(`no token ${token}`);
    return hex;
  };

  test.each(text_on_ground)("%s on %s can be read (4.5:1)", (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(["canvas", "surface"])("an edge can be seen on %s (3:1)", (ground) => {
    expect(contrast(of("edge"), of(ground))).toBeGreaterThanOrEqual(3);
  });
});

test("dark says a colour for every light one", () => {
  expect([...themes.dark.keys()].sort()).toEqual([...themes.light.keys()].sort());
});
