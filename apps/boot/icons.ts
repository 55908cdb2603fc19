import { PNG } from "pngjs";

/** A point or a size in the drawing's own units: the mark is drawn on a square of 40. */
type Point = { readonly x: number; readonly y: number };
type Colour = readonly [red: number, green: number, blue: number];

const harbour: Colour = [0x0e, 0x4a, 0x45];
const sail: Colour = [0xff, 0xff, 0xff];
const lamp: Colour = [0xf4, 0xa6, 0x2a];

/** How many samples a pixel takes in each direction: edges come out smooth. */
const samples_per_side = 4;

const mast: readonly [Point, Point] = [
  { x: 20, y: 11.5 },
  { x: 20, y: 30 },
];
const corners: readonly [Point, Point, Point] = [
  { x: 20, y: 14 },
  { x: 9.5, y: 30 },
  { x: 30.5, y: 30 },
];

function distanceToSegment(point: Point, [from, to]: readonly [Point, Point]): number {
  const along = { x: to.x - from.x, y: to.y - from.y };
  const length = along.x ** 2 + along.y ** 2;
  const share = ((point.x - from.x) * along.x + (point.y - from.y) * along.y) / length;
  const nearest = Math.min(1, Math.max(0, share));
  return Math.hypot(point.x - from.x - nearest * along.x, point.y - from.y - nearest * along.y);
}

/** The mark's colour at a point: sail and mast in white, the lamp above, the ground elsewhere. */
function markAt(point: Point): Colour {
  if (Math.hypot(point.x - 20, point.y - 9) <= 3) return lamp;
  const [top, left, right] = corners;
  const sides: readonly (readonly [Point, Point])[] = [
    [top, left],
    [left, right],
    [right, top],
  ];
  const onSail = sides.some((side) => distanceToSegment(point, side) <= 1.2);
  return onSail || distanceToSegment(point, mast) <= 1.4 ? sail : harbour;
}

function insideRoundedSquare(point: Point, radius: number): boolean {
  const dx = Math.max(radius - point.x, point.x - (40 - radius), 0);
  const dy = Math.max(radius - point.y, point.y - (40 - radius), 0);
  return Math.hypot(dx, dy) <= radius;
}

/**
 * Draws the mark as a PNG of `size` pixels. `radius` rounds the ground's corners, in fortieths of the side
 * (0: full bleed); `scale` shrinks the mark towards the middle, so that a maskable icon keeps it in the safe
 * zone (W3C App Manifest).
 */
export function drawIcon(options: { size: number; radius: number; scale: number }): Buffer {
  const { size, radius, scale } = options;
  const png = new PNG({ width: size, height: size });
  const samples = samples_per_side ** 2;
  for (let index = 0; index < size * size; index += 1) {
    const sum = [0, 0, 0];
    let covered = 0;
    for (let sample = 0; sample < samples; sample += 1) {
      const x = (((index % size) + ((sample % samples_per_side) + 0.5) / samples_per_side) * 40) / size;
      const row = Math.floor(index / size) + (Math.floor(sample / samples_per_side) + 0.5) / samples_per_side;
      const y = (row * 40) / size;
      if (!insideRoundedSquare({ x, y }, radius)) continue;
      covered += 1;
      const colour = markAt({ x: 20 + (x - 20) / scale, y: 20 + (y - 20) / scale });
      colour.forEach((value, channel) => (sum[channel] = (sum[channel] ?? 0) + value));
    }
    for (let channel = 0; channel < 3; channel += 1) {
      png.data[index * 4 + channel] = covered === 0 ? 0 : Math.round((sum[channel] ?? 0) / covered);
    }
    png.data[index * 4 + 3] = Math.round((covered / samples) * 255);
  }
  return PNG.sync.write(png);
}

/** Every icon that the boot layer brings, by file name. */
export function drawIcons(): Readonly<Record<string, Buffer>> {
  return {
    "icon-192.png": drawIcon({ size: 192, radius: 11, scale: 1 }),
    "icon-512.png": drawIcon({ size: 512, radius: 11, scale: 1 }),
    "maskable-512.png": drawIcon({ size: 512, radius: 0, scale: 0.82 }),
    "apple-touch-icon.png": drawIcon({ size: 180, radius: 0, scale: 0.92 }),
  };
}
