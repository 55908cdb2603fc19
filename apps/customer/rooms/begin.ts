/** Coming in for the first time, or again after a loss: one file of the bundle. */
export { OpenAccountScreen } from "../screens/open-account/open-account.tsx";
export { RecoverScreen } from "../screens/recover.tsx";
