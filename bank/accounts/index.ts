export { createAccounts, type Accounts } from "./accounts.ts";
export { bank_details, accountOfIban, ibanOf } from "./bank-details.ts";
export { account_errors, type AccountErrorCode } from "./errors.ts";
export { createEventHub, type EventHub } from "./events.ts";
export { accountsMigrations } from "./migrations.ts";
export { checkModulus } from "./modulus.ts";
export { addAccountRoutes } from "./routes.ts";
export type * from "./types.ts";
