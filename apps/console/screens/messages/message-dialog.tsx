import type { Message } from "@mainstay/wire";
import type { ComposerAction } from "./composer.tsx";
import { Deliveries } from "./deliveries.tsx";
import { DeclineMessage, SignMessage } from "./message-sign.tsx";

/** What lies open over a page about a message: signing it, declining it, or whom it reached. */
export function MessageDialog({ message, opened, onClose }: MessageDialogProps) {
  if (opened === "sign") return <SignMessage message={message} onClose={onClose} />;
  if (opened === "decline") return <DeclineMessage message={message} onClose={onClose} />;
  return <Deliveries message={message} onClose={onClose} />;
}

type MessageDialogProps = {
  readonly message: Message;
  readonly opened: ComposerAction;
  readonly onClose: () => void;
};
