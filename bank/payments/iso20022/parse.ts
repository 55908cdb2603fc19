import { readFileSync } from "node:fs";
import { err, ok, type Result } from "@mainstay/kernel";
import { ParseOption, XmlDocument, XmlElement, XmlLibError, XsdValidator } from "libxml2-wasm";

/**
 * The largest message that the scheme may send, in bytes. A pacs.008 with every element filled has under 8
 * KiB.
 */
export const message_bytes_max = 65_536;

/** Why bytes are no message that we can answer under its own id. */
export type UnreadableMessage = {
  readonly problem: "not_xml" | "forbidden_xml" | "wrong_schema";
  readonly detail: string;
};

/** Never resolve an entity, load a file or a catalog, or ask the network, whatever the message says. */
const parse_options =
  ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_SYS_CATALOG;

const detail_length_max = 300;

/**
 * Parses bytes with a validator's schema and hands the root element to `read`; the document is gone
 * afterwards. What is read is what was validated: one parser does both. Document type declarations are
 * refused before the parser sees them, so that no entity exists to be expanded; so is any encoding but UTF-8,
 * because a declaration could hide in one.
 */
export function readValidated<T>(
  bytes: Uint8Array,
  validator: XsdValidator,
  read: (root: XmlElement) => T,
): Result<T, UnreadableMessage> {
  const text = decodeUtf8(bytes);
  // The parser would take zeros between letters for UTF-16 and see a declaration that we don't see.
  if (text === null || text.includes("\0"))
    return err({ problem: "not_xml", detail: "The message is not UTF-8." });
  const forbidden = forbiddenConstruct(text);
  if (forbidden !== null) return err({ problem: "forbidden_xml", detail: forbidden });
  let document: XmlDocument;
  try {
    document = XmlDocument.fromString(text, { option: parse_options });
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    return err({ problem: "not_xml", detail: firstLine(error) });
  }
  try {
    validator.validate(document);
    return ok(read(document.root));
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    return err({ problem: "wrong_schema", detail: firstLine(error) });
  } finally {
    document.dispose();
  }
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return null;
  }
}

function forbiddenConstruct(text: string): string | null {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return "A message must not declare a document type or entities.";
  const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)["']/i.exec(text);
  if (declared && declared[1]?.toUpperCase() !== "UTF-8") return "A message must be in UTF-8.";
  return null;
}

function firstLine(error: XmlLibError): string {
  const message = error.details[0]?.message ?? error.message;
  return message.trim().slice(0, detail_length_max);
}

/** Compiles one of our schema files; once a process, since compiling takes far longer than validating. */
export function compileSchema(file: URL): XsdValidator {
  const schema = XmlDocument.fromBuffer(readFileSync(file));
  return XsdValidator.fromDoc(schema);
}

/** The element at a path of local names below another, or null. Comments and white space are passed over. */
export function elementAt(parent: XmlElement, ...path: readonly string[]): XmlElement | null {
  let found: XmlElement | null = parent;
  for (const name of path) {
    found = found === null ? null : childNamed(found, name);
  }
  return found;
}

/** The text of the element at a path, exactly as it was written, or null where there is none. */
export function textAt(parent: XmlElement, ...path: readonly string[]): string | null {
  return elementAt(parent, ...path)?.content ?? null;
}

function childNamed(parent: XmlElement, name: string): XmlElement | null {
  for (let node = parent.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlElement && node.name === name) return node;
  }
  return null;
}
