import { err, ok, type Result } from "@mainstay/kernel";
import type {
  AuthenticationResponse,
  CreationOptions,
  RegistrationResponse,
  RequestOptions,
} from "@mainstay/wire";
import { WebAuthnError } from "@simplewebauthn/browser";
import { passkeySheet } from "../native/passkey-sheet.ts";

/**
 * Why the passkey sheet gave nothing: the customer closed it, the device has none, has one already, or can't.
 */
export type PasskeyFailure = "cancelled" | "already_here" | "not_supported";

function reasonOf(error: unknown): PasskeyFailure {
  if (error instanceof WebAuthnError && error.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED") {
    return "already_here";
  }
  const name = error instanceof Error ? error.name : "";
  if (name === "InvalidStateError") return "already_here";
  if (!passkeySheet().isSupported() || name === "NotSupportedError") return "not_supported";
  // Whatever else a browser says (mostly NotAllowedError), the sheet was closed, timed out or found nothing.
  return "cancelled";
}

/** Shows the passkey sheet and gives back the signature over the challenge. */
export async function touchPasskey(
  options: RequestOptions,
): Promise<Result<AuthenticationResponse, PasskeyFailure>> {
  try {
    const credential = await passkeySheet().get(options);
    return ok({ ...credential, clientExtensionResults: {} });
  } catch (error) {
    return err(reasonOf(error));
  }
}

/** Shows the sheet that makes a passkey, and gives back what was made. */
export async function makePasskey(
  options: CreationOptions,
): Promise<Result<RegistrationResponse, PasskeyFailure>> {
  try {
    const credential = await passkeySheet().create(options);
    return ok({ ...credential, clientExtensionResults: {} });
  } catch (error) {
    return err(reasonOf(error));
  }
}
