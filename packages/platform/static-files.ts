import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants, gunzip, gzip } from "node:zlib";

/** A file that is served from memory, with its compressed forms. */
export type StaticFile = {
  readonly type: string;
  /** Strong validator, made of the content (RFC 9110 §8.8.3). */
  readonly etag: string;
  readonly identity: Buffer;
  readonly br: Buffer | null;
  readonly gzip: Buffer | null;
};

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

const compressible = new Set([".css", ".html", ".js", ".json", ".svg", ".txt", ".webmanifest"]);

/** Brotli's quality for what is compressed while a process starts: near the best, in a tenth of its time. */
const start_quality = 6;

/** Says whether a file of this name gets smaller by compression. */
export function isCompressible(path: string): boolean {
  return compressible.has(extname(path));
}

/** SHA-256 in base64, as subresource integrity writes it. */
export function sha256Of(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("base64");
}

/** Makes a file to serve. A compressed form is used only when it unpacks to the very content. */
export async function staticFile(
  path: string,
  identity: Buffer,
  packed: { readonly br: Buffer | null; readonly gzip: Buffer | null },
): Promise<StaticFile> {
  const intact = async (form: Buffer | null, unpack: (form: Buffer) => Promise<Buffer>) => {
    if (form === null) return null;
    const unpacked = await unpack(form).catch(() => null);
    return unpacked?.equals(identity) === true ? form : null;
  };
  const limit = { maxOutputLength: identity.length + 1 };
  return {
    type: types[extname(path)] ?? "application/octet-stream",
    etag: `"${sha256Of(identity).slice(0, 27)}"`,
    identity,
    br: await intact(packed.br, (form) => promisify(brotliDecompress)(form, limit)),
    gzip: await intact(packed.gzip, (form) => promisify(gunzip)(form, limit)),
  };
}

/**
 * Compresses a file that comes without compressed forms; meant for a few hundred kilobytes, once, at start.
 */
export async function compressedFile(path: string, identity: Buffer): Promise<StaticFile> {
  if (!isCompressible(path)) return staticFile(path, identity, { br: null, gzip: null });
  const br = await promisify(brotliCompress)(identity, {
    params: { [constants.BROTLI_PARAM_QUALITY]: start_quality },
  });
  return staticFile(path, identity, { br, gzip: await promisify(gzip)(identity) });
}

/**
 * Reads a built app's folder into memory, compressed, by path within it. Nothing else can ever be served from
 * it.
 */
export async function readStaticFolder(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).replaceAll("\\", "/");
    files.set(name, await compressedFile(name, await readFile(path)));
  }
  return files;
}

/** The smallest form that the client takes; a coding with `q=0` is refused by it (RFC 9110 §12.5.3). */
function formFor(file: StaticFile, accepted: string): { body: Buffer; coding: string | null } {
  const takes = (coding: string) =>
    new RegExp(`(?:^|[\\s,])${coding}(?!\\s*;\\s*q=0(?:\\.0*)?\\s*(?:,|$))(?=[\\s,;]|$)`);
  if (file.br && takes("br").test(accepted)) return { body: file.br, coding: "br" };
  if (file.gzip && takes("gzip").test(accepted)) return { body: file.gzip, coding: "gzip" };
  return { body: file.identity, coding: null };
}

/** Answers GET or HEAD with a file: compressed where the client takes it, 304 where the client has it. */
export function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: StaticFile,
  cacheControl: string,
): void {
  const accepted = request.headers["accept-encoding"];
  const { body, coding } = formFor(file, typeof accepted === "string" ? accepted : "");
  // One validator a form: a cache must not mix them.
  const etag = coding === null ? file.etag : `${file.etag.slice(0, -1)}-${coding}"`;
  response.setHeader("etag", etag);
  response.setHeader("cache-control", cacheControl);
  response.setHeader("vary", "accept-encoding");
  const known = request.headers["if-none-match"];
  if (known !== undefined && known.split(",").some((entry) => entry.trim().replace(/^W\//, "") === etag)) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader("content-type", file.type);
  response.setHeader("content-length", body.length);
  if (coding !== null) response.setHeader("content-encoding", coding);
  response.writeHead(200);
  response.end(request.method === "HEAD" ? undefined : body);
}
