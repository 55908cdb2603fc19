import type { ShellApps } from "@mainstay/platform";
import { answerJson, is, type Route } from "./route.ts";

const no_apps: ShellApps = { androidPackage: "", androidCertificates: [], appleApps: [] };

/**
 * The files by which iOS and Android know that a native app and this origin belong together, so that the app
 * may use the origin's passkeys. Without an app's certificate they say that there is none.
 */
export function wellKnownRoutes(apps?: ShellApps): readonly Route[] {
  const { androidPackage, androidCertificates, appleApps } = apps ?? no_apps;
  // developers.google.com/digital-asset-links; Credential Manager asks for the second relation.
  const assetLinks =
    androidCertificates.length === 0
      ? []
      : [
          {
            relation: [
              "delegate_permission/common.handle_all_urls",
              "delegate_permission/common.get_login_creds",
            ],
            target: {
              namespace: "android_app",
              package_name: androidPackage,
              sha256_cert_fingerprints: androidCertificates,
            },
          },
        ];
  // developer.apple.com, "Supporting associated domains".
  const appleAssociation = { webcredentials: { apps: appleApps } };
  return [
    {
      name: "/.well-known/assetlinks.json",
      matches: is("/.well-known/assetlinks.json"),
      answer: ({ response }) => answerJson(response, 200, assetLinks),
    },
    {
      name: "/.well-known/apple-app-site-association",
      matches: is("/.well-known/apple-app-site-association"),
      answer: ({ response }) => answerJson(response, 200, appleAssociation),
    },
  ];
}
