import { expect, test } from "vitest";
import Type from "typebox";
import { androidOrigin, readEnvironment, shell_environment, shellAppsOf } from "./index.ts";

const fingerprint = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, "0"))
  .join(":")
  .toUpperCase();

test("an Android app's passkeys come from the hash of its certificate", () => {
  expect(androidOrigin(fingerprint)).toBe("android:apk-key-hash:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
});

test("native apps are read from the environment, and none where nothing is said", () => {
  const read = (environment: Record<string, string>) =>
    shellAppsOf(readEnvironment(Type.Object(shell_environment), environment));
  expect(read({})).toEqual({ androidPackage: "app.mainstay.bank", androidCertificates: [], appleApps: [] });
  expect(
    read({
      MAINSTAY_ANDROID_CERTIFICATES: `${fingerprint},${fingerprint}`,
      MAINSTAY_APPLE_APPS: "ABCDE12345.app.mainstay.bank",
    }),
  ).toMatchObject({
    androidCertificates: [fingerprint, fingerprint],
    appleApps: ["ABCDE12345.app.mainstay.bank"],
  });
});

test.each(["AB:CD", "not a fingerprint", `${fingerprint} ${fingerprint}`])(
  "%s is no certificate's fingerprint",
  (MAINSTAY_ANDROID_CERTIFICATES) => {
    expect(() => readEnvironment(Type.Object(shell_environment), { MAINSTAY_ANDROID_CERTIFICATES })).toThrow(
      "MAINSTAY_ANDROID_CERTIFICATES",
    );
  },
);
