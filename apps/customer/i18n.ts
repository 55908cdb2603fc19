import { i18n } from "@lingui/core";
import { messages } from "./locales/en/messages.po";

/** English is in the bundle itself; another language would be fetched before the first screen. */
export function startWords(): void {
  i18n.loadAndActivate({ locale: "en", messages });
}
