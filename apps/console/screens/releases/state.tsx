import { Badge } from "../../parts/badge.tsx";
import type { StateBadge } from "./words.ts";

/** A state's badge. */
export function State({ of: { tone, text, icon, hasDot = false } }: { readonly of: StateBadge }) {
  return (
    <Badge tone={tone} icon={icon} hasDot={hasDot}>
      {text}
    </Badge>
  );
}
