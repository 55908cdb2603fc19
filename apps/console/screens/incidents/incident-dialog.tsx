import type { Incident, Message } from "@mainstay/wire";
import type { ComposerAction } from "../messages/composer.tsx";
import { MessageDialog } from "../messages/message-dialog.tsx";
import { CauseDialog } from "./cause.tsx";
import { Classify, ReportSent } from "./classify.tsx";
import { AllClear, ChangeIncident, MergeIncident } from "./incident-commands.tsx";
import type { Deadline } from "./regulator-words.ts";

/** What lies open over an incident's page. */
export type Opened =
  | ComposerAction
  | "all-clear"
  | "cause"
  | "change"
  | "classify"
  | "merge"
  | { readonly deadline: Deadline };

/** The one dialog that is open over an incident's page. */
export function IncidentDialog({ incident, messages, message, opened, onOpen }: IncidentDialogProps) {
  const onClose = () => onOpen(null);
  if (typeof opened === "object") {
    return <ReportSent incident={incident} deadline={opened.deadline} onClose={onClose} />;
  }
  switch (opened) {
    case "all-clear":
      return <AllClear incident={incident} messages={messages} onClose={onClose} />;
    case "cause":
      return <CauseDialog incident={incident} onClose={onClose} />;
    case "change":
      return <ChangeIncident incident={incident} onMerge={() => onOpen("merge")} onClose={onClose} />;
    case "classify":
      return <Classify incident={incident} onClose={onClose} />;
    case "merge":
      return <MergeIncident incident={incident} onClose={onClose} />;
    case "sign":
    case "decline":
    case "deliveries":
      return message === undefined ? null : <MessageDialog {...{ message, opened, onClose }} />;
  }
}

type IncidentDialogProps = {
  readonly incident: Incident;
  readonly messages: readonly Message[];
  readonly message: Message | undefined;
  readonly opened: Opened;
  readonly onOpen: (what: Opened | null) => void;
};
