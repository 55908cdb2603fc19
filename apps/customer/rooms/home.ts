/** Home and what is opened from it: one file of the bundle. */
export { HomeScreen } from "../screens/home/home.tsx";
export { TransactionScreen } from "../screens/transaction/transaction.tsx";
