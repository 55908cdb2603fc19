import type { CustomerKind } from "@mainstay/wire";
import { Badge } from "../../parts/badge.tsx";
import { kind_badges } from "./customer-words.ts";

/** Marks who isn't a customer like the others. */
export function KindBadge({ kind }: { readonly kind: CustomerKind }) {
  const badge = kind_badges[kind];
  if (badge === null) return null;
  return (
    <span title={badge.why}>
      <Badge tone={badge.tone}>{badge.text}</Badge>
    </span>
  );
}
