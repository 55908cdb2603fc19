/** The eight avatar colours, by name of their token. */
export const avatar_tones = ["teal", "amber", "coral", "blue", "plum", "moss", "slate", "rose"] as const;

/** An avatar's colour. */
export type AvatarTone = (typeof avatar_tones)[number];

/** Initials of a person ("Priya Raman" is PR) or of a business ("Kettle & Rye" is K). */
export function initialsOf(name: string, kind: "person" | "business"): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const first = words[0]?.charAt(0) ?? name.trim().charAt(0);
  const last = kind === "person" && words.length > 1 ? (words.at(-1)?.charAt(0) ?? "") : "";
  return (first + last).toUpperCase();
}

/** The colour of a name: the same for the same name, on every device. */
export function toneOf(name: string): AvatarTone {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return avatar_tones[sum % avatar_tones.length] ?? "teal";
}
