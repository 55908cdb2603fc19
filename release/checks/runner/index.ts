export { openAccount, logIn, startPayment, type AccountDetails } from "./person.ts";
export type { CheckServer } from "./phone.ts";
export { runChecks, type CheckedVersion, type CheckOrder } from "./run.ts";
