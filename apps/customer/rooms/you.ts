/** The customer's own pages and the quiet ones: one file of the bundle. */
export { AccountScreen } from "../screens/account.tsx";
export { AddMoneyScreen } from "../screens/add-money.tsx";
export { PotsScreen } from "../screens/pots.tsx";
export { RecoveryCodesScreen } from "../screens/security/recovery-codes.tsx";
export { SecurityScreen } from "../screens/security/security.tsx";
