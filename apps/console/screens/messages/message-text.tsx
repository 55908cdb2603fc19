import { classNames } from "@mainstay/ui";
import { isKnownPlaceholder, piecesOf, placeholderName } from "./message-words.ts";

/** A message's words as plain text, with what is filled in for each customer as chips. */
export function MessageText({ text }: { readonly text: string }) {
  return piecesOf(text).map((piece, index) =>
    piece.kind === "words" ? (
      piece.text
    ) : (
      <span
        key={index}
        className={classNames(
          "rounded-badge px-1.5 py-0.5 text-small font-medium whitespace-nowrap",
          isKnownPlaceholder(piece.text)
            ? "bg-harbour-tint text-harbour-tint-ink"
            : "bg-danger-tint text-danger",
        )}
      >
        {placeholderName(piece.text)}
      </span>
    ),
  );
}
