import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { TSchema, Static } from "typebox";
import { Compile } from "typebox/compile";
import { createBoundedMap } from "@mainstay/kernel";

/** What a token is for: one made for one purpose is none for another. */
export type TokenLabel = "installation" | "activation" | "check" | "status-confirm" | "status-end";

/** The longest token that is looked at, in characters. */
export const token_length_max = 1_200;

/** How many tokens of a kind are remembered as ours: clients show the same ones with every request. */
export const tokens_remembered_max = 10_000;

/** Signs small values that clients keep for us, and reads them back. */
export type TokenMaker<Value> = {
  /** `base64url(JSON).base64url(HMAC-SHA256)`. */
  readonly sign: (value: Value) => string;
  /** The value of a token that this key signed and that has the right shape; null for anything else. */
  readonly read: (token: unknown) => Value | null;
};

/**
 * Makes the signer of one kind of token. Its key is derived from the edge's secret and the label (HKDF,
 * RFC 5869), so that no token passes for one of another kind.
 */
export function createTokenMaker<Schema extends TSchema>(
  secret: string,
  label: TokenLabel,
  schema: Schema,
): TokenMaker<Static<Schema>> {
  const key = Buffer.from(hkdfSync("sha256", secret, "", `mainstay edge ${label}`, 32));
  const shape = Compile(schema);
  const remembered = createBoundedMap<string, Static<Schema>>(tokens_remembered_max);
  const macOf = (text: string) => createHmac("sha256", key).update(text).digest();
  return {
    sign: (value) => {
      const text = Buffer.from(JSON.stringify(value)).toString("base64url");
      return `${text}.${macOf(text).toString("base64url")}`;
    },
    read: (token) => {
      if (typeof token !== "string" || token.length > token_length_max) return null;
      const known = remembered.get(token);
      if (known !== undefined) return known;
      const dot = token.indexOf(".");
      const mac = Buffer.from(token.slice(dot + 1), "base64url");
      const text = token.slice(0, Math.max(dot, 0));
      if (mac.length !== 32 || !timingSafeEqual(mac, macOf(text))) return null;
      const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
      // A form that an older edge wrote is no longer one: its owner is given a new token.
      if (!shape.Check(value)) return null;
      remembered.set(token, value);
      return value;
    },
  };
}
