import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { logIn } from "../api/passkey.ts";
import { sessionQuery } from "../api/queries.ts";
import { sentenceOf } from "../api/request.ts";
import { Button } from "../parts/button.tsx";
import { Trouble } from "../parts/field.tsx";
import { Notice } from "./notice.tsx";

/** Logging in, with a passkey of the console's own. */
export function LogIn() {
  const client = useQueryClient();
  const login = useMutation({
    mutationFn: logIn,
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
  return (
    <Notice title="Mainstay console">
      <p>For the bank’s staff. Your passkey here is one of its own, apart from any customer’s.</p>
      <Trouble>{login.isError ? sentenceOf(login.error) : null}</Trouble>
      <Button
        look="primary"
        busy={login.isPending}
        icon={<Fingerprint size={16} strokeWidth={1.9} aria-hidden />}
        onClick={() => login.mutate()}
      >
        Log in with your passkey
      </Button>
      <p className="text-small">
        No passkey yet? An administrator can send you a link. Sessions end after fifteen idle minutes.
      </p>
    </Notice>
  );
}
