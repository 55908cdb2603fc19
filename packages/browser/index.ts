export { launchBrowser, openPhone, type TestBrowser } from "./browser.ts";
export {
  addVirtualAuthenticator,
  type VirtualAuthenticator,
  type VirtualPasskey,
} from "./virtual-authenticator.ts";
