import type { ThreadSummary } from "@mainstay/wire";
import { Badge } from "../../parts/badge.tsx";

const badges = {
  bank: { tone: "lamp", text: "Waits for us" },
  customer: { tone: "outline", text: "Answered" },
  nobody: { tone: "plain", text: "Done" },
} as const;

/** Whose turn it is in a conversation. */
export function ThreadBadge({ waitsFor }: Pick<ThreadSummary, "waitsFor">) {
  const { tone, text } = badges[waitsFor];
  return (
    <Badge tone={tone} hasDot={waitsFor === "bank"}>
      {text}
    </Badge>
  );
}
