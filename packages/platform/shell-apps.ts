import Type from "typebox";

/** What edge and bank are told of the native apps, beside `common_environment`. */
export const shell_environment = {
  /** The Android app's package. */
  MAINSTAY_ANDROID_PACKAGE: Type.String({
    pattern: "^[a-zA-Z][0-9A-Za-z_]*(\\.[a-zA-Z][0-9A-Za-z_]*)+$",
    default: "app.mainstay.bank",
  }),
  /** SHA-256 fingerprints of the certificates that sign it (`AB:CD:…`), with commas between. */
  MAINSTAY_ANDROID_CERTIFICATES: Type.String({
    pattern: "^$|^([0-9A-F]{2}:){31}[0-9A-F]{2}(,([0-9A-F]{2}:){31}[0-9A-F]{2})*$",
    default: "",
  }),
  /** The iOS apps by their full ids (`TEAM123456.app.mainstay.bank`), with commas between. */
  MAINSTAY_APPLE_APPS: Type.String({
    pattern: "^$|^[0-9A-Z]{10}\\.[0-9A-Za-z.-]+(,[0-9A-Z]{10}\\.[0-9A-Za-z.-]+)*$",
    default: "",
  }),
} as const;

/** The native apps that may use this bank's passkeys. */
export type ShellApps = {
  readonly androidPackage: string;
  readonly androidCertificates: readonly string[];
  readonly appleApps: readonly string[];
};

const listOf = (text: string): string[] => (text === "" ? [] : text.split(","));

/** Reads the native apps out of an environment that was validated with `shell_environment`. */
export function shellAppsOf(environment: {
  readonly MAINSTAY_ANDROID_PACKAGE: string;
  readonly MAINSTAY_ANDROID_CERTIFICATES: string;
  readonly MAINSTAY_APPLE_APPS: string;
}): ShellApps {
  return {
    androidPackage: environment.MAINSTAY_ANDROID_PACKAGE,
    androidCertificates: listOf(environment.MAINSTAY_ANDROID_CERTIFICATES),
    appleApps: listOf(environment.MAINSTAY_APPLE_APPS),
  };
}

/**
 * The origin that Android writes into a passkey's client data for an app: the SHA-256 of its certificate, in
 * base64url (developer.android.com, Credential Manager).
 */
export function androidOrigin(fingerprint: string): string {
  return `android:apk-key-hash:${Buffer.from(fingerprint.replaceAll(":", ""), "hex").toString("base64url")}`;
}
