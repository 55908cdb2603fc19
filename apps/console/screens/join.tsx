import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Invitation } from "@mainstay/wire";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { join } from "../api/passkey.ts";
import { sessionQuery } from "../api/queries.ts";
import { request, sentenceOf } from "../api/request.ts";
import { takeToken } from "../browser.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { TextField, Trouble } from "../parts/field.tsx";
import { Time } from "../parts/time.tsx";
import { roleName } from "../shell/rooms.ts";
import { Notice } from "./notice.tsx";

// Read once, when the page is opened: the address forgets it at the same moment.
const token = takeToken();

/** Joining by a one-time link: a name, then a passkey, and one is in. */
export function Join() {
  const invitation = useQuery({
    queryKey: ["invitation"],
    queryFn: () => request<Invitation>("POST", "/api/staff/invitations/look", { token }),
    enabled: token !== null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (token === null) {
    return (
      <Notice title="This link isn’t whole">Open the link that you were sent, to its last letter.</Notice>
    );
  }
  if (invitation.isPending) return null;
  if (invitation.isError) {
    return <Notice title="This link doesn’t work">{sentenceOf(invitation.error)}</Notice>;
  }
  return <JoinForm token={token} invitation={invitation.data} />;
}

function JoinForm({ token: used, invitation }: { readonly token: string; readonly invitation: Invitation }) {
  const [name, setName] = useState(invitation.name);
  const client = useQueryClient();
  const navigate = useNavigate();
  const joining = useMutation({
    mutationFn: () => join(used, name.trim()),
    onSuccess: async (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: "/" });
    },
  });
  return (
    <Notice title={invitation.name === "" ? "You’re the first" : "Welcome to the console"}>
      <p>
        {invitation.name === ""
          ? "Nobody is on the bank’s staff yet. Say your name and make a passkey; then you can invite others."
          : "Check your name and make a passkey: from then on it’s how you log in."}
      </p>
      <div className="flex flex-wrap gap-1">
        {invitation.roles.map((role) => (
          <Badge key={role}>{roleName(role)}</Badge>
        ))}
      </div>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!joining.isPending) joining.mutate();
        }}
      >
        <TextField
          label="Your name, as colleagues know it"
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoComplete="name"
          required
          minLength={2}
          maxLength={70}
        />
        <Trouble>{joining.isError ? sentenceOf(joining.error) : null}</Trouble>
        <Button
          type="submit"
          look="primary"
          busy={joining.isPending}
          disabled={name.trim().length < 2}
          icon={<Fingerprint size={16} strokeWidth={1.9} aria-hidden />}
        >
          Make a passkey and go in
        </Button>
      </form>
      <p className="text-small">
        This link works once, until <Time at={invitation.expiresAt} />.
      </p>
    </Notice>
  );
}
