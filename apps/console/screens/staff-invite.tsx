import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { StaffInvited, StaffRole } from "@mainstay/wire";
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { peopleQuery } from "../api/queries.ts";
import { request, sentenceOf } from "../api/request.ts";
import { Button } from "../parts/button.tsx";
import { Card } from "../parts/card.tsx";
import { TextField, Trouble } from "../parts/field.tsx";
import { Time } from "../parts/time.tsx";
import { RolesPicker } from "./staff-roles.tsx";

function Made({ invited, onClose }: { readonly invited: StaffInvited; readonly onClose: () => void }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(invited.url).then(() => setIsCopied(true));
  return (
    <Card title={`A link for ${invited.invitation.name}`} className="shrink-0">
      <div className="flex flex-col gap-3 p-4">
        <p className="text-ink-soft">
          Shown this once. Send it where only they read it; it works once, until{" "}
          <Time at={invited.invitation.expiresAt} />.
        </p>
        <output className="rounded-control bg-well px-2.5 py-2 text-small break-all select-all">
          {invited.url}
        </output>
        <div className="flex gap-2">
          <Button
            look="primary"
            icon={isCopied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
            onClick={copy}
          >
            {isCopied ? "Copied" : "Copy the link"}
          </Button>
          <Button onClick={onClose}>Done</Button>
        </div>
      </div>
    </Card>
  );
}

/** Inviting a colleague: a name, roles, and a one-time link to send them. */
export function Invite() {
  const [name, setName] = useState("");
  const [roles, setRoles] = useState<readonly StaffRole[]>([]);
  const client = useQueryClient();
  const inviting = useMutation({
    mutationFn: () => request<StaffInvited>("POST", "/api/staff/invitations", { name: name.trim(), roles }),
    onSuccess: () => {
      setName("");
      setRoles([]);
      return client.invalidateQueries(peopleQuery);
    },
  });
  if (inviting.isSuccess) return <Made invited={inviting.data} onClose={() => inviting.reset()} />;
  return (
    <Card title="Invite a colleague" className="shrink-0">
      <form
        className="flex flex-col gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          inviting.mutate();
        }}
      >
        <TextField
          label="Their name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoComplete="off"
          maxLength={70}
        />
        <RolesPicker roles={roles} onChange={setRoles} />
        <Trouble>{inviting.isError ? sentenceOf(inviting.error) : null}</Trouble>
        <Button
          type="submit"
          look="primary"
          busy={inviting.isPending}
          disabled={name.trim().length < 2 || roles.length === 0}
        >
          Make a one-time link
        </Button>
      </form>
    </Card>
  );
}
