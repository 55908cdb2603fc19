/** The name of the segment that everything belongs to. */
export const whole_segment = "all";
/** Where cells and segments beyond the bound are gathered: still part of the whole, not told apart. */
export const other_cell = "other";
export const segment_length_max = 200;
export const cells_max = 256;
/** Segments besides the whole. */
export const segments_max = 256;

/** The whole's share of the evidence; the narrower segments hold the rest. */
const whole_weight = 0.85;
/** The first ten narrower segments weigh about the same, later ones less. */
const flat_slots = 10;

/**
 * The fixed weight of a segment, by the order in which segments appear: 0 is the whole.
 *
 * Slots, not names, have the weights, so they are fixed before any segment is known: the k-th narrower one
 * holds f/((k + f − 1)(k + f)) of a quarter, with f = 10, which sums to that quarter over all k. A slot that
 * has no segment yet is worth 1. Source: weighted averages of e-processes, arXiv 2210.01948, §2.4.
 */
export function segmentWeight(slot: number): number {
  if (slot === 0) return whole_weight;
  return ((1 - whole_weight) * flat_slots) / ((slot + flat_slots - 1) * (slot + flat_slots));
}

/** The weight of all slots from this one on: what those not taken yet are worth. */
export function weightFrom(slot: number): number {
  if (slot === 0) return 1;
  return ((1 - whole_weight) * flat_slots) / (slot + flat_slots - 1);
}

/** The segments that a cell belongs to besides the whole: each of its parts, and the cell itself. */
export function segmentsOf(cell: string): readonly string[] {
  const parts = partsOf(cell);
  return parts.length > 1 ? [...new Set([...parts, cell])] : parts;
}

/** The parts of a cell's name, without empty ones. */
export function partsOf(cell: string): readonly string[] {
  return cell.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
}
