/** The app's name in both stores. */
export const app_id = "app.mainstay.bank";
export const app_name = "Mainstay";

/** The platforms that shells are generated for. */
export const shell_platforms = ["ios", "android"] as const;
export type ShellPlatform = (typeof shell_platforms)[number];

/**
 * How long a bundle may take until it says that it stands, in milliseconds, before the plugin itself goes
 * back to the bundle before: longer than the boot layer waits (5 s in the foreground), which is to act first.
 */
export const ready_ms_max = 15_000;

/** What Capacitor's projects are generated from (capacitorjs.com/docs/config). */
export function shellConfiguration(shell: {
  /** The edge's origin: `https://bank.example`. */
  readonly server: string;
  /** The bundle that comes with the app, and so the app's own version. */
  readonly version: string;
}) {
  const { server, version } = shell;
  return {
    appId: app_id,
    appName: app_name,
    webDir: "www",
    // The origins that the edge lets in (packages/wire/shells.ts): capacitor://localhost, https://localhost.
    server: { hostname: "localhost", androidScheme: "https", iosScheme: "capacitor" },
    plugins: {
      CapacitorUpdater: {
        updateUrl: `${server}/updates`,
        statsUrl: `${server}/stats`,
        channelUrl: `${server}/channel_self`,
        version,
        // What is downloaded is put in place when nobody looks; the boot layer changes at once where it must.
        autoUpdate: "atBackground",
        // The last healthy bundle must be here when it is needed.
        autoDeletePrevious: false,
        appReadyTimeout: ready_ms_max,
        // The installation's token, by which the edge knows whose phone asks.
        persistCustomId: true,
        // Who gets what is decided by the rollouts.
        allowSetDefaultChannel: false,
        allowModifyUrl: false,
      },
      // The app calls the plugin itself (apps/customer/native/passkey-sheet.ts).
      CapacitorPasskey: { origin: server, domains: [] },
    },
  };
}

/** The number by which stores order versions: each part has three digits. */
export function buildNumberOf(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return major * 1_000_000 + minor * 1_000 + patch;
}
