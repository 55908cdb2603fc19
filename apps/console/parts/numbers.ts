/** What stands where a figure doesn't apply. */
export const none_sign = "–";
const minus_sign = "−";

const whole_format = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** A count with its thousands apart: `13,412`. */
export function countText(count: number): string {
  return whole_format.format(count).replace("-", minus_sign);
}

/** A figure with a fixed number of digits and a true minus: `−2.48`. What rounds to nothing has no sign. */
export function figureText(figure: number, digits: number): string {
  const text = Math.abs(figure).toFixed(digits);
  return figure < 0 && Number(text) !== 0 ? `${minus_sign}${text}` : text;
}

/** A share (0 to 1) in percent with its sign: `98.80 %`. */
export function percentText(share: number, digits: number): string {
  return `${figureText(share * 100, digits)} %`;
}

/** A stage's percent without needless digits: `5 %`, `0.5 %`. */
export function stageText(percent: number): string {
  return `${Number(percent.toFixed(2))} %`;
}

/** "1 person", "13,412 people". */
export function peopleText(count: number): string {
  return `${countText(count)} ${count === 1 ? "person" : "people"}`;
}

const size_units = ["B", "kB", "MB", "GB"] as const;

/** A size in bytes, in powers of ten: `412 kB`. */
export function sizeText(bytes: number): string {
  let size = Math.abs(bytes);
  let unit = 0;
  while (size >= 1_000 && unit < size_units.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${figureText(Math.sign(bytes) * size, unit === 0 || size >= 100 ? 0 : 1)} ${size_units[unit]}`;
}
