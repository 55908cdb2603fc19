import type { PasskeyOptions, PasskeyRequest } from "@mainstay/wire";
import { useState } from "react";
import type { Failure } from "../../api/failure.ts";
import { request } from "../../api/request.ts";
import { deviceName } from "../../login/device-name.ts";
import { makePasskey, type PasskeyFailure } from "../../login/passkey.ts";
import { queryClient } from "../../shell/session.ts";

/** Makes one more passkey for whoever is logged in. */
export function useAddPasskey() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [passkeyFailure, setPasskeyFailure] = useState<PasskeyFailure | null>(null);
  const add = async () => {
    setFailure(null);
    setPasskeyFailure(null);
    const options = await request<PasskeyOptions>("/api/passkeys/options", { method: "POST" });
    if (!options.ok) return setFailure(options.error);
    const made = await makePasskey(options.value.options);
    if (!made.ok) return setPasskeyFailure(made.error);
    const body: PasskeyRequest = {
      challengeId: options.value.id,
      credential: made.value,
      deviceName: deviceName(navigator.userAgent),
    };
    const answer = await request("/api/passkeys", { method: "POST", body });
    if (!answer.ok) return setFailure(answer.error);
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ["passkeys"] }),
      queryClient.invalidateQueries({ queryKey: ["session"] }),
    ]);
  };
  return {
    add: () => {
      setBusy(true);
      void add().finally(() => setBusy(false));
    },
    busy,
    failure,
    passkeyFailure,
  };
}
