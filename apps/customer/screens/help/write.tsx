import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Field, TextArea } from "@mainstay/ui";
import type { Thread } from "@mainstay/wire";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Failure } from "../../api/failure.ts";
import { inboxQuery, threadQuery } from "../../api/inbox.ts";
import { request } from "../../api/request.ts";
import { BackBar, Page } from "../../shell/page.tsx";
import { ProblemBanner } from "../../shell/problem.tsx";
import { queryClient } from "../../shell/session.ts";
import { useOnline } from "../../shell/use-online.ts";
import { useMessageDraft } from "./message-draft.ts";
import { message_length_max } from "./thread.tsx";

/** The longest and the shortest subject; the bank takes no other. */
const subject_length = { min: 2, max: 80 } as const;

/** Writes first: what it is about, and what there is to say. */
export function WriteScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const isOnline = useOnline();
  const { draft, change, ids, drop } = useMessageDraft("new");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const isReady = draft.subject.trim().length >= subject_length.min && draft.text.trim() !== "";
  const send = async () => {
    setBusy(true);
    setFailure(null);
    const { threadId: id, entryId } = ids();
    const body = { id, entryId, subject: draft.subject, text: draft.text };
    const answer = await request<Thread>("/api/inbox", { method: "POST", body });
    setBusy(false);
    if (!answer.ok) return setFailure(answer.error);
    drop();
    queryClient.setQueryData(threadQuery(id).queryKey, answer.value);
    void queryClient.invalidateQueries({ queryKey: inboxQuery.queryKey });
    await navigate({ to: "/help/messages/$threadId", params: { threadId: id }, replace: true });
  };
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void send();
      }}
    >
      <Page
        bar={<BackBar to="/help" title={<Trans>Write to us</Trans>} />}
        foot={
          <>
            {failure !== null && <ProblemBanner failure={failure} />}
            <Button type="submit" busy={busy} disabled={!isReady || !isOnline}>
              <Trans>Send the message</Trans>
            </Button>
          </>
        }
      >
        <p className="pb-5 text-row text-ink-soft">
          <Trans>
            A person at Mainstay reads it and answers here. Leave out passkeys and codes: we never need them.
          </Trans>
        </p>
        <div className="flex flex-col gap-4">
          <Field
            label={t`What it’s about`}
            value={draft.subject}
            maxLength={subject_length.max}
            onChange={(event) => change({ subject: event.target.value })}
          />
          <TextArea
            label={t`Your message`}
            isTall
            value={draft.text}
            maxLength={message_length_max}
            onChange={(event) => change({ text: event.target.value })}
            help={
              isOnline
                ? t`Kept on this device until you send it.`
                : t`You’re offline. What you type is kept; send it when you’re back.`
            }
          />
        </div>
      </Page>
    </form>
  );
}
