export { failureOf } from "./failure.ts";
export { openAccount, logIn, startPayment, type AccountDetails } from "./person.ts";
export { openCheckPhone, type CheckPhone, type CheckServer } from "./phone.ts";
export { runChecks, type CheckedVersion, type CheckOrder } from "./run.ts";
