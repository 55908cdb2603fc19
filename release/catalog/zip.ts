import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { zipSync, type Zippable } from "fflate";
import { openPromise, type Entry, type ZipFile } from "yauzl";
import { CatalogError } from "./errors.ts";
import { zip_bytes_max, zip_entries_max, zip_ratio_bytes_min, zip_ratio_max } from "./limits.ts";
import { createTally, type SourceFile } from "./source-file.ts";

/**
 * The kind of a file in the upper half of an entry's attributes, where a Unix made the zip (APPNOTE 4.4.15).
 */
const kind_mask = 0o170000;
const kind_link = 0o120000;
const kind_file = 0o100000;
/** The earliest time that a zip can hold: what is zipped carries no other, so that the same is the same. */
const zip_epoch = "1980-01-01T00:00:00";

function refuse(sentence: string): CatalogError {
  return new CatalogError("zip_invalid", sentence);
}

/** What yauzl says of a name that could lead out of the folder, among everything else that it refuses. */
function explain(error: unknown): CatalogError {
  if (error instanceof CatalogError) return error;
  const words = error instanceof Error ? error.message : String(error);
  if (/relative path|absolute path|invalid characters in fileName/.test(words)) {
    return new CatalogError(
      "bundle_path_unsafe",
      `The zip holds a path that could lead out of it (${words}).`,
    );
  }
  // yauzl counts as well, and may be the first to notice that a file is larger than the zip says.
  if (/too many bytes in the stream/.test(words)) {
    return new CatalogError("zip_bomb", `The zip lies about how large its files are (${words}).`);
  }
  return refuse(`The zip can't be read: ${words}.`);
}

/** Throws unless an entry is a plain file that may be unpacked, as far as the zip's own words go. */
function checkEntry(entry: Entry): void {
  const kind = (entry.externalFileAttributes >>> 16) & kind_mask;
  if (kind === kind_link) {
    throw new CatalogError("bundle_link", `${entry.fileName} is a link: a bundle holds plain files.`);
  }
  if (kind !== 0 && kind !== kind_file) {
    throw new CatalogError("bundle_link", `${entry.fileName} is no plain file: a bundle holds nothing else.`);
  }
  if (entry.isEncrypted()) throw refuse(`${entry.fileName} is encrypted.`);
}

/** Unpacks a stream, and stops at the first byte beyond what the entry promised. */
async function unpack(stream: Readable, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > entry.uncompressedSize) throw bomb(entry);
    chunks.push(chunk);
  }
  const content = Buffer.concat(chunks);
  if (content.length !== entry.uncompressedSize || crc32(content) !== entry.crc32) {
    throw refuse(`${entry.fileName} isn't what the zip says of it: it was damaged.`);
  }
  return content;
}

function bomb(entry: Entry): CatalogError {
  return new CatalogError(
    "zip_bomb",
    `${entry.fileName} grows without measure when it is unpacked: it was not unpacked further.`,
  );
}

async function readEntries(zip: ZipFile): Promise<readonly SourceFile[]> {
  if (zip.entryCount > zip_entries_max) {
    throw new CatalogError("bundle_too_large", `The zip holds more than ${zip_entries_max} entries.`);
  }
  const tally = createTally();
  const found = new Map<string, SourceFile>();
  for await (const entry of zip.eachEntry()) {
    const path = entry.fileName;
    if (path.endsWith("/")) continue;
    checkEntry(entry);
    if (found.has(path)) throw refuse(`The zip holds ${path} twice.`);
    // What the zip says of the size is believed as a bound: unpacking stops where it was a lie.
    const { uncompressedSize, compressedSize } = entry;
    const isLarge = uncompressedSize > zip_ratio_bytes_min;
    if (isLarge && uncompressedSize > zip_ratio_max * compressedSize) throw bomb(entry);
    tally.add(path, uncompressedSize);
    found.set(path, { path, content: await unpack(await zip.openReadStreamPromise(entry), entry) });
  }
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Reads a zip into memory, within the limits of a bundle, and nowhere else. Throws `CatalogError` for a path
 * that climbs out, a link, a bomb, and whatever else isn't a zip of plain files.
 */
export async function readZip(path: string, bytes: number): Promise<readonly SourceFile[]> {
  if (bytes > zip_bytes_max) {
    throw new CatalogError("bundle_too_large", `${path} is larger than ${zip_bytes_max / 1024 / 1024} MiB.`);
  }
  try {
    const zip = await openPromise(path, { strictFileNames: true, autoClose: false });
    try {
      return await readEntries(zip);
    } finally {
      zip.close();
    }
  } catch (error) {
    throw explain(error);
  }
}

/**
 * Zips files so that the same files make the same bytes, on every machine: no times, owners or order of
 * theirs.
 */
export function makeZip(files: readonly SourceFile[]): Buffer {
  const entries: Zippable = {};
  for (const { path, content } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    entries[path] = [content, { level: 9, mtime: zip_epoch, os: 3, attrs: (kind_file | 0o644) << 16 }];
  }
  return Buffer.from(zipSync(entries));
}
