/** The way of a payment: one file of the bundle. */
export { AmountScreen } from "../screens/pay/amount.tsx";
export { NewPayeeScreen } from "../screens/pay/new-payee.tsx";
export { PayeeScreen } from "../screens/pay/payee.tsx";
export { ReviewScreen } from "../screens/pay/review.tsx";
export { SentScreen } from "../screens/pay/sent.tsx";
export { PaymentsScreen } from "../screens/payments.tsx";
