export type { Approval, ApproveCode } from "./approval.ts";
export type { PaymentsConfig, PaymentsDeps } from "./deps.ts";
export { payment_errors, type PaymentErrorCode } from "./errors.ts";
export { paymentsMigrations } from "./migrations.ts";
export { savePayees } from "./payee-store.ts";
export { createPayments, type Payments } from "./payments.ts";
export { steps_batch_max } from "./progress.ts";
export { settlementStatements } from "./settlement.ts";
export { addPaymentRoutes, addSchemeRoutes } from "./routes.ts";
